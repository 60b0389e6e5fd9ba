// Bytes of rebuilt files on their way out of a sensor thread. Files are evidence, not the audit log: when their readers are slow they are left out and
// counted, and never hold up what was said.
import type { FileBytes } from "../../services/contracts/file-part.ts"

export interface FileLimits {
  /** Bytes of one file. */
  readonly maxSize: number
  /** Bytes taken and not yet published. */
  readonly pending: number
  /** Starts of media types whose bytes nobody needs. */
  readonly skip: readonly string[]
}

export class FileOutlet {
  readonly #limits: FileLimits
  /** When each file was last sent, oldest first: agents fetch the same thing again and again. */
  readonly #sentAt = new Map<string, number>()
  readonly #left: Record<string, number> = {}
  #files: (FileBytes & { readonly bytes: Uint8Array<ArrayBuffer> })[] = []
  #pending = 0

  constructor(limits: FileLimits) {
    this.#limits = limits
  }

  /** Files whose bytes were left out, by reason. */
  get left(): Readonly<Record<string, number>> {
    return this.#left
  }

  /** `now` in milliseconds of any clock. The bytes are copied: they may lie in the buffer of a whole body. */
  add({ sha256, mediaType, bytes }: FileBytes, now: number): void {
    const { maxSize, pending, skip } = this.#limits
    if (bytes.length === 0 || skip.some((start) => mediaType.startsWith(start))) return
    const sentAt = this.#sentAt.get(sha256)
    if (sentAt !== undefined && now - sentAt < SEND_AGAIN) return
    const reason = bytes.length > maxSize ? "tooLarge" : this.#pending + bytes.length > pending ? "busy" : undefined
    if (reason !== undefined) {
      this.#left[reason] = (this.#left[reason] ?? 0) + 1
      return
    }
    this.#pending += bytes.length
    this.#files.push({ sha256, mediaType, bytes: new Uint8Array(bytes) })
    this.#remember(sha256, now)
  }

  take(): readonly (FileBytes & { readonly bytes: Uint8Array<ArrayBuffer> })[] {
    const files = this.#files
    this.#files = []
    return files
  }

  published(bytes: number): void {
    this.#pending -= bytes
  }

  #remember(sha256: string, now: number): void {
    this.#sentAt.delete(sha256)
    this.#sentAt.set(sha256, now)
    const [oldest] = this.#sentAt.keys()
    if (this.#sentAt.size > MAX_REMEMBERED && oldest !== undefined) this.#sentAt.delete(oldest)
  }
}

// Half a day: what the store keeps for weeks is sent again long before it is forgotten there.
const SEND_AGAIN = 12 * 3_600_000
// 64 hex digits and a number each: about 10 MB.
const MAX_REMEMBERED = 65_536
