import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import fc from "fast-check"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { type Batch, Outbox, waitingIn } from "../../../services/soc/outbox.ts"
import { essenceOf, type SocRecord } from "../../../services/soc/record.ts"
import { eventRecord } from "../../support/soc.ts"

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "egret-outbox-"))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const many = (count: number, from = 0) => Array.from({ length: count }, (_, index) => eventRecord(`e${from + index}`))
const idsOf = (records: readonly SocRecord[]) => records.map((record) => essenceOf(record).id)
const ids = (batch: Batch | undefined) => (batch?.items ?? []).map(({ record }) => (record === undefined ? "?" : essenceOf(record).id))
const settle = (outbox: Outbox, most: number) => {
  const batch = outbox.next(most)
  if (batch !== undefined) outbox.settle(batch, [])
  return ids(batch)
}
const whole = {
  bury: () => {
    throw new Error("nothing is dropped here")
  },
}
const segments = () => readdirSync(folder).filter((name) => name.endsWith(".ndjson"))

describe("the outbox", () => {
  it("gives back in order what was put in, over segments and restarts", () => {
    const first = new Outbox(folder, { limit: 1e9, segmentBytes: 2_000 })
    for (const record of many(20)) first.append([record], whole)
    expect(segments().length).toBeGreaterThan(3)
    const got = settle(first, 3)
    const second = new Outbox(folder, { limit: 1e9, segmentBytes: 2_000 })
    expect(second.waiting).toBe(20 - got.length)
    expect(waitingIn(folder)).toBe(20 - got.length)
    for (let batch = settle(second, 7); batch.length > 0; batch = settle(second, 7)) got.push(...batch)
    expect(got).toEqual(idsOf(many(20)))
    // The one before is kept: it says what was accepted.
    expect([second.waiting, second.next(1), segments().length]).toEqual([0, undefined, 2])
  })

  it("gives exactly the batch that was under way again, less what of it was settled, also when more has come since", () => {
    const first = new Outbox(folder, { limit: 1e9 })
    first.append(many(5), whole)
    const batch = first.next(4)
    if (batch === undefined) throw new Error("no batch")
    first.begin(batch)
    first.settle(batch, [1, 3])
    first.append(many(5, 5), whole)
    const second = new Outbox(folder, { limit: 1e9 })
    expect([ids(second.next(100)), second.waiting]).toEqual([["e1", "e3"], 8])
    const again = second.next(100)
    if (again !== undefined) second.settle(again, [])
    expect(ids(second.next(100))).toEqual(["e4", "e5", "e6", "e7", "e8", "e9"])
  })

  it("keeps a record that is accepted twice once, also after a restart and after it was delivered", () => {
    const first = new Outbox(folder, { limit: 1e9 })
    first.append([...many(3), ...many(3)], whole)
    first.append(many(2), whole)
    expect(settle(first, 10)).toEqual(["e0", "e1", "e2"])
    const second = new Outbox(folder, { limit: 1e9 })
    second.append([...many(3), eventRecord("e1", { revision: 1 })], whole)
    expect(ids(second.next(10))).toEqual(["e1"])
    second.append(many(1), { ...whole, again: true })
    expect(ids(second.next(10))).toEqual(["e1", "e0"])
  })

  it("forgets the line that a kill cut, and nothing else", () => {
    new Outbox(folder, { limit: 1e9 }).append(many(3), whole)
    appendFileSync(join(folder, segments()[0] ?? ""), '{"kind":"event","value":{"id":"cu')
    const again = new Outbox(folder, { limit: 1e9 })
    again.append([eventRecord("e3")], whole)
    expect(ids(again.next(10))).toEqual(["e0", "e1", "e2", "e3"])
  })

  it("hands a damaged line on as what it is, and starts from the oldest when the cursor is damaged", () => {
    const outbox = new Outbox(folder, { limit: 1e9 })
    outbox.append(many(3), whole)
    const path = join(folder, segments()[0] ?? "")
    const lines = readFileSync(path, "utf8").split("\n")
    writeFileSync(path, [lines[0], "\u0000".repeat(40), lines[2], ""].join("\n"))
    writeFileSync(join(folder, "cursor.json"), '{"segm')
    expect(ids(new Outbox(folder, { limit: 1e9 }).next(10))).toEqual(["e0", "?", "e2"])
  })

  it("hands back the oldest when it is full, also while a batch is under way", () => {
    const outbox = new Outbox(folder, { limit: 6_000, segmentBytes: 1_500 })
    outbox.append(many(2), whole)
    const batch = outbox.next(2)
    if (batch === undefined) throw new Error("no batch")
    outbox.begin(batch)
    const dropped: SocRecord[] = []
    for (const record of many(28, 2)) outbox.append([record], { bury: (records) => dropped.push(...records) })
    outbox.settle(batch, [])
    const left: string[] = []
    for (let more = settle(outbox, 3); more.length > 0; more = settle(outbox, 3)) left.push(...more)
    expect(dropped.length).toBeGreaterThan(0)
    expect([...idsOf(dropped), ...left]).toEqual(idsOf(many(30)))
  })

  it("loses nothing and repeats nothing settled, whatever is appended, settled in part and restarted", () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant("append" as const), count: fc.integer({ min: 1, max: 6 }) }),
      fc.record({ do: fc.constant("send" as const), count: fc.integer({ min: 1, max: 5 }), keep: fc.integer({ min: 0, max: 31 }) }),
      fc.record({ do: fc.constant("restart" as const), count: fc.constant(0) }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const place = mkdtempSync(join(folder, "run-"))
        const open = () => new Outbox(place, { limit: 1e9, segmentBytes: 1_200 })
        let outbox = open()
        let appended = 0
        const settled: string[] = []
        const send = (count: number, keep: number) => {
          const batch = outbox.next(count)
          if (batch === undefined) return
          outbox.begin(batch)
          const left = batch.items.filter(({ place: at }) => (keep >> at) & 1).map(({ place: at }) => at)
          for (const { place: at, record } of batch.items)
            if (!left.includes(at) && record !== undefined) settled.push(essenceOf(record).id)
          outbox.settle(batch, left)
        }
        for (const one of steps) {
          if (one.do === "append") {
            outbox.append(many(one.count, appended), whole)
            appended += one.count
          } else if (one.do === "send") send(one.count, one.keep)
          else outbox = open()
          expect(outbox.waiting).toBe(appended - settled.length)
        }
        while (outbox.waiting > 0) send(5, 0)
        expect([...settled].sort()).toEqual(idsOf(many(appended)).sort())
      }),
      { numRuns: 40 },
    )
  })
})
