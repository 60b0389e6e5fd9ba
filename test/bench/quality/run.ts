// npm run bench:quality            all benign corpora; false positives per corpus and per rule, and what is found of hidden credentials
// npm run bench:quality -- --show  also prints where each false positive was
// npm run bench:quality -- evaluation   only the texts written for evaluation: rules, learned model, both
// npm run bench:quality -- dev     only the labelled samples of that set ("dev", "held-out", "round-1-dev"): recall and false positives per family
import { resolve } from "node:path"
import { secretRules } from "../../../detectors/secrets/rules/index.ts"
import { runRules } from "../../../detectors/secrets/runs.ts"
import { vendors } from "../../../detectors/secrets/vendors.ts"
import { type Judged, judgeSubject } from "../../../services/cli/scan/judge.ts"
import { textSubject } from "../../../services/cli/scan/records.ts"
import type { Place } from "../../../services/contracts/inspection.ts"
import { shippedPolicy } from "../../../services/policy/decide.ts"
import { hitsOf, sampleFrom } from "../../support/secret-samples.ts"
import { benignExchanges, type Exchange } from "./benign.ts"
import { measureBlind } from "./blind/measure.ts"
import type { SetName } from "./corpora.ts"
import { measureLabelled } from "./labelled.ts"
import { measureEvaluation } from "./learned/evaluate.ts"

const policy = shippedPolicy("balanced")
const show = process.argv.includes("--show")
if (process.argv.includes("blind")) {
  const sets = ["dev", "held-out", "second"] as const
  for (const set of sets)
    if (process.argv.includes(set) || !sets.some((word) => process.argv.includes(word))) measureBlind(set, policy, show && set === "dev")
  process.exit()
}
if (process.argv.includes("evaluation")) {
  measureEvaluation(policy)
  process.exit()
}
const onlySets = process.argv.filter((word): word is SetName => /^(round-\d+-)?(dev|held-out)$/.test(word))
// Nobody looks at what a held-out set shows, or it stops being one.
for (const set of onlySets) measureLabelled(set, policy, show && set.endsWith("dev"))
if (onlySets.length > 0) process.exit()

interface Tally {
  exchanges: number
  block: number
  alert: number
}

const corpora = new Map<string, Tally>()
const rules = new Map<string, Tally>()
let characters = 0
const started = performance.now()
for (const exchange of benignExchanges(resolve(import.meta.dirname, "../../.."))) count(exchange)
const seconds = (performance.now() - started) / 1_000

print("Benign corpus", corpora)
process.stdout.write(`\n${(characters / 1e6).toFixed(1)} MB in ${seconds.toFixed(1)} s, all detectors, one thread\n\n`)
print("Rule", rules)
const total = [...corpora.values()].reduce(
  (sum, { exchanges, block }) => ({ exchanges: sum.exchanges + exchanges, block: sum.block + block }),
  { exchanges: 0, block: 0 },
)
const rate = (total.block / total.exchanges) * 10_000
process.stdout.write(
  `\nfalse blocking findings: ${total.block} of ${total.exchanges} exchanges, ${rate.toFixed(2)} in 10,000 (budget 1)\n\n`,
)
recall()
measureLabelled("held-out", policy, false)
process.exitCode = rate > 1 ? 1 : 0

function count(exchange: Exchange): void {
  characters += exchange.text.length
  const { place, direction, text } = exchange
  const judged = judgeSubject(textSubject(exchange.name, { place, direction, path: place === "dns" ? "name" : "text", text }), policy)
  add(corpora, exchange.corpus, judged.verdict)
  const worst = new Map<string, Judged["verdict"]>()
  for (const { rule, verdict } of judged.findings) if (verdict !== "allow" && worst.get(rule) !== "block") worst.set(rule, verdict)
  for (const [rule, verdict] of worst) {
    add(rules, rule, verdict)
    if (show)
      process.stderr.write(
        `${verdict} ${rule} ${exchange.corpus} ${exchange.name} ${judged.findings.find((one) => one.rule === rule)?.masked}\n`,
      )
  }
}

function add(tallies: Map<string, Tally>, name: string, verdict: Judged["verdict"]): void {
  const tally = tallies.get(name) ?? { exchanges: 0, block: 0, alert: 0 }
  tallies.set(name, tally)
  tally.exchanges++
  if (verdict !== "allow") tally[verdict]++
}

function print(title: string, tallies: ReadonlyMap<string, Tally>): void {
  const rows = [...tallies].sort((a, b) => b[1].block - a[1].block || b[1].alert - a[1].alert)
  process.stdout.write(`| ${title} | exchanges | block | alert |\n|---|---|---|---|\n`)
  for (const [name, { exchanges, block, alert }] of rows) process.stdout.write(`| ${name} | ${exchanges} | ${block} | ${alert} |\n`)
}

/** Each credential format in each place: how often the shipped policy says more than "allow". The formats are our own, so this is coverage, not a test on unseen data. */
function recall(): void {
  const makers: readonly ((seed: number) => readonly string[])[] = [
    ...secretRules.filter(({ ceiling }) => ceiling === undefined).map((rule) => (seed: number) => hitsOf(rule, seed)),
    ...runRules.map((rule) => (seed: number) => rule.hits(sampleFrom(seed))),
    ...vendors.map((vendor) => (seed: number) => [`${vendor.names[0]?.toUpperCase()}=${vendor.sample(sampleFrom(seed))}`]),
  ]
  const places: readonly Place[] = ["user", "body", "tool-call", "tool-result", "url", "skill"]
  process.stdout.write("| credentials in | samples | block | alert | missed |\n|---|---|---|---|---|\n")
  for (const place of places) {
    const tally = { samples: 0, block: 0, alert: 0, allow: 0 }
    for (const make of makers) {
      for (let seed = 20; seed < 24; seed++) {
        for (const hit of make(seed)) {
          tally.samples++
          const direction = place === "tool-result" || place === "skill" ? "inbound" : "outbound"
          const text = place === "url" ? `https://files.test-host.net/upload?d=${encodeURIComponent(hit)}` : `Here: ${hit} and more`
          tally[judgeSubject(textSubject("r", { place, direction, path: "text", text }), policy).verdict]++
        }
      }
    }
    process.stdout.write(`| ${place} | ${tally.samples} | ${tally.block} | ${tally.alert} | ${tally.allow} |\n`)
  }
}
