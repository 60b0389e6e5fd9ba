// One direction of a TCP connection: bytes in order, once each.
//
// Laws: bytes that were delivered stay what they were. Of segments that wait behind a hole and overlap, the one that begins first counts, and of two
// that begin together the first that came (what BSD, Linux and the oracle do: decision 0031); a copy that differs is an anomaly. A hole is waited for
// until the peer has acknowledged past it (then the endpoint has the bytes and we never will), or until the wait or the memory runs out; then it
// becomes a gap. A FIN counts when the peer has acknowledged it: a forged one must not silence the rest. Sequence numbers are compared by signed
// difference, so that they may wrap. `next` is the sequence number of the next byte to deliver.
import type { Micros } from "../stream.ts"
import type { SegmentLog } from "./segment-log.ts"
import { type ReassemblyBudget, WaitingSegments } from "./waiting-segments.ts"

/** What a half needs from the connection it belongs to. */
export interface HalfOwner {
  readonly log: SegmentLog
  readonly budget: ReassemblyBudget
  deliver(half: TcpHalf, piece: Piece): void
  gap(half: TcpHalf, length: number, at: Micros): void
  finished(half: TcpHalf, at: Micros): void
  /** The other direction has said its last byte too, or the connection was reset: nobody is going to acknowledge a FIN. */
  closing(half: TcpHalf): boolean
  oddity(half: TcpHalf, code: string, at: Micros): void
}

/** bytes[start, end), seen at `at`. A scratch object: valid during the call. */
export interface Piece {
  bytes: Uint8Array
  start: number
  end: number
  at: Micros
}

export class TcpHalf {
  readonly owner: HalfOwner
  readonly index: 0 | 1
  started = false
  /** A packet of this direction was captured. */
  seen = false
  /** Its SYN was captured: `start` is no guess. */
  synSeen = false
  done = false
  next = 0
  /** Position of `next` in the stream. */
  offset = 0
  hasFin = false
  fin = 0
  hasAck = false
  /** Highest acknowledgement by the peer. */
  acked = 0
  /** Shift of the windows that this direction's packets announce; -1 while it is not known. */
  scale = -1
  /** The farthest that the peer has ever offered to take; only set when its window scale is known. */
  hasLimit = false
  limit = 0
  /** Since when the peer has acknowledged beyond `next`, and how many packets have passed since. */
  holeAckedAt = 0
  holePackets = 0
  holeSince = 0
  waiting: WaitingSegments | undefined
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
    this.hasLimit = false
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

  /** The same for many segments together: `next` is the number behind them. */
  advanceTo(next: number, lastRecord: number): void {
    this.offset += (next - this.next) >>> 0
    this.next = next
    this.lastRecord = lastRecord
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
    if (this.hasFin) this.checkFin(at)
  }

  /** The peer takes bytes up to `end`. */
  allow(end: number): void {
    if (this.hasLimit && ((end - this.limit) | 0) <= 0) return
    this.hasLimit = true
    this.limit = end
  }

  finishAt(seq: number, at: Micros): void {
    if (this.hasFin && this.fin !== seq) this.owner.oddity(this, "tcp-fin-moved", at)
    // Bytes that were delivered lie beyond the end.
    else if (((seq - this.next) | 0) < 0) this.owner.oddity(this, "tcp-data-after-fin", at)
    if (this.done) return
    this.hasFin = true
    this.fin = seq
    this.checkFin(at)
  }

  /** All bytes up to the FIN were delivered. */
  get atFin(): boolean {
    return this.hasFin && ((this.fin - this.next) | 0) <= 0
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
    const first = this.waiting?.first
    let length = first === undefined ? (this.acked - this.next) | 0 : (first.seq - this.next) | 0
    // The acknowledgement of a FIN that was not captured counts one that is no byte.
    if (first === undefined && (this.hasFin ? ((this.acked - this.fin) | 0) > 0 : length === 1)) length -= 1
    this.holeAckedAt = 0
    this.holePackets = 0
    if (length > 0) this.#gap(length, at)
    if (first !== undefined) this.#drain(at, true)
    else this.checkFin(at)
  }

  /** Nothing more will come: deliver what waits, with gaps. */
  giveOut(at: Micros): void {
    for (let rounds = 0; this.waiting !== undefined && rounds < MAX_WAITING; rounds += 1) {
      const first = this.waiting.first
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
    this.waiting?.clear()
    this.waiting = undefined
  }
  get waitingBytes(): number {
    return this.waiting?.bytes ?? 0
  }

  #holeIsAcknowledged(): boolean {
    if (!this.hasAck || !this.started) return false
    const first = this.waiting?.first
    return ((this.acked - (first === undefined ? this.next : first.seq)) | 0) > (first === undefined ? 0 : -1) && this.acked !== this.next
  }

  #take(seq: number, piece: Piece, cut: number, logged: boolean): void {
    if (seq === this.next && this.waiting === undefined) {
      if (piece.end > piece.start) this.#deliver(piece, logged)
      if (cut > 0) this.#gap(cut, piece.at)
      this.checkFin(piece.at)
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
      // Nobody has acknowledged that end, and its sender goes on.
      this.hasFin = false
    }
    const { log } = this.owner
    this.lastRecord = logged
      ? log.add(this.next, piece.start, length, this.lastRecord)
      : log.addCopy(this.next, piece.bytes.subarray(piece.start, piece.end), this.lastRecord)
    this.owner.deliver(this, piece)
    this.next = (this.next + length) | 0
    this.offset += length
    if (this.hasFin) this.checkFin(piece.at)
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

  /** Keeps it until what is missing before it has come. */
  #insert(seq: number, piece: Piece, cut: number): void {
    this.waiting ??= new WaitingSegments(this.owner.budget)
    const { bytes, start, end, at } = piece
    const doubtful = this.hasLimit && ((seq - this.limit) | 0) > LIMIT_SLACK
    if (doubtful) this.owner.oddity(this, "tcp-out-of-window", at)
    if (end > start) {
      const segment = { seq, origin: seq, doubtful, bytes: bytes.subarray(start, end), length: end - start, at }
      const { repeated, differs } = this.waiting.insert(segment)
      this.retransmitted += repeated
      if (differs) this.owner.oddity(this, "tcp-overlap-conflict", at)
    }
    // Nobody knows these bytes, so that every copy that has them is better.
    if (cut > 0) this.waiting.insert({ seq: (seq + end - start) | 0, origin: seq, doubtful: true, bytes: undefined, length: cut, at })
    this.#drain(at)
  }

  /** `trust`: no better copy of the first will come, even if its sender was not allowed to send it yet. */
  #drain(at: Micros, trust = false): void {
    const { waiting } = this
    let moved = false
    for (;;) {
      const first = waiting?.takeAt(this.next, trust && !moved)
      if (first === undefined) break
      moved = true
      if (first.bytes === undefined) this.#gap(first.length, first.at)
      else this.#deliver({ bytes: first.bytes, start: 0, end: first.length, at: first.at }, false)
    }
    if (moved) {
      this.holeSince = at
      this.holeAckedAt = 0
      this.holePackets = 0
    }
    if (waiting?.length === 0) this.waiting = undefined
    else waiting?.settle()
    this.checkFin(at)
  }

  /** Where only this direction is captured nobody acknowledges anything. */
  checkFin(at: Micros): void {
    if (this.done || !this.atFin) return
    if (this.hasAck && ((this.acked - this.fin) | 0) <= 0 && !this.owner.closing(this)) return
    this.done = true
    this.owner.finished(this, at)
  }
}

// The acknowledgement may be captured before the data it acknowledges (two queues of a network card): wait a little before believing in a loss.
const WAIT_ACKED = 200_000
const WAIT_PACKETS = 64
// What was offered is read from acknowledgements that may be captured late: some tolerance costs little.
const LIMIT_SLACK = 65_536
// Nobody acknowledges in a capture of one direction. A retransmission comes within a second or three (RFC 6298).
const WAIT_ONE_SIDED = 3_000_000
// Without acknowledgement the sender goes on retransmitting for minutes, but a stream that stands still for so long is no use.
const WAIT_UNACKED = 60_000_000
// A window of 8 MB in full segments; many tiny ones cost more to keep than they hold.
const MAX_WAITING = 8_192
