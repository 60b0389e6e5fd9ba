// A TCP connection seen from the side: two halves, who opened it, and what ends it.
//
// Nothing here trusts a single packet that a stranger could have sent. A reset only ends the connection when its number fits, and is taken back when its
// sender goes on talking. A SYN inside an open connection starts a new one only when the peer answers it. A connection that was open before the capture
// began starts mid-stream: with a gap of unknown length in front. A half of which no packet is captured has no gaps: it is simply not there.
import type { Packet } from "../link/packet.ts"
import type { Micros } from "../stream.ts"
import { type HalfOwner, type Piece, TcpHalf } from "./half.ts"
import type { SegmentLog } from "./segment-log.ts"
import { SynData, windowScale } from "./syn.ts"
import type { ReassemblyBudget } from "./waiting-segments.ts"

export type Direction = 0 | 1

/** What the connection tells whoever reads its streams. `direction` is that of the half: 0 for what the table's first endpoint sends. */
export interface ConnectionSink {
  data(direction: Direction, offset: number, piece: Piece): void
  gap(direction: Direction, gap: { offset: number; length: number; at: Micros }): void
  end(direction: Direction, end: { offset: number; how: "fin" | "reset" | "timeout" | "evicted" | "open"; at: Micros }): void
  oddity(direction: Direction, code: string, at: Micros): void
}

export interface ConnectionShared {
  readonly log: SegmentLog
  readonly budget: ReassemblyBudget
}

export class TcpConnection implements HalfOwner {
  readonly log: SegmentLog
  readonly budget: ReassemblyBudget
  readonly first: TcpHalf
  readonly second: TcpHalf
  /** The half that opened the connection. */
  client: Direction = 0
  /** Seen in a SYN or SYN-ACK; otherwise `client` is a guess. */
  clientKnown = false
  synSeen = false
  synAckSeen = false
  closed: "no" | "fin" | "reset" = "no"
  /** Takes the place of an earlier connection of the same ports. */
  follows = false
  readonly #sink: ConnectionSink
  #resetBy: Direction = 0
  #midStream = 0
  #candidate = 0
  #hasCandidate = false
  #synData: SynData | undefined
  /** Undefined where a SYN without the option, or none, was seen. */
  #firstScale: number | undefined
  #secondScale: number | undefined
  #scalesSeen = 0

  constructor(sink: ConnectionSink, shared: ConnectionShared) {
    this.#sink = sink
    this.log = shared.log
    this.budget = shared.budget
    this.first = new TcpHalf(this, 0)
    this.second = new TcpHalf(this, 1)
  }

  /** False: this packet opens a new connection between the same endpoints, and was not read. */
  packet(packet: Packet, direction: Direction): boolean {
    const own = direction === 0 ? this.first : this.second
    const peer = direction === 0 ? this.second : this.first
    const { flags, micros } = packet
    let { seq } = packet
    own.seen = true
    if ((flags & RST) !== 0) {
      this.#reset(own, peer, packet)
      return true
    }
    if ((flags & SYN) !== 0) {
      const meaning = this.#open(own, peer, packet)
      if (meaning === "new") return false
      if (meaning === "stray") return true
      seq = (seq + 1) | 0
    } else if (this.#hasCandidate && this.#opensCandidate(own, peer, packet)) return false
    else if (this.follows) this.#checkAnswered(own, micros)
    const length = packet.wireEnd - packet.at
    if (!own.started) this.#startMidStream(own, seq)
    if ((flags & ACK) !== 0) this.#acknowledge(own, peer, packet)
    if (this.#synData !== undefined) this.#settleSynData(this.#synData.judge(packet, direction))
    if (length > 0) {
      if ((flags & SYN_ACK) === SYN) this.#synData = new SynData(direction, seq, packet)
      else this.#payload(own, seq, packet)
    }
    if ((flags & FIN) !== 0 && plausible(own, (seq + length) | 0)) {
      own.finishAt((seq + length) | 0, micros)
      peer.checkFin(micros)
    }
    if (own.missing) own.patience(micros)
    if (peer.missing) peer.patience(micros)
    return true
  }

  /** No more packets: what waits is given out, with gaps, and both sides end. */
  finish(how: "timeout" | "evicted" | "open", at: Micros): void {
    // Nobody took it: an endpoint never heard it, or the capture ends here.
    if (this.#synData !== undefined) this.oddity(this.#synData.direction === 0 ? this.first : this.second, "tcp-syn-data-unanswered", at)
    this.#settleSynData("taken")
    for (const half of [this.first, this.second]) {
      half.giveOut(at)
      if (half.done) continue
      half.done = true
      const end = half.atFin ? "fin" : this.closed === "reset" ? "reset" : how
      this.#sink.end(half.index, { offset: half.offset, how: end, at })
    }
  }

  get retained(): number {
    return this.first.waitingBytes + this.second.waitingBytes
  }

  deliver(half: TcpHalf, piece: Piece): void {
    if (this.#midStream !== 0) this.#sayMidStream(half, piece.at)
    this.#sink.data(half.index, half.offset, piece)
  }
  gap(half: TcpHalf, length: number, at: Micros): void {
    if (this.#midStream !== 0) this.#sayMidStream(half, at)
    this.#sink.gap(half.index, { offset: half.offset, length, at })
  }
  finished(half: TcpHalf, at: Micros): void {
    this.#sink.end(half.index, { offset: half.offset, how: "fin", at })
    if (this.first.done && this.second.done && this.closed === "no") this.closed = "fin"
  }
  closing(half: TcpHalf): boolean {
    const peer = half.index === 0 ? this.second : this.first
    return this.closed === "reset" || peer.done || peer.atFin
  }
  oddity(half: TcpHalf, code: string, at: Micros): void {
    this.#sink.oddity(half.index, code, at)
  }

  #payload(own: TcpHalf, seq: number, packet: Packet): void {
    const { micros, flags } = packet
    if (this.closed === "reset" && own.index === this.#resetBy && ((seq - own.next) | 0) >= 0) {
      // The endpoint that reset the connection goes on with it: the reset came from someone else.
      this.closed = "no"
      this.oddity(own, "tcp-data-after-reset", micros)
    }
    if ((flags & URG) !== 0) this.oddity(own, "tcp-urgent-data", micros)
    if (!plausible(own, seq)) {
      this.oddity(own, "tcp-out-of-window", micros)
      return
    }
    PIECE.bytes = packet.bytes
    PIECE.start = packet.at
    PIECE.end = packet.end
    PIECE.at = micros
    own.receive(seq, PIECE, packet.wireEnd - packet.end, !packet.reassembled)
  }

  #settleSynData(judgement: "taken" | "refused" | "open"): void {
    const data = this.#synData
    if (data === undefined || judgement === "open") return
    this.#synData = undefined
    const half = data.direction === 0 ? this.first : this.second
    if (judgement === "refused") this.oddity(half, "tcp-syn-data-refused", data.at)
    else half.receive(data.seq, { bytes: data.bytes, start: 0, end: data.bytes.length, at: data.at }, data.cut, false)
  }

  /**
   * A SYN that ends up in the place of an open connection and is never answered by another, though its receiver talks on: both ends still speak on the
   * connection before, and someone who can forge a reset and a SYN wants its rest to be read anew.
   */
  #checkAnswered(own: TcpHalf, at: Micros): void {
    if (!this.synSeen || this.synAckSeen) {
      this.follows = false
      return
    }
    if (own.index === this.client) return
    this.follows = false
    this.oddity(own, "tcp-syn-unanswered", at)
  }

  /** Scaling needs the option in both SYNs (RFC 7323 §2.2). */
  #agreeOnScale(direction: Direction, packet: Packet): void {
    if (direction === 0) this.#firstScale = windowScale(packet)
    else this.#secondScale = windowScale(packet)
    this.#scalesSeen |= 1 << direction
    if (this.#scalesSeen !== 3) return
    const first = this.#firstScale
    const second = this.#secondScale
    const both = first !== undefined && second !== undefined
    this.first.scale = both ? first : 0
    this.second.scale = both ? second : 0
  }

  #open(own: TcpHalf, peer: TcpHalf, packet: Packet): "this" | "new" | "stray" {
    const { seq, ack, flags } = packet
    const answer = (flags & ACK) !== 0
    const next = (seq + 1) | 0
    if (own.started && own.next === next && own.offset === 0) {
      this.#opened(own, answer, packet)
      return "this"
    }
    if (this.closed !== "no" && !answer) return "new"
    if (answer && this.#hasCandidate && ((ack - this.#candidate) | 0) === 1) return "new"
    // Its peer has taken the number of the SYN before, or more: what comes now is late, or a stranger's (RFC 5961 §4).
    const settled = own.started && (own.offset > 0 || (own.synSeen && own.hasAck && ((own.acked - own.next) | 0) >= 0))
    if (settled || (own.started && !answer && peer.offset > 0)) {
      // A repeated SYN of this very connection carries its old number.
      if (own.offset > 0 && ((own.next - next) | 0) === (own.offset | 0)) return "stray"
      if (!answer) this.#consider(seq)
      this.oddity(own, "tcp-syn-in-open-connection", packet.micros)
      return "stray"
    }
    // Another attempt from the same port, the first having had no answer.
    if (own.started && !answer && this.synSeen && !peer.seen) return "new"
    own.forget()
    own.start(next)
    this.#midStream &= ~bit(own)
    this.#opened(own, answer, packet)
    return "this"
  }

  #opened(own: TcpHalf, answer: boolean, packet: Packet): void {
    this.#agreeOnScale(own.index, packet)
    own.synSeen = true
    if (answer) this.synAckSeen = true
    else this.synSeen = true
    if (this.clientKnown) return
    this.clientKnown = true
    this.client = answer ? other(own.index) : own.index
  }

  #consider(isn: number): void {
    this.#hasCandidate = true
    this.#candidate = isn
  }
  /** One-sided captures show no SYN-ACK: data that follows the candidate's number will do. */
  #opensCandidate(own: TcpHalf, peer: TcpHalf, packet: Packet): boolean {
    if (peer.seen || packet.wireEnd === packet.at) return false
    return ((packet.seq - this.#candidate) | 0) === 1 && own.started && packet.seq !== own.next
  }

  #acknowledge(own: TcpHalf, peer: TcpHalf, packet: Packet): void {
    if (own.scale >= 0) peer.allow((packet.ack + (packet.window << own.scale)) | 0)
    if (peer.started) {
      if (plausible(peer, packet.ack)) peer.acknowledge(packet.ack, packet.micros)
      return
    }
    // The first acknowledgement of an endpoint whose SYN or SYN-ACK was seen names the first byte of the other.
    const exact = (packet.flags & SYN) !== 0 || (this.synSeen && own.offset === 0 && packet.seq === own.next)
    peer.start(packet.ack)
    if (!exact) this.#midStream |= bit(peer)
    peer.acknowledge(packet.ack, packet.micros)
  }

  #startMidStream(own: TcpHalf, seq: number): void {
    own.start(seq)
    this.#midStream |= bit(own)
  }

  #sayMidStream(half: TcpHalf, at: Micros): void {
    if ((this.#midStream & bit(half)) === 0) return
    this.#midStream &= ~bit(half)
    this.#sink.gap(half.index, { offset: half.offset, length: 0, at })
  }

  /** RFC 9293 §3.5.2, RFC 5961 §3: exact or in the window; in answer to a SYN it must acknowledge it. */
  #reset(own: TcpHalf, peer: TcpHalf, packet: Packet): void {
    const { seq, ack, flags, micros } = packet
    const refusal = !own.started && (flags & ACK) !== 0 && peer.started && ((ack - peer.next) | 0) >= 0
    const distance = (seq - own.next) | 0
    const behind = own.hasAck ? Math.min(0, (own.acked - own.next) | 0) : 0
    const fits = own.started && distance >= behind - 1 && distance <= RESET_WINDOW
    const blind = !own.started && !peer.started
    if (!refusal && !fits && !blind && own.started) {
      this.oddity(own, "tcp-reset-out-of-window", micros)
      return
    }
    this.closed = "reset"
    this.#resetBy = own.index
    own.checkFin(micros)
    peer.checkFin(micros)
  }
}

function plausible(half: TcpHalf, seq: number): boolean {
  return Math.abs((seq - half.next) | 0) <= MAX_WINDOW
}
function bit(half: TcpHalf): number {
  return half.index === 0 ? 1 : 2
}
function other(direction: Direction): Direction {
  return direction === 0 ? 1 : 0
}

/** One scratch piece for all packets: the layers take what they keep. */
const PIECE: Piece = { bytes: new Uint8Array(0), start: 0, end: 0, at: 0 }
const FIN = 1
const SYN = 2
const RST = 4
const ACK = 16
const SYN_ACK = SYN | ACK
const URG = 32
// The largest window with scaling (RFC 7323 §2.3): numbers farther away belong to another connection or to nobody.
const MAX_WINDOW = 0x4000_0000
// Without having followed every window update: the largest window hosts use by default.
const RESET_WINDOW = 0x100_0000
