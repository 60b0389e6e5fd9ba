// Domain names (RFC 1035 §3.1, §4.1.4).
//   name    = (length(1) label)* 0 | (length(1) label)* pointer
//   pointer = 11 offset(14 bits)
// A pointer must point before the name it is part of, each further one before the last: names cannot loop. 255 bytes in all.

export interface ReadName {
  readonly name: string
  /** Position after the name. */
  readonly next: number
}
export type NameProblem = "dns-bad-name" | "dns-compression-loop" | "dns-name-too-long"

export function readName(message: Uint8Array, start: number): ReadName | NameProblem {
  let name = ""
  let at = start
  let lowest = start
  let next = -1
  for (let length = 0; ; ) {
    const size = message[at]
    if (size === undefined) return "dns-bad-name"
    if (size === 0) return { name, next: next < 0 ? at + 1 : next }
    if (size >= 0xc0) {
      const low = message[at + 1]
      if (low === undefined) return "dns-bad-name"
      const target = ((size & 0x3f) << 8) | low
      if (next < 0) next = at + 2
      if (target >= lowest) return "dns-compression-loop"
      lowest = target
      at = target
      continue
    }
    if (size > 63 || at + 1 + size > message.length) return "dns-bad-name"
    length += size + 1
    if (length > MAX_NAME) return "dns-name-too-long"
    name += (name === "" ? "" : ".") + labelText(message, at + 1, size)
    at += 1 + size
  }
}

/** Master file form (RFC 1035 §5.1): what is not printable as \DDD, dots and backslashes inside a label escaped. */
function labelText(message: Uint8Array, from: number, length: number): string {
  let text = ""
  for (let at = from; at < from + length; at += 1) {
    const byte = message[at] ?? 0
    if (byte === 0x2e || byte === 0x5c) text += `\\${String.fromCharCode(byte)}`
    else if (byte >= 0x20 && byte < 0x7f) text += String.fromCharCode(byte)
    else text += `\\${byte.toString().padStart(3, "0")}`
  }
  return text
}

const MAX_NAME = 255
