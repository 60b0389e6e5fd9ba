import { resolve } from "node:path"
import { Piscina } from "piscina"
import { type JobReport, packJob, resultsOf } from "../../services/detect/job.ts"
import { type Benchmark, perSecond } from "./benchmark.ts"

export const benchmarks: readonly Benchmark[] = [
  {
    name: "hand-off",
    title: "128 events of 1 KB in one transferred buffer to the pool, against one Piscina task an event",
    unit: "events/s",
    better: "higher",
    goal: 25,
    floor: 15,
    setup: () => {
      const pool = new Piscina({
        filename: resolve(import.meta.dirname, "hand-off-worker.mjs"),
        minThreads: 1,
        maxThreads: 1,
        maxQueue: 4_096,
      })
      const event = Buffer.from(JSON.stringify({ kind: "llm", text: "x".repeat(996) }))
      const alone = async (): Promise<void> => {
        await inFlight(ALONE_EVENTS, 64, () => pool.run(new Uint8Array(event), { name: "one" }))
      }
      const packed = async (): Promise<void> => {
        await inFlight(PACKED_EVENTS / PER_JOB, 4, async () => {
          const job = packJob(Array.from({ length: PER_JOB }, () => event))
          return resultsOf((await pool.run(job, { name: "many", transferList: [job.bytes] })) as JobReport<number>)
        })
      }
      return Promise.resolve({
        ours: () => perSecond(PACKED_EVENTS, packed),
        yardstick: () => perSecond(ALONE_EVENTS, alone),
        close: () => pool.destroy(),
      })
    },
  },
]

/** Runs `count` tasks, at most `width` under way. */
async function inFlight(count: number, width: number, run: () => Promise<unknown>): Promise<void> {
  let left = count
  const lane = async (): Promise<void> => {
    while (left > 0) {
      left -= 1
      await run()
    }
  }
  await Promise.all(Array.from({ length: width }, lane))
}

const PER_JOB = 128
const ALONE_EVENTS = 20_000
const PACKED_EVENTS = 400_000
