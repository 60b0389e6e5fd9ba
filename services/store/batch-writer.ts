// Gathers rows of many messages to batches, because an engine that sorts columns wants few large inserts. A batch leaves when it is full of
// rows or bytes, or when its first row has waited long enough; while one is being stored the next gathers. `add` resolves when the rows are
// stored (or, being unstorable, are in the dead letters), and rejects when they are in neither: then whoever gave them must give them again,
// which is harmless, because a row that is stored already changes nothing.
import type { Row, StoreWriter } from "../contracts/store.ts"
import { pause } from "../runtime/retry.ts"
import { foldRows } from "./fold.ts"
import { type InsertVerdict, judgeInsert } from "./insert-retry.ts"
import type { TableRow } from "./rows.ts"
import { tableRules } from "./tables.ts"

export interface DeadRow {
  readonly table: string
  readonly row: Row
  readonly reason: string
}

export interface BatchWriterOptions {
  /** Rows that make a batch. */
  readonly rows?: number
  /** Bytes that make a batch, estimated. */
  readonly bytes?: number
  /** Milliseconds the first row waits at most. */
  readonly delay?: number
  /** Takes rows that no engine will ever store. Its promise is awaited before the rows count as handled. */
  readonly onDead: (dead: DeadRow) => Promise<void>
  readonly onBatch?: (batch: { readonly table: string; readonly rows: number; readonly millis: number }) => void
  readonly onRetry?: (retry: { readonly table: string; readonly reason: string; readonly after: number }) => void
}

interface Batch {
  readonly rows: TableRow[]
  bytes: number
  readonly done: Promise<void>
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

export class BatchWriter {
  readonly #store: StoreWriter
  readonly #options: BatchWriterOptions
  readonly #stopping = new AbortController()
  #gathering: Batch | undefined
  #timer: NodeJS.Timeout | undefined
  #storing: Promise<void> = Promise.resolve()
  #busy = false

  constructor(store: StoreWriter, options: BatchWriterOptions) {
    this.#store = store
    this.#options = options
  }

  add(rows: readonly TableRow[]): Promise<void> {
    if (rows.length === 0) return Promise.resolve()
    if (this.#stopping.signal.aborted) return Promise.reject(new Error("the store's writer is closed"))
    const batch = this.#open()
    for (const row of rows) batch.rows.push(row)
    batch.bytes += rows.reduce((sum, { row }) => sum + sizeOf(row), 0)
    if (this.#isFull(batch) && !this.#busy) this.#leave()
    return batch.done
  }

  /** Stores what was gathered; rows that are being retried are given up and rejected. */
  async close(): Promise<void> {
    this.#stopping.abort()
    this.#leave()
    await this.#storing
  }

  #open(): Batch {
    if (this.#gathering !== undefined) return this.#gathering
    let resolve = () => {}
    let reject: (error: unknown) => void = () => {}
    const done = new Promise<void>((onDone, onError) => {
      resolve = onDone
      reject = onError
    })
    // Who added rows has the same promise: without a listener of our own a caller that does not wait would end the process.
    done.catch(() => {})
    this.#gathering = { rows: [], bytes: 0, done, resolve, reject }
    this.#timer = setTimeout(() => this.#leave(), this.#options.delay ?? 1_000)
    return this.#gathering
  }

  #isFull({ rows, bytes }: Batch): boolean {
    return rows.length >= (this.#options.rows ?? 10_000) || bytes >= (this.#options.bytes ?? 16_777_216)
  }

  #leave(): void {
    const batch = this.#gathering
    if (batch === undefined) return
    clearTimeout(this.#timer)
    this.#gathering = undefined
    this.#storing = this.#storing.then(async () => {
      this.#busy = true
      try {
        await this.#storeAll(batch.rows)
        batch.resolve()
      } catch (error) {
        batch.reject(error)
      }
      this.#busy = false
      if (this.#gathering !== undefined && this.#isFull(this.#gathering)) this.#leave()
    })
  }

  async #storeAll(rows: readonly TableRow[]): Promise<void> {
    const tables = foldRows(rows)
    for (const table of ORDER) {
      const some = tables.get(table)
      tables.delete(table)
      if (some !== undefined) await this.#storeTable(table, some)
    }
    for (const [table, some] of tables) for (const row of some) await this.#bury({ table, row, reason: `no such table: ${table}` })
  }

  async #storeTable(table: string, rows: readonly Row[]): Promise<void> {
    const began = performance.now()
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#store.insert(table, rows)
        this.#options.onBatch?.({ table, rows: rows.length, millis: performance.now() - began })
        return
      } catch (error) {
        const verdict = judgeInsert(error, attempt)
        if (verdict.kind === "rows") return this.#split(table, rows, verdict)
        if (verdict.kind === "give-up") throw error
        this.#options.onRetry?.({ table, reason: verdict.reason, after: verdict.after })
        if (!(await pause(verdict.after, this.#stopping.signal))) throw error
      }
    }
  }

  /** Halves until the bad row is alone: the good ones of a batch of ten thousand cost some thirty inserts once, not ten thousand. */
  async #split(table: string, rows: readonly Row[], { reason }: Extract<InsertVerdict, { kind: "rows" }>): Promise<void> {
    const [only] = rows
    if (rows.length === 1 && only !== undefined) return this.#bury({ table, row: only, reason })
    const middle = Math.ceil(rows.length / 2)
    await this.#storeTable(table, rows.slice(0, middle))
    await this.#storeTable(table, rows.slice(middle))
  }

  #bury(dead: DeadRow): Promise<void> {
    return this.#options.onDead(dead)
  }
}

/** Content before the activity it belongs to: who sees a row in the log can open it. */
const ORDER = [...Object.keys(tableRules).filter((table) => table !== "activity"), "activity"]

/** Near enough to bound memory: text dominates. */
function sizeOf(row: Row): number {
  let size = 100
  for (const key in row) {
    const value = row[key]
    size += typeof value === "string" ? value.length : value instanceof Uint8Array ? value.length : 8
  }
  return size
}
