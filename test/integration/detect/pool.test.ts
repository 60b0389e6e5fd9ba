import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { fingerprintOf } from "../../../detectors/secrets/exact.ts"
import type { JobResult } from "../../../services/detect/job.ts"
import { type InspectionPool, openPool, poolDefaults } from "../../../services/detect/pool.ts"
import { http } from "../../support/detect/activities.ts"

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

describe("the pool with values known in advance", () => {
  it("finds a planted canary in a body, hidden by base64, and does not give it away", async () => {
    const canary = `left-for-thieves-${"k9".repeat(8)}`
    const key = "ab".repeat(32)
    const pool = openPool({
      ...poolDefaults,
      workers: 1,
      fingerprintKey: key,
      values: { key, fingerprints: [fingerprintOf(canary, key, "backup server", "canary")] },
    })
    const envelope = http("POST", "/in", { body: `data=${Buffer.from(`it is ${canary}, run`).toString("base64")}` })
    const [result] = await pool.inspect([Buffer.from(JSON.stringify(envelope))])
    await pool.close()
    expect(result).toMatchObject({ ok: true })
    const judgements = result?.ok === true ? result.value.judgements : []
    expect(judgements.find(({ rule }) => rule === "secret/canary")).toMatchObject({
      severity: "critical",
      reason: expect.stringContaining("backup server"),
    })
    expect(JSON.stringify(judgements)).not.toContain(canary)
  })
})

async function ask(pool: InspectionPool, texts: readonly string[]): Promise<string[]> {
  const results: JobResult<unknown>[] = await pool.inspect(texts.map((text) => Buffer.from(JSON.stringify({ text }))))
  return results.map((result) => (result.ok ? (result.value as { text: string }).text : result.code))
}
