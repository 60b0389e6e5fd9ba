import type { SubscribeOptions } from "../contracts/bus.ts"
import type { LaneLimits } from "./key-lanes.ts"

/** How a subscription wants its batches cut. */
export function laneLimits({ ordered = true, batchEvents }: SubscribeOptions, concurrency: number): LaneLimits {
  return ordered
    ? { concurrency, batchEvents: batchEvents ?? ORDERED_EVENTS, batchBytes: ORDERED_BYTES }
    : { concurrency: UNORDERED_LANES, batchEvents: batchEvents ?? UNORDERED_EVENTS, batchBytes: UNORDERED_BYTES }
}

/** Gives each event its lane: that of its key, or any in turn when order means nothing. */
export function laneChooser({ ordered = true }: SubscribeOptions): (key: string) => string {
  if (ordered) return (key) => key
  let turn = 0
  return () => {
    turn = (turn + 1) % UNORDERED_LANES
    return String(turn)
  }
}

// Enough to fill one hand-off to the pool, little enough to keep the latency of a busy key low.
const ORDERED_EVENTS = 256
const ORDERED_BYTES = 1_048_576
// What makes a good insert. Two lanes: one gathers while the other is being stored.
const UNORDERED_LANES = 2
const UNORDERED_EVENTS = 10_000
const UNORDERED_BYTES = 33_554_432
