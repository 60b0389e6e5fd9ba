// Carries one destination's queue: batch by batch, in order, with patience. What never can arrive goes to the dead letters with the reason, and does not
// hold up what follows it.
import { appendFileSync, mkdirSync } from "node:fs"
import { join } from "node:path"
import { backoff, pause } from "../runtime/retry.ts"
import { Outbox } from "./outbox.ts"
import type { SocRecord } from "./record.ts"
import type { Sender } from "./sender.ts"

export interface CourierOptions {
  readonly name: string
  readonly folder: string
  readonly batch: number
  readonly limit: number
  readonly sender: Sender
  readonly wait?: (millis: number, signal: AbortSignal) => Promise<boolean>
}

export interface CourierHealth {
  readonly name: string
  readonly waiting: number
  readonly delivered: number
  readonly dead: number
  /** Tries that failed in a row; 0 is well. */
  readonly failing: number
  readonly problem?: string
}

export class Courier {
  readonly name: string
  readonly #outbox: Outbox
  readonly #options: CourierOptions
  readonly #stop = new AbortController()
  #wake: () => void = () => {}
  #running: Promise<void> | undefined
  #delivered = 0
  #dead = 0
  #failing = 0
  #problem: string | undefined

  constructor(options: CourierOptions) {
    this.name = options.name
    this.#options = options
    this.#outbox = new Outbox(join(options.folder, options.name), { limit: options.limit })
  }

  start(): void {
    this.#running ??= this.#run()
  }

  /** On disk when it returns. */
  accept(records: readonly SocRecord[]): void {
    if (records.length === 0) return
    this.#bury(this.#outbox.append(records).map((record) => ({ record, reason: "the queue is full" })))
    this.#wake()
  }

  health(): CourierHealth {
    return {
      name: this.name,
      waiting: this.#outbox.waiting,
      delivered: this.#delivered,
      dead: this.#dead,
      failing: this.#failing,
      ...(this.#problem !== undefined && { problem: this.#problem }),
    }
  }

  async close(): Promise<void> {
    this.#stop.abort()
    this.#wake()
    await this.#running
    await this.#options.sender.close()
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop
    while (!signal.aborted) {
      const batch = this.#outbox.peek(Math.min(this.#options.batch, this.#options.sender.most ?? this.#options.batch))
      if (batch.length === 0) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve
          // Something may have come between the look and the wait.
          if (signal.aborted || this.#outbox.waiting > 0) resolve()
        })
        continue
      }
      await this.#deliver(batch, signal)
    }
  }

  async #deliver(batch: readonly SocRecord[], signal: AbortSignal): Promise<void> {
    const sent = await this.#options.sender.send(batch)
    if (sent.outcome === "retry") {
      this.#failing += 1
      this.#problem = sent.reason
      await (this.#options.wait ?? pause)(sent.after ?? backoff(this.#failing, { first: 500, max: 60_000 }), signal)
      return
    }
    if (sent.outcome === "refused") {
      // One bad record must not take its batch with it: alone it is refused alone.
      if (batch.length > 1) {
        for (const record of batch) {
          await this.#deliver([record], signal)
          if (signal.aborted || this.#failing > 0) return
        }
        return
      }
      this.#bury(batch.map((record) => ({ record, reason: sent.reason })))
      await this.#outbox.done(batch.length)
      return
    }
    const again = new Set(sent.again ?? [])
    const dead = new Map((sent.dead ?? []).map(({ index, reason }) => [index, reason]))
    this.#bury([...dead].map(([index, reason]) => ({ record: batch[index] as SocRecord, reason })))
    this.#delivered += batch.length - again.size - dead.size
    // Those for another try go to the end of the queue, on disk before the batch is taken off.
    if (again.size > 0) this.#outbox.append([...again].map((index) => batch[index] as SocRecord))
    await this.#outbox.done(batch.length)
    this.#failing = again.size === batch.length ? this.#failing + 1 : 0
    this.#problem = again.size > 0 ? "the receiver could not take everything" : undefined
    if (again.size > 0) await (this.#options.wait ?? pause)(backoff(Math.max(1, this.#failing), { first: 500, max: 60_000 }), signal)
  }

  #bury(letters: readonly { readonly record: SocRecord; readonly reason: string }[]): void {
    if (letters.length === 0) return
    this.#dead += letters.length
    mkdirSync(this.#options.folder, { recursive: true })
    appendFileSync(
      join(this.#options.folder, `${this.name}.dead.ndjson`),
      letters.map((letter) => `${JSON.stringify(letter)}\n`).join(""),
      { mode: 0o600 },
    )
  }
}
