// The bus as its users see it; services/bus implements it in process and over Kafka. One contract suite runs against both.
import type { Topic } from "./topics.ts"

/** One event for the bus: `value` is a JSON line (or bytes of a file part), `key` keeps order. */
export interface BusEvent {
  readonly key: string
  readonly value: Uint8Array
  /** Only for binary records; JSON lines of one key travel many to a record. */
  readonly headers?: Readonly<Record<string, string>>
}

/** Events of one key in order. The handler's promise is the acknowledgement: rejected means redelivered, then dead-lettered. */
export interface BusBatch {
  readonly topic: Topic
  readonly key: string
  readonly events: readonly BusEvent[]
}

export interface Subscription {
  /** Finishes what was handed out, commits the finished prefix, stops. */
  close(): Promise<void>
}

export interface Bus {
  /** Resolves when the events are accepted as durably as this bus can; waits when the bus is full (back-pressure). */
  publish(topic: Topic, events: readonly BusEvent[]): Promise<void>
  subscribe(topic: Topic, group: string, handler: (batch: BusBatch) => Promise<void>): Promise<Subscription>
  /** Flushes what was accepted, then closes. */
  close(): Promise<void>
}
