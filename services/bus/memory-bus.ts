// The bus inside one process. Each group of a topic holds what it has still to handle, bounded by bytes: a publisher waits for the slowest group.
// The bound is by topic and group, not for the whole bus, so that a handler which publishes (detect: findings) cannot wait for itself.
import type { Bus, BusBatch, BusEvent, BusHandler, SubscribeOptions, Subscription } from "../contracts/bus.ts"
import { deadHeaders } from "../contracts/bus.ts"
import { type Topic, topics } from "../contracts/topics.ts"
import { ByteBudget } from "../runtime/byte-budget.ts"
import type { Logger } from "../runtime/logger.ts"
import type { Metrics } from "../runtime/metrics.ts"
import { deliver } from "./deliver.ts"
import { BusClosedError } from "./errors.ts"
import { type BusEvents, busEvents } from "./events.ts"
import { KeyLanes, type LaneItem } from "./key-lanes.ts"
import { laneChooser, laneLimits } from "./lane-limits.ts"

export interface MemoryBusOptions {
  readonly maxBytes: number
  readonly concurrency?: number
  readonly maxAttempts?: number
  readonly logger: Logger
  readonly metrics: Metrics
}

export class MemoryBus implements Bus {
  readonly #options: MemoryBusOptions
  readonly #events: BusEvents
  readonly #groups = new Map<Topic, Map<string, Group>>()
  #closed = false

  constructor(options: MemoryBusOptions) {
    this.#options = options
    this.#events = busEvents(options.metrics)
    options.metrics.sampled({ name: "egret_bus_queued_bytes", help: "Bytes accepted and not yet handled." }, () =>
      this.#allGroups().reduce((sum, group) => sum + group.held, 0),
    )
  }

  async publish(topic: Topic, events: readonly BusEvent[]): Promise<void> {
    if (this.#closed) throw new BusClosedError()
    const groups = this.#groups.get(topic)
    if (groups === undefined) {
      this.#events.unread(topic, events.length)
      return
    }
    this.#events.published(topic, events.length)
    for (const group of groups.values()) await group.accept(events)
  }

  subscribe(topic: Topic, name: string, handler: BusHandler, options: SubscribeOptions = {}): Promise<Subscription> {
    if (this.#closed) return Promise.reject(new BusClosedError())
    const groups = this.#groups.get(topic) ?? new Map<string, Group>()
    this.#groups.set(topic, groups)
    const group = groups.get(name) ?? new Group(topic, name, { ...this.#options, events: this.#events, bus: this })
    groups.set(name, group)
    return Promise.resolve(group.attach(handler, options))
  }

  async deadLetter(from: Topic, event: BusEvent, reason: string): Promise<void> {
    this.#options.logger.warn({ topic: from, reason }, "an event went to the dead-letter topic")
    this.#events.dead(from)
    const headers = { ...event.headers, [deadHeaders.topic]: from, [deadHeaders.reason]: reason }
    await this.publish(topics.dead, [{ ...event, headers }])
  }

  /** Waits until every group that has a handler is done, also with what the handlers publish on the way. */
  async close(): Promise<void> {
    while (this.#allGroups().some((group) => group.busy)) await Promise.all(this.#allGroups().map((group) => group.idle()))
    this.#closed = true
    await Promise.all(this.#allGroups().map((group) => group.close()))
  }

  #allGroups(): Group[] {
    return [...this.#groups.values()].flatMap((groups) => [...groups.values()])
  }
}

interface GroupOptions extends MemoryBusOptions {
  readonly events: BusEvents
  readonly bus: MemoryBus
}

interface Held extends LaneItem {
  readonly event: BusEvent
}

interface Work {
  readonly handler: BusHandler
  readonly signal: AbortSignal
  readonly ordered: boolean
}

class Group {
  readonly #topic: Topic
  readonly #name: string
  readonly #options: GroupOptions
  readonly #budget: ByteBudget
  /** What no handler has finished; kept when a subscription closes, for the next one. */
  #lanes: KeyLanes<Held> | undefined
  #waiting: Held[] = []
  readonly #returned: Held[] = []
  #stop: AbortController | undefined
  #laneOf: (key: string) => string = (key) => key

  constructor(topic: Topic, name: string, options: GroupOptions) {
    this.#topic = topic
    this.#name = name
    this.#options = options
    this.#budget = new ByteBudget(options.maxBytes)
  }

  get held(): number {
    return this.#budget.held
  }

  get busy(): boolean {
    return this.#lanes !== undefined && this.#budget.held > 0
  }

  idle(): Promise<void> {
    return this.#lanes?.idle() ?? Promise.resolve()
  }

  async accept(events: readonly BusEvent[]): Promise<void> {
    for (const event of events) {
      const item = { lane: this.#laneOf(event.key), event, bytes: event.value.length + event.key.length + EVENT_OVERHEAD }
      await this.#budget.take(item.bytes)
      if (this.#lanes === undefined) this.#waiting.push(item)
      else this.#lanes.push(item)
    }
  }

  attach(handler: BusHandler, wanted: SubscribeOptions): Subscription {
    if (this.#lanes !== undefined) throw new Error(`group ${this.#name} already reads ${this.#topic} in this process`)
    const stop = new AbortController()
    this.#laneOf = laneChooser(wanted)
    const limits = laneLimits(wanted, this.#options.concurrency ?? CONCURRENCY)
    const lanes = new KeyLanes<Held>(limits, (items) =>
      this.#work(items, { handler, signal: stop.signal, ordered: wanted.ordered ?? true }),
    )
    this.#lanes = lanes
    this.#stop = stop
    for (const item of this.#waiting.splice(0)) lanes.push({ ...item, lane: this.#laneOf(item.event.key) })
    return { close: () => this.#detach(lanes, stop) }
  }

  async close(): Promise<void> {
    if (this.#lanes !== undefined && this.#stop !== undefined) await this.#detach(this.#lanes, this.#stop)
    this.#budget.close(new BusClosedError())
  }

  async #work(items: readonly Held[], { handler, signal, ordered }: Work): Promise<void> {
    const { events, logger, bus, maxAttempts = MAX_ATTEMPTS } = this.#options
    const batch: BusBatch = { topic: this.#topic, key: ordered ? (items[0]?.event.key ?? "") : "", events: items.map((item) => item.event) }
    const deadLetter = (from: BusBatch, event: BusEvent, reason: string): Promise<void> => bus.deadLetter(from.topic, event, reason)
    if (await deliver(batch, { group: this.#name, handler, maxAttempts, logger, events, signal, deadLetter }))
      this.#budget.give(items.reduce((sum, item) => sum + item.bytes, 0))
    else this.#returned.push(...items)
  }

  async #detach(lanes: KeyLanes<Held>, stop: AbortController): Promise<void> {
    if (this.#stop !== stop) return
    this.#stop = undefined
    stop.abort()
    lanes.stop()
    await lanes.idle()
    this.#lanes = undefined
    // What an interrupted handler gave back is older than what its lane still held: the order of every key is kept.
    this.#waiting = [...this.#returned.splice(0), ...lanes.rest()]
  }
}

const CONCURRENCY = 16
const MAX_ATTEMPTS = 5
// An event object, its view and its place in the lane, measured roughly; without it empty events would be free.
const EVENT_OVERHEAD = 200
