// One fetch of one partition, from records to a committed prefix.
import type { EachBatchPayload, IHeaders, KafkaMessage } from "kafkajs"
import type { BusEvent } from "../../contracts/bus.ts"
import { deliver } from "../deliver.ts"
import { KeyLanes, type LaneItem } from "../key-lanes.ts"
import { laneChooser, laneLimits } from "../lane-limits.ts"
import { decompress } from "./compression.ts"
import type { PartitionState } from "./partition-state.ts"
import { type KafkaRecord, unpack } from "./records.ts"
import type { SubscriptionOptions } from "./subscription-options.ts"

export interface RoundOptions extends SubscriptionOptions {
  readonly signal: AbortSignal
}

interface RoundInput {
  readonly payload: EachBatchPayload
  readonly state: PartitionState
  /** Of the partition to this membership. */
  readonly assignment: string
  /** False once the group was joined anew: the partition may be another's, so nothing more is said about it. */
  current(): boolean
}

interface Item extends LaneItem {
  readonly event: BusEvent
  readonly finish: (count: number) => void
}

export class Round {
  readonly #options: RoundOptions
  readonly #input: RoundInput
  readonly #lanes: KeyLanes<Item>
  readonly #laneOf: (key: string) => string
  readonly #stop = new AbortController()
  #failure: unknown
  #heartbeat: Promise<void> | undefined

  constructor(options: RoundOptions, input: RoundInput) {
    this.#options = options
    this.#input = input
    this.#laneOf = laneChooser(options.wanted)
    const limits = laneLimits(options.wanted, options.config.concurrency)
    this.#lanes = new KeyLanes<Item>(limits, (items) => this.#work(items))
  }

  async run(): Promise<void> {
    const { payload } = this.#input
    const onStop = (): void => this.#end()
    this.#options.signal.addEventListener("abort", onStop, { once: true })
    if (this.#options.signal.aborted) this.#end()
    const timer = setInterval(() => this.#beat(), BEAT_MILLIS)
    try {
      for (const message of payload.batch.messages) await this.#take(message)
      await this.#lanes.idle()
      clearInterval(timer)
      await this.#heartbeat
      await this.#commit()
      const last = payload.batch.messages.at(-1)
      // Fetching goes on after the whole batch, though parts of a large event may hold the commit back.
      if (last !== undefined && !this.#stop.signal.aborted && this.#input.current()) payload.resolveOffset(last.offset)
    } finally {
      clearInterval(timer)
      this.#options.signal.removeEventListener("abort", onStop)
    }
    if (this.#failure !== undefined) throw this.#failure
  }

  async #take(message: KafkaMessage): Promise<void> {
    if (this.#stop.signal.aborted) return
    const { progress, joiner, givenUp } = this.#input.state
    const record = recordOf(message)
    const plain = await decompress(record)
    const found = "problem" in plain ? plain : unpack(plain)
    if ("part" in found) {
      const finish = progress.begin(BigInt(message.offset), 1)
      const joined = joiner.add(found.part, finish)
      for (const reason of givenUp.splice(0)) await this.#dead(record, reason)
      if (joined === undefined) return
      if ("problem" in joined) return this.#dead(record, joined.problem)
      const event = { key: record.key, value: joined.value, ...(joined.headers === undefined ? {} : { headers: joined.headers }) }
      this.#lanes.push({ lane: this.#laneOf(record.key), bytes: joined.value.length, event, finish: joined.finish })
      return
    }
    if ("problem" in found) {
      const finish = progress.begin(BigInt(message.offset), 1)
      await this.#dead(record, found.problem)
      finish(1)
      return
    }
    const finish = progress.begin(BigInt(message.offset), found.events.length)
    for (const event of found.events) this.#lanes.push({ lane: this.#laneOf(event.key), bytes: event.value.length, event, finish })
  }

  async #work(items: readonly Item[]): Promise<void> {
    const { topic, wanted } = this.#options
    const batch = {
      topic,
      key: wanted.ordered === false ? "" : (items[0]?.event.key ?? ""),
      events: items.map((item) => item.event),
      assignment: this.#input.assignment,
    }
    const done = await deliver(batch, { ...this.#options, maxAttempts: this.#options.config.maxAttempts, signal: this.#stop.signal })
    if (done) for (const { finish } of items) finish(1)
  }

  #dead(record: KafkaRecord, reason: string): Promise<void> {
    const event = { key: record.key, value: record.value, headers: record.headers }
    return this.#options.deadLetter({ topic: this.#options.topic, key: record.key, events: [event] }, event, reason)
  }

  /** While handlers work: tell the group that we live, and commit what is finished so far. */
  #beat(): void {
    if (this.#stop.signal.aborted || this.#heartbeat !== undefined) return
    this.#heartbeat = this.#input.payload
      .heartbeat()
      .then(() => this.#commit())
      .catch((error: unknown) => {
        this.#failure = error
        this.#end()
      })
      .finally(() => {
        this.#heartbeat = undefined
      })
  }

  #end(): void {
    this.#stop.abort()
    this.#lanes.stop()
  }

  async #commit(): Promise<void> {
    const { payload, state, current } = this.#input
    const offset = state.progress.takeCommittable()
    if (offset === undefined || !current()) return
    const { topic, partition } = payload.batch
    try {
      await payload.commitOffsetsIfNecessary({ topics: [{ topic, partitions: [{ partition, offset: String(offset) }] }] })
    } catch (error) {
      state.progress.putBack(offset)
      this.#failure ??= error
      this.#end()
    }
  }
}

function recordOf({ key, value, headers }: KafkaMessage): KafkaRecord {
  return { key: key?.toString("utf8") ?? "", value: value ?? EMPTY, headers: textHeaders(headers) }
}

function textHeaders(headers: IHeaders | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers ?? {}).map(([name, value]) => {
      const single = Array.isArray(value) ? value[0] : value
      return [name, single === undefined ? "" : single.toString()]
    }),
  )
}

const EMPTY = Buffer.alloc(0)
const BEAT_MILLIS = 500
