// One direction of a TCP connection: bytes in order, once each.
//
// Laws: of bytes that come twice the first copy counts, and a second copy that differs is an anomaly. A hole is waited for until the peer has
// acknowledged past it (then the endpoint has the bytes and we never will), or until the wait or the memory runs out; then it becomes a gap. Sequence
// numbers are compared by signed difference, so that they may wrap. `next` is the sequence number of the next byte to deliver.
import type { Micros } from "../stream.ts"
import type { SegmentLog } from "./segment-log.ts"

/** What a half needs from the connection it belongs to. */
export interface HalfOwner {
  readonly log: SegmentLog
  readonly budget: ReassemblyBudget
  deliver(half: TcpHalf, piece: Piece): void
  gap(half: TcpHalf, length: number, at: Micros): void
  finished(half: TcpHalf, at: Micros): void
  oddity(half: TcpHalf, code: string, at: Micros): void
}

/** Out-of-order bytes of all connections together. */
export interface ReassemblyBudget {
  used: number
  readonly limit: number
  /** Largest allowed in one direction of one connection. */
  readonly perHalf: number
}

/** bytes[start, end), seen at `at`. A scratch object: valid during the call. */
export interface Piece {
  bytes: Uint8Array
  start: number
  end: number
  at: Micros
}

interface Waiting {
  seq: number
  /** undefined: cut off by the snap length, so that only the length is known. */
  readonly bytes: Uint8Array | undefined
  readonly length: number
  /** When it was captured: what waits behind a hole keeps its own time, so that requests and answers can still be told apart by it. */
  readonly at: Micros
}

export class TcpHalf {
  readonly owner: HalfOwner
  readonly index: 0 | 1
  started = false
  /** A packet of this direction was captured. */
  seen = false
  done = false
  next = 0
  /** Position of `next` in the stream. */
  offset = 0
  hasFin = false
  fin = 0
  hasAck = false
  /** Highest acknowledgement by the peer. */
  acked = 0
  /** Since when the peer has acknowledged beyond `next`, and how many packets have passed since. */
  holeAckedAt = 0
  holePackets = 0
  holeSince = 0
  waiting: Waiting[] | undefined
  waitingBytes = 0
  lastRecord = -1
  gapBytes = 0
  packets = 0
  retransmitted = 0

  constructor(owner: HalfOwner, index: 0 | 1) {
    this.owner = owner
    this.index = index
  }

  start(seq: number): void {
    this.started = true
    this.next = seq
  }

  /** In order, nothing missing, no end in sight. */
  get flows(): boolean {
    return this.started && this.waiting === undefined && !this.hasFin && (!this.hasAck || ((this.acked - this.next) | 0) <= 0)
  }

  /** The next bytes, which nobody wants to see. */
  skip(start: number, length: number, reassembled: boolean): void {
    if (!reassembled) this.lastRecord = this.owner.log.add(this.next, start, length, this.lastRecord)
    this.next = (this.next + length) | 0
    this.offset += length
  }

  /** Payload bytes[start, end) at `seq`; `cut` more were on the wire but not captured. `logged`: the bytes lie in the slab. */
  receive(seq: number, piece: Piece, cut: number, logged: boolean): void {
    const length = piece.end - piece.start
    if (seq === this.next && this.waiting === undefined && cut === 0) {
      this.#deliver(piece, logged)
      return
    }
    const behind = (this.next - seq) | 0
    if (behind > 0) {
      this.#again(seq, piece, Math.min(behind, length))
      if (behind >= length + cut) return
      if (behind >= length) {
        piece.start = piece.end
        this.#insert(this.next, piece, length + cut - behind)
      } else {
        piece.start += behind
        this.#take(this.next, piece, cut, logged)
      }
      return
    }
    this.#take(seq, piece, cut, logged)
  }

  acknowledge(ack: number, at: Micros): void {
    if (this.hasAck && ((ack - this.acked) | 0) <= 0) return
    this.hasAck = true
    this.acked = ack
    if (this.holeAckedAt === 0 && this.#holeIsAcknowledged()) this.holeAckedAt = at
  }

  finishAt(seq: number, at: Micros): void {
    if (this.hasFin) return
    this.hasFin = true
    this.fin = seq
    this.#checkFin(at)
  }

  /** Called with each later packet of the connection while something is missing. */
  patience(at: Micros): void {
    if (this.holeAckedAt === 0) {
      if (this.waiting === undefined) {
        if (this.#holeIsAcknowledged()) this.holeAckedAt = at
        return
      }
      if (!this.#holeIsAcknowledged()) {
        if (at - this.holeSince > (this.hasAck ? WAIT_UNACKED : WAIT_ONE_SIDED)) this.skipHole(at)
        return
      }
      this.holeAckedAt = at
    }
    this.holePackets += 1
    if (at - this.holeAckedAt >= WAIT_ACKED || this.holePackets >= WAIT_PACKETS) this.skipHole(at)
  }

  get missing(): boolean {
    return this.waiting !== undefined || (this.seen && this.hasAck && ((this.acked - this.next) | 0) > 0 && !this.done)
  }

  /** The next hole will not be filled: it becomes a gap. */
  skipHole(at: Micros): void {
    const first = this.waiting?.[0]
    let length = first === undefined ? (this.acked - this.next) | 0 : (first.seq - this.next) | 0
    // The acknowledgement of a FIN that was not captured counts one that is no byte.
    if (first === undefined && (this.hasFin ? ((this.acked - this.fin) | 0) > 0 : length === 1)) length -= 1
    this.holeAckedAt = 0
    this.holePackets = 0
    if (length > 0) this.#gap(length, at)
    this.#drain(at)
  }

  /** Nothing more will come: deliver what waits, with gaps. */
  giveOut(at: Micros): void {
    for (let rounds = 0; this.waiting !== undefined && rounds < MAX_WAITING; rounds += 1) {
      const first = this.waiting[0]
      // What lies behind a hole and was never acknowledged: nobody knows whether the endpoint ever got it.
      if (this.hasAck && first !== undefined && ((this.acked - first.seq) | 0) <= 0) {
        this.owner.oddity(this, "tcp-unacknowledged-tail", at)
        break
      }
      this.skipHole(at)
    }
    this.forget()
    if (this.seen && !this.done && this.hasAck && ((this.acked - this.next) | 0) > 1) this.skipHole(at)
  }

  forget(): void {
    this.owner.budget.used -= this.waitingBytes
    this.waitingBytes = 0
    this.waiting = undefined
  }

  #holeIsAcknowledged(): boolean {
    if (!this.hasAck || !this.started) return false
    const first = this.waiting?.[0]
    return ((this.acked - (first === undefined ? this.next : first.seq)) | 0) > (first === undefined ? 0 : -1) && this.acked !== this.next
  }

  #take(seq: number, piece: Piece, cut: number, logged: boolean): void {
    if (seq === this.next && this.waiting === undefined) {
      if (piece.end > piece.start) this.#deliver(piece, logged)
      if (cut > 0) this.#gap(cut, piece.at)
      this.#checkFin(piece.at)
      return
    }
    if (this.waiting === undefined) this.holeSince = piece.at
    this.#insert(seq, piece, cut)
    if (
      this.waiting !== undefined &&
      (this.waitingBytes > this.owner.budget.perHalf ||
        this.owner.budget.used > this.owner.budget.limit ||
        this.waiting.length > MAX_WAITING)
    ) {
      this.owner.oddity(this, "tcp-reassembly-limit", piece.at)
      this.skipHole(piece.at)
    }
  }

  #deliver(piece: Piece, logged: boolean): void {
    const length = piece.end - piece.start
    if (length === 0) return
    if (this.hasFin && ((this.next + length - this.fin) | 0) > 0) {
      this.owner.oddity(this, "tcp-data-after-fin", piece.at)
      if (this.done) return
    }
    if (logged) this.lastRecord = this.owner.log.add(this.next, piece.start, length, this.lastRecord)
    this.owner.deliver(this, piece)
    this.next = (this.next + length) | 0
    this.offset += length
    if (this.hasFin) this.#checkFin(piece.at)
  }

  #gap(length: number, at: Micros): void {
    this.owner.gap(this, length, at)
    this.gapBytes += length
    this.next = (this.next + length) | 0
    this.offset += length
  }

  /** Bytes that were delivered before. A keep-alive probe repeats one byte, often garbage (RFC 9293 §3.8.4). */
  #again(seq: number, piece: Piece, length: number): void {
    if (length === 0 || (piece.end - piece.start <= 1 && ((seq + 1 - this.next) | 0) === 0)) return
    this.retransmitted += length
    const { bytes, start } = piece
    if (this.owner.log.conflicts({ seq, bytes, start, length, last: this.lastRecord }))
      this.owner.oddity(this, "tcp-overlap-conflict", piece.at)
  }

  /** Keeps of the new bytes those that no waiting segment has. */
  #insert(seq: number, piece: Piece, cut: number): void {
    const waiting = this.waiting ?? []
    this.waiting = waiting
    const length = piece.end - piece.start
    const all = length + cut
    let from = 0
    let at = 0
    // Most segments come after all that wait.
    const last = waiting[waiting.length - 1]
    if (last !== undefined && ((last.seq + last.length - seq) | 0) <= 0) at = waiting.length
    for (; at < waiting.length && from < all; at += 1) {
      const other = waiting[at]
      if (other === undefined) break
      const begin = (other.seq - seq) | 0
      const end = begin + other.length
      if (end <= from) continue
      if (begin >= all) break
      if (begin > from) {
        const added = this.#keep(waiting, at, { seq, piece, from, to: begin })
        at += added
      }
      if (other.bytes !== undefined) this.#compare(other, begin, piece, from)
      from = Math.max(from, end)
    }
    if (from < all) this.#keep(waiting, at, { seq, piece, from, to: all })
    this.#drain(piece.at)
  }

  #keep(waiting: Waiting[], at: number, { seq, piece, from, to }: { seq: number; piece: Piece; from: number; to: number }): number {
    const length = piece.end - piece.start
    const captured = Math.min(to, length)
    let added = 0
    if (captured > from) {
      const bytes = new Uint8Array(piece.bytes.subarray(piece.start + from, piece.start + captured))
      waiting.splice(at, 0, { seq: (seq + from) | 0, bytes, length: bytes.length, at: piece.at })
      this.waitingBytes += bytes.length
      this.owner.budget.used += bytes.length
      added += 1
    }
    const cutFrom = Math.max(from, length)
    if (to > cutFrom) {
      waiting.splice(at + added, 0, { seq: (seq + cutFrom) | 0, bytes: undefined, length: to - cutFrom, at: piece.at })
      added += 1
    }
    return added
  }

  #compare(other: Waiting, begin: number, piece: Piece, from: number): void {
    const low = Math.max(begin, from, 0)
    const high = Math.min(begin + other.length, piece.end - piece.start)
    if (high > low) this.retransmitted += high - low
    for (let at = low; at < high; at += 1) {
      if (other.bytes?.[at - begin] === piece.bytes[piece.start + at]) continue
      this.owner.oddity(this, "tcp-overlap-conflict", piece.at)
      return
    }
  }

  #drain(at: Micros): void {
    const waiting = this.waiting
    let taken = 0
    while (waiting !== undefined) {
      const first = waiting[taken]
      if (first === undefined || first.seq !== this.next) break
      taken += 1
      if (first.bytes === undefined) this.#gap(first.length, first.at)
      else {
        this.waitingBytes -= first.length
        this.owner.budget.used -= first.length
        this.#deliver({ bytes: first.bytes, start: 0, end: first.length, at: first.at }, false)
      }
    }
    if (waiting !== undefined && taken > 0) {
      waiting.splice(0, taken)
      this.holeSince = at
      this.holeAckedAt = 0
      this.holePackets = 0
    }
    if (waiting?.length === 0) this.waiting = undefined
    this.#checkFin(at)
  }

  #checkFin(at: Micros): void {
    if (this.done || !this.hasFin || ((this.fin - this.next) | 0) > 0) return
    this.done = true
    this.owner.finished(this, at)
  }
}

// The acknowledgement may be captured before the data it acknowledges (two queues of a network card): wait a little before believing in a loss.
const WAIT_ACKED = 200_000
const WAIT_PACKETS = 64
// Nobody acknowledges in a capture of one direction. A retransmission comes within a second or three (RFC 6298).
const WAIT_ONE_SIDED = 3_000_000
// Without acknowledgement the sender goes on retransmitting for minutes, but a stream that stands still for so long is no use.
const WAIT_UNACKED = 60_000_000
// A window of 8 MB in full segments; many tiny ones cost more to keep than they hold.
const MAX_WAITING = 8_192
