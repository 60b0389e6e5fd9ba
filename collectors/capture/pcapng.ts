// pcapng (draft-ietf-opsawg-pcapng).
//   block     = type(4) total(4) body total(4), padded to 4
//   section   = 0x0A0D0D0A total byte-order(4)=1A2B3C4D major(2) minor(2) length(8) options      starts anew: byte order and interfaces
//   interface = 1 total linktype(2) reserved(2) snaplen(4) options(if_tsresol 9, if_tsoffset 14)
//   packet    = 6 total interface(4) high(4) low(4) captured(4) length(4) packet options          2 is its obsolete form
//   simple    = 3 total length(4) packet           of the first interface, without time
//   secrets   = 10 total type(4) length(4) data    type 0x544c534b is a TLS key log
// Everything else is skipped. A block whose length cannot be true ends the reading: what follows cannot be found.
import { MAX_BATCH, type PacketBatch } from "../wire/packet-batch.ts"
import { type CaptureFormat, MAX_RECORD, u16, u32 } from "./format.ts"
import { readInterface, type TimedInterface, toMicros } from "./pcapng-interface.ts"

export class PcapngFormat implements CaptureFormat {
  needed = 12
  broken = false
  #little = true
  #interfaces: TimedInterface[] = []
  #lastAt = 0

  read(from: number, to: number, batch: PacketBatch): number {
    let at = from
    while (batch.count < MAX_BATCH) {
      this.needed = 12
      if (to - at < 12) return at
      const type = u32(batch.bytes, at, this.#little)
      // The type of a section is a palindrome: its length is in the new section's byte order.
      if (type === SECTION && !this.#startSection(at, batch)) return at
      const total = u32(batch.bytes, at + 4, this.#little)
      if (total < 12 || total > MAX_RECORD) return this.#giveUp(at, `a block of type ${type} claims ${total} bytes`, batch)
      // Padding is required; files without it exist and are read.
      const length = (total + 3) & ~3
      this.needed = length
      if (to - at < length) {
        if (to - at < total) return at
      }
      this.#block(type, at + 8, at + total - 4, batch)
      if (this.broken) return at
      at += Math.min(length, to - at)
    }
    return at
  }

  #startSection(at: number, batch: PacketBatch): boolean {
    const magic = u32(batch.bytes, at + 8, true)
    if (magic !== BYTE_ORDER && magic !== BYTE_ORDER_SWAPPED) {
      this.#giveUp(at, "a section without byte order", batch)
      return false
    }
    this.#little = magic === BYTE_ORDER
    this.#interfaces = []
    return true
  }

  #block(type: number, from: number, to: number, batch: PacketBatch): void {
    const { bytes } = batch
    switch (type) {
      case SECTION:
        if (to - from < 16 || !optionsFit(bytes, { from: from + 16, to, little: this.#little })) {
          this.#giveUp(from, "a section whose options are longer than its block", batch)
        }
        return
      case INTERFACE:
        if (to - from < 8) this.#giveUp(from, "an interface block without a body", batch)
        else this.#interfaces.push(readInterface(bytes.subarray(from, to), this.#little))
        return
      case PACKET:
        if (to - from < 20) this.#giveUp(from, "a packet block without a body", batch)
        else this.#packet(u32(bytes, from, this.#little), from, to, batch)
        return
      case OBSOLETE_PACKET:
        if (to - from < 20) this.#giveUp(from, "a packet block without a body", batch)
        else this.#packet(u16(bytes, from, this.#little), from, to, batch)
        return
      case SIMPLE:
        this.#simple(from, to, batch)
        return
      case SECRETS:
        this.#secrets(from, to, batch)
        return
      default:
    }
  }

  #packet(number: number, from: number, to: number, batch: PacketBatch): void {
    const { bytes } = batch
    const source = this.#interfaces[number]
    const captured = u32(bytes, from + 12, this.#little)
    if (source === undefined || captured > to - from - 20) {
      batch.problems.push({
        code: "bad-block",
        detail: source === undefined ? `a packet of interface ${number}, which is not described` : "a packet longer than its block",
        at: this.#lastAt,
      })
      return
    }
    const at = toMicros(source, u32(bytes, from + 4, this.#little), u32(bytes, from + 8, this.#little))
    this.#lastAt = Math.min(Math.max(at, 0), LATEST)
    if (at !== this.#lastAt) batch.problems.push({ code: "bad-time", detail: "a time outside the years 1970 to 2255", at: this.#lastAt })
    this.#add(batch, { at: from + 20, captured, wire: u32(bytes, from + 16, this.#little), link: source.link })
  }

  #simple(from: number, to: number, batch: PacketBatch): void {
    const source = this.#interfaces[0]
    if (source === undefined || to - from < 4) {
      batch.problems.push({ code: "bad-block", detail: "a simple packet without an interface", at: this.#lastAt })
      return
    }
    const wire = u32(batch.bytes, from, this.#little)
    const limit = source.snaplen === 0 ? wire : Math.min(wire, source.snaplen)
    this.#add(batch, { at: from + 4, captured: Math.min(limit, to - from - 4), wire, link: source.link })
  }

  #add(batch: PacketBatch, { at, captured, wire, link }: { at: number; captured: number; wire: number; link: number }): void {
    const index = batch.count++
    batch.offset[index] = at
    batch.captured[index] = captured
    batch.wire[index] = wire < captured || wire > 0x7fffffff ? captured : wire
    batch.at[index] = this.#lastAt
    batch.link[index] = link
  }

  #secrets(from: number, to: number, batch: PacketBatch): void {
    if (to - from < 8 || u32(batch.bytes, from, this.#little) !== TLS_KEY_LOG) return
    const length = Math.min(u32(batch.bytes, from + 4, this.#little), to - from - 8)
    batch.secrets.push(batch.bytes.slice(from + 8, from + 8 + length))
  }

  #giveUp(at: number, detail: string, batch: PacketBatch): number {
    this.broken = true
    this.needed = 0
    batch.problems.push({ code: "bad-block", detail, at: this.#lastAt })
    return at
  }
}

/** option = code(2) length(2) value[length], padded to 4; code 0 ends the list. */
function optionsFit(bytes: Uint8Array, { from, to, little }: { from: number; to: number; little: boolean }): boolean {
  for (let at = from; to - at >= 4; ) {
    if (u16(bytes, at, little) === 0) return true
    const length = u16(bytes, at + 2, little)
    if (length > to - at - 4) return false
    at += 4 + ((length + 3) & ~3)
  }
  return true
}

// Microseconds are whole numbers in doubles up to here.
const LATEST = Number.MAX_SAFE_INTEGER
export const SECTION = 0x0a0d0d0a
const INTERFACE = 1
const OBSOLETE_PACKET = 2
const SIMPLE = 3
const PACKET = 6
const SECRETS = 10
const TLS_KEY_LOG = 0x544c534b
const BYTE_ORDER = 0x1a2b3c4d
const BYTE_ORDER_SWAPPED = 0x4d3c2b1a
