// npm run bench:quality -- evaluation   the texts that no model was trained on: what the rules raise, what the learned model raises, what both do together
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { judgeSubject } from "../../../../services/cli/scan/judge.ts"
import { textSubject } from "../../../../services/cli/scan/records.ts"
import type { Place } from "../../../../services/contracts/inspection.ts"
import type { Policy } from "../../../../services/policy/decide.ts"
import { wilson } from "../wilson.ts"

interface Line {
  readonly label: "attack" | "benign"
  readonly place: Place
  readonly lang: string
  readonly kind: string
  readonly text: string
}

interface Tally {
  all: number
  rules: number
  learned: number
  both: number
  block: number
}

export function measureEvaluation(policy: Policy): void {
  const tallies = new Map<string, Tally>()
  for (const { label, place, lang, kind, text } of lines()) {
    const direction = place === "user" ? "outbound" : "inbound"
    const judged = judgeSubject(textSubject("evaluation", { place, direction, path: "text", text }), policy)
    const raised = judged.findings.filter(({ verdict }) => verdict !== "allow")
    const learned = raised.some(({ rule }) => rule === "injection/learned")
    const rules = raised.some(({ rule }) => rule !== "injection/learned")
    for (const name of [label, `${label}, ${place}`, `${label}, ${lang === "en" ? "English" : "other languages"}`, `${label}: ${kind}`]) {
      const tally = tallies.get(name) ?? { all: 0, rules: 0, learned: 0, both: 0, block: 0 }
      tallies.set(name, tally)
      tally.all++
      tally.rules += Number(rules)
      tally.learned += Number(learned)
      tally.both += Number(rules || learned)
      tally.block += Number(judged.verdict === "block")
    }
  }
  process.stdout.write("| round 4 | texts | rules | learned | both | blocked |\n|---|---|---|---|---|---|\n")
  for (const [name, { all, rules, learned, both, block }] of [...tallies].sort((a, b) => (a[0] < b[0] ? -1 : 1))) {
    if (name.includes(": ") && all < FEWEST) continue
    process.stdout.write(`| ${name} | ${all} | ${share(rules, all)} | ${share(learned, all)} | ${share(both, all)} | ${block} |\n`)
  }
}

function lines(): Line[] {
  return readFileSync(join(import.meta.dirname, "../evaluation/round-4.jsonl"), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Line)
}

function share(some: number, all: number): string {
  const [low, high] = wilson(some, all)
  return `${some}: ${percent(some / all)} (${percent(low)} to ${percent(high)})`
}

function percent(part: number): string {
  return (part * 100).toFixed(1)
}

// Kinds of fewer texts say nothing.
const FEWEST = 8
