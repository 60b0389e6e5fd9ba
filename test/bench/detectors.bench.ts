// How fast texts are judged. Hyperscan and secretlint are not installed with this project: `secrets-scan` is held against 1 MB/s, so its ratio is its
// speed, and `secrets-rules` against what every scanner replaces, each rule's own expression over the text. `detectors-*` are held against the fastest
// scan a comparable product publishes.
import { allDetectors } from "../../detectors/all.ts"
import { secretRules } from "../../detectors/secrets/rules/index.ts"
import { findSecrets } from "../../detectors/secrets/scan.ts"
import { rawView } from "../../detectors/text/view.ts"
import type { Place, Subject } from "../../services/contracts/inspection.ts"
import { sampleFrom } from "../support/secret-samples.ts"
import type { Benchmark } from "./benchmark.ts"
import { cpuMillis } from "./cpu.ts"

export const benchmarks: readonly Benchmark[] = [
  {
    name: "secrets-scan",
    title: `secrets, ${secretRules.length} patterns and the named keys, one reading of 1 MB of model traffic, in MB a second of processor time`,
    unit: "MB/s",
    better: "higher",
    goal: 200,
    floor: 80,
    async setup() {
      return { ours: warmScan(), yardstick: () => 1 }
    },
  },
  {
    name: "secrets-rules",
    title: "the same, against each expression by itself (64 KB)",
    unit: "MB/s",
    better: "higher",
    goal: 10,
    floor: 6,
    async setup() {
      const part = modelTraffic(64_000)
      const expressions = secretRules.map(({ pattern }) => new RegExp(pattern.source, `${pattern.flags.replace(/[gy]/g, "")}g`))
      const match = (): unknown => expressions.map((expression) => part.match(expression)?.length ?? 0)
      for (let i = 0; i < 3; i++) match()
      return { ours: warmScan(), yardstick: () => part.length / 1e3 / cpuMillis(match) }
    },
  },
  {
    name: "detectors-clean",
    title: "all detectors over a clean 10 KB response, against 8.4 ms, the least that Pipelock publishes (its processor, not this one)",
    unit: "ms",
    better: "lower",
    goal: 42,
    floor: 16.8,
    async setup() {
      const texts = Array.from({ length: 200 }, (_, seed) => cleanResponse(seed))
      for (let i = 0; i < WARM_UP; i++) inspectAll(texts)
      return { ours: async () => cpuMillis(() => inspectAll(texts)) / texts.length, yardstick: () => 8.4 }
    },
  },
  {
    name: "detectors-data",
    title:
      "the same over 10 KB of data that every rule for orders, definitions and pieces looks at: tool results in English and German, JSON arguments",
    unit: "ms",
    better: "lower",
    goal: 16.8,
    floor: 8.4,
    async setup() {
      const english = Array.from({ length: 100 }, (_, seed) => cleanResponse(seed))
      const german = english.map((text) => text.replaceAll("the ", "für die Größe ").slice(0, 10_000))
      const json = english.map((_, seed) => modelTraffic(10_000, seed * 40))
      const inspect = (): number => inspectAll(english, "tool-result") + inspectAll(german, "tool-result") + inspectAll(json, "tool-call")
      for (let i = 0; i < WARM_UP; i++) inspect()
      return { ours: async () => cpuMillis(inspect) / (3 * english.length), yardstick: () => 8.4 }
    },
  },
]

const WARM_UP = 12

/** MB a second over 1 MB. A service has been running for a while when its speed matters: compiled code is what is measured. */
function warmScan(): () => number {
  const text = modelTraffic(1_000_000)
  const scan = (): unknown => findSecrets([rawView(text)])
  for (let i = 0; i < WARM_UP; i++) scan()
  return () => (4 * text.length) / 1e3 / cpuMillis(() => [scan(), scan(), scan(), scan()])
}

function inspectAll(texts: readonly string[], place: Place = "assistant"): number {
  let findings = 0
  for (const text of texts) {
    const subject: Subject = {
      id: "bench",
      kind: "scan",
      direction: "inbound",
      texts: [{ place, direction: "inbound", path: "text", text }],
    }
    for (const detector of allDetectors) detector.inspect(subject, () => findings++)
  }
  return findings
}

/** JSON as agents send it: messages, tool calls, ids, and one credential in 100 KB. */
function modelTraffic(length: number, seed = 0): string {
  const parts: string[] = []
  let size = 0
  for (let i = seed + 1; size < length; i++) {
    const s = sampleFrom(i)
    const line = JSON.stringify({
      id: `msg_${s.an(24)}`,
      role: i % 2 === 0 ? "assistant" : "user",
      content: `${cleanResponse(i).slice(0, 700)} ${i % 100 === 0 ? `gh${"p_"}${s.an(36)}` : ""}`,
      tool_call: { name: "read_file", arguments: { path: `/srv/app/${s.hex(8)}.ts`, limit: 200 } },
      request: s.uuid(),
    })
    parts.push(line)
    size += line.length
  }
  return parts.join("\n").slice(0, length)
}

function cleanResponse(seed: number): string {
  const s = sampleFrom(seed + 1)
  const parts: string[] = []
  let size = 0
  while (size < 10_000) {
    const sentence = Array.from({ length: 14 }, () => words[Number.parseInt(s.hex(4), 16) % words.length]).join(" ")
    const line =
      size % 7 === 3
        ? `\n\`\`\`ts\nconst result = await ${words[size % words.length]}(input, { limit: ${s.of("1-9", 2)} })\n\`\`\`\n`
        : `${sentence}. `
    parts.push(line)
    size += line.length
  }
  return parts.join("").slice(0, 10_000)
}

const words =
  "the result of each request is checked before it goes on and the next step reads what was written there so that a later run can start from the same place with an error message when the input does not fit because the server was too slow to answer within its time the table below shows how many rows were read per second on one machine with two cores and what changes when the cache is full".split(
    " ",
  )
