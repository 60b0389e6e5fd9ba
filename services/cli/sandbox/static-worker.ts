// A thread of the static analysis: hostile content is read here, where a hang or a memory bomb costs a thread and a verdict "timeout" or "error".
import type { SampleFile, SampleInfo } from "../../sandbox/engine.ts"
import type { StaticReport } from "../../sandbox/static-verdict.ts"
import { analyse } from "./analyse.ts"

export default function work({ info, files }: { info: SampleInfo; files: readonly SampleFile[] }): StaticReport {
  return analyse(info, files)
}
