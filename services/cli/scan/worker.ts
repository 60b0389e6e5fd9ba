// A thread of `egret scan`: lines of records in, lines of verdicts out.
import { workerData } from "piscina"
import { type Policy, shippedPolicy } from "../../policy/decide.ts"
import { loadPolicy } from "../../policy/load.ts"
import type { PresetName } from "../../policy/presets.ts"
import { judgeSubject, ndjsonLine, type Verdict } from "./judge.ts"
import { type Defaults, readRecord } from "./records.ts"

export interface ScanWorkerData {
  readonly preset: PresetName
  readonly policy: { readonly text: string; readonly name: string } | undefined
  readonly defaults: Defaults
}

export interface Batch {
  readonly lines: readonly string[]
  /** Number of the first line, from 1; blank lines are in the list so that the numbers hold. */
  readonly first: number
}

export interface BatchResult {
  /** One line an input, without the last line end; empty when every line was blank. */
  readonly text: string
  readonly counts: Readonly<Record<Verdict | "broken", number>>
}

const { preset, policy: given, defaults } = workerData as ScanWorkerData
const policy: Policy = given === undefined ? shippedPolicy(preset) : loadPolicy(given.text, given.name)

export default function scanBatch({ lines, first }: Batch): BatchResult {
  const counts = { allow: 0, alert: 0, block: 0, broken: 0 }
  const out: string[] = []
  lines.forEach((line, index) => {
    if (line.trim() === "") return
    const result = readRecord(line, first + index, defaults)
    if (!("subject" in result)) {
      counts.broken++
      out.push(JSON.stringify(result))
      return
    }
    const judged = judgeSubject(result.subject, policy)
    counts[judged.verdict]++
    out.push(ndjsonLine(judged, result.id))
  })
  return { text: out.join("\n"), counts }
}
