import { type ChildProcess, spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { createInterface } from "node:readline"
import { afterAll, describe, expect, it } from "vitest"
import { openStore } from "../../../../services/store/open-store.ts"

const root = resolve(import.meta.dirname, "../../../..")
const folder = mkdtempSync(join(tmpdir(), "egret-crash-"))
const ROWS = 200

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe("kill -9 in the middle of inserts", () => {
  it("loses nothing that was acknowledged, and the directory opens again, whoever is killed", async () => {
    const path = join(folder, "store")
    let next = 0
    const acknowledged: number[] = []
    for (const victim of ["parent", "engine", "both", "parent", "engine"] as const) {
      const { stored, highest } = await insertUntilKilled(path, next, victim)
      acknowledged.push(...stored)
      next = highest + 2
    }
    expect(acknowledged.length).toBeGreaterThan(10)
    const store = await openStore({ engine: "embedded", path })
    const rows = await store.query<{ batch: number; n: number; ids: number }>(
      "SELECT toUInt32(splitByChar('-', id)[1]) AS batch, count() AS n, uniqExact(id) AS ids FROM activity GROUP BY batch",
    )
    const byBatch = new Map(rows.map(({ batch, n, ids }) => [batch, { n, ids }]))
    for (const batch of acknowledged) expect(byBatch.get(batch), `batch ${batch}`).toEqual({ n: ROWS, ids: ROWS })
    const content = await store.query<{ n: number }>("SELECT count() AS n FROM content WHERE id IN (SELECT id FROM activity)")
    const activity = await store.query<{ n: number }>("SELECT count() AS n FROM activity")
    expect(content).toEqual(activity)

    // What was given but not acknowledged is given again: each row is there once.
    const last = next - 2
    const again = Array.from({ length: ROWS }, (_, at) => ({
      kind: "http",
      at: 1_795_161_600_000_000 + last * 1_000 + at,
      id: `${last}-${at}`,
    }))
    await store.insert("activity", again)
    await store.insert("activity", again)
    expect(await store.query("SELECT count() AS n FROM activity WHERE startsWith(id, {batch:String})", { batch: `${last}-` })).toEqual([
      { n: ROWS },
    ])
    await store.close()
  })
})

async function insertUntilKilled(
  path: string,
  first: number,
  victim: "parent" | "engine" | "both",
): Promise<{ stored: number[]; highest: number }> {
  const child = spawn(process.execPath, ["--import", "tsx", join(root, "test/support/store-inserter.ts"), path, String(first)], {
    cwd: root,
    stdio: ["ignore", "pipe", "ignore"],
  })
  const stored: number[] = []
  let engine = 0
  const ended = new Promise((done) => child.once("exit", done))
  for await (const line of createInterface({ input: child.stdout })) {
    const [word = "", number = "0"] = line.split(" ")
    if (word === "engine") engine = Number(number)
    else stored.push(Number(number))
    // Not right after an answer, but while the next batch is being written.
    if (stored.length === 6) setTimeout(() => kill(child, engine, victim), 4 + Math.random() * 25)
  }
  await ended
  await untilGone(engine)
  return { stored, highest: Math.max(first, ...stored) }
}

function kill(child: ChildProcess, engine: number, victim: "parent" | "engine" | "both"): void {
  if (victim !== "parent") process.kill(engine, "SIGKILL")
  if (victim !== "engine") child.kill("SIGKILL")
}

/** An engine whose parent was killed closes by itself; the directory is free when it has gone. */
async function untilGone(pid: number): Promise<void> {
  for (let waited = 0; waited < 20_000; waited += 50) {
    try {
      process.kill(pid, 0)
    } catch {
      return
    }
    await new Promise((done) => setTimeout(done, 50))
  }
  throw new Error(`the engine ${pid} is still there`)
}
