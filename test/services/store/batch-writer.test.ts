import { describe, expect, it } from "vitest"
import type { Row, StoreWriter } from "../../../services/contracts/store.ts"
import { BatchWriter, type DeadRow } from "../../../services/store/batch-writer.ts"
import { judgeInsert } from "../../../services/store/insert-retry.ts"
import { BadValueError } from "../../../services/store/row-binary.ts"

/** Counts inserts; fails where told to. */
class FakeStore implements StoreWriter {
  readonly inserts: { table: string; rows: readonly Row[] }[] = []
  inFlight = 0
  mostInFlight = 0
  readonly #fail: (rows: readonly Row[], call: number) => Error | undefined
  #calls = 0

  constructor(fail: (rows: readonly Row[], call: number) => Error | undefined = () => undefined) {
    this.#fail = fail
  }

  async insert(table: string, rows: readonly Row[]): Promise<void> {
    this.inFlight += 1
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight)
    await new Promise((done) => setImmediate(done))
    this.inFlight -= 1
    const failure = this.#fail(rows, ++this.#calls)
    if (failure !== undefined) throw failure
    this.inserts.push({ table, rows })
  }
}

const http = (id: string) => ({ table: "activity", row: { kind: "http", at: 1, id } })
const coded = (code: string) => Object.assign(new Error(`code ${code}`), { code })

function writer(store: StoreWriter, options: { rows?: number; bytes?: number; delay?: number } = {}) {
  const dead: DeadRow[] = []
  return { dead, writer: new BatchWriter(store, { delay: 10, ...options, onDead: async (row) => void dead.push(row) }) }
}

describe("BatchWriter", () => {
  it("stores what many callers add as one batch when the time is up", async () => {
    const store = new FakeStore()
    const { writer: queue } = writer(store)
    await Promise.all([queue.add([http("a")]), queue.add([http("b")]), queue.add([http("c")])])
    expect(store.inserts.map(({ rows }) => rows.length)).toEqual([3])
    await queue.close()
  })

  it("stores at once when the rows or the bytes of a batch are reached", async () => {
    const store = new FakeStore()
    const { writer: byRows } = writer(store, { rows: 2, delay: 60_000 })
    await byRows.add([http("a"), http("b")])
    const { writer: byBytes } = writer(store, { bytes: 5_000, delay: 60_000 })
    await byBytes.add([{ table: "content", row: { id: "c", body: "x".repeat(6_000) } }])
    expect(store.inserts).toHaveLength(2)
  })

  it("has one insert in flight while the next batch gathers, and loses nothing", async () => {
    const store = new FakeStore()
    const { writer: queue } = writer(store, { rows: 10 })
    await Promise.all(Array.from({ length: 100 }, (_, at) => queue.add([http(`${at}`), http(`${at}b`)])))
    expect(store.mostInFlight).toBe(1)
    expect(store.inserts.flatMap(({ rows }) => rows.map(({ id }) => id)).sort()).toHaveLength(200)
    expect(store.inserts.length).toBeLessThan(30)
  })

  it("finds the bad rows of a batch by halving, dead-letters them with the reason, and stores the others", async () => {
    const store = new FakeStore((rows) =>
      rows.some(({ id }) => String(id).startsWith("bad")) ? new BadValueError("column id: bad") : undefined,
    )
    const { writer: queue, dead } = writer(store)
    const rows = Array.from({ length: 64 }, (_, at) => http(at === 7 || at === 50 ? `bad-${at}` : `${at}`))
    await queue.add(rows)
    expect(dead.map(({ row, reason }) => [row["id"], reason])).toEqual([
      ["bad-7", "column id: bad"],
      ["bad-50", "column id: bad"],
    ])
    expect(store.inserts.flatMap(({ rows: stored }) => stored)).toHaveLength(62)
  })

  it("tries again when the world is at fault, and stores in the end", async () => {
    const store = new FakeStore((_rows, call) => (call <= 1 ? coded("252") : undefined))
    const { writer: queue, dead } = writer(store)
    await queue.add([http("a")])
    expect(store.inserts).toHaveLength(1)
    expect(dead).toEqual([])
  })

  it("rejects what was neither stored nor dead-lettered, so that the bus delivers it again", async () => {
    const { writer: queue, dead } = writer(new FakeStore(() => coded("60")))
    await expect(queue.add([http("a")])).rejects.toThrow("code 60")
    expect(dead).toEqual([])
  })

  it("stores what it holds when it is closed, and takes nothing after", async () => {
    const store = new FakeStore()
    const { writer: queue } = writer(store, { delay: 60_000 })
    const added = queue.add([http("a")])
    await queue.close()
    await added
    expect(store.inserts).toHaveLength(1)
    await expect(queue.add([http("b")])).rejects.toThrow("closed")
  })

  it("folds inventory rows of one key, so that a batch adds few", async () => {
    const store = new FakeStore()
    const { writer: queue } = writer(store)
    const use = (at: number) => ({
      table: "agent_use",
      row: { thing: "model", name: "m", gen_ai_agent_id: "a", first_seen: at, last_seen: at },
    })
    await queue.add([use(5), use(2), use(9)])
    expect(store.inserts).toEqual([
      { table: "agent_use", rows: [{ thing: "model", name: "m", gen_ai_agent_id: "a", first_seen: 2, last_seen: 9 }] },
    ])
  })
})

describe("judgeInsert", () => {
  it.each([
    [new BadValueError("x"), "rows"],
    [coded("53"), "rows"],
    [coded("117"), "rows"],
    [coded("241"), "again"],
    [coded("252"), "again"],
    [coded("ECONNREFUSED"), "again"],
    [new Error("socket hang up"), "again"],
    [coded("60"), "give-up"],
    [coded("497"), "give-up"],
    [Object.assign(new Error("gone"), { name: "EngineGoneError" }), "again"],
  ])("says of %s: %s", (error, kind) => {
    expect(judgeInsert(error, 1).kind).toBe(kind)
  })

  it("gives up after many tries", () => {
    expect(judgeInsert(new Error("socket hang up"), 10).kind).toBe("give-up")
  })
})
