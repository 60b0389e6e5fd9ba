// One key log on disk, read as it grows. A FIFO is opened for reading and writing, so that it never reports an end between two writers and no writer
// blocks on us; a file that was truncated or replaced (another inode, or shorter than what was read) is read again from its start.
import { constants } from "node:fs"
import { type FileHandle, open, stat } from "node:fs/promises"

export class KeyFile {
  readonly path: string
  readonly #onBytes: (bytes: Uint8Array) => void
  readonly #buffer = new Uint8Array(CHUNK)
  #handle: FileHandle | undefined
  #inode = 0
  #offset = 0
  #fifo = false

  constructor(path: string, onBytes: (bytes: Uint8Array) => void) {
    this.path = path
    this.#onBytes = onBytes
  }

  /** Reads what is new, at most MAX_PER_POLL bytes. Answers how many bytes came; a file that is not there gives none. */
  async poll(): Promise<number> {
    let total = 0
    try {
      await this.#follow()
      while (this.#handle !== undefined && total < MAX_PER_POLL) {
        const { bytesRead } = await this.#handle.read(this.#buffer, 0, CHUNK, this.#fifo ? null : this.#offset)
        if (bytesRead === 0) break
        total += bytesRead
        this.#offset += bytesRead
        this.#onBytes(this.#buffer.subarray(0, bytesRead))
      }
      return total
    } catch (error) {
      if (codeOf(error) !== "EAGAIN") await this.close()
      return total
    } finally {
      this.#buffer.fill(0)
    }
  }

  async close(): Promise<void> {
    const handle = this.#handle
    this.#handle = undefined
    await handle?.close().catch(() => undefined)
  }

  async #follow(): Promise<void> {
    const now = await stat(this.path)
    if (this.#handle !== undefined && now.ino === this.#inode) {
      if (!this.#fifo && now.size < this.#offset) this.#offset = 0
      return
    }
    await this.close()
    this.#fifo = now.isFIFO()
    if (!this.#fifo && !now.isFile()) return
    this.#handle = await open(this.path, this.#fifo ? constants.O_RDWR | constants.O_NONBLOCK : constants.O_RDONLY)
    this.#inode = now.ino
    this.#offset = 0
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined
}

const CHUNK = 65_536
// A poll gives way after this, so that one huge file does not starve the others.
const MAX_PER_POLL = 16 * 1_048_576
