// The key log of RFC 9850, read as bytes arrive.
//   line = label SP hex(id) SP hex(secret)          RFC 9850 section 2; CR, LF and CRLF all end a line
//   RSA hex(first 8 bytes of the encrypted pre-master) hex(pre-master)     older NSS lines, still written by some servers
//   RSA Session-ID:hex Master-Key:hex                                      `openssl s_client` session text
// Laws: nothing throws; what is not a key line is skipped and counted. Exporter secrets allow more than decryption (RFC 9850 section 4), so they are
// refused here, before anything can hold them. A line may come in pieces; `settle` reads an unfinished last line.

export interface KeyLogEntry {
  /** As in the log, in upper case; old QUIC_ names are given their present ones. */
  readonly label: KeyLabel
  /** Client random in lower-case hexadecimal; for RSA and RSA_SESSION_ID the start of the encrypted pre-master and the session id. */
  readonly id: string
  readonly secret: Uint8Array
}

export interface KeyLogCounts {
  lines: number
  keys: number
  comments: number
  /** Lines that are no key line, or whose secret has a length that no cipher suite gives. */
  garbage: number
  /** Well-formed lines with a label that decryption has no use for. */
  unknownLabels: number
  exportersRefused: number
}

export class KeyLogReader {
  readonly counts: KeyLogCounts = { lines: 0, keys: 0, comments: 0, garbage: 0, unknownLabels: 0, exportersRefused: 0 }
  readonly #emit: (entry: KeyLogEntry) => void
  #rest = ""
  #skipping = false

  constructor(emit: (entry: KeyLogEntry) => void) {
    this.#emit = emit
  }

  push(bytes: Uint8Array): void {
    const text = this.#rest + Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1")
    let start = 0
    for (let at = this.#rest.length; at < text.length; at++) {
      const code = text.charCodeAt(at)
      if (code !== LF && code !== CR) continue
      this.#line(text.slice(start, at))
      start = at + 1
    }
    this.#rest = text.slice(start)
    if (this.#rest.length > MAX_LINE) {
      if (!this.#skipping) this.counts.garbage++
      this.#skipping = true
      this.#rest = ""
    }
  }

  /** The source has ended, or has been silent for a while: an unfinished last line is read as it stands if it is whole. */
  settle(): void {
    const line = this.#rest
    if (line === "" || this.#skipping || parseLine(line) === undefined) return
    this.#rest = ""
    this.#line(line)
  }

  #line(line: string): void {
    if (this.#skipping) {
      this.#skipping = false
      return
    }
    const text = line.trim()
    if (text === "") return
    this.counts.lines++
    const read = parseLine(text)
    switch (read) {
      case undefined:
        this.counts.garbage++
        return
      case "comment":
        this.counts.comments++
        return
      case "unknown":
        this.counts.unknownLabels++
        return
      case "exporter":
        this.counts.exportersRefused++
        return
      default:
        this.counts.keys++
        this.#emit(read)
    }
  }
}

/** The line that says this, with its line end. */
export function keyLogLine({ label, id, secret }: KeyLogEntry): string {
  const hex = Buffer.from(secret.buffer, secret.byteOffset, secret.byteLength).toString("hex")
  return label === "RSA_SESSION_ID" ? `RSA Session-ID:${id} Master-Key:${hex}\n` : `${label} ${id} ${hex}\n`
}

export type KeyLabel = (typeof LABELS)[number]

type Read = KeyLogEntry | "comment" | "unknown" | "exporter" | undefined

function parseLine(line: string): Read {
  const text = line.startsWith(UTF8_BOM) ? line.slice(UTF8_BOM.length) : line
  if (text.startsWith("#")) return "comment"
  // Tools that print key lines put their time and level before them (eCapture's text log): the last three words count.
  const words = text.split(/[ \t]+/, MAX_WORDS + 1)
  const [name, id, secret] = words.slice(-3)
  if (words.length > MAX_WORDS || name === undefined || id === undefined || secret === undefined || !isLabel(name)) return undefined
  const label = name.toUpperCase()
  if (label === "RSA" && id.startsWith("Session-ID:") && secret.startsWith("Master-Key:")) {
    return entryOf("RSA_SESSION_ID", id.slice("Session-ID:".length), secret.slice("Master-Key:".length))
  }
  if (!isHex(id) || !isHex(secret)) return undefined
  if (label === "EXPORTER_SECRET" || label === "EARLY_EXPORTER_SECRET") return "exporter"
  const known = LABELS.find((each) => each === label || `QUIC_${each}` === label)
  return known === undefined ? "unknown" : entryOf(known, id, secret)
}

function entryOf(label: KeyLabel, id: string, secret: string): KeyLogEntry | undefined {
  if (!isHex(id) || !isHex(secret)) return undefined
  const { idBytes, secretBytes } = SHAPES[label]
  if (!idBytes(id.length / 2) || !secretBytes(secret.length / 2)) return undefined
  return { label, id: id.toLowerCase(), secret: copyOfHex(secret) }
}

/** Not from Node's shared pool, so that wiping it wipes all there is. */
function copyOfHex(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length / 2)
  for (let at = 0; at < bytes.length; at++) bytes[at] = Number.parseInt(text.slice(at * 2, at * 2 + 2), 16)
  return bytes
}

function isHex(text: string): boolean {
  return text.length > 0 && text.length % 2 === 0 && /^[0-9a-fA-F]+$/.test(text)
}
function isLabel(text: string): boolean {
  return text.length <= 64 && /^[A-Za-z][A-Za-z0-9_]*$/.test(text)
}

const LABELS = [
  "CLIENT_RANDOM",
  "CLIENT_EARLY_TRAFFIC_SECRET",
  "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
  "SERVER_HANDSHAKE_TRAFFIC_SECRET",
  "CLIENT_TRAFFIC_SECRET_0",
  "SERVER_TRAFFIC_SECRET_0",
  "ECH_SECRET",
  "ECH_CONFIG",
  "PMS_CLIENT_RANDOM",
  "RSA",
  "RSA_SESSION_ID",
] as const

interface Shape {
  readonly idBytes: (length: number) => boolean
  readonly secretBytes: (length: number) => boolean
}
const random = (length: number) => length === 32
// Output of the suite's hash: SHA-256, SHA-384, SHA-512.
const traffic: Shape = { idBytes: random, secretBytes: (length) => length === 32 || length === 48 || length === 64 }
const master: Shape = { idBytes: random, secretBytes: (length) => length === 48 }
const SHAPES: Readonly<Record<KeyLabel, Shape>> = {
  CLIENT_RANDOM: master,
  CLIENT_EARLY_TRAFFIC_SECRET: traffic,
  CLIENT_HANDSHAKE_TRAFFIC_SECRET: traffic,
  SERVER_HANDSHAKE_TRAFFIC_SECRET: traffic,
  CLIENT_TRAFFIC_SECRET_0: traffic,
  SERVER_TRAFFIC_SECRET_0: traffic,
  ECH_SECRET: traffic,
  ECH_CONFIG: { idBytes: random, secretBytes: (length) => length >= 4 && length <= 2_048 },
  PMS_CLIENT_RANDOM: { idBytes: random, secretBytes: (length) => length >= 2 && length <= 2_048 },
  RSA: { idBytes: (length) => length === 8, secretBytes: (length) => length === 48 },
  RSA_SESSION_ID: { idBytes: (length) => length >= 1 && length <= 32, secretBytes: (length) => length === 48 },
}

const MAX_WORDS = 16
const LF = 10
const CR = 13
const UTF8_BOM = "\u00ef\u00bb\u00bf"
// The longest line of use is an ECH_CONFIG of 2 KB; a source without line ends must not fill memory.
const MAX_LINE = 8_192
