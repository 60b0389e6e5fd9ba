// F12: agents that speak protobuf without telling us its schema. A walk over the wire format keeps what is text, by field path: enough to search,
// to scan for secrets and to read what was said.
import type { Message } from "../../../services/contracts/activity/genai.ts"
import { lengthPrefixed } from "../length-prefixed.ts"
import { message, text } from "./parts.ts"

export interface ProtoText {
  /** Field numbers from the outside in, for example "2.1.3". */
  readonly path: string
  readonly text: string
}

/** Texts of all frames, or of one bare message when the body is not framed. */
export function protobufTexts(body: Uint8Array, framed: boolean): ProtoText[] {
  const out: ProtoText[] = []
  for (const { bytes } of framed ? lengthPrefixed(body) : [{ bytes: body }]) walk({ bytes, path: "", depth: 0, out })
  return out
}

interface Walk {
  readonly bytes: Uint8Array
  readonly path: string
  readonly depth: number
  readonly out: ProtoText[]
}

/** False when the bytes are no protobuf message: then what looked nested was text or raw bytes. */
function walk({ bytes, path, depth, out }: Walk): boolean {
  const mark = out.length
  let at = 0
  while (at < bytes.length) {
    const tag = varint(bytes, at)
    if (tag === undefined || tag.value >>> 3 === 0) return undo(out, mark)
    at = tag.next
    const field = `${path}${path === "" ? "" : "."}${tag.value >>> 3}`
    const wire = tag.value & 7
    if (wire === 0) {
      const skipped = varint(bytes, at)
      if (skipped === undefined) return undo(out, mark)
      at = skipped.next
    } else if (wire === 1 || wire === 5) at += wire === 1 ? 8 : 4
    else if (wire === 2) {
      const length = varint(bytes, at)
      if (length === undefined || length.next + length.value > bytes.length) return undo(out, mark)
      delimited({ bytes: bytes.subarray(length.next, length.next + length.value), path: field, depth, out })
      at = length.next + length.value
    } else return undo(out, mark)
    if (at > bytes.length) return undo(out, mark)
  }
  return true
}

/** A length-delimited field is text, a message, or bytes: printable text wins, because a short text can pass for a message. */
function delimited({ bytes, path, depth, out }: Walk): void {
  if (bytes.length === 0 || out.length >= MAX_TEXTS) return
  const said = printable(bytes)
  if (said !== undefined) out.push({ path, text: said })
  else if (depth < MAX_DEPTH) walk({ bytes, path, depth: depth + 1, out })
}

function printable(bytes: Uint8Array): string | undefined {
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0
    if (byte < 9 || (byte > 13 && byte < 32 && byte !== 27) || byte === 127) return undefined
  }
  try {
    return STRICT.decode(bytes)
  } catch {
    return undefined
  }
}

function undo(out: ProtoText[], mark: number): false {
  out.length = mark
  return false
}

function varint(bytes: Uint8Array, start: number): { readonly value: number; readonly next: number } | undefined {
  let value = 0
  for (let i = 0; i < 10; i++) {
    const byte = bytes[start + i]
    if (byte === undefined) return undefined
    // Lengths and tags fit 32 bits; the rest of a 64-bit number is only skipped.
    if (i < 4) value += (byte & 0x7f) << (7 * i)
    else if (i === 4) value += (byte & 0x07) * 2 ** 28
    if (byte < 0x80) return { value, next: start + i + 1 }
  }
  return undefined
}

/** Texts of one field path follow one another: that is how streams of tokens look. Ids and enums, being short, are left out. */
export function protobufMessage(role: Message["role"], texts: readonly ProtoText[]): Message | undefined {
  const byPath = new Map<string, string>()
  for (const { path, text: said } of texts) {
    const before = byPath.get(path)
    byPath.set(path, before === undefined ? said : before + (said.length >= MIN_TEXT && role !== "assistant" ? "\n" : "") + said)
  }
  const parts = [...byPath.values()].filter((said) => said.length >= MIN_TEXT).map(text)
  return parts.length === 0 ? undefined : message(role, parts)
}

const STRICT = new TextDecoder("utf-8", { fatal: true })
const MIN_TEXT = 8
const MAX_DEPTH = 32
const MAX_TEXTS = 20_000
