// Long streams of records on all processors: batches go to threads, verdicts come out in the order of the lines.
import { extname } from "node:path"
import { fileURLToPath } from "node:url"
import { Piscina } from "piscina"
import type { Batch, BatchResult, ScanWorkerData } from "./worker.ts"

export class ParallelScan {
  readonly #pool: Piscina<Batch, BatchResult>
  readonly #inFlight: Promise<BatchResult>[] = []
  readonly #most: number
  readonly #take: (result: BatchResult) => Promise<void>
  #lines: string[] = []
  #first = 0

  constructor(workers: number, data: ScanWorkerData, take: (result: BatchResult) => Promise<void>) {
    const source = new URL(`./worker${extname(import.meta.url)}`, import.meta.url)
    const fromSource = extname(import.meta.url) === ".ts"
    this.#pool = new Piscina({
      filename: fileURLToPath(fromSource ? new URL("../../detect/worker-from-source.mjs", import.meta.url) : source),
      minThreads: workers,
      maxThreads: workers,
      workerData: { ...data, source: source.href },
    })
    this.#most = workers * 2
    this.#take = take
  }

  /** Waits when the threads are behind: what is read and not yet printed stays bounded. */
  async push(line: string, number: number): Promise<void> {
    if (this.#lines.length === 0) this.#first = number
    this.#lines.push(line)
    if (this.#lines.length >= BATCH) await this.#send()
  }

  async end(): Promise<void> {
    if (this.#lines.length > 0) await this.#send()
    while (this.#inFlight.length > 0) await this.#settle()
    await this.#pool.destroy()
  }

  async #send(): Promise<void> {
    this.#inFlight.push(this.#pool.run({ lines: this.#lines, first: this.#first }))
    this.#lines = []
    while (this.#inFlight.length >= this.#most) await this.#settle()
  }

  async #settle(): Promise<void> {
    const head = this.#inFlight.shift()
    if (head !== undefined) await this.#take(await head)
  }
}

// Enough to make the hand-off cheap, few enough for a terminal to see progress.
const BATCH = 512
