import { once } from "node:events"

/** Lines to a stream, gathered into large writes; waits when the reader is slow, and ends quietly when it has gone (`| head`). */
export class LineWriter {
  readonly #stream: NodeJS.WritableStream
  #pending: string[] = []
  #length = 0
  #gone = false

  constructor(stream: NodeJS.WritableStream) {
    this.#stream = stream
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error
      this.#gone = true
    })
  }

  line(text: string): void {
    if (this.#gone) return
    this.#pending.push(text, "\n")
    this.#length += text.length
    if (this.#length > WRITE_SIZE) this.#write()
  }

  /** Resolves when the stream takes more. Call between pieces of work that print. */
  async drained(): Promise<void> {
    if (this.#length > 0) this.#write()
    if (this.#gone || !(this.#stream as NodeJS.WriteStream).writableNeedDrain) return
    await Promise.race([once(this.#stream, "drain"), once(this.#stream, "close")])
  }

  async end(): Promise<void> {
    await this.drained()
    if (!this.#gone) await new Promise<void>((resolve) => this.#stream.write("", () => resolve()))
  }

  #write(): void {
    this.#stream.write(this.#pending.join(""))
    this.#pending = []
    this.#length = 0
  }
}

const WRITE_SIZE = 256 * 1024
