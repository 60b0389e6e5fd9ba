import type { PacketBatch } from "../wire/packet-batch.ts"

/** Reads one capture format out of a slab, as far as it is there. Sans-io: the same reader serves files, gzip and pipes. */
export interface CaptureFormat {
  /** Adds whole packets of slab[from, to) to the batch until it is full or the bytes run out. Returns where it stopped. */
  read(from: number, to: number, batch: PacketBatch): number
  /** Bytes that the record at the returned position needs in all, when known: the slab must be able to hold it. 0 after the end of what can be read. */
  readonly needed: number
  /** The rest cannot be read: a record is broken. */
  readonly broken: boolean
}

/** A record that claims more is garbage, not a packet: jumbo and offloaded packets end at 256 KB, key logs at a few MB. */
export const MAX_RECORD = 16 * 1024 * 1024

export function u16(bytes: Uint8Array, at: number, little: boolean): number {
  const [first, second] = [bytes[at] ?? 0, bytes[at + 1] ?? 0]
  return little ? first | (second << 8) : (first << 8) | second
}

export function u32(bytes: Uint8Array, at: number, little: boolean): number {
  const a = bytes[at] ?? 0
  const b = bytes[at + 1] ?? 0
  const c = bytes[at + 2] ?? 0
  const d = bytes[at + 3] ?? 0
  return (little ? a | (b << 8) | (c << 16) | (d << 24) : (a << 24) | (b << 16) | (c << 8) | d) >>> 0
}
