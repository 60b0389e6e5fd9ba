// Sends the events of one topic. One send at a time keeps the order of every key; what arrives meanwhile fills the next, so the busier, the larger.
//
// Two laws of the idempotent producer, because the broker recognises a batch by its sequence numbers, not by its content:
// 1. a failed send is repeated with exactly the same records until it is answered;
// 2. when it must be cut differently (the broker takes less than we thought), or the broker lost track of us, a new producer does it.
// Otherwise a batch with other content would be taken for a duplicate and be lost.
import { CompressionTypes, type Kafka, type Message, Partitioners, type Producer } from "kafkajs"
import type { BusEvent } from "../../contracts/bus.ts"
import type { KafkaConfig } from "../../contracts/config/bus.ts"
import { ByteBudget } from "../../runtime/byte-budget.ts"
import type { Logger } from "../../runtime/logger.ts"
import { backoff, pause } from "../../runtime/retry.ts"
import { BusClosedError, BusError } from "../errors.ts"
import { compress } from "./compression.ts"
import { type KafkaRecord, pack, packedSize, unpack } from "./records.ts"

/** The senders of one topic. A key always takes the same lane, so its order holds, while one lane encodes as another waits for the broker. */
export class TopicLanes {
  readonly #lanes: readonly TopicSender[]

  constructor(options: SenderOptions) {
    this.#lanes = Array.from(
      { length: LANES },
      () => new TopicSender({ ...options, maxBufferedBytes: options.config.maxBufferedBytes / LANES }),
    )
  }

  get queuedBytes(): number {
    return this.#lanes.reduce((sum, lane) => sum + lane.queuedBytes, 0)
  }

  async publish(events: readonly BusEvent[]): Promise<void> {
    const shares = this.#lanes.map((): BusEvent[] => [])
    for (const event of events) shares[hashOf(event.key) % LANES]?.push(event)
    await Promise.all(this.#lanes.map((lane, index) => lane.publish(shares[index] ?? [])))
  }

  async close(): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.close()))
  }
}

/** FNV-1a. */
function hashOf(key: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < key.length; index++) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193)
  return hash >>> 0
}

export interface SenderOptions {
  readonly kafka: Kafka
  readonly config: KafkaConfig
  /** With the prefix of the configuration. */
  readonly topic: string
  /** Compress the values of records. */
  readonly brotli: boolean
  readonly logger: Logger
}

interface LaneOptions extends SenderOptions {
  readonly maxBufferedBytes: number
}

interface Publication {
  left: number
  resolve(): void
  reject(error: Error): void
}

interface Queued {
  readonly event: BusEvent
  readonly size: number
  readonly publication: Publication
}

class TopicSender {
  readonly #options: LaneOptions
  readonly #budget: ByteBudget
  #queue: Queued[] = []
  #queuedBytes = 0
  #limit: number
  #producer: Producer | undefined
  #sending: Promise<void> | undefined
  /** Ends the linger early when there is enough for a full send. */
  #full: () => void = () => {}
  readonly #stop = new AbortController()
  /** Never resolves; rejects on `close`, so that no send outlives it. */
  readonly #stopped: Promise<never>

  constructor(options: LaneOptions) {
    this.#options = options
    this.#stopped = new Promise((_, reject) => {
      this.#stop.signal.addEventListener("abort", () => reject(new BusClosedError()), { once: true })
    })
    this.#stopped.catch(() => {})
    this.#limit = options.config.recordBytes
    this.#budget = new ByteBudget(options.maxBufferedBytes)
  }

  get queuedBytes(): number {
    return this.#budget.held
  }

  async publish(events: readonly BusEvent[]): Promise<void> {
    if (events.length === 0) return
    const sizes = events.map(packedSize)
    await this.#takeInSlices(events, sizes)
  }

  /** A publication larger than the budget would wait for ever if it asked for all at once. */
  async #takeInSlices(events: readonly BusEvent[], sizes: readonly number[]): Promise<void> {
    const acknowledged: Promise<void>[] = []
    const slice = Math.min(this.#options.maxBufferedBytes, this.#limit * 4)
    for (let start = 0; start < events.length; ) {
      let end = start
      let bytes = 0
      while (end < events.length && (end === start || bytes + (sizes[end] ?? 0) <= slice)) bytes += sizes[end++] ?? 0
      await this.#budget.take(bytes)
      acknowledged.push(this.#enqueue(events.slice(start, end), sizes.slice(start, end)).finally(() => this.#budget.give(bytes)))
      start = end
    }
    await Promise.all(acknowledged)
  }

  #enqueue(events: readonly BusEvent[], sizes: readonly number[]): Promise<void> {
    if (this.#stop.signal.aborted) return Promise.reject(new BusClosedError())
    return new Promise((resolve, reject) => {
      const publication = { left: events.length, resolve, reject }
      events.forEach((event, index) => {
        const size = sizes[index] ?? 0
        this.#queue.push({ event, size, publication })
        this.#queuedBytes += size
      })
      if (this.#queuedBytes >= this.#limit) this.#full()
      this.#sending ??= this.#sendAll().finally(() => {
        this.#sending = undefined
      })
    })
  }

  /** Sends what is queued; when that does not end in time (no broker), gives up and tells the publishers. */
  async close(graceMillis = CLOSE_MILLIS): Promise<void> {
    const timer = setTimeout(() => this.#stop.abort(), graceMillis)
    await this.#sending
    clearTimeout(timer)
    this.#budget.close(new BusClosedError())
    this.#stop.abort()
    await this.#renew()
  }

  async #sendAll(): Promise<void> {
    while (this.#queue.length > 0) {
      if (this.#queuedBytes < this.#limit) await this.#linger()
      const items = this.#takeLoad()
      try {
        for (const load of pack(
          items.map((item) => item.event),
          this.#limit,
        ))
          await this.#send(load)
        for (const { publication } of items) if (--publication.left === 0) publication.resolve()
      } catch (error) {
        const told = error instanceof Error ? error : new Error(String(error))
        for (const { publication } of items) publication.reject(told)
      }
    }
  }

  async #linger(): Promise<void> {
    const full = new AbortController()
    this.#full = () => full.abort()
    await pause(this.#options.config.lingerTime, full.signal)
    this.#full = () => {}
  }

  #takeLoad(): Queued[] {
    let count = 0
    let bytes = 0
    while (count < this.#queue.length) {
      const size = this.#queue[count]?.size ?? 0
      if (count > 0 && bytes + size > this.#limit) break
      bytes += size
      count += 1
    }
    this.#queuedBytes -= bytes
    return this.#queue.splice(0, count)
  }

  async #send(load: readonly KafkaRecord[]): Promise<void> {
    const messages = await this.#encode(load)
    for (let attempt = 1; ; attempt++) {
      if (this.#stop.signal.aborted) throw new BusClosedError()
      try {
        return await this.#sendOnce(messages)
      } catch (error) {
        const type = protocolErrorOf(error)
        // Out of tries with an error that passes by itself: the same producer repeats the same records. Anything else: a new one (law 2).
        if (type !== undefined || attempt % 2 === 0) await this.#renew()
        if (type !== undefined && TOO_LARGE.includes(type)) return this.#sendSmaller(load)
        const refusal = REFUSALS[type ?? ""]
        if (refusal !== undefined) throw new BusError(`${this.#options.topic}: ${refusal}`, { code: "refused", retry: false, cause: error })
        this.#options.logger.warn({ topic: this.#options.topic, attempt, err: error }, "the broker did not take a batch; trying again")
        await pause(backoff(attempt, { first: 100, max: 5_000 }), this.#stop.signal)
      }
    }
  }

  async #encode(load: readonly KafkaRecord[]): Promise<Message[]> {
    const records = this.#options.brotli ? await Promise.all(load.map(compress)) : load
    return records.map(({ key, value, headers }) => ({
      key,
      value: Buffer.from(value.buffer, value.byteOffset, value.byteLength),
      headers,
    }))
  }

  async #sendOnce(messages: Message[]): Promise<void> {
    const { topic, config } = this.#options
    const producer = await this.#connected()
    const sent = producer.send({
      topic,
      messages,
      acks: config.acks === "all" ? -1 : 1,
      compression: config.compression === "gzip" ? CompressionTypes.GZIP : CompressionTypes.None,
    })
    await Promise.race([sent, this.#stopped])
  }

  /** The broker's message.max.bytes is lower than our recordBytes: remember, and cut this load again. */
  async #sendSmaller(load: readonly KafkaRecord[]): Promise<void> {
    if (load.length > 1) {
      const half = load.length >> 1
      await this.#send(load.slice(0, half))
      return this.#send(load.slice(half))
    }
    if (this.#limit <= MIN_LIMIT)
      throw new BusError(`the broker refuses ${this.#options.topic} records of ${this.#limit} bytes; raise its message.max.bytes`, {
        code: "refused",
        retry: false,
      })
    this.#limit = Math.max(MIN_LIMIT, this.#limit >> 1)
    this.#options.logger.warn(
      { topic: this.#options.topic, bytes: this.#limit },
      "the broker takes smaller records than bus.kafka.recordBytes",
    )
    const [record] = load
    if (record === undefined) return
    for (const smaller of repack(record, this.#limit)) await this.#send(smaller)
  }

  async #connected(): Promise<Producer> {
    if (this.#producer !== undefined) return this.#producer
    const { kafka, config } = this.#options
    const producer = kafka.producer({
      idempotent: config.acks === "all",
      maxInFlightRequests: 1,
      createPartitioner: Partitioners.DefaultPartitioner,
      allowAutoTopicCreation: false,
      retry: { initialRetryTime: 100, maxRetryTime: 5_000, retries: SEND_RETRIES },
    })
    await producer.connect()
    this.#producer = producer
    return producer
  }

  async #renew(): Promise<void> {
    const old = this.#producer
    this.#producer = undefined
    await old?.disconnect().catch(() => {})
  }
}

/** A record of many lines becomes several; one large event becomes parts; a part becomes... smaller parts of the same event cannot be told apart, so it is refused. */
function repack(record: KafkaRecord, limit: number): KafkaRecord[][] {
  const unpacked = unpack(record)
  if (!("events" in unpacked))
    throw new BusError("the broker refuses a part of a large event; lower bus.kafka.recordBytes", { code: "refused", retry: false })
  return pack(unpacked.events, limit)
}

/** The broker's own word for what is wrong, wherever kafkajs wrapped it; undefined for timeouts and lost connections. */
function protocolErrorOf(error: unknown): string | undefined {
  let at = error as { type?: unknown; retriable?: unknown; cause?: unknown } | undefined
  for (let depth = 0; at !== undefined && at !== null && depth < 5; depth++) {
    if (typeof at.type === "string" && at.type !== "") return at.type
    at = at.cause as typeof at
  }
  return undefined
}

const TOO_LARGE: readonly string[] = ["MESSAGE_TOO_LARGE", "RECORD_LIST_TOO_LARGE"]
const REFUSALS: Readonly<Record<string, string>> = {
  TOPIC_AUTHORIZATION_FAILED: "this user may not write to the topic; grant WRITE",
  CLUSTER_AUTHORIZATION_FAILED: "this user may not use the idempotent producer; grant IDEMPOTENT_WRITE or set bus.kafka.acks to leader",
  INVALID_TOPIC_EXCEPTION: "the broker does not accept this topic name; look at bus.kafka.topicPrefix",
  UNSUPPORTED_COMPRESSION_TYPE: "the broker does not accept this compression; set bus.kafka.compression to none",
}
// kafkajs has one request under way per producer and broker; measured on loopback, a second lane hides the broker's part and a third adds little.
const LANES = 2
// Below this headers would outweigh events; no broker is set up so small on purpose.
const MIN_LIMIT = 16_384
const CLOSE_MILLIS = 15_000
// Some 15 s inside kafkajs, then our own loop, which can be stopped, goes on with the same records.
const SEND_RETRIES = 7
