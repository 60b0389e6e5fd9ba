// npm run bench:quality -- labelled [dev|held-out] [--show]   recall and false positives per family, with Wilson's 95 % intervals
import { judgeSubject } from "../../../services/cli/scan/judge.ts"
import { textSubject } from "../../../services/cli/scan/records.ts"
import type { Policy } from "../../../services/policy/decide.ts"
import { labelledSamples, type SetName } from "./corpora.ts"
import { networkSamples } from "./network.ts"
import { wilson } from "./wilson.ts"

interface Tally {
  samples: number
  raised: number
  block: number
}

export function measureLabelled(set: SetName, policy: Policy, show: boolean): void {
  const tallies = { attack: new Map<string, Tally>(), benign: new Map<string, Tally>() }
  const samples = [...labelledSamples(set), ...(set === "dev" || set === "held-out" ? networkSamples(set) : [])]
  samples.forEach(({ attack, family, place, direction, text }, index) => {
    const judged = judgeSubject(textSubject(String(index), { place, direction, path: place === "dns" ? "name" : "text", text }), policy)
    for (const name of [family, attack ? "all attacks" : "all benign"]) {
      const tally = tallyOf(attack ? tallies.attack : tallies.benign, name)
      tally.samples++
      if (judged.verdict !== "allow") tally.raised++
      if (judged.verdict === "block") tally.block++
    }
    if (!show || (judged.verdict === "allow") !== attack) return
    const rules = judged.findings.filter(({ verdict }) => verdict !== "allow").map(({ rule, confidence }) => `${rule} ${confidence}`)
    process.stderr.write(
      `${attack ? "missed" : judged.verdict} [${family}] ${text.slice(0, 400).replaceAll("\n", "\\n")} ${rules.join("; ")}\n`,
    )
  })
  print(`Attacks, ${set}`, "caught", tallies.attack)
  print(`Benign, ${set}`, "raised", tallies.benign)
}

function tallyOf(tallies: Map<string, Tally>, name: string): Tally {
  const tally = tallies.get(name) ?? { samples: 0, raised: 0, block: 0 }
  tallies.set(name, tally)
  return tally
}

function print(title: string, word: string, tallies: ReadonlyMap<string, Tally>): void {
  process.stdout.write(`| ${title} | samples | ${word} | share | 95 % interval | blocked |\n|---|---|---|---|---|---|\n`)
  for (const [name, { samples, raised, block }] of tallies) {
    const [low, high] = wilson(raised, samples)
    process.stdout.write(
      `| ${name} | ${samples} | ${raised} | ${percent(raised / samples)} | ${percent(low)} to ${percent(high)} | ${block} |\n`,
    )
  }
  process.stdout.write("\n")
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}
