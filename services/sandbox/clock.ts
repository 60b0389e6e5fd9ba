import { pause } from "../runtime/retry.ts"

/** Time as the examiner sees it, so that an outage of an hour takes a test a moment. */
export interface Clock {
  now(): number
  /** True when the time has passed, false when the signal cut it short. */
  sleep(millis: number, signal: AbortSignal): Promise<boolean>
}

export const systemClock: Clock = { now: Date.now, sleep: pause }
