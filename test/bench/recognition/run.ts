// npm run bench:recognition            what is recognised of each family, where and how disturbed, and what ordinary traffic is taken for one
// npm run bench:recognition -- --show  also prints each false recognition and each miss
// Shares come with their 95 % interval after Wilson: what was counted is a sample.
import { resolve } from "node:path"
import type { HttpExchange } from "../../../collectors/wire/facts.ts"
import type { Envelope } from "../../../services/contracts/envelope.ts"
import { type BodySketch, type ExchangeSketch, exchange, extract } from "../../collectors/extract/facts.ts"
import { benignApis } from "./benign.ts"
import { captured, type Ordinary, shippedJson } from "./ordinary.ts"
import { chance, families, makeSample, type Random, type Sample } from "./samples.ts"
import { type ServerCase, serverCases } from "./servers.ts"

const show = process.argv.includes("--show")
const root = resolve(import.meta.dirname, "../../..")

interface Disturbance {
  readonly name: string
  apply(sketch: ExchangeSketch, random: Random): ExchangeSketch
}

const disturbances: readonly Disturbance[] = [
  { name: "as documented", apply: (sketch) => sketch },
  { name: "fields of the future", apply: (sketch) => ({ ...sketch, request: grown(sketch.request), response: grown(sketch.response) }) },
  { name: "behind a prefix", apply: (sketch) => ({ ...sketch, path: `/team-a/proxy${sketch.path}` }) },
  { name: "answer cut", apply: (sketch, random) => ({ ...sketch, response: cut(sketch.response, random) }) },
  { name: "at any path", apply: (sketch) => ({ ...sketch, path: "/api/ai" }) },
  { name: "without media types", apply: (sketch) => ({ ...sketch, request: bare(sketch.request), response: bare(sketch.response) }) },
]

function grown(side: BodySketch = {}): BodySketch {
  const { body } = side
  return typeof body === "object" && !(body instanceof Uint8Array) && !Array.isArray(body)
    ? { ...side, body: { x_future: { deep: [1, "two"] }, ...body, another_new_field: true } }
    : side
}

function cut(side: BodySketch = {}, random: Random): BodySketch {
  const text = typeof side.body === "string" ? side.body : JSON.stringify(side.body)
  return { ...side, body: text.slice(0, Math.max(1, Math.floor(text.length * (0.4 + random() * 0.5)))), completeness: "truncated" }
}

function bare(side: BodySketch = {}): BodySketch {
  return { ...side, headers: (side.headers ?? []).filter(([name]) => name !== "content-type") }
}

function isRecognised({ kind, family, bodyFamily }: Sample, rows: readonly Envelope[]): boolean {
  return rows.some((row) => row.kind === kind && (row.kind !== "llm" || [family, bodyFamily].includes(row.data.family)))
}

function recall(): void {
  process.stdout.write(
    `| Family | where | ${disturbances.map(({ name }) => name).join(" | ")} |\n|---|---|${"---|".repeat(disturbances.length)}\n`,
  )
  for (const family of families) {
    for (const where of ["known host", "unknown host"] as const) {
      const cells = disturbances.map((disturbance) => share(...caught(family, where, disturbance)))
      if (cells.some((cell) => cell !== "")) process.stdout.write(`| ${family} | ${where} | ${cells.join(" | ")} |\n`)
    }
  }
}

function caught(family: string, where: "known host" | "unknown host", { name, apply }: Disturbance): [hits: number, of: number] {
  const random = chance(family.length * 1_000 + name.length)
  let hits = 0
  let of = 0
  for (let turn = 0; turn < SAMPLES; turn++) {
    const sample = makeSample(family, random)
    if (where === "known host" && sample.host === undefined) continue
    const host = where === "known host" ? (sample.host ?? "") : `host-${turn}.example`
    const sketch = apply({ ...sample.sketch, host }, random)
    const recognised = isRecognised(sample, extract([exchange(sketch)]))
    of += 1
    hits += Number(recognised)
    if (!recognised && show) process.stderr.write(`missed ${family} ${where} ${name}: ${JSON.stringify(sketch).slice(0, 900)}\n`)
  }
  return [hits, of]
}

/** Each server once as documented, then under a name that no catalogue has and behind a prefix: what of its row is right. */
function servers(): void {
  process.stdout.write(`\n| Servers, gateways, clouds | ${CHECKS.join(" | ")} |\n|---|${"---|".repeat(CHECKS.length)}\n`)
  const changes: readonly (readonly [string, (sketch: ExchangeSketch) => ExchangeSketch])[] = [
    ["as documented", (sketch) => sketch],
    ["at a host nobody knows", (sketch) => ({ ...sketch, host: "inside.corp.example" })],
    ["there, behind a prefix", (sketch) => ({ ...sketch, host: "inside.corp.example", path: `/team-a/proxy${sketch.path}` })],
  ]
  for (const [name, change] of changes) {
    const right = CHECKS.map((): [number, number] => [0, 0])
    for (const one of serverCases) {
      const checked = checks(one, change(one.sketch))
      checked.forEach((ok, index) => {
        const tally = right[index]
        if (ok === undefined || tally === undefined) return
        tally[0] += Number(ok)
        tally[1] += 1
      })
      if (show && checked.includes(false))
        process.stderr.write(`wrong ${name}: ${one.name} ${CHECKS.filter((_, index) => checked[index] === false)}\n`)
    }
    process.stdout.write(`| ${name} (${serverCases.length}) | ${right.map(([hits, of]) => share(hits, of)).join(" | ")} |\n`)
  }
}

/** In the order of CHECKS; undefined where the API does not say it, or the host was what said it. */
function checks({ wants }: ServerCase, sketch: ExchangeSketch): (boolean | undefined)[] {
  const row = extract([exchange(sketch)]).find((one) => one.kind === "llm")
  const data = row?.kind === "llm" ? row.data : undefined
  const said = data?.outputMessages.flatMap(({ parts }) => parts.flatMap((part) => (part.type === "text" ? [part.text] : []))).join("")
  return [
    data !== undefined,
    wants.family && data?.family === wants.family,
    wants.model && data?.requestModel === wants.model,
    wants.said && said === wants.said,
    wants.inputTokens && data?.usage.inputTokens === wants.inputTokens,
  ].map((value) => (typeof value === "boolean" ? value : undefined))
}

const CHECKS = ["recognised", "family", "model", "text of the answer", "tokens"]
const BENIGN_EACH = 200

async function falseRecognition(): Promise<number> {
  const tallies = new Map<string, { exchanges: number; taken: number }>()
  const take = ({ corpus, name, fact }: Ordinary): void => {
    const tally = tallies.get(corpus) ?? { exchanges: 0, taken: 0 }
    tallies.set(corpus, tally)
    tally.exchanges += 1
    const named = namedAs(fact)
    tally.taken += Number(named !== undefined)
    if (named !== undefined && show) process.stderr.write(`taken for ${named}: ${corpus} ${name}\n`)
  }
  for (const one of benignApis(BENIGN_EACH)) take(one)
  for (const one of shippedJson(root)) take(one)
  for await (const one of captured(root)) take(one)
  process.stdout.write("\n| Ordinary traffic | exchanges | taken for a model, MCP or an agent | at most (95 %) |\n|---|---|---|---|\n")
  let taken = 0
  for (const [corpus, tally] of tallies) {
    taken += tally.taken
    process.stdout.write(
      `| ${corpus} | ${tally.exchanges} | ${tally.taken} | ${(wilson(tally.taken, tally.exchanges)[1] * 100).toFixed(3)} % |\n`,
    )
  }
  return taken
}

function namedAs(fact: HttpExchange): string | undefined {
  return extract([fact]).find(({ kind }) => kind === "llm" || kind === "mcp" || kind === "a2a")?.kind
}

function share(hits: number, of: number): string {
  if (of === 0) return ""
  const [low, high] = wilson(hits, of)
  return `${((hits / of) * 100).toFixed(0)} % (${(low * 100).toFixed(0)}–${(high * 100).toFixed(0)})`
}

/** Bounds of the share at 95 %. */
function wilson(hits: number, of: number): [low: number, high: number] {
  const z = 1.96
  const share = hits / of
  const centre = share + (z * z) / (2 * of)
  const spread = z * Math.sqrt((share * (1 - share)) / of + (z * z) / (4 * of * of))
  return [Math.max(0, (centre - spread) / (1 + (z * z) / of)), Math.min(1, (centre + spread) / (1 + (z * z) / of))]
}

const SAMPLES = 100

recall()
servers()
process.exitCode = (await falseRecognition()) > 0 ? 1 : 0
