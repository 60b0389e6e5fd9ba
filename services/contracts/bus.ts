// The bus as its users see it; services/bus implements it in process and over Kafka. One contract suite runs against both.
//
// Laws: events of one key reach one handler of a group in the order they were published, one batch at a time; other keys run beside it.
// Delivery is at least once: ids are deterministic so that a second delivery changes nothing. Subscribe before you publish: the in-process
// bus keeps nothing for readers that do not exist yet.
import type { Topic } from "./topics.ts"

/** One event for the bus: `value` is a JSON line (or bytes of a file part), `key` keeps order. */
export interface BusEvent {
  readonly key: string
  readonly value: Uint8Array
  /** Only for binary records; JSON lines of one key travel many to a record. */
  readonly headers?: Readonly<Record<string, string>>
}

/** Events of one key in order (of any keys, and `key` "", when the subscription is not ordered). The handler's promise is the acknowledgement: rejected means redelivered, then dead-lettered. */
export interface BusBatch {
  readonly topic: Topic
  readonly key: string
  readonly events: readonly BusEvent[]
  /**
   * Equal as long as no other reader of the group can have handled this key in between; absent where there is never another. Who keeps something in
   * memory for a key reads it anew when this changes.
   */
  readonly assignment?: string
}

/** Whose memory, and for which assignment of the key to this process. */
export type KeyPlace = Pick<BusBatch, "key" | "assignment">

export interface KeptMemory {
  readonly snapshot: string | undefined
  /** Noted after the snapshot, oldest first. Some may be older than it: what is kept says so itself. */
  readonly entries: readonly string[]
}

/** What the handler of an ordered subscription remembers of its keys, kept where the key's next handler finds it. */
export interface KeyMemory {
  load(place: KeyPlace): Promise<KeptMemory | undefined>
  /** Durable when it resolves. */
  note(place: KeyPlace, entry: string): Promise<void>
  /** Takes the place of everything noted before. */
  snapshot(place: KeyPlace, state: string): Promise<void>
}

export interface SubscribeOptions {
  /**
   * Default true: one batch of a key at a time. False: batches mix keys (their `key` is "") and run beside each other, for handlers to whom order
   * means nothing and a large batch much (the store). Still at least once, still only the finished prefix is committed.
   */
  readonly ordered?: boolean
  /** Events of one batch at most. Default 256, or 10,000 when not ordered. */
  readonly batchEvents?: number
}

export type BusHandler = (batch: BusBatch) => Promise<void>

export interface Subscription {
  /** Finishes what was handed out, commits the finished prefix, stops. What was not handed out waits for the group's next subscription. */
  close(): Promise<void>
}

export interface Bus {
  /** Resolves when the events are accepted as durably as this bus can; waits when the bus is full (back-pressure). */
  publish(topic: Topic, events: readonly BusEvent[]): Promise<void>
  subscribe(topic: Topic, group: string, handler: BusHandler, options?: SubscribeOptions): Promise<Subscription>
  /**
   * Puts one event that can never be handled (it does not parse, a row the store refuses) on `egret.dead.v1` with the reason,
   * so that the handler can go on with the rest of its batch.
   */
  deadLetter(from: Topic, event: BusEvent, reason: string): Promise<void>
  /** Memory that follows keys from process to process; absent where keys never move. */
  readonly memory?: KeyMemory
  /** Flushes what was accepted, then closes. */
  close(): Promise<void>
}

/** Headers of an event on `egret.dead.v1`; its value and other headers are those of the event that died. */
export const deadHeaders = { topic: "egret-dead-topic", reason: "egret-dead-reason" } as const
