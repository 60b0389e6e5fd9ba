// When which engine is asked about which case: one lane an engine, the earliest first, within its rate, quota and number of requests at once.
import type { Engine } from "./engine.ts"
import { Limiter } from "./limiter.ts"

interface Due {
  readonly at: number
  readonly key: string
}

export interface Lane {
  readonly engine: Engine
  readonly limiter: Limiter
  /** A binary heap; entries of tasks that moved on are skipped when they come up. */
  readonly heap: Due[]
  readonly busy: Set<string>
  /** Tries that failed in a row. */
  failing: number
}

export function openLane(engine: Engine, today: { day: string; count: number } | undefined): Lane {
  return { engine, limiter: new Limiter(engine.limits, today), heap: [], busy: new Set(), failing: 0 }
}

export function schedule({ heap }: Lane, key: string, at: number): void {
  heap.push({ at, key })
  for (let index = heap.length - 1; index > 0; ) {
    const parent = (index - 1) >> 1
    if (timeOf(heap, parent) <= timeOf(heap, index)) break
    swap(heap, index, parent)
    index = parent
  }
}

/** The key that may be asked about now, or how long until one may. `isCurrent` says whether an entry still stands. */
export function nextDue(lane: Lane, now: number, isCurrent: (key: string, at: number) => boolean): { key: string } | { wait: number } {
  for (;;) {
    const [top] = lane.heap
    if (top === undefined || lane.busy.size >= lane.engine.limits.concurrency) return { wait: Number.POSITIVE_INFINITY }
    if (top.at > now) return { wait: top.at - now }
    if (!isCurrent(top.key, top.at) || lane.busy.has(top.key)) {
      pop(lane.heap)
      continue
    }
    const wait = lane.limiter.take(now)
    if (wait > 0) return { wait }
    pop(lane.heap)
    return { key: top.key }
  }
}

function pop(heap: Due[]): void {
  const last = heap.pop()
  if (last === undefined || heap.length === 0) return
  heap[0] = last
  for (let index = 0; ; ) {
    const left = 2 * index + 1
    const right = left + 1
    let least = index
    if (left < heap.length && timeOf(heap, left) < timeOf(heap, least)) least = left
    if (right < heap.length && timeOf(heap, right) < timeOf(heap, least)) least = right
    if (least === index) return
    swap(heap, index, least)
    index = least
  }
}

function timeOf(heap: readonly Due[], index: number): number {
  return heap[index]?.at ?? Number.POSITIVE_INFINITY
}

function swap(heap: Due[], one: number, other: number): void {
  const a = heap[one]
  const b = heap[other]
  if (a === undefined || b === undefined) return
  heap[one] = b
  heap[other] = a
}
