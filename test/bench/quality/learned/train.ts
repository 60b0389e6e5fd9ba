// npm run train:injection            fits the learned model and prints how it does on what it has not read
// npm run train:injection -- --write also writes detectors/injection/learned/weights.ts
// npm run train:injection -- FOLDER  also says how many honest documents of that folder it would raise
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { gunzipSync } from "node:zlib"
import { type Group, groups, WeightTable } from "../../../../detectors/injection/learned/model.ts"
import { wilson } from "../wilson.ts"
import { fitWeights } from "./fit.ts"
import { type Example, honestDocuments, trainingHash, trainingTexts } from "./texts.ts"

/** How many honest ones a threshold lets pass: of written texts that were left out of training, half of them hard, and of the dependencies' documents. */
interface Share {
  readonly texts: Readonly<Record<Group, number>>
  readonly documents: number
}
interface Scored {
  readonly example: Example
  readonly score: number
}
type Thresholds = Readonly<Record<Group, number>>

// What people type is most of all texts, and the fifth author's honest requests were raised more often than those of the other four.
const ALERT: Share = { texts: { typed: 0.01, data: 0.014, definition: 0.015 }, documents: 0.002 }
const SUPPORT: Share = { texts: { typed: 0.04, data: 0.05, definition: 0.05 }, documents: 0.01 }
/** Below an alert by this much a finding is kept and not raised. */
const NOTICE = 0.4
// Three in a thousand documents of a system's own (/usr/share/doc, Python, Go; not at hand in every checkout) reach nearly this much as data.
const LEAST_ALERT: Thresholds = { typed: 0, data: 1.55, definition: 0 }
const FOLDS = 4
// Neighbours in a file were written in one go: they are left out together.
const BLOCK = 40

const args = process.argv.slice(2)
const texts = trainingTexts()
const written = texts.filter(({ author }) => !isOlder(author))
const learn = honestDocuments("learn")
const measure = honestDocuments("measure")
print(`${texts.length} texts, ${learn.length} honest documents to learn from, ${measure.length} for the thresholds\n`)

const unseen = inFolds()
const weights = fitWeights([...texts, ...learn])
const table = new WeightTable(weights)
// A document may stand anywhere: each is measured in every place.
const documents = measure.flatMap((example) => groups.map((group) => scored({ ...example, group }, table)))
const alert = thresholds(ALERT)
const support = thresholds(SUPPORT)
report("written texts, each fold by a model that has not read it", unseen, alert)
if (!args.includes("--fast"))
  for (const author of new Set(written.map((one) => one.author))) {
    const without = new WeightTable(fitWeights([...texts.filter((one) => one.author !== author), ...learn]))
    report(`author ${author}, by a model that has read none of this author's`, scoreAll(without, author), alert)
  }
for (const folder of args.filter((arg) => !arg.startsWith("--"))) measureFolder(folder)
print(
  `${Buffer.from(weights.keys, "base64").length / 4} features; alert from ${JSON.stringify(alert)}, support from ${JSON.stringify(support)}\n`,
)
if (args.includes("--write")) write()

function inFolds(): Scored[] {
  const older = texts.filter(({ author }) => isOlder(author))
  return Array.from({ length: FOLDS }, (_, fold) => {
    const out = (index: number): boolean => Math.floor(index / BLOCK) % FOLDS === fold
    const part = new WeightTable(fitWeights([...older, ...written.filter((_, index) => !out(index)), ...learn]))
    return written.filter((_, index) => out(index)).map((example) => scored(example, part))
  }).flat()
}

function scoreAll(model: WeightTable, author: string): Scored[] {
  return texts.filter((one) => one.author === author).map((example) => scored(example, model))
}

function scored(example: Example, model: WeightTable): Scored {
  return { example, score: model.strongest(example.text, example.group)?.score ?? Number.NEGATIVE_INFINITY }
}

function thresholds({ texts: share, documents: few }: Share): Thresholds {
  const of = (group: Group): number => {
    const byTexts = quantile(
      unseen.filter(({ example }) => example.group === group && !example.attack),
      share[group],
    )
    const byDocuments = quantile(
      documents.filter(({ example }) => example.group === group),
      few,
    )
    return Math.round(Math.max(byTexts, byDocuments, few === ALERT.documents ? LEAST_ALERT[group] : 0) * 100) / 100
  }
  return { typed: of("typed"), data: of("data"), definition: of("definition") }
}

/** The score that so large a share lies above. */
function quantile(all: readonly Scored[], share: number): number {
  const sorted = all.map(({ score }) => score).sort((a, b) => b - a)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

function report(title: string, all: readonly Scored[], limits: Thresholds): void {
  print(`\n${title}\n`)
  for (const group of groups) {
    const attacks = all.filter(({ example }) => example.group === group && example.attack)
    const honest = all.filter(({ example }) => example.group === group && !example.attack)
    if (attacks.length === 0 || honest.length === 0) continue
    const over = (list: readonly Scored[]): number => list.filter(({ score }) => score >= limits[group]).length
    print(
      `  ${group.padEnd(10)} caught ${shareOf(over(attacks), attacks.length)}  raised ${shareOf(over(honest), honest.length)}  ` +
        `order right in ${percent(ranking(attacks, honest))} of pairs\n`,
    )
  }
}

/** How often an attack scores above an honest text. */
function ranking(attacks: readonly Scored[], honest: readonly Scored[]): number {
  let right = 0
  for (const one of attacks) for (const other of honest) right += one.score > other.score ? 1 : one.score === other.score ? 0.5 : 0
  return right / (attacks.length * honest.length)
}

function measureFolder(folder: string): void {
  const counts = { chunks: 0, data: 0, typed: 0, definition: 0 }
  for (const text of textsBelow(folder)) {
    for (let at = 0; at < Math.min(text.length, 24_000); at += 8_000) {
      counts.chunks++
      for (const group of groups) if ((table.strongest(text.slice(at, at + 8_000), group)?.score ?? -9) >= alert[group]) counts[group]++
    }
  }
  print(`\n${folder}: chunks of documents raised\n`)
  for (const group of groups) print(`  ${group.padEnd(10)} ${shareOf(counts[group], counts.chunks)}\n`)
}

function* textsBelow(folder: string): Generator<string> {
  const stack = [folder]
  for (let path = stack.pop(), files = 0; path !== undefined && files < 4_000; path = stack.pop()) {
    const entry = statSync(path, { throwIfNoEntry: false })
    if (entry === undefined) continue
    if (entry.isDirectory()) {
      stack.push(...readdirSync(path).map((name) => join(path as string, name)))
      continue
    }
    if (entry.size > 2_000_000 || !/\.(?:txt|md|rst|html?|gz|py|go|adoc)$|README|NEWS|FAQ|INSTALL/.test(path)) continue
    files++
    const bytes = readFileSync(path)
    const text = (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8")
    if (!text.includes("\0") && !text.includes("\ufffd") && text.length > 200) yield text
  }
}

function write(): void {
  const path = join(import.meta.dirname, "../../../../detectors/injection/learned/weights.ts")
  const { keys, bytes, scale, bias } = weights
  const notice = Object.fromEntries(groups.map((group) => [group, Math.round((alert[group] - NOTICE) * 100) / 100]))
  const lines = [
    "// Made by `npm run train:injection -- --write` from test/bench/quality/training; not to be edited. What the fields mean: model.ts, verdict.ts.",
    "/** Hash of the texts it was made of. */",
    `export const trainedOn = ${JSON.stringify(trainingHash())}`,
    "export const learned = {",
    `  alert: ${literal(alert)},`,
    `  support: ${literal(support)},`,
    `  notice: ${literal(notice)},`,
    `  bias: ${literal(bias)},`,
    `  scale: ${scale},`,
    `  keys:\n    "${keys}",`,
    `  bytes:\n    "${bytes}",`,
    "}",
    "",
  ]
  writeFileSync(path, lines.join("\n"))
}

function literal(values: Readonly<Record<string, unknown>>): string {
  return `{ ${Object.entries(values)
    .map(([name, value]) => `${name}: ${String(value)}`)
    .join(", ")} }`
}

function isOlder(author: string): boolean {
  return /^(?:dev|held-out|round-\d+)$/.test(author)
}

function shareOf(some: number, all: number): string {
  const [low, high] = wilson(some, all)
  return `${some} of ${all}: ${percent(some / all)} (${percent(low)} to ${percent(high)})`
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}

function print(text: string): void {
  process.stdout.write(text)
}
