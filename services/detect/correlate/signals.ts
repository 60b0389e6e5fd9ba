// What a worker notes of one activity for those who remember: small, already hashed where it is private, so that state never holds clear text
// of what passed (pieces of possible secrets excepted, which are short-lived and bounded).
import { createHmac } from "node:crypto"
import { addressOf } from "../../../detectors/destinations/addresses.ts"
import { loadOf } from "../../../detectors/exfiltration/dns-name.ts"
import { viewsOf } from "../../../detectors/text/readings.ts"
import { shingles } from "../../../detectors/text/shingles.ts"
import type { ToolDefinition } from "../../contracts/activity/genai.ts"
import type { Envelope } from "../../contracts/envelope.ts"
import type { RawFinding, Subject, TextItem } from "../../contracts/inspection.ts"
import { callsOf } from "./calls.ts"
import { type StepKind, stepsOf } from "./steps.ts"

export interface Signals {
  /** Tool lists, by the server that offers them. */
  readonly tools: readonly { readonly server: string; readonly complete: boolean; readonly items: readonly PinnedTool[] }[]
  readonly steps: readonly { readonly kind: StepKind; readonly tool: string }[]
  /** Token-like pieces that left, in order. */
  readonly fragments: readonly string[]
  /** Fingerprints of sensitive text that came in, and of all text that left for a place that is no model vendor. */
  readonly taintIn: Uint32Array
  readonly taintOut: Uint32Array
  /** Bytes the agent sent: of bodies, of frames, and of connections whose content nobody could read. */
  readonly sent: number
  readonly dns?: {
    readonly name: string
    readonly domain: string
    readonly carried: number
    readonly addresses: readonly { readonly value: string; readonly inside: boolean }[]
  }
  /** Keyed hash of the credential an agent shows to a vendor. */
  readonly credential?: { readonly provider: string; readonly fingerprint: string }
  /** Hash of each tool call with its arguments. */
  readonly calls: readonly { readonly tool: string; readonly hash: string }[]
}

export interface PinnedTool {
  readonly name: string
  readonly hash: string
  readonly description: string
  readonly schema: string
}

export function signalsOf(envelope: Envelope, subject: Subject, { raw, key }: { raw: readonly RawFinding[]; key: Uint8Array }): Signals {
  const leaving = subject.destination?.class !== "provider"
  const out = leaving ? subject.texts.filter(({ direction, place }) => direction === "outbound" && !definitions.has(place)) : []
  const seed = Buffer.from(key).readUInt32LE(0)
  const credential = credentialOf(envelope, subject, key)
  const dns = dnsOf(envelope)
  return {
    tools: toolsOf(envelope),
    steps: stepsOf(envelope, subject),
    fragments: out.flatMap(piecesOf).slice(-MAX_FRAGMENTS),
    taintIn: hashes(sensitiveTexts(subject, raw), seed, MAX_TAINT_IN),
    taintOut: hashes(out, seed, MAX_TAINT_OUT),
    sent: sentBytes(envelope),
    calls: callsOf(envelope).map(({ name, args }) => ({ tool: name, hash: digest(key, `${name}\n${args}`) })),
    ...(credential === undefined ? {} : { credential }),
    ...(dns === undefined ? {} : { dns }),
  }
}

function sentBytes(envelope: Envelope): number {
  switch (envelope.kind) {
    case "http":
      return envelope.data.request.bytes + envelope.data.path.length
    case "websocket":
      return envelope.data.direction === "outbound" ? envelope.data.bytes : 0
    case "flow":
      // Read connections were counted by their exchanges.
      return envelope.data.layers.some((layer) => readable.has(layer)) ? 0 : envelope.data.bytes.client
    default:
      return 0
  }
}

function toolsOf(envelope: Envelope): Signals["tools"] {
  if (envelope.kind === "mcp" && envelope.data.tools.length > 0) {
    const { data } = envelope
    return [
      {
        server: data.host === "" ? (data.server?.name ?? "stdio") : `${data.host}${data.path}`,
        complete: data.inventory !== undefined,
        items: data.tools.slice(0, MAX_TOOLS).map(pinnedOf),
      },
    ]
  }
  if (envelope.kind !== "llm") return []
  const byServer = new Map<string, PinnedTool[]>()
  for (const tool of envelope.data.tools.slice(0, MAX_TOOLS)) {
    // Tools of the agent itself change with its version; those of a named server must not.
    const server = tool.server ?? /^mcp__(\w[\w-]{0,60}?)__/.exec(tool.name)?.[1]
    if (server === undefined) continue
    const list = byServer.get(server)
    if (list === undefined) byServer.set(server, [pinnedOf(tool)])
    else list.push(pinnedOf(tool))
  }
  return [...byServer].map(([server, items]) => ({ server: `inside-llm:${server}`, complete: false, items }))
}

function pinnedOf({
  name,
  hash,
  description = "",
  title = "",
  inputSchema = "",
  outputSchema = "",
  annotations = "",
}: ToolDefinition): PinnedTool {
  return {
    name,
    hash,
    description: `${title}${title === "" ? "" : "\n"}${description}`.slice(0, MAX_PINNED),
    schema: `${inputSchema}${outputSchema}${annotations}`.slice(0, MAX_PINNED),
  }
}

/** Texts that came in and should not go out again: those in which a secret or person was found, and answers to reading a private file. */
function sensitiveTexts(subject: Subject, raw: readonly RawFinding[]): TextItem[] {
  const paths = new Set(
    raw.filter(({ family, confidence }) => (family.startsWith("secret") || family === "pii") && confidence >= 0.5).map(({ path }) => path),
  )
  return subject.texts.filter(
    (item) => item.place === "tool-result" && (paths.has(item.path) || PRIVATE_TEXT.test(item.text.slice(0, 4_000))),
  )
}

function hashes(items: readonly TextItem[], seed: number, most: number): Uint32Array {
  const kept = new Set<number>()
  for (const item of items) {
    for (const { text } of viewsOf(item)) {
      for (const hash of shingles(text.slice(0, MAX_HASHED), seed)) {
        if (kept.size >= most) return Uint32Array.from(kept)
        kept.add(hash)
      }
    }
  }
  return Uint32Array.from(kept)
}

/** Pieces of at most a secret's length that look like pieces of one: no words. Only where an attacker chooses the text. */
function piecesOf({ place, text }: TextItem): string[] {
  if (!carriers.has(place)) return []
  const pieces: string[] = []
  for (const [piece] of text.slice(-MAX_SCANNED).matchAll(/[A-Za-z0-9+_-]{4,80}={0,2}/g)) {
    if (/\d/.test(piece) || /[a-z][A-Z]/.test(piece) || /^[A-Z]{4,}$/.test(piece) || piece.length <= 8) pieces.push(piece)
  }
  return pieces.slice(-MAX_FRAGMENTS)
}

function dnsOf(envelope: Envelope): Signals["dns"] {
  if (envelope.kind !== "dns") return undefined
  const { name, answers } = envelope.data
  const load = loadOf(name)
  const labels = name.toLowerCase().split(".")
  const addresses = answers
    .filter(({ type }) => type === "A" || type === "AAAA")
    .slice(0, 16)
    .flatMap(({ value }) => {
      const range = addressOf(value)?.range
      return range === undefined ? [] : [{ value, inside: INSIDE.has(range) }]
    })
  return {
    name: name.toLowerCase(),
    domain: load?.domain ?? labels.slice(-2).join("."),
    carried: load === undefined ? 0 : load.digest ? Math.floor(load.carried / DIGEST_WEIGHT) : load.carried,
    addresses,
  }
}

function credentialOf(envelope: Envelope, { destination }: Subject, key: Uint8Array): Signals["credential"] {
  if (envelope.kind !== "http" || destination?.provider === undefined) return undefined
  const shown = envelope.data.request.headers.find(([name]) => credentialHeaders.has(name))?.[1]
  const lasting = shown === undefined ? undefined : lastingKey(shown)
  return lasting === undefined || lasting.length < 12 ? undefined : { provider: destination.provider, fingerprint: digest(key, lasting) }
}

/** The part that is the same tomorrow: signed requests carry a new signature each, and tokens of a sign-in are renewed by themselves. */
function lastingKey(shown: string): string | undefined {
  const signed = /^(?:AWS4-HMAC-SHA256|TC3-HMAC-SHA256)\b.{0,40}?\bCredential=([^/,\s]{1,128})/.exec(shown.slice(0, 512))?.[1]
  if (signed !== undefined) return signed.startsWith("ASIA") ? undefined : signed
  return /^(?:Bearer\s+)?(?:eyJ|ya29\.|sk-ant-oat|gh[osu]_|ABSKT|bedrock-api-key-)/i.test(shown) ? undefined : shown
}

function digest(key: Uint8Array, text: string): string {
  return createHmac("sha256", key).update(text).digest("hex").slice(0, 24)
}

const INSIDE: ReadonlySet<string> = new Set(["private", "loopback", "link-local", "metadata", "shared"])
const readable: ReadonlySet<string> = new Set(["http1", "http2", "http3", "dns"])
const definitions: ReadonlySet<string> = new Set(["tool-definition", "system"])
const carriers: ReadonlySet<string> = new Set(["url", "tool-call", "frame", "dns"])
const credentialHeaders: ReadonlySet<string> = new Set(["authorization", "x-api-key", "api-key", "x-goog-api-key"])
const PRIVATE_TEXT = /-----BEGIN [A-Z ]{0,30}PRIVATE KEY|aws_secret_access_key|^[A-Z][A-Z0-9_]{2,40}(?:KEY|TOKEN|SECRET|PASSWORD)\s?=/m
// Lookups of hashes: it takes five times as many of them to make a tunnel.
const DIGEST_WEIGHT = 5
const MAX_FRAGMENTS = 16
const MAX_SCANNED = 2_000
const MAX_TOOLS = 256
const MAX_PINNED = 4_000
const MAX_TAINT_IN = 512
const MAX_TAINT_OUT = 4_096
const MAX_HASHED = 65_536
