// Kills a destination's process at every single change it makes on disk, with what it was writing cut in the middle, and lets another go on: nothing that
// was accepted is lost, and what comes twice was in the one request that nobody could know about.
import { AsyncLocalStorage } from "node:async_hooks"
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { Courier } from "../../../services/soc/courier.ts"
import type { DeadLetter } from "../../../services/soc/dead-letters.ts"
import { essenceOf, type SocRecord } from "../../../services/soc/record.ts"
import type { Sender, Sent } from "../../../services/soc/sender.ts"
import { eventRecord } from "../../support/soc.ts"
import { senderOf } from "../../support/soc-destination.ts"

/** What a process may still change before it is killed, or before the disk is full for so many writes. */
interface Life {
  changes: number
  /** Of what it was writing, so much is there. */
  readonly part: number
  readonly full?: number
  dead: boolean
}
const lives = vi.hoisted(() => ({ current: undefined as AsyncLocalStorage<Life> | undefined }))

vi.mock("node:fs", async (original) => {
  const fs = await original<typeof import("node:fs")>()
  const change =
    <A extends unknown[], R>(real: (...given: A) => R, cut?: (part: number, given: A) => A) =>
    (...given: A): R => {
      const life = lives.current?.getStore()
      if (life === undefined) return real(...given)
      if (!life.dead) {
        life.changes -= 1
        if (life.changes >= 0 || life.changes < -(life.full ?? Number.POSITIVE_INFINITY)) return real(...given)
        // A full disk keeps nobody from taking away.
        if (life.full !== undefined && cut === undefined) return real(...given)
        life.dead = life.full === undefined
        if (cut !== undefined && life.part > 0) real(...cut(life.part, given))
      }
      throw new Error("ENOSPC")
    }
  const start = (part: number, text: unknown) => String(text).slice(0, Math.floor(String(text).length * part))
  return {
    ...fs,
    appendFileSync: change(fs.appendFileSync, (part, [path, text]): Parameters<typeof fs.appendFileSync> => [path, start(part, text)]),
    writeFileSync: change(fs.writeFileSync, (part, [path, text]): Parameters<typeof fs.writeFileSync> => [path, start(part, text)]),
    // Counted, and not waited for.
    fsyncSync: change(() => {}),
    renameSync: change(fs.renameSync),
    rmSync: change(fs.rmSync),
    truncateSync: change(fs.truncateSync),
    mkdirSync: change(fs.mkdirSync as (...given: Parameters<typeof fs.mkdirSync>) => unknown),
  }
})
const process_ = new AsyncLocalStorage<Life>()
lives.current = process_

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "egret-kill-"))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const BATCH = 4
const feed = [3, 5, 1, 4].map((count, turn) => Array.from({ length: count }, (_, index) => eventRecord(`e${turn}-${index}`)))
const all = feed.flat().map((record) => essenceOf(record).id)

describe("a kill at any change on disk", () => {
  it("loses nothing of what was accepted; what comes twice was in the request under way", async () => {
    for (const [part, limit] of [[0, 1e9] as const, [0.5, 1e9] as const, [0.5, 3_000] as const]) {
      const changes = await changesOf((place) => new Receiver(place), limit)
      expect(changes).toBeGreaterThan(20)
      for (let point = 0; point < changes; point++) {
        const place = mkdtempSync(join(folder, "run-"))
        const receiver = new Receiver(place)
        await killedOnce(receiver, { place, limit, point, part })
        const at = `part ${part}, limit ${limit}, point ${point}`
        const known = new Set([...receiver.taken, ...lettersIn(place).map((letter) => (letter === "?" ? "?" : letter))])
        expect([at, all.filter((id) => !known.has(id))]).toEqual([at, []])
        const twice = receiver.taken.filter((id, index) => receiver.taken.indexOf(id) !== index)
        expect([at, twice.filter((id) => !receiver.underWay.includes(id))]).toEqual([at, []])
        if (limit === 1e9) expect([at, lettersIn(place).every((id) => id === "e1-2")]).toEqual([at, true])
      }
    }
  })

  it("is not needed for a full disk: it is told, and nothing is lost or sent twice", async () => {
    for (let point = 0; point < 60; point++) {
      const place = mkdtempSync(join(folder, "run-"))
      const receiver = new Receiver(place)
      const life = { changes: point, part: 0.5, full: 3, dead: false }
      await process_.run(life, () => lived(receiver, { place, limit: 1e9, life, acknowledged: 0 }))
      expect([point, [...receiver.taken, ...new Set(lettersIn(place))].sort()]).toEqual([point, [...all].sort()])
    }
  })

  it("leaves a file with every line once and whole, also while it is rotated", async () => {
    const open = (place: string) => senderOf({ type: "file", path: join(place, "out/log"), rotateAt: 6_000, keep: 50 })
    for (const part of [0, 0.5]) {
      const changes = await changesOf(open, 1e9)
      for (let point = 0; point < changes; point++) {
        const place = mkdtempSync(join(folder, "run-"))
        await killedOnce(() => open(place), { place, limit: 1e9, point, part })
        const lines = readdirSync(join(place, "out")).flatMap((name) =>
          readFileSync(join(place, "out", name), "utf8")
            .trim()
            .split("\n"),
        )
        const ids = lines.filter((line) => line !== "").map((line) => JSON.parse(line).metadata.correlation_uid as string)
        const at = `part ${part}, point ${point}`
        expect([at, ids.sort()]).toEqual([at, [...all].sort()])
      }
    }
  })
})

/** Takes what it is sent in its own ways: is busy at first, refuses one record for ever, cannot take another at once. */
class Receiver implements Sender {
  readonly taken: string[] = []
  /** The last request of the process that was killed. */
  underWay: readonly string[] = []
  #requests = 0
  #refusedOnce = false
  readonly #place: string
  constructor(place: string) {
    this.#place = place
  }
  async send(records: readonly SocRecord[]): Promise<Sent> {
    const ids = records.map((record) => essenceOf(record).id)
    if (process_.getStore()?.dead === true) throw new Error(`killed ${this.#place}`)
    this.#requests += 1
    if (this.#requests === 1) return { outcome: "retry", reason: "busy" }
    if (ids.includes("e1-2")) return { outcome: "refused", reason: "bad" }
    if (process_.getStore()?.changes !== Number.POSITIVE_INFINITY) this.underWay = ids
    const again = !this.#refusedOnce && ids.includes("e3-1") ? [ids.indexOf("e3-1")] : []
    this.#refusedOnce ||= again.length > 0
    this.taken.push(...ids.filter((_, index) => !again.includes(index)))
    return { outcome: "delivered", again }
  }
  async close(): Promise<void> {}
}

type Open = Sender | (() => Sender)
interface Run {
  readonly place: string
  readonly limit: number
  readonly point: number
  readonly part: number
}

/** A process that is killed, and the next, which is not. The bus gives again what was not acknowledged. */
async function killedOnce(open: Open, run: Run): Promise<void> {
  let acknowledged = 0
  for (const life of [
    { changes: run.point, part: run.part, dead: false },
    { changes: Number.POSITIVE_INFINITY, part: 0, dead: false },
  ])
    acknowledged = await process_.run(life, () => lived(open, { ...run, life, acknowledged }))
  expect(acknowledged).toBe(feed.length)
}

async function lived(open: Open, { place, limit, life, acknowledged }: Omit<Run, "point" | "part"> & { life: Life; acknowledged: number }) {
  let count = acknowledged
  let courier: Courier | undefined
  try {
    courier = new Courier({
      name: "d",
      folder: join(place, "state"),
      batch: BATCH,
      limit,
      sender: typeof open === "function" ? open() : open,
      wait: () => (life.dead ? new Promise(() => {}) : turn().then(() => true)),
    })
    courier.start()
    for (const records of feed.slice(acknowledged)) {
      offer(courier, records, life)
      count += 1
      await turn()
    }
    while (!life.dead && courier.health().waiting > 0) await turn()
  } catch (error) {
    if (!life.dead) throw error
  }
  const closed = courier?.close()
  if (!life.dead) await closed
  else closed?.catch(() => {})
  return count
}

/** As the bus does: what was thrown at comes again. */
function offer(courier: Courier, records: readonly SocRecord[], life: Life): void {
  for (let tries = 1; ; tries++) {
    try {
      courier.accept(records)
      return
    } catch (error) {
      if (life.dead || tries > 5) throw error
    }
  }
}

/** How many changes a whole life makes. */
async function changesOf(open: (place: string) => Sender, limit: number): Promise<number> {
  const place = mkdtempSync(join(folder, "count-"))
  const life: Life = { changes: 1_000_000, part: 0, dead: false }
  await process_.run(life, () => lived(open(place), { place, limit, life, acknowledged: 0 }))
  return 1_000_000 - life.changes
}

function lettersIn(place: string): string[] {
  const path = join(place, "state")
  return readdirSync(path)
    .filter((name) => name.startsWith("d.dead"))
    .flatMap((name) => readFileSync(join(path, name), "utf8").split("\n"))
    .flatMap((line) => {
      try {
        const { record } = JSON.parse(line) as DeadLetter
        return [typeof record === "string" ? "?" : essenceOf(record).id]
      } catch {
        return []
      }
    })
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))
