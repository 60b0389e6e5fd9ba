// Carries one destination's queue: batch by batch, in order, with patience. What never can arrive goes to the dead letters with the reason, and does not
// hold up what follows it.
import { join } from "node:path"
import { backoff, pause } from "../runtime/retry.ts"
import { DeadLetters } from "./dead-letters.ts"
import { type Batch, Outbox } from "./outbox.ts"
import type { SocRecord } from "./record.ts"
import type { Sender, Sent } from "./sender.ts"

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

type Group = Batch["items"]

export class Courier {
  readonly name: string
  readonly #outbox: Outbox
  readonly #letters: DeadLetters
  readonly #options: CourierOptions
  readonly #most: number
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
    this.#letters = new DeadLetters(options.folder, options.name)
    this.#most = Math.min(options.batch, options.sender.most ?? options.batch)
  }

  start(): void {
    this.#running ??= this.#run()
  }

  /** On disk when it returns. Throws when the disk takes nothing: the records are to come again. */
  accept(records: readonly SocRecord[]): void {
    if (records.length === 0) return
    this.#outbox.append(records, { bury: this.#buryOld })
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
      try {
        this.#takeReturned()
        const batch = this.#outbox.next(this.#most)
        if (batch === undefined) await this.#untilWoken(signal)
        else await this.#deliver(batch, signal)
      } catch (error) {
        // A full or broken disk: what was delivered is known here and written down with the next change.
        this.#failing += 1
        this.#problem = `the queue's folder: ${error instanceof Error ? error.message : String(error)}`
        await (this.#options.wait ?? pause)(backoff(this.#failing, BACKOFF), signal)
      }
    }
  }

  #takeReturned(): void {
    const returned = this.#letters.takeReturned()
    if (returned === undefined) return
    this.#outbox.append(returned.records, { again: true, bury: this.#buryOld })
    returned.done()
  }

  /** Also looks now and then for dead letters that an operator sends again. */
  #untilWoken(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, LOOK_MS)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
      // Something may have come between the look and the wait.
      if (signal.aborted || this.#outbox.waiting > 0) this.#wake()
    })
  }

  /** Until every record of the batch is settled or we stop; a group that is refused is halved until the bad record is alone. */
  async #deliver(batch: Batch, signal: AbortSignal): Promise<void> {
    this.#outbox.begin(batch)
    const damaged = batch.items.filter(({ record }) => record === undefined)
    this.#letters.bury(damaged.map(({ line }) => ({ record: line, reason: "the queue's line is damaged" })))
    this.#dead += damaged.length
    let groups: Group[] = [batch.items.filter(({ record }) => record !== undefined)].filter((group) => group.length > 0)
    const tries = new Map<number, number>()
    while (groups.length > 0 && !signal.aborted) {
      const [group = [], ...rest] = groups
      const { left, wait } = this.#judge(group, { sent: await this.#send(group), tries })
      groups = [...left, ...rest]
      this.#outbox.settle(
        batch,
        groups.flat().map(({ place }) => place),
      )
      if (wait > 0) await (this.#options.wait ?? pause)(wait, signal)
    }
    if (batch.items.length === damaged.length) this.#outbox.settle(batch, [])
  }

  async #send(group: Group): Promise<Sent> {
    try {
      return await this.#options.sender.send(group.flatMap(({ record }) => record ?? []))
    } catch (error) {
      // A fault of ours: told in health, and the records stay.
      return { outcome: "retry", reason: error instanceof Error ? error.message : String(error) }
    }
  }

  #judge(group: Group, { sent, tries }: { sent: Sent; tries: Map<number, number> }): { left: readonly Group[]; wait: number } {
    if (sent.outcome === "retry") {
      this.#failing += 1
      this.#problem = sent.reason
      return { left: [group], wait: sent.after ?? backoff(this.#failing, BACKOFF) }
    }
    if (sent.outcome === "refused") {
      if (group.length > 1) {
        const half = group.length >> 1
        return { left: [group.slice(0, half), group.slice(half)], wait: 0 }
      }
      this.#bury(group.flatMap(({ record }) => (record === undefined ? [] : [{ record, reason: sent.reason }])))
      return { left: [], wait: 0 }
    }
    const dead = new Map((sent.dead ?? []).map(({ index, reason }) => [index, reason]))
    const again: Group[number][] = []
    for (const index of sent.again ?? []) {
      const item = group[index]
      if (item === undefined) continue
      const count = (tries.get(item.place) ?? 0) + 1
      tries.set(item.place, count)
      // The receiver takes the others: this one it will never take, and it must not hold them up for ever.
      if (count >= MAX_AGAIN) dead.set(index, `not taken in ${count} tries`)
      else again.push(item)
    }
    this.#bury(
      [...dead].flatMap(([index, reason]) => (group[index]?.record === undefined ? [] : [{ record: group[index].record, reason }])),
    )
    this.#delivered += group.length - again.length - dead.size
    this.#failing = again.length === group.length ? this.#failing + 1 : 0
    this.#problem = again.length > 0 ? "the receiver could not take everything" : undefined
    if (again.length === 0) return { left: [], wait: 0 }
    return { left: [again], wait: backoff(Math.max(1, this.#failing), BACKOFF) }
  }

  readonly #buryOld = (records: readonly SocRecord[]): void =>
    this.#bury(records.map((record) => ({ record, reason: "the queue is full" })))

  #bury(letters: readonly { readonly record: SocRecord; readonly reason: string }[]): void {
    this.#letters.bury(letters)
    this.#dead += letters.length
  }
}

const BACKOFF = { first: 500, max: 60_000 }
// With growing pauses some ten minutes.
const MAX_AGAIN = 20
const LOOK_MS = 10_000
