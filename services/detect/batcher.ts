// Gathers the envelopes of many keys into jobs big enough to be worth a hand-off, without making anyone wait long for company.
import type { Inspected } from "./inspected.ts"
import type { JobResult } from "./job.ts"
import type { InspectionPool } from "./pool.ts"

export class Batcher {
  readonly #pool: InspectionPool
  #waiting: Entry[] = []
  #bytes = 0
  #timer: NodeJS.Timeout | undefined

  constructor(pool: InspectionPool) {
    this.#pool = pool
  }

  /** Results in the order of the values. */
  inspect(values: readonly Uint8Array[]): Promise<JobResult<Inspected>[]> {
    return Promise.all(values.map((value) => this.#one(value)))
  }

  #one(value: Uint8Array): Promise<JobResult<Inspected>> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ value, resolve, reject })
      this.#bytes += value.length
      if (this.#waiting.length >= MAX_EVENTS || this.#bytes >= MAX_BYTES) this.#send()
      else this.#timer ??= setTimeout(() => this.#send(), MAX_WAIT_MS)
    })
  }

  #send(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const entries = this.#waiting
    this.#waiting = []
    this.#bytes = 0
    if (entries.length === 0) return
    this.#pool.inspect(entries.map(({ value }) => value)).then(
      (results) => {
        for (const [index, { resolve, reject }] of entries.entries()) {
          const result = results[index]
          if (result === undefined) reject(new Error("the pool answered fewer results than it was given values"))
          else resolve(result)
        }
      },
      (error: unknown) => {
        for (const { reject } of entries) reject(error)
      },
    )
  }
}

interface Entry {
  readonly value: Uint8Array
  readonly resolve: (result: JobResult<Inspected>) => void
  readonly reject: (reason: unknown) => void
}

// A task costs about 10 µs whatever it carries: at 64 events that is noise, beyond 256 nothing is won.
const MAX_EVENTS = 128
const MAX_BYTES = 1 << 20
const MAX_WAIT_MS = 5
