// Reassembly of IP fragments.
//
// Hosts disagree about overlapping pieces. Here the piece that begins first counts, and of two that begin together the first that came: what BSD does
// and tshark shows; a second copy that differs is an anomaly. A datagram is given up when its pieces are too
// many, when it would pass 64 KB, when it waited too long by packet time, or when the table is full (oldest first). What was given up is counted.
import type { Packet } from "../link/packet.ts"

export interface FragmentPlace {
  readonly id: number
  readonly offset: number
  readonly more: boolean
}

export interface Reassembler {
  readonly held: number
  /** True: the fragment was kept, nothing to read yet. False: the packet now holds the whole datagram. */
  add(packet: Packet, place: FragmentPlace): boolean
}

export class Fragments implements Reassembler {
  readonly #waiting = new Map<string, Datagram>()
  readonly #problem: (code: string) => void
  #held = 0

  constructor(problem: (code: string) => void) {
    this.#problem = problem
  }

  get held(): number {
    return this.#held
  }

  add(packet: Packet, place: FragmentPlace): boolean {
    const { bytes, at, end } = packet
    const length = end - at
    if (packet.wireEnd > end) {
      // Cut to the snap length: it can never be put together. The first piece still says who spoke to whom.
      this.#problem("ip-fragment-cut")
      return place.offset !== 0
    }
    if (length <= 0 || (place.more && length % 8 !== 0)) return this.#refuse("ip-fragment-length")
    if (place.offset + length > MAX_DATAGRAM) return this.#refuse("ip-fragment-too-long")
    const key = keyOf(packet, place.id)
    const datagram = this.#find(key, packet.micros)
    if (!place.more) {
      if (datagram.total >= 0 && datagram.total !== place.offset + length) this.#problem("ip-fragment-overlap-conflict")
      else datagram.total = place.offset + length
    }
    const before = datagram.bytes
    datagram.insert(place.offset, bytes.subarray(at, end))
    // The next header is that of the first fragment (RFC 8200 §4.5); the others may lie.
    if (place.offset === 0) datagram.protocol = packet.protocol
    this.#held += datagram.bytes - before
    const assembled = datagram.assemble()
    if (assembled === undefined) {
      if (datagram.pieces.length > MAX_PIECES || datagram.bytes > 2 * MAX_DATAGRAM) this.#drop(key, datagram, "ip-fragment-too-many")
      return true
    }
    this.#drop(key, datagram, undefined)
    const { whole, agrees } = assembled
    if (!agrees) this.#problem("ip-fragment-overlap-conflict")
    packet.bytes = whole
    packet.at = 0
    packet.end = packet.wireEnd = whole.length
    packet.reassembled = true
    packet.protocol = datagram.protocol
    return false
  }

  #find(key: string, now: number): Datagram {
    const found = this.#waiting.get(key)
    if (found !== undefined && now - found.at <= TIMEOUT_MICROS) return found
    if (found !== undefined) this.#drop(key, found, "ip-fragment-timeout")
    for (const [oldKey, old] of this.#waiting) {
      if (this.#waiting.size < MAX_DATAGRAMS && this.#held < MAX_HELD && now - old.at <= TIMEOUT_MICROS) break
      this.#drop(oldKey, old, now - old.at > TIMEOUT_MICROS ? "ip-fragment-timeout" : "ip-fragment-evicted")
    }
    const datagram = new Datagram(now)
    this.#waiting.set(key, datagram)
    return datagram
  }

  #drop(key: string, datagram: Datagram, code: string | undefined): void {
    this.#waiting.delete(key)
    this.#held -= datagram.bytes
    if (code !== undefined) this.#problem(code)
  }

  #refuse(code: string): true {
    this.#problem(code)
    return true
  }
}

interface Piece {
  readonly start: number
  readonly bytes: Uint8Array
}

class Datagram {
  readonly at: number
  /** By offset; of equal offsets the first that came. */
  readonly pieces: Piece[] = []
  total = -1
  bytes = 0
  protocol = 0

  constructor(at: number) {
    this.at = at
  }

  insert(start: number, bytes: Uint8Array): void {
    let at = this.pieces.length
    while (at > 0 && (this.pieces[at - 1]?.start ?? 0) > start) at -= 1
    this.pieces.splice(at, 0, { start, bytes: new Uint8Array(bytes) })
    this.bytes += bytes.length
  }

  /** undefined while bytes are missing. Bytes of the piece that begins first count, and those of later ones where it ends. */
  assemble(): { whole: Uint8Array; agrees: boolean } | undefined {
    if (this.total < 0 || this.bytes < this.total) return undefined
    let reached = 0
    for (const { start, bytes } of this.pieces) {
      if (start > reached) return undefined
      reached = Math.max(reached, start + bytes.length)
    }
    if (reached < this.total) return undefined
    const whole = new Uint8Array(reached)
    let agrees = true
    let at = 0
    for (const { start, bytes } of this.pieces) {
      const known = Math.min(Math.max(0, at - start), bytes.length)
      agrees &&= Buffer.compare(whole.subarray(start, start + known), bytes.subarray(0, known)) === 0
      whole.set(bytes.subarray(known), start + known)
      at = Math.max(at, start + bytes.length)
    }
    return { whole: whole.subarray(0, this.total), agrees }
  }
}

function keyOf(packet: Packet, id: number): string {
  const { vni, family, s0, s1, s2, s3, d0, d1, d2, d3 } = packet
  // RFC 791 keys on the protocol too; RFC 8200 does not.
  const protocol = family === 4 ? packet.protocol : 0
  return `${vni} ${protocol} ${id} ${s0} ${s1} ${s2} ${s3} ${d0} ${d1} ${d2} ${d3}`
}

const MAX_DATAGRAM = 65_535
// 64 KB in fragments of 576 bytes are 120 pieces; tiny fragments are an evasion or a flood.
const MAX_PIECES = 256
const MAX_DATAGRAMS = 4_096
// Linux keeps 4 MB of fragments by default (net.ipv4.ipfrag_high_thresh).
const MAX_HELD = 4 * 1024 * 1024
// Linux gives up after 30 s (net.ipv4.ipfrag_time), RFC 8200 §4.5 after 60 s.
const TIMEOUT_MICROS = 30_000_000
