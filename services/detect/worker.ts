// The worker of the pool: envelopes as JSON in, judgements out. Stateless, so that any worker may take any job.
import { workerData } from "piscina"
import { detectorsWith } from "../../detectors/all.ts"
import type { Envelope } from "../contracts/envelope.ts"
import { envelope } from "../contracts/envelope.ts"
import { signalsOf } from "./correlate/signals.ts"
import { inspect } from "./inspect.ts"
import { type Inspected, inspectedOf } from "./inspected.ts"
import { type Job, type JobReport, runJob } from "./job.ts"
import type { PoolOptions } from "./pool.ts"

const { fingerprintKey, values } = workerData as Pick<PoolOptions, "fingerprintKey" | "values">
const key = Buffer.from(fingerprintKey, "hex")
const detectors = detectorsWith(values === undefined ? {} : { exact: values })

export default function work(job: Job): JobReport<Inspected> {
  return runJob(job, inspectOne)
}

function inspectOne(json: string): Inspected {
  const parsed = envelope.parse(JSON.parse(json)) as Envelope
  const inspection = inspect(parsed, detectors, key)
  return inspectedOf(parsed, inspection, signalsOf(parsed, inspection.subject, { raw: inspection.raw, key }))
}
