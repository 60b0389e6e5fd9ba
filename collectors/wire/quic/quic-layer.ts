// QUIC versions 1 and 2 over the datagrams of a flow (RFC 9000, 9001, 9369).
// Initial packets are read by anyone: SNI, ALPN, JA4. With keys the rest: certificates, 0-RTT, streams, which go to the layer that the ALPN names.
// Packets whose keys are missing wait within KeyPatience, in order. A packet that does not open is dropped as an endpoint would drop it (anyone can
// inject one), told once as an anomaly. Lost packets show as holes of streams, see stream-table.ts. Connection ids are claimed, so that a connection
// that moves to another address stays one. Version negotiation packets say nothing that is trusted.
import type { Lingering } from "../context.ts"
import type { DatagramContext, DatagramEvent, DatagramHint, DatagramLayer } from "../datagram.ts"
import { type EndEvent, type Micros, otherSide, type Side } from "../stream.ts"
import { parseClientHello } from "../tls/client-hello.ts"
import { Handshake } from "../tls/handshake.ts"
import { HANDSHAKE } from "../tls/handshake-messages.ts"
import { ShapeRecorder } from "../tls/shape-recorder.ts"
import { tlsFact } from "../tls/tls-fact.ts"
import { WaitingRecords } from "../tls/waiting-records.ts"
import { CryptoStream } from "./crypto-stream.ts"
import { type QuicFrame, readFrames } from "./frames.ts"
import { InitialKeys, type KeyedLevel, LevelKeys, type OpenedQuic } from "./level-keys.ts"
import { kindOf, type QuicKind, type QuicPacket, readPackets } from "./packet.ts"
import { MAX_DATAGRAM, SegmentSizes } from "./segments.ts"
import { StreamTable } from "./stream-table.ts"
import type { StreamsLayer } from "./streams.ts"

type LongPacket = QuicPacket & { readonly form: "long" }
type Space = "initial" | "handshake" | "application"

export class QuicLayer implements DatagramLayer, Lingering {
  readonly #context: DatagramContext
  readonly #hint: DatagramHint
  readonly #handshake: Handshake
  readonly #queue: WaitingRecords
  readonly #shape = new ShapeRecorder()
  readonly #keys: Readonly<Record<Side, LevelKeys>>
  readonly #crypto = new Map<string, CryptoStream>()
  readonly #streams: StreamTable
  readonly #largest: Readonly<Record<Side, Record<Space, number>>> = { client: noneYet(), server: noneYet() }
  /** Length of the connection ids that a side chose for itself: short headers do not say it. */
  readonly #idLength: Record<Side, number | undefined> = { client: undefined, server: undefined }
  readonly #sizes: Readonly<Record<Side, SegmentSizes>> = { client: new SegmentSizes(), server: new SegmentSizes() }
  #initial: InitialKeys | undefined
  #kind: QuicKind | undefined
  #layer: StreamsLayer | undefined | "none"
  #startedAt: Micros | undefined
  #now: Micros = 0
  #askedAt: number | undefined
  #opened = 0
  #missed = 0
  #bad = 0
  #reason: string | undefined
  #told = false
  #ended = false
  #abandoned = false

  constructor(context: DatagramContext, hint: DatagramHint) {
    this.#context = context
    this.#hint = hint
    this.#handshake = new Handshake(context.keys)
    this.#queue = new WaitingRecords(context.keys)
    this.#keys = {
      client: new LevelKeys("client", context.keys, this.#handshake),
      server: new LevelKeys("server", context.keys, this.#handshake),
    }
    this.#streams = new StreamTable(() => this.#streamsLayer())
  }

  get held(): number {
    let crypto = 0
    for (const stream of this.#crypto.values()) crypto += stream.held
    const above = this.#layer === undefined || this.#layer === "none" ? 0 : (this.#layer.held ?? 0)
    return this.#queue.bytes + this.#streams.held + crypto + above
  }

  handle(event: DatagramEvent | EndEvent): void {
    this.#now = event.at
    this.#startedAt ??= event.at
    if (event.type === "end") {
      this.#end(event)
      return
    }
    this.#sizes[event.side].note(event.bytes.length)
    for (const packet of readPackets(event.bytes)) this.#onPacket(event.side, packet, event.bytes)
    if (!this.#told && event.at - this.#startedAt > TELL_AFTER && this.#askedAt === undefined) this.#tell()
  }

  flush(): void {
    this.#drain()
    this.#streams.settle(this.#now)
  }

  abandon(at: Micros): void {
    this.#abandoned = true
    this.#now = Math.max(this.#now, at)
    this.#drain()
    this.#giveUp()
  }

  #end(event: EndEvent): void {
    if (this.#ended) return
    this.#ended = true
    this.abandon(event.at)
    this.#streams.finish(event.at)
    if (this.#layer !== undefined && this.#layer !== "none") this.#layer.end(event.at, event.how)
    this.#context.shape?.(this.#shape.shape)
    this.#tell()
    this.#keys.client.wipe()
    this.#keys.server.wipe()
  }

  #onPacket(side: Side, packet: QuicPacket, datagram: Uint8Array): void {
    switch (packet.form) {
      case "negotiation":
        return
      case "short":
        this.#shape.note(side, packet.bytes.length, this.#now)
        this.#queueOrOpen(side, packet.bytes, packet.bytes.byteOffset - datagram.byteOffset)
        return
      case "long":
        this.#onLong(side, packet)
    }
  }

  #onLong(side: Side, packet: LongPacket): void {
    const kind = kindOf(packet.version)
    if (kind === undefined) return
    if (packet.type === "retry") {
      if (side === "server" && this.#handshake.answer === undefined) this.#startAnew()
      return
    }
    this.#idLength[side] = packet.source.length
    if (packet.source.length > 0) this.#context.claim(packet.source)
    if (packet.type === "initial") this.#onInitial(side, packet, kind)
    else this.#queueOrOpen(side, packet.bytes)
  }

  /** After a Retry: the next Initial of the client brings new keys (RFC 9001 section 5.2) and its hello again, or a new one as some clients do. */
  #startAnew(): void {
    this.#initial = undefined
    this.#crypto.delete("client initial")
    this.#handshake.startAnew()
  }

  #onInitial(side: Side, packet: LongPacket, kind: QuicKind): void {
    const { bytes, numberAt } = packet
    const wrapped = { bytes, numberAt, largest: this.#largest[side].initial }
    let opened = this.#initial?.open(kind, side, wrapped)
    if (opened === undefined && side === "client") {
      const fresh = new InitialKeys(Uint8Array.from(packet.destination))
      opened = fresh.open(kind, side, { ...wrapped, largest: -1 })
      if (opened !== undefined) this.#initial = fresh
    }
    if (opened === undefined) {
      this.#dropped(side)
      return
    }
    this.#kind = kind
    this.#onOpened(side, "initial", opened)
    // What waited for the hello rather than for keys can be tried again.
    if (this.#askedAt !== undefined && this.#queue.length > 0) this.#askedAt = NEVER
  }

  // Packets whose keys come from the key log

  /** `lead`: bytes of the datagram in front of it. */
  #queueOrOpen(side: Side, bytes: Uint8Array, lead = 0): void {
    if (this.#queue.length === 0 && this.#open(side, bytes, lead)) return
    this.#queue.push({ kind: "record", side, at: this.#now, record: Uint8Array.from(bytes), lead })
    this.#askedAt ??= this.#context.keys.generation
    this.#mindPatience()
  }

  #drain(): void {
    if (this.#askedAt !== undefined && this.#askedAt === this.#context.keys.generation) {
      this.#mindPatience()
      return
    }
    this.#askedAt = undefined
    const now = this.#now
    for (let head = this.#queue.at(0); head?.kind === "record"; head = this.#queue.at(0)) {
      this.#now = head.at
      if (!this.#open(head.side, head.record, head.lead ?? 0)) {
        this.#askedAt = this.#context.keys.generation
        break
      }
      this.#queue.shift()
    }
    this.#now = now
    this.#mindPatience()
  }

  #mindPatience(): void {
    const head = this.#queue.at(0)
    if (head === undefined || this.#askedAt === undefined) return
    if (this.#now - head.at > this.#queue.patience.micros || this.#queue.overfull) this.#giveUp()
  }

  #giveUp(): void {
    if (this.#queue.length === 0) return
    this.#missed += this.#queue.length
    this.#reason ??= this.#whyNot()
    this.#queue.clear()
    this.#askedAt = undefined
  }

  /** False when it has to wait for keys. */
  #open(side: Side, bytes: Uint8Array, lead: number): boolean {
    const [packet] = readPackets(bytes)
    if (packet === undefined || packet.form === "negotiation") return true
    const level: KeyedLevel = packet.form === "short" ? "1rtt" : packet.type === "0rtt" ? "0rtt" : "handshake"
    const kind = packet.form === "short" ? this.#kind : kindOf(packet.version)
    const idLength = this.#idLength[otherSide(side)]
    if (kind === undefined || (packet.form === "short" && idLength === undefined) || this.#handshake.first === undefined) {
      // The rest of the handshake may be on its way, in another order.
      if (this.#initial !== undefined && !this.#abandoned) return false
      this.#reason ??= this.#whyNot()
      this.#missed++
      return true
    }
    const numberAt = packet.form === "short" ? 1 + (idLength ?? 0) : packet.numberAt
    const space: Space = level === "handshake" ? "handshake" : "application"
    const opened = this.#keys[side].open(level, kind, { bytes, numberAt, largest: this.#largest[side][space] })
    if (
      opened === "bad" &&
      packet.form === "short" &&
      lead + bytes.length > MAX_DATAGRAM &&
      this.#openRun(side, bytes, { lead, kind, numberAt })
    )
      return true
    // Without the fixed bit it may be no QUIC at all.
    if (opened === "bad" && ((bytes[0] ?? 0) & 0x40) === 0) return true
    return this.#judge(side, level, opened)
  }

  /** Of datagrams that were captured as one: the first packet up to where its datagram ends, and what follows as datagrams of that size. */
  #openRun(side: Side, bytes: Uint8Array, { lead, kind, numberAt }: { lead: number; kind: QuicKind; numberAt: number }): boolean {
    for (const size of this.#sizes[side].candidates(lead + bytes.length)) {
      const end = size - (lead % size)
      if (end >= bytes.length) continue
      const first = { bytes: bytes.subarray(0, end), numberAt, largest: this.#largest[side].application }
      const opened = this.#keys[side].open("1rtt", kind, first)
      if (typeof opened === "string") continue
      this.#sizes[side].found(size)
      this.#judge(side, "1rtt", opened)
      for (let at = end; at < bytes.length; at += size) this.#openDatagram(side, bytes.subarray(at, at + size))
      return true
    }
    return false
  }

  #openDatagram(side: Side, datagram: Uint8Array): void {
    for (const packet of readPackets(datagram)) {
      if (packet.form === "short") this.#open(side, packet.bytes, 0)
      else if (packet.form === "long" && packet.type !== "initial" && packet.type !== "retry") this.#open(side, packet.bytes, 0)
    }
  }

  #judge(side: Side, level: KeyedLevel, opened: OpenedQuic): boolean {
    if (opened === "wait") return false
    if (opened === "bad") this.#dropped(side)
    else if (opened === "unreadable") this.#missed += level === "0rtt" ? 1 : 0
    else {
      if (level !== "handshake") this.#opened++
      this.#onOpened(side, level === "handshake" ? "handshake" : "application", opened)
    }
    return true
  }

  #whyNot(): string {
    const { first, answer } = this.#handshake
    return first === undefined ? "mid-stream" : answer === undefined ? "no-server-hello" : "no-key"
  }

  #dropped(side: Side): void {
    this.#bad++
    if (this.#bad > 1) return
    this.#context.emit({ type: "anomaly", at: this.#now, layer: "quic", code: "bad-packet", side, detail: undefined })
  }

  #onOpened(side: Side, space: Space, { number, payload }: { number: number; payload: Uint8Array }): void {
    this.#largest[side][space] = Math.max(this.#largest[side][space], number)
    const good = readFrames(payload, (frame) => this.#onFrame(side, space, frame))
    if (!good) this.#context.emit({ type: "anomaly", at: this.#now, layer: "quic", code: "bad-frame", side, detail: undefined })
  }

  #onFrame(side: Side, space: Space, frame: QuicFrame): void {
    switch (frame.type) {
      case "crypto":
        this.#cryptoStream(side, space).push(frame.offset, frame.bytes)
        return
      case "stream":
        if (space === "application") this.#streams.onStream(side, frame, this.#now)
        return
      case "reset":
        if (space === "application") this.#streams.onReset(side, frame, this.#now)
        return
      case "connection-id":
        if (frame.id.length > 0) this.#context.claim(frame.id)
        return
      case "close":
        if (this.#opened === 0 && frame.errorCode >= CRYPTO_ERROR && !frame.application) this.#reason ??= `alert:${frame.errorCode & 0xff}`
        return
    }
  }

  #cryptoStream(side: Side, space: Space): CryptoStream {
    const name = `${side} ${space}`
    const known = this.#crypto.get(name)
    if (known !== undefined) return known
    const made = new CryptoStream((message) => this.#handshake.onMessage(side, message))
    this.#crypto.set(name, made)
    return made
  }

  #streamsLayer(): StreamsLayer | undefined {
    if (this.#layer === undefined) {
      const { alpnChosen, first } = this.#handshake
      const alpn = alpnChosen ?? first?.alpn[0]
      const host = this.#handshake.serverName
      const hint = { inside: "quic", serverPort: this.#hint.serverPort } as const
      this.#layer =
        this.#context.routeStreams?.({ ...hint, ...(alpn === undefined ? {} : { alpn }), ...(host === undefined ? {} : { host }) }) ??
        "none"
    }
    return this.#layer === "none" ? undefined : this.#layer
  }

  #tell(): void {
    if (this.#told) return
    this.#told = true
    this.#readUnfinishedHello()
    if (this.#handshake.first === undefined && this.#handshake.answer === undefined) return
    const reason = this.#reason ?? (this.#opened === 0 && this.#bad > 0 ? "bad-tag" : this.#missed > 0 ? "no-key" : undefined)
    const decryption = { opened: this.#opened, missed: this.#missed, reason }
    this.#context.emit(tlsFact(this.#handshake, this.#startedAt ?? this.#now, { letter: "q", decryption }))
  }

  /** A hello spans several packets; when one of them was not captured its beginning still names the server, perhaps. */
  #readUnfinishedHello(): void {
    const rest = this.#crypto.get("client initial")?.unfinished
    if (this.#handshake.first !== undefined || rest === undefined || rest[0] !== HANDSHAKE.clientHello) return
    const hello = parseClientHello(rest.subarray(4))
    if (hello !== undefined) this.#handshake.setHello(hello)
  }
}

function noneYet(): Record<Space, number> {
  return { initial: -1, handshake: -1, application: -1 }
}

const NEVER = -1
const TELL_AFTER: Micros = 30_000_000
// RFC 9001 section 4.8: 0x0100 plus the TLS alert.
const CRYPTO_ERROR = 0x0100
