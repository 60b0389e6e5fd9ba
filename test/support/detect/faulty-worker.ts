// A worker that misbehaves on command: the pool must survive each of these.
import type { Job, JobReport } from "../../../services/detect/job.ts"
import { runJob } from "../../../services/detect/job.ts"

export default function work(job: Job): JobReport<{ text: string }> {
  return runJob(job, (json) => {
    const { text } = JSON.parse(json) as { text: string }
    if (text === "hang") for (;;) Math.sqrt(2)
    if (text === "exit") process.exit(3)
    if (text === "memory") fillMemory()
    if (text === "throw") throw new TypeError("a detector's bug")
    return { text }
  })
}

function fillMemory(): never {
  const held: string[][] = []
  for (;;) held.push(Array.from({ length: 100_000 }, (_, index) => `${held.length}-${index}`))
}
