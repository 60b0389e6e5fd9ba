// Retry is a value: one function a sink looks at a failure and answers with this; the loop below only obeys. So the judgement is a table test.

export type RetryDecision =
  | { readonly retry: true /** Milliseconds to wait first. */; readonly after: number }
  | { readonly retry: false; readonly reason: string }

/** `attempt` counts from 1: the try that just failed. */
export type DecideRetry = (error: unknown, attempt: number) => RetryDecision

export class GaveUpError extends Error {
  override name = "GaveUpError"
  readonly reason: string
  readonly attempts: number

  constructor(reason: string, attempts: number, cause: unknown) {
    super(`gave up after ${attempts} ${attempts === 1 ? "try" : "tries"}: ${reason}`, { cause })
    this.reason = reason
    this.attempts = attempts
  }
}

export async function withRetry<T>(operation: () => Promise<T>, decide: DecideRetry, signal?: AbortSignal): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await operation()
    } catch (error) {
      const decision = decide(error, attempt)
      if (!decision.retry) throw new GaveUpError(decision.reason, attempt, error)
      if (signal?.aborted === true || !(await pause(decision.after, signal))) throw new GaveUpError("stopping", attempt, error)
    }
  }
}

/** Doubles from `first` to `max`, then takes a random part of the upper half, so that many clients do not come back at the same moment. */
export function backoff(
  attempt: number,
  { first = 200, max = 30_000, random = Math.random }: { first?: number; max?: number; random?: () => number } = {},
): number {
  const ceiling = Math.min(max, first * 2 ** Math.min(attempt - 1, 30))
  return Math.round(ceiling / 2 + (ceiling / 2) * random())
}

/** True when the time has passed, false when the signal cut it short. */
export function pause(millis: number, signal?: AbortSignal): Promise<boolean> {
  if (signal?.aborted === true) return Promise.resolve(false)
  return new Promise((resolve) => {
    const onAbort = (): void => {
      clearTimeout(timer)
      resolve(false)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", onAbort)
      resolve(true)
    }, millis)
    signal?.addEventListener("abort", onAbort, { once: true })
  })
}
