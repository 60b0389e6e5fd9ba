// One batch to one handler, at least once: a rejected batch comes again, after a growing pause; then its halves, and theirs, so that only
// events that fail alone go to the dead-letter topic and one bad event does not take its neighbours along.
import type { BusBatch, BusEvent, BusHandler } from "../contracts/bus.ts"
import { topics } from "../contracts/topics.ts"
import type { Logger } from "../runtime/logger.ts"
import { backoff, pause } from "../runtime/retry.ts"
import type { BusEvents } from "./events.ts"

export interface Delivery {
  readonly group: string
  readonly handler: BusHandler
  readonly maxAttempts: number
  readonly logger: Logger
  readonly events: BusEvents
  /** Aborted when the subscription closes: pauses end, nothing is tried again. */
  readonly signal: AbortSignal
  deadLetter(batch: BusBatch, event: BusEvent, reason: string): Promise<void>
}

/** True when every event was handled or dead-lettered; false when the subscription closed first, so the batch must come again. */
export async function deliver(batch: BusBatch, delivery: Delivery): Promise<boolean> {
  const { handler, maxAttempts, signal, events, group } = delivery
  for (let attempt = 1; attempt < maxAttempts; attempt++) {
    const error = await failureOf(handler, batch)
    if (error === undefined) {
      events.handled(batch, group)
      return true
    }
    events.redelivered(batch, group)
    delivery.logger.warn({ topic: batch.topic, group, attempt, err: error }, "a handler refused a batch")
    if (!(await pause(backoff(attempt, REDELIVERY), signal))) return false
  }
  return deliverPiece(batch, delivery)
}

/** The last try of a batch; what fails is halved, in order. */
async function deliverPiece(batch: BusBatch, delivery: Delivery): Promise<boolean> {
  const { handler, signal, events, group } = delivery
  const [event] = batch.events
  if (event === undefined) return true
  if (batch.events.length === 1) return deliverAlone(batch, event, delivery)
  if (signal.aborted) return false
  if ((await failureOf(handler, batch)) === undefined) {
    events.handled(batch, group)
    return true
  }
  const half = batch.events.length >> 1
  for (const part of [batch.events.slice(0, half), batch.events.slice(half)])
    if (!(await deliverPiece({ ...batch, events: part }, delivery))) return false
  return true
}

async function deliverAlone(batch: BusBatch, event: BusEvent, delivery: Delivery): Promise<boolean> {
  const { signal, events, group, logger, maxAttempts, handler } = delivery
  if (signal.aborted) return false
  const error = await failureOf(handler, batch)
  if (error === undefined) {
    events.handled(batch, group)
    return true
  }
  const reason = `${group} failed ${maxAttempts} times: ${messageOf(error)}`
  if (batch.topic === topics.dead) {
    // It would come back here for ever; it stays on the topic for who reads it next, and the log says so.
    logger.error({ group, err: error }, "a reader of the dead-letter topic refused an event")
    return true
  }
  // The dead-letter topic is the last place: without it the event must not count as finished.
  for (let attempt = 1; ; attempt++) {
    const failed = await failureOf(() => delivery.deadLetter(batch, event, reason), batch)
    if (failed === undefined) return true
    logger.error({ topic: batch.topic, group, err: failed }, "an event could not be dead-lettered")
    if (!(await pause(backoff(attempt), signal))) return false
  }
}

/** A handler may also throw before its first await. */
async function failureOf(handler: BusHandler, batch: BusBatch): Promise<unknown> {
  try {
    await handler(batch)
    return undefined
  } catch (error) {
    return error ?? new Error("rejected without an error")
  }
}

/** Bounded: the reason travels in a header. */
function messageOf(error: unknown): string {
  return (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).slice(0, 500)
}

const REDELIVERY = { first: 100, max: 5_000 }
