import { allDetectors } from "../../detectors/all.ts"
import type { Envelope } from "../../services/contracts/envelope.ts"
import { envelope } from "../../services/contracts/envelope.ts"
import { signalsOf } from "../../services/detect/correlate/signals.ts"
import { inspect } from "../../services/detect/inspect.ts"
import { inspectedOf } from "../../services/detect/inspected.ts"
import { openPool, poolDefaults } from "../../services/detect/pool.ts"
import { dns, http, llm, toolCall } from "../support/detect/activities.ts"
import { type Benchmark, perSecond } from "./benchmark.ts"

// What the pool costs: the same work in one worker behind it and in this thread. Main thread and worker run beside each other, so what is lost is the
// hand-off, not the inspection.
export const benchmarks: readonly Benchmark[] = [
  {
    name: "detect-pool",
    title:
      "5,120 activities (model calls, exchanges, tool calls, lookups; 1.6 KB on average) inspected by one worker of the pool, against the same in one thread without a pool",
    unit: "activities/s",
    better: "higher",
    goal: 0.9,
    floor: 0.7,
    rounds: 3,
    setup: async () => {
      const fingerprintKey = "ab".repeat(32)
      const key = Buffer.from(fingerprintKey, "hex")
      const pool = openPool({ ...poolDefaults, envelopeTimeoutMs: 60_000, workers: 1, fingerprintKey })
      const values = Array.from({ length: PER_JOB }, (_, n) => Buffer.from(JSON.stringify(activity(n))))
      await pool.inspect(values)
      return {
        ours: () => perSecond(COUNT, () => Promise.all([lane(pool, values), lane(pool, values)])),
        yardstick: () =>
          perSecond(COUNT, () => {
            for (let n = 0; n < COUNT; n++) {
              const parsed = envelope.parse(JSON.parse((values[n % PER_JOB] ?? Buffer.alloc(0)).toString("utf8"))) as Envelope
              const inspection = inspect(parsed, allDetectors, key)
              inspectedOf(parsed, inspection, signalsOf(parsed, inspection.subject, { raw: inspection.raw, key }))
            }
          }),
        close: () => pool.close(),
      }
    },
  },
]

async function lane(pool: ReturnType<typeof openPool>, values: readonly Uint8Array[]): Promise<void> {
  for (let done = 0; done < COUNT / 2; done += PER_JOB) await pool.inspect(values)
}

function activity(n: number): Envelope {
  const text = `Question ${n}: how does the connection pool behave when the configuration is read late? `.repeat(8)
  switch (n % 4) {
    case 0:
      return llm({
        requestModel: "gpt-5",
        inputMessages: [{ role: "user", parts: [{ type: "text", text }] }],
        outputMessages: [{ role: "assistant", parts: [{ type: "text", text }] }],
      })
    case 1:
      return http("POST", `/v1/items/${n}?page=2`, {
        host: "api.vendor.io",
        body: JSON.stringify({ text }),
        headers: [["content-type", "application/json"]],
        answer: text,
      })
    case 2:
      return toolCall("search_docs", { query: text.slice(0, 200) }, text)
    default:
      return dns(`docs${n}.vendor.io`, ["203.0.113.7"])
  }
}

const PER_JOB = 128
const COUNT = 5_120
