// npm run bench:quality -- blind [dev|held-out] [--show] [--kinds]   the blind sets as lines of `egret scan`, preset balanced, with Wilson's 95 % intervals
import { judgeSubject } from "../../../../services/cli/scan/judge.ts"
import { readRecord } from "../../../../services/cli/scan/records.ts"
import type { Policy } from "../../../../services/policy/decide.ts"
import { wilson } from "../wilson.ts"
import { type BlindSample, type BlindSet, blindSamples } from "./samples.ts"

export interface BlindTally {
  samples: number
  /** Any finding at all, whatever the policy makes of it. */
  found: number
  raised: number
  block: number
}

export interface BlindResult {
  readonly attacks: ReadonlyMap<string, BlindTally>
  readonly benign: ReadonlyMap<string, BlindTally>
}

type Shown = (sample: BlindSample, rules: readonly string[]) => void

/** `onWrong` hears of missed attacks and raised benign ones. */
export function judgeBlind(samples: readonly BlindSample[], policy: Policy, onWrong: Shown = () => {}): BlindResult {
  const attacks = new Map<string, BlindTally>()
  const benign = new Map<string, BlindTally>()
  samples.forEach((sample, index) => {
    const { place, direction, text } = sample
    const record = readRecord(JSON.stringify({ id: index, direction, place, text }), index + 1, { direction: "outbound", place: "body" })
    if (!("subject" in record)) throw new Error(record.error)
    const { verdict, findings } = judgeSubject(record.subject, policy)
    for (const name of [sample.family, sample.attack ? "all attacks" : "all benign"]) {
      const tally = tallyOf(sample.attack ? attacks : benign, name)
      tally.samples++
      if (findings.length > 0) tally.found++
      if (verdict !== "allow") tally.raised++
      if (verdict === "block") tally.block++
    }
    if ((verdict === "allow") === sample.attack)
      onWrong(
        sample,
        findings.map((finding) => `${finding.rule} ${finding.severity} ${finding.confidence} ${finding.verdict}`),
      )
  })
  return { attacks, benign }
}

export function measureBlind(set: BlindSet, policy: Policy, show: boolean): void {
  const { attacks, benign } = judgeBlind(blindSamples(set), policy, ({ attack, family, kind, place, text }, rules) => {
    if (show)
      process.stderr.write(
        `${attack ? "missed" : "raised"} [${family}/${kind}] ${place} ${text.slice(0, 220).replaceAll("\n", "\\n")} {${rules.join("; ")}}\n`,
      )
  })
  print(`Blind attacks, ${set}`, attacks)
  print(`Blind benign, ${set}`, benign)
}

function tallyOf(tallies: Map<string, BlindTally>, name: string): BlindTally {
  const tally = tallies.get(name) ?? { samples: 0, found: 0, raised: 0, block: 0 }
  tallies.set(name, tally)
  return tally
}

function print(title: string, tallies: ReadonlyMap<string, BlindTally>): void {
  process.stdout.write(`| ${title} | samples | any finding | raised | share | 95 % interval | blocked |\n|---|---|---|---|---|---|---|\n`)
  for (const [name, { samples, found, raised, block }] of tallies) {
    const [low, high] = wilson(raised, samples)
    const share = `${percent(raised / samples)} | ${percent(low)} to ${percent(high)}`
    process.stdout.write(`| ${name} | ${samples} | ${found} | ${raised} | ${share} | ${block} |\n`)
  }
  process.stdout.write("\n")
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}
