// The chunked transfer coding (RFC 9112 §7.1), byte by byte where it must, whole runs where it can:
//   chunked-body = *( chunk-size [chunk-ext] CRLF chunk-data CRLF ) "0" [chunk-ext] CRLF *( field-line CRLF ) CRLF
//
// Strict where parsers are known to disagree (a disagreement is how requests are smuggled): what is not the grammar is named. Lines that end with
// a bare LF, and spaces around the size, are read as common servers read them, and named. What cannot be read at all ends in state "broken".

export interface ChunkedSink {
  data(bytes: Uint8Array): void
  /** Lines as they stand, without line ends. */
  trailer(line: string): void
  anomaly(code: ChunkAnomaly): void
}
export type ChunkAnomaly =
  | "chunk-size-invalid"
  | "chunk-size-overflow"
  | "chunk-line-too-long"
  | "chunk-bare-lf"
  | "chunk-space"
  | "chunk-no-crlf"

type State = "size" | "size-space" | "extension" | "size-lf" | "data" | "data-cr" | "data-lf" | "trailer" | "done" | "broken"

export class ChunkedReader {
  readonly #sink: ChunkedSink
  #state: State = "size"
  #remaining = 0
  #digits = 0
  #line = ""
  #lineBytes = 0

  constructor(sink: ChunkedSink) {
    this.#sink = sink
  }

  get done(): boolean {
    return this.#state === "done"
  }
  get broken(): boolean {
    return this.#state === "broken"
  }

  /** Reads from `from` and returns where it stopped: at the end of the bytes, behind the last chunk, or where the coding broke. */
  read(bytes: Buffer, from: number): number {
    let at = from
    while (at < bytes.length) {
      switch (this.#state) {
        case "data":
          at = this.#data(bytes, at)
          break
        case "trailer":
          at = this.#trailer(bytes, at)
          break
        case "extension":
          at = this.#extension(bytes, at)
          break
        case "done":
        case "broken":
          return at
        default:
          at = this.#byte(bytes[at] ?? 0, at)
      }
    }
    return at
  }

  /** Missing bytes. True when they all lie inside one chunk's data, so that the framing still holds. */
  skip(length: number): boolean {
    if (this.#state !== "data" || length === 0 || length >= this.#remaining) return false
    this.#remaining -= length
    return true
  }

  #data(bytes: Buffer, at: number): number {
    const end = Math.min(bytes.length, at + this.#remaining)
    this.#sink.data(at === 0 && end === bytes.length ? bytes : bytes.subarray(at, end))
    this.#remaining -= end - at
    if (this.#remaining === 0) this.#state = "data-cr"
    return end
  }

  #byte(byte: number, at: number): number {
    switch (this.#state) {
      case "size":
        return this.#size(byte, at)
      case "size-space":
        if (byte === SPACE || byte === TAB) return at + 1
        return this.#afterSize(byte, at)
      case "size-lf":
        if (byte !== LF) return this.#break("chunk-size-invalid", at)
        this.#startData()
        return at + 1
      case "data-cr":
        if (byte === CR) this.#state = "data-lf"
        else if (byte === LF) this.#bareLineEnd()
        else return this.#break("chunk-no-crlf", at)
        return at + 1
      default:
        if (byte !== LF) return this.#break("chunk-no-crlf", at)
        this.#startSize()
        return at + 1
    }
  }

  #size(byte: number, at: number): number {
    const digit = hexDigit(byte)
    if (digit >= 0) {
      // 13 digits stay below 2^52: exact, and larger than any body. Leading zeros do not count, but only so many of them.
      if (this.#remaining >= 2 ** 48 || this.#lineBytes > MAX_SIZE_DIGITS) return this.#break("chunk-size-overflow", at)
      this.#remaining = this.#remaining * 16 + digit
      this.#digits++
      this.#lineBytes++
      return at + 1
    }
    if (this.#digits === 0) return this.#break("chunk-size-invalid", at)
    if (byte === SPACE || byte === TAB) {
      this.#sink.anomaly("chunk-space")
      this.#state = "size-space"
      return at + 1
    }
    return this.#afterSize(byte, at)
  }

  #afterSize(byte: number, at: number): number {
    if (byte === SEMICOLON) this.#state = "extension"
    else if (byte === CR) this.#state = "size-lf"
    else if (byte === LF) {
      this.#sink.anomaly("chunk-bare-lf")
      this.#startData()
    } else return this.#break("chunk-size-invalid", at)
    return at + 1
  }

  #extension(bytes: Buffer, at: number): number {
    const lf = bytes.indexOf(LF, at)
    const end = lf < 0 ? bytes.length : lf
    this.#lineBytes += end - at
    if (this.#lineBytes > MAX_LINE) return this.#break("chunk-line-too-long", at)
    if (end > at) this.#line = bytes[end - 1] === CR ? "\r" : ""
    if (lf < 0) return end
    if (this.#line !== "\r") this.#sink.anomaly("chunk-bare-lf")
    this.#startData()
    return lf + 1
  }

  #trailer(bytes: Buffer, at: number): number {
    const lf = bytes.indexOf(LF, at)
    const end = lf < 0 ? bytes.length : lf
    this.#lineBytes += end - at
    if (this.#lineBytes > MAX_LINE) return this.#break("chunk-line-too-long", at)
    this.#line += bytes.toString("latin1", at, end)
    if (lf < 0) return end
    if (!this.#line.endsWith("\r")) this.#sink.anomaly("chunk-bare-lf")
    const line = this.#line.endsWith("\r") ? this.#line.slice(0, -1) : this.#line
    this.#line = ""
    if (line === "") this.#state = "done"
    else this.#sink.trailer(line)
    return lf + 1
  }

  #bareLineEnd(): void {
    this.#sink.anomaly("chunk-bare-lf")
    this.#startSize()
  }

  #startSize(): void {
    this.#state = "size"
    this.#remaining = 0
    this.#digits = 0
    this.#lineBytes = 0
    this.#line = ""
  }

  #startData(): void {
    this.#line = ""
    this.#lineBytes = 0
    this.#state = this.#remaining === 0 ? "trailer" : "data"
  }

  #break(code: ChunkAnomaly, at: number): number {
    this.#state = "broken"
    this.#sink.anomaly(code)
    return at
  }
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const lower = byte | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}

const CR = 0x0d
const LF = 0x0a
const SPACE = 0x20
const TAB = 0x09
const SEMICOLON = 0x3b
const MAX_SIZE_DIGITS = 32
// Of one extension, and of all trailers together: node allows 16 KB, hyper 16 KB of extensions for a whole body.
const MAX_LINE = 16_384
