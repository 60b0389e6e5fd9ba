import { statSync } from "node:fs"

/** How far a long file is read, on a terminal only, at most a few times a second. */
export class Progress {
  readonly #read: { readonly bytes: number }
  readonly #size: number
  readonly #started = performance.now()
  #last = 0
  #shown = false

  constructor(file: string, read: { readonly bytes: number }) {
    this.#read = read
    this.#size = process.stderr.isTTY ? (statSync(file, { throwIfNoEntry: false })?.size ?? 0) : 0
  }

  show(packets: number): void {
    if (this.#size < MIN_SIZE) return
    const now = performance.now()
    if (now - this.#last < EVERY) return
    this.#last = now
    this.#shown = true
    const share = Math.min(100, (this.#read.bytes * 100) / this.#size)
    const rate = this.#read.bytes / (now - this.#started) / 1000
    process.stderr.write(`\r\u001b[K${share.toFixed(0)} %  ${packets} packets  ${rate.toFixed(0)} MB/s`)
  }

  clear(): void {
    if (this.#shown) process.stderr.write("\r\u001b[K")
  }
}

const MIN_SIZE = 8 * 1024 * 1024
const EVERY = 200
