// Ordinary exchanges, from what is at hand and from generators: none of them holds an attack, a live credential or anyone's data. Deterministic.
import { readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import type { Sample } from "../../../detectors/secrets/rule.ts"
import type { Place } from "../../../services/contracts/inspection.ts"
import type { Direction } from "../../../services/contracts/primitives.ts"
import { sampleFrom } from "../../support/secret-samples.ts"
import { transcripts } from "./transcripts.ts"

export interface Exchange {
  readonly corpus: string
  readonly name: string
  readonly place: Place
  readonly direction: Direction
  readonly text: string
}

export function* benignExchanges(root: string): Generator<Exchange> {
  yield* filesOf("this repository", root, ["services", "collectors", "docs", "scripts"], /\.(?:ts|md|json|ya?ml)$/, "tool-result")
  yield* filesOf("this repository, sent", root, ["services", "collectors"], /\.ts$/, "user")
  yield* filesOf("dependencies: source", root, ["node_modules"], /\.(?:js|mjs|cjs|ts|json|map)$/, "body")
  yield* filesOf("dependencies: documents", root, ["node_modules"], /\.(?:md|txt|ya?ml)$|LICENSE/, "tool-result")
  yield* chunks("lock file", "package-lock.json", readFileSync(join(root, "package-lock.json"), "utf8"), "tool-result")
  yield* generated("logs", 600, log, "tool-result")
  yield* generated("JSON full of ids", 600, idsJson, "body")
  yield* generated("JSON full of ids, received", 600, idsJson, "tool-result")
  yield* generated("base64 images", 150, image, "body")
  yield* generated("API calls", 1_000, apiUrl, "url")
  yield* generated("names looked up", 600, hostName, "dns")
  yield* generated("commands", 600, command, "command")
  for (const [index, { language, place, text }] of transcripts().entries()) {
    yield { corpus: `transcripts: ${language}`, name: String(index), place, direction: place === "user" ? "outbound" : "inbound", text }
  }
}

function* filesOf(corpus: string, root: string, folders: readonly string[], wanted: RegExp, place: Place): Generator<Exchange> {
  for (const folder of folders) {
    for (const path of walk(join(root, folder))) {
      if (!wanted.test(path) || HOLDS_SAMPLES.test(path) || statSync(path).size > MAX_FILE) continue
      yield* chunks(corpus, path.slice(root.length + 1), readFileSync(path, "utf8"), place)
    }
  }
}

/** One exchange is what a tool returns or a prompt holds: some kilobytes. */
function* chunks(corpus: string, name: string, text: string, place: Place): Generator<Exchange> {
  const direction: Direction = place === "user" || place === "body" ? "outbound" : "inbound"
  for (let at = 0, part = 0; at < text.length && part < MAX_PARTS; at += CHUNK, part++) {
    yield { corpus, name: `${name}#${part}`, place, direction, text: text.slice(at, at + CHUNK) }
  }
}

function* generated(corpus: string, count: number, make: (sample: Sample) => string, place: Place): Generator<Exchange> {
  const direction: Direction = place === "tool-result" ? "inbound" : "outbound"
  for (let i = 0; i < count; i++) yield { corpus, name: String(i), place, direction, text: make(sampleFrom(i + 1)) }
}

function log(s: Sample): string {
  return Array.from({ length: 40 }, () => {
    const time = `2026-11-${pick(s, ["01", "12", "27"])}T${s.of("01", 2)}:${s.of("0-5", 1)}${s.of("0-9", 1)}:07.${s.of("0-9", 3)}Z`
    return pick(s, [
      `${time} INFO request ${s.uuid()} GET /v1/items/${s.of("0-9", 8)} 200 ${s.of("0-9", 3)}ms`,
      `${time} DEBUG cache miss key=user:${s.of("0-9", 6)} etag="${s.hex(32)}" trace=${s.hex(32)} span=${s.hex(16)}`,
      `${time} WARN retry 2 of 5 token bucket empty, waiting ${s.of("0-9", 2)} s`,
      `${time} INFO max_tokens=4096 prompt_tokens=${s.of("1-9", 4)} model=gpt-5 request_id=req_${s.an(24)}`,
      `10.2.${s.of("1-9", 1)}.${s.of("1-9", 2)} - - "POST /login HTTP/1.1" 302 0 "-" "Mozilla/5.0"`,
      `commit ${s.hex(40)} merged into main by ci`,
    ])
  }).join("\n")
}

function idsJson(s: Sample): string {
  return JSON.stringify(
    Array.from({ length: 12 }, () => ({
      id: s.uuid(),
      parent: s.uuid(),
      order: Number(s.of("1-9", 10)),
      at: 1_700_000_000_000 + Number(s.of("0-9", 9)),
      sha256: s.hex(64),
      revision: s.hex(40),
      etag: `"${s.hex(32)}"`,
      integrity: `sha512-${s.b64(86)}==`,
      cursor: Buffer.from(JSON.stringify({ offset: Number(s.of("1-9", 3)), id: s.hex(24) })).toString("base64"),
      next_page_token: s.of("A-Za-z0-9_-", 48),
      objectId: s.hex(24),
      sku: `${s.of("A-Z", 3)}-${s.of("0-9", 4)}-${s.of("A-Z0-9", 4)}`,
      barcode: s.of("0-9", 13),
      lat: Number(`4${s.of("0-9", 1)}.${s.of("1-9", 6)}`),
    })),
  )
}

function image(s: Sample): string {
  return JSON.stringify({ type: "image", media_type: "image/png", data: `iVBORw0KGgoAAAANSUhEUgAA${s.b64(6_000)}` })
}

function apiUrl(s: Sample): string {
  return pick(s, [
    `https://api.github.com/repos/acme/${pick(s, words)}/commits/${s.hex(40)}`,
    `https://packages.${pick(s, words)}.example/${pick(s, words)}/-/${pick(s, words)}-1.${s.of("0-9", 1)}.0.tgz`,
    `https://www.googleapis.com/drive/v3/files/${s.of("A-Za-z0-9_-", 33)}?fields=id,name&pageSize=100`,
    `https://shop.example.net/search?q=${pick(s, words)}+${pick(s, words)}&page=${s.of("1-9", 1)}&session=${s.uuid()}`,
    `https://d${s.of("a-z0-9", 13)}.cloudfront.net/assets/main.${s.hex(8)}.js`,
    `https://storage.googleapis.com/bucket/${s.uuid()}/report-${s.of("0-9", 8)}.pdf`,
  ])
}

function hostName(s: Sample): string {
  return pick(s, [
    `${pick(s, words)}.s3.eu-central-1.amazonaws.com`,
    `d${s.of("a-z0-9", 13)}.cloudfront.net`,
    `www.${pick(s, words)}.com`,
    "api.openai.com",
    `${pick(s, words)}-${pick(s, words)}.azurewebsites.net`,
    `selector1._domainkey.${pick(s, words)}.com`,
    `${s.of("0-9", 3)}.${s.of("0-9", 2)}.10.in-addr.arpa`,
    `e${s.of("0-9", 4)}.dscb.akamaiedge.net`,
  ])
}

function command(s: Sample): string {
  return pick(s, [
    `git checkout ${s.hex(7)} && npm ci && npm test -- --grep ${pick(s, words)}`,
    `docker run --rm -e NODE_ENV=test -p 8080:8080 registry.local/${pick(s, words)}@sha256:${s.hex(64)}`,
    `kubectl get pods -n ${pick(s, words)} -o jsonpath='{.items[*].metadata.name}'`,
    `grep -rn "${pick(s, words)}" src --include=*.ts | head -20`,
    `curl -s https://api.github.com/repos/acme/${pick(s, words)}/releases/latest | jq .tag_name`,
    `find . -name "*.log" -mtime +7 -delete`,
    `python -m pytest tests/test_${pick(s, words)}.py -k ${pick(s, words)}`,
    `export PATH="$HOME/.local/bin:$PATH"; make ${pick(s, words)}`,
    `psql "$DATABASE_URL" -c 'select count(*) from ${pick(s, words)}'`,
  ])
}

function pick<T>(s: Sample, from: readonly T[]): T {
  return from[Number.parseInt(s.hex(6), 16) % from.length] as T
}

function* walk(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* walk(path)
    else if (entry.isFile()) yield path
  }
}

const words =
  "alpha ledger invoice weather router orders catalog billing search session tokenizer parser render pipeline metrics gateway archive planner".split(
    " ",
  )
// detectors/ is left out above: its rules and lexicons are lists of attacks. Test folders hold keys, cards and addresses on purpose: what is found there is no mistake.
const HOLDS_SAMPLES = /(?:^|[\\/])(?:tests?|__tests__|fixtures?|spec|examples?|benchmarks?)[\\/]|\.(?:test|spec)\./i
const MAX_FILE = 1_500_000
const CHUNK = 8_000
const MAX_PARTS = 12
