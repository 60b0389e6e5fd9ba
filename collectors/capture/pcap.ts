// Classic capture files.
//   file   = magic(4) major(2) minor(2) zone(4) accuracy(4) snaplen(4) network(4) [length(4) in IXIA files] record*
//   record = seconds(4) fraction(4) captured(4) length(4) [ifindex(4) protocol(2) type(1) pad(1) in the modified format] packet[captured]
// The magic says byte order, fraction (micro or nano) and variant; some patched libraries and Nokia's firewalls wrote longer record headers under a
// magic that promises shorter ones, which the first records give away. Before version 2.3 the two lengths were exchanged; in 2.3 writers disagreed.
import { MAX_BATCH, type PacketBatch } from "../wire/packet-batch.ts"
import { type CaptureFormat, MAX_RECORD, u16, u32 } from "./format.ts"

export class PcapFormat implements CaptureFormat {
  needed = 16
  broken = false
  readonly #little: boolean
  readonly #divisor: number
  #header: number
  #settled = false
  readonly #link: number
  readonly #exchanged: boolean

  constructor(bytes: Uint8Array, at: number, variant: PcapVariant) {
    this.#little = variant.little
    this.#divisor = variant.nano ? 1000 : 1
    this.#header = variant.recordHeader
    // The upper bits say whether and how long a frame check sequence is; IP lengths make it irrelevant.
    this.#link = u32(bytes, at + 20, variant.little) & 0xffff
    this.#exchanged = u16(bytes, at + 4, variant.little) === 2 && u16(bytes, at + 6, variant.little) <= 3
    this.needed = this.#header
  }

  read(from: number, to: number, batch: PacketBatch): number {
    const { bytes } = batch
    if (!this.#settled) this.#settle(bytes, from, to)
    const header = this.#header
    const little = this.#little
    let at = this.#little && this.#divisor === 1 && !this.#exchanged ? this.#readUsual(from, to, batch) : from
    while (batch.count < MAX_BATCH) {
      this.needed = header
      if (to - at < header) return at
      let captured = u32(bytes, at + 8, little)
      let wire = u32(bytes, at + 12, little)
      if (this.#exchanged && captured > wire) [captured, wire] = [wire, captured]
      if (captured > MAX_RECORD) return this.#giveUp(at, captured, batch)
      this.needed = header + captured
      if (to - at < header + captured) return at
      const index = batch.count++
      batch.offset[index] = at + header
      batch.captured[index] = captured
      batch.wire[index] = Math.max(wire, captured)
      batch.at[index] = u32(bytes, at, little) * 1e6 + Math.floor(u32(bytes, at + 4, little) / this.#divisor)
      batch.link[index] = this.#link
      at += header + captured
    }
    return at
  }

  /** The same for what nearly every file is, up to the first record that is cut or odd, and without a look at the byte order of each number. */
  #readUsual(from: number, to: number, batch: PacketBatch): number {
    const { bytes, offset, captured: lengths, wire, at: times, link } = batch
    const header = this.#header
    const kind = this.#link
    let index = batch.count
    let at = from
    while (index < MAX_BATCH && to - at >= header) {
      const captured = word(bytes, at + 8)
      const length = word(bytes, at + 12)
      // Negative: beyond 2^31.
      if (captured < 0 || length < captured || captured > MAX_RECORD || to - at - header < captured) break
      offset[index] = at + header
      lengths[index] = captured
      wire[index] = length
      times[index] = (word(bytes, at) >>> 0) * 1e6 + (word(bytes, at + 4) >>> 0)
      link[index] = kind
      index += 1
      at += header + captured
    }
    batch.count = index
    return at
  }

  /** Only records that follow one another under another length outweigh the magic. */
  #settle(bytes: Uint8Array, from: number, to: number): void {
    this.#settled = true
    if (this.#chained(bytes, this.#header, { from, to }) === ENOUGH) return
    const other = RECORD_HEADERS.find((header) => this.#chained(bytes, header, { from, to }) === ENOUGH)
    if (other !== undefined) this.#header = other
  }

  /** How many of the first records make sense with headers of that length. */
  #chained(bytes: Uint8Array, header: number, { from, to }: { from: number; to: number }): number {
    let at = from
    let count = 0
    for (; count < ENOUGH && to - at >= header; count += 1) {
      const [fraction, captured, wire] = [4, 8, 12].map((offset) => u32(bytes, at + offset, this.#little)) as [number, number, number]
      const possible = fraction < 1e6 * this.#divisor && captured <= wire && wire <= MAX_RECORD && captured <= to - at - header
      if (!possible) return count
      at += header + captured
    }
    return count
  }

  #giveUp(at: number, captured: number, batch: PacketBatch): number {
    this.broken = true
    this.needed = 0
    const last = batch.count === 0 ? 0 : (batch.at[batch.count - 1] ?? 0)
    batch.problems.push({ code: "bad-record", detail: `a packet record claims ${captured} bytes`, at: last })
    return at
  }
}

function word(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24)
}

export interface PcapVariant {
  readonly little: boolean
  readonly nano: boolean
  readonly fileHeader: number
  readonly recordHeader: number
}

export function pcapVariant(bytes: Uint8Array): PcapVariant | undefined {
  for (const little of [true, false]) {
    const kind = MAGICS.get(u32(bytes, 0, little))
    if (kind !== undefined) return { little, ...kind }
  }
  return undefined
}

// The usual, Nokia's, and those of two patched libraries (of 1999) that Red Hat and SUSE shipped.
const RECORD_HEADERS = [16, 24, 28, 20]
const ENOUGH = 3
const MAGICS = new Map([
  [0xa1b2c3d4, { nano: false, fileHeader: 24, recordHeader: 16 }],
  [0xa1b23c4d, { nano: true, fileHeader: 24, recordHeader: 16 }],
  // Kuznetzov's patched libpcap, still written by some appliances.
  [0xa1b2cd34, { nano: false, fileHeader: 24, recordHeader: 24 }],
  // IXIA hardware and software captures: the length of all records follows the file header.
  [0x1c0001ac, { nano: true, fileHeader: 28, recordHeader: 16 }],
  [0x1c0001ab, { nano: false, fileHeader: 28, recordHeader: 16 }],
])
