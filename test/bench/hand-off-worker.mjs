// The same small work on an event in both contests, so that what is compared is the way there and back.
import { register } from "tsx/esm/api"

register()
const { runJob } = await import("../../services/detect/job.ts")

export function one(bytes) {
  return lengthOf(Buffer.from(bytes).toString("utf8"))
}

export function many(job) {
  return runJob(job, lengthOf)
}

function lengthOf(text) {
  return text.length
}
