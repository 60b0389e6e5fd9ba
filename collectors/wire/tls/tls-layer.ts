// TLS 1.0 to 1.3 over a byte stream: hellos become facts, protected records become the byte stream of the layer inside.
//
// Order: protected records of both sides are read in the order in which they came. A queue holds them while keys are missing, within KeyPatience. Small
// AES-GCM records whose keys are there are put off into a store until the batch of packets ends, to open many at once: while the store holds records
// the queue is empty. Plaintext handshake records do not queue: a ServerHello must be read although early data before it waits for keys.
// A gap: the record reader finds the next boundary, the sequence number is found by the tag, the layer inside gets a gap, of known length where the
// number of lost records is certain. A lost hello leaves the flow unread with the reason "gap" or "mid-stream".
// A wrong tag is an anomaly and stops that side only. TLS over TLS (a tunnel through a proxy) is two of these.
import { copyBytes } from "../bytes.ts"
import type { LayerContext, Lingering, RouteHint } from "../context.ts"
import type { EndEvent, Layer, Micros, Side, StreamEvent } from "../stream.ts"
import { parseClientHello, parseSslv2Hello } from "./client-hello.ts"
import { Handshake } from "./handshake.ts"
import { HANDSHAKE } from "./handshake-messages.ts"
import { InnerStream } from "./inner-stream.ts"
import { PutOffRecords } from "./put-off.ts"
import { HEADER, type LostRecords } from "./record-reader.ts"
import { ShapeRecorder } from "./shape-recorder.ts"
import type { OpenedRecord } from "./side.ts"
import { tlsFact } from "./tls-fact.ts"
import { CONTENT, TlsSide } from "./tls-side-state.ts"
import { Tls13Side } from "./tls13-side.ts"
import { type Waiting, WaitingRecords } from "./waiting-records.ts"

export class TlsLayer implements Layer, Lingering {
  readonly #context: LayerContext
  readonly #handshake: Handshake
  readonly #queue: WaitingRecords
  readonly #putOff: PutOffRecords
  readonly #shape = new ShapeRecorder()
  readonly #sides: Readonly<Record<Side, TlsSide>>
  readonly #inner: InnerStream
  #startedAt: Micros | undefined
  #now: Micros = 0
  /** The generation of the key lookup when the head of the queue was last found without keys. */
  #askedAt: number | undefined
  #reason: string | undefined
  #alert: string | undefined
  /** A loss before the ServerHello: perhaps of it. */
  #lostHello = false
  /** Early data whose secret is not in the log. */
  #unreadEarly = 0
  #told = false
  #over = false
  #finished = false

  constructor(context: LayerContext, hint: RouteHint) {
    this.#context = context
    this.#handshake = new Handshake(context.keys)
    this.#queue = new WaitingRecords(context.keys)
    this.#inner = new InnerStream(context, () => this.#hintInside(hint))
    this.#sides = { client: this.#makeSide("client"), server: this.#makeSide("server") }
    this.#putOff = new PutOffRecords(this.#sides, {
      text: (side, plain, at) => {
        side.lostBytes = 0
        side.opened++
        this.#inner.deliver(side.name, plain, at)
      },
      other: (side, opened, at) => this.#onOpened(side, opened, at),
      alone: (side, record, at) => {
        if (!this.#openNow(side, record, at)) this.#stop(side, "no-key")
      },
    })
  }

  get held(): number {
    return this.#queue.bytes + this.#putOff.bytes + this.#sides.client.held + this.#sides.server.held + this.#inner.held
  }

  handle(event: StreamEvent): void {
    this.#now = event.at
    this.#startedAt ??= event.at
    const side = event.side === "client" ? this.#sides.client : this.#sides.server
    switch (event.type) {
      case "data":
        side.reader.data(event.bytes, event.at)
        break
      case "gap":
        side.reader.gap(event.length, event.at)
        break
      case "end":
        this.#onEnd(event)
        break
    }
    if (this.#askedAt !== undefined) this.#drain()
    if (!this.#told && event.at - this.#startedAt > TELL_AFTER && this.#askedAt === undefined) {
      this.#putOff.drain()
      this.#tell()
    }
  }

  flush(): void {
    this.#drain()
    if (this.#over && this.#askedAt === undefined) this.#finish()
    this.#sides.client.reader.relax()
    this.#sides.server.reader.relax()
    this.#inner.flush()
  }

  abandon(at: Micros): void {
    this.#now = Math.max(this.#now, at)
    this.#drain()
    while (this.#askedAt !== undefined) this.#giveUpHead()
    this.#finish()
  }

  #makeSide(side: Side): TlsSide {
    return new TlsSide(side, {
      onRecord: (bytes, start, end, at) => {
        const record = start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end)
        this.#onRecord(side === "client" ? this.#sides.client : this.#sides.server, record, at)
      },
      onLost: (lost, at) => this.#onLost(this.#sides[side], lost, at),
      onSslv2Hello: (message) => {
        const hello = side === "client" ? parseSslv2Hello(message) : undefined
        if (hello !== undefined) this.#handshake.setHello(hello)
      },
      onBroken: (at) => {
        this.#putOff.drain()
        this.#stop(this.#sides[side], "not-a-record")
        this.#anomaly(side, "not-a-record", at)
      },
    })
  }

  // Arrival

  #onRecord(side: TlsSide, record: Uint8Array, at: Micros): void {
    const type = record[0] ?? 0
    if (type === CONTENT.applicationData) {
      this.#shape.note(side.name, record.length - HEADER, at)
      if (this.#queue.length === 0 && this.#putOff.add(side, record, at)) return
    }
    // What was put off comes first.
    this.#putOff.drain()
    if (side.stopped) {
      if (type === CONTENT.applicationData) side.missed++
      return
    }
    if (this.#inClear(side, record) && !this.#queue.has(side.name)) {
      this.#readClear(side, record, at)
      return
    }
    if (!side.protect(this.#handshake)) {
      this.#stop(side, side.refusal ?? "gap")
      if (type === CONTENT.applicationData) side.missed++
      return
    }
    if (this.#queue.length === 0 && this.#openNow(side, record, at)) return
    this.#queue.push({ kind: "record", side: side.name, at, record: copyBytes(record) })
    if (this.#askedAt === undefined) this.#drain()
    else this.#mindPatience()
  }

  #onLost(side: TlsSide, { bytes, records, prefix }: LostRecords, at: Micros): void {
    this.#putOff.drain()
    if (side.stopped) return
    if (!side.isProtected && !this.#queue.has(side.name)) {
      this.#readPrefix(side, prefix)
      side.lostInClear = true
      this.#lostHello ||= this.#handshake.answer === undefined
      return
    }
    this.#queue.push({ kind: "lost", side: side.name, at, bytes, records })
    if (this.#askedAt === undefined) this.#drain()
  }

  #onEnd(event: EndEvent): void {
    const side = this.#sides[event.side]
    side.ended = true
    this.#queue.push({ kind: "end", side: event.side, at: event.at, event })
    this.#over ||= event.how !== "fin" || (this.#sides.client.ended && this.#sides.server.ended)
    this.#drain()
    if (!this.#over || this.#finished) return
    if (this.#askedAt === undefined) this.#finish()
    else if (this.#context.linger === undefined || event.how === "evicted") this.abandon(event.at)
    else this.#context.linger(this)
  }

  // Records in the clear

  #inClear(side: TlsSide, record: Uint8Array): boolean {
    const type = record[0] ?? 0
    if (this.#handshake.legacy) return !side.isProtected && type !== CONTENT.applicationData && !side.looksProtected(record)
    if (type === CONTENT.applicationData) return false
    return this.#handshake.tls13 || this.#handshake.retried || !side.changedCipher
  }

  #readClear(side: TlsSide, record: Uint8Array, at: Micros): void {
    const fragment = record.subarray(HEADER)
    switch (record[0]) {
      case CONTENT.handshake:
        this.#onHandshake(side, fragment, at)
        return
      case CONTENT.changeCipherSpec:
        side.changedCipher = true
        if (this.#handshake.legacy && !side.protect(this.#handshake)) this.#stop(side, side.refusal ?? "gap")
        return
      case CONTENT.alert:
        this.#onAlert(fragment)
        return
    }
  }

  /** What came before the loss may hold whole messages, and the beginning of a hello holds its random. */
  #readPrefix(side: TlsSide, prefix: Uint8Array): void {
    if (prefix[0] === CONTENT.handshake) this.#onHandshake(side, prefix.subarray(HEADER), this.#now)
    const rest = side.messages.unfinished
    if (side.name === "client" && this.#handshake.first === undefined && rest[0] === HANDSHAKE.clientHello) {
      const hello = parseClientHello(rest.subarray(4))
      if (hello !== undefined) this.#handshake.setHello(hello)
    }
    side.messages.reset()
  }

  // Protected records, in order

  #drain(): void {
    this.#putOff.drain()
    if (this.#askedAt !== undefined && this.#askedAt === this.#context.keys.generation) {
      this.#mindPatience()
      return
    }
    this.#askedAt = undefined
    for (let head = this.#queue.at(0); head !== undefined; head = this.#queue.at(0)) {
      if (!this.#take(head)) {
        this.#askedAt = this.#context.keys.generation
        this.#mindPatience()
        return
      }
      // What waited may have been dropped meanwhile: only take off what was taken.
      if (this.#queue.at(0) === head) this.#queue.shift()
    }
    this.#putOff.drain()
  }

  /** False when it has to wait for keys. */
  #take(item: Waiting): boolean {
    const side = this.#sides[item.side]
    if (item.kind === "record" && item.record[0] === CONTENT.applicationData && this.#putOff.add(side, item.record, item.at)) return true
    this.#putOff.drain()
    switch (item.kind) {
      case "record":
        return side.stopped || this.#openNow(side, item.record, item.at)
      case "lost":
        side.lost(item)
        return true
      case "end":
        this.#inner.end(side, item.event)
        return true
    }
  }

  #openNow(side: TlsSide, record: Uint8Array, at: Micros): boolean {
    const opened = side.protection?.open(record) ?? "unreadable"
    if (opened === "wait") return false
    if (opened === "bad") {
      this.#stop(side, "bad-tag")
      side.missed++
      this.#anomaly(side.name, "bad-tag", at)
    } else if (opened === "unreadable") {
      if (side.inEarlyData) this.#unreadEarly++
      side.passedOver(record)
    } else this.#onOpened(side, opened, at)
    return true
  }

  #onOpened(side: TlsSide, opened: OpenedRecord, at: Micros): void {
    this.#inner.gapBefore(side, opened, at)
    switch (opened.type) {
      case CONTENT.applicationData:
        side.opened++
        this.#inner.data(side, { plain: opened.plain, at, early: side.inEarlyData, handshake: this.#handshake })
        return
      case CONTENT.handshake:
        this.#onHandshake(side, opened.plain, at)
        return
      case CONTENT.alert:
        this.#onAlert(opened.plain)
        return
      case CONTENT.changeCipherSpec:
        // Only TLS 1.2 renegotiation protects this one.
        if (!side.protectAnew(this.#handshake)) this.#stop(side, side.refusal ?? "gap")
    }
  }

  #onHandshake(side: TlsSide, fragment: Uint8Array, at: Micros): void {
    side.messages.push(fragment, (message) => {
      this.#handshake.onMessage(side.name, message)
      const { protection } = side
      if (protection instanceof Tls13Side) {
        if (message.type === HANDSHAKE.finished && protection.epoch !== "application") protection.enter("application")
        else if (message.type === HANDSHAKE.keyUpdate) protection.update()
        else if (message.type === HANDSHAKE.endOfEarlyData && protection.epoch === "early") {
          if (this.#handshake.earlyData === "offered") this.#handshake.earlyData = "accepted"
          protection.enter("handshake")
        }
      }
      this.#inner.settleEarlyData(this.#sides.client, this.#handshake, at)
    })
  }

  /** Fatal alerts end a handshake: they are the reason why nothing could be read. */
  #onAlert(fragment: Uint8Array): void {
    const [level, description] = fragment
    if (fragment.length === 2 && level === 2) this.#alert ??= `alert:${description}`
  }

  // Patience and the end

  #mindPatience(): void {
    for (let head = this.#queue.at(0); head !== undefined && this.#askedAt !== undefined; head = this.#queue.at(0)) {
      if (this.#now - head.at <= this.#queue.patience.micros && !this.#queue.overfull) return
      this.#giveUpHead()
    }
  }

  /** The side at the head of the queue has waited long enough; the other may still be readable. */
  #giveUpHead(): void {
    const head = this.#queue.at(0)
    this.#askedAt = undefined
    if (head === undefined) return
    const side = this.#sides[head.side]
    this.#stop(side, this.#handshake.answer === undefined && this.#lostHello ? "gap" : "no-key")
    side.missed += this.#queue.drop(head.side)
    this.#drain()
  }

  #stop(side: TlsSide, reason: string): void {
    side.stop()
    this.#reason ??= reason
    this.#inner.breakOff(side, this.#now)
    if (this.#sides.client.stopped && this.#sides.server.stopped && this.#handshake.first !== undefined) this.#tell()
  }

  #finish(): void {
    if (this.#finished) return
    this.#finished = true
    this.#context.shape?.(this.#shape.shape)
    this.#tell()
    this.#sides.client.stop()
    this.#sides.server.stop()
    this.#queue.clear()
  }

  #tell(): void {
    if (this.#told) return
    this.#told = true
    const { client, server } = this.#sides
    const missed = client.missed + server.missed + (this.#handshake.earlyData === "accepted" ? this.#unreadEarly : 0)
    const reason = this.#reason ?? (client.lostRecords + server.lostRecords > 0 ? "gap" : missed > 0 ? "no-key" : undefined)
    const opened = client.opened + server.opened
    const decryption = { opened, missed, reason: reason ?? (opened === 0 ? this.#alert : undefined) }
    this.#context.emit(tlsFact(this.#handshake, this.#startedAt ?? this.#now, { letter: "t", decryption }))
  }

  #anomaly(side: Side, code: string, at: Micros): void {
    this.#context.emit({ type: "anomaly", at, layer: "tls", code, side, detail: undefined })
  }

  #hintInside(hint: RouteHint): RouteHint {
    const { alpnChosen, serverName } = this.#handshake
    const host = serverName ?? hint.host
    return {
      inside: "tls",
      serverPort: hint.serverPort,
      ...(alpnChosen === undefined ? {} : { alpn: alpnChosen }),
      ...(host === undefined ? {} : { host }),
    }
  }
}

// Facts of connections that live long are told after this much packet time; what happens later is an anomaly of its own.
const TELL_AFTER: Micros = 30_000_000
