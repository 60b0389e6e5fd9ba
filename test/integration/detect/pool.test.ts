import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { JobResult } from "../../../services/detect/job.ts"
import { type InspectionPool, openPool } from "../../../services/detect/pool.ts"

describe("the inspection pool", () => {
  let pool: InspectionPool
  const restarts: string[] = []

  beforeAll(() => {
    pool = openPool({
      workers: 2,
      envelopeTimeoutMs: 1_500,
      memoryMb: 32,
      fingerprintKey: "00",
      worker: new URL("../../support/detect/faulty-worker.ts", import.meta.url),
      onRestart: (reason) => restarts.push(reason),
    })
  })
  afterAll(() => pool.close())

  it("answers in the order it was asked", async () => {
    const texts = Array.from({ length: 300 }, (_, index) => `n${index}`)
    expect(await ask(pool, texts)).toEqual(texts)
  })

  it("gives an envelope whose detector throws back as failed and inspects the others", async () => {
    expect(await ask(pool, ["a", "throw", "b"])).toEqual(["a", "TypeError", "b"])
  })

  it("ends a worker that hangs, blames the envelope it hung on, and loses none of the others", async () => {
    expect(await ask(pool, ["a", "b", "hang", "c"])).toEqual(["a", "b", "TIMEOUT", "c"])
    expect(restarts.some((reason) => reason.includes("longer than 1500 ms"))).toBe(true)
  })

  it("replaces a worker that exits and loses none of its envelopes", async () => {
    expect(await ask(pool, ["exit", "a", "b"])).toEqual(["CRASH", "a", "b"])
  })

  it("ends a worker that wants more memory than its share", async () => {
    expect(await ask(pool, ["a", "memory", "b"])).toEqual(["a", "CRASH", "b"])
  })

  it("goes on answering other jobs while one job's envelope hangs", async () => {
    const [slow, ...quick] = await Promise.all([ask(pool, ["hang"]), ask(pool, ["x"]), ask(pool, ["y", "z"])])
    expect(slow).toEqual(["TIMEOUT"])
    expect(quick).toEqual([["x"], ["y", "z"]])
  })
})

async function ask(pool: InspectionPool, texts: readonly string[]): Promise<string[]> {
  const results: JobResult<unknown>[] = await pool.inspect(texts.map((text) => Buffer.from(JSON.stringify({ text }))))
  return results.map((result) => (result.ok ? (result.value as { text: string }).text : result.code))
}
