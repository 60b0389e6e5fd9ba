// Ordered parallel work: one lane a key, at most `concurrency` lanes at a time, and within a lane one batch after the other. A batch takes
// all that waits in its lane, up to a limit, because a handler's cost is mostly per call.

export interface LaneItem {
  readonly lane: string
  readonly bytes: number
}

export interface LaneLimits {
  readonly concurrency: number
  readonly batchEvents: number
  readonly batchBytes: number
}

export class KeyLanes<T extends LaneItem> {
  readonly #limits: LaneLimits
  readonly #work: (items: readonly T[]) => Promise<void>
  /** Every key with work waiting or running. */
  readonly #lanes = new Map<string, T[]>()
  /** Keys with work waiting and none running, in turn. A Set keeps that order and takes from the front cheaply. */
  readonly #ready = new Set<string>()
  #running = 0
  #stopped = false
  readonly #idle: (() => void)[] = []

  /** `work` must not reject: it answers for failures itself. */
  constructor(limits: LaneLimits, work: (items: readonly T[]) => Promise<void>) {
    this.#limits = limits
    this.#work = work
  }

  push(item: T): void {
    const lane = this.#lanes.get(item.lane)
    if (lane !== undefined) lane.push(item)
    else {
      this.#lanes.set(item.lane, [item])
      this.#ready.add(item.lane)
    }
    this.#start()
  }

  /** Nothing new is started; what runs goes on. */
  stop(): void {
    this.#stopped = true
    this.#tellIdle()
  }

  /** Takes out what never ran, each key in its order. Only after `stop` and `idle`. */
  rest(): T[] {
    const items = [...this.#lanes.values()].flat()
    this.#lanes.clear()
    this.#ready.clear()
    return items
  }

  /** Resolves when all work is done, or, after `stop`, when what was running is. */
  idle(): Promise<void> {
    return new Promise((resolve) => {
      this.#idle.push(resolve)
      this.#tellIdle()
    })
  }

  #start(): void {
    for (const key of this.#ready) {
      if (this.#stopped || this.#running >= this.#limits.concurrency) return
      this.#ready.delete(key)
      void this.#run(key)
    }
  }

  async #run(key: string): Promise<void> {
    const lane = this.#lanes.get(key) ?? []
    this.#running += 1
    await this.#work(this.#takeBatch(lane))
    this.#running -= 1
    if (lane.length === 0) this.#lanes.delete(key)
    else this.#ready.add(key)
    this.#start()
    this.#tellIdle()
  }

  #takeBatch(lane: T[]): T[] {
    let count = 0
    let bytes = 0
    while (count < lane.length && count < this.#limits.batchEvents) {
      bytes += lane[count]?.bytes ?? 0
      if (count > 0 && bytes > this.#limits.batchBytes) break
      count += 1
    }
    return lane.splice(0, count)
  }

  #tellIdle(): void {
    if (this.#running > 0 || (!this.#stopped && this.#lanes.size > 0)) return
    for (const resolve of this.#idle.splice(0)) resolve()
  }
}
