// gzip (RFC 1952), one member or several, around raw deflate:
//   member = 1f 8b CM(1)=8 FLG(1) MTIME(4) XFL(1) OS(1) [XLEN(2) extra] [name 00] [comment 00] [CRC16(2)] deflate CRC32(4) ISIZE(4)
// Read here rather than by zlib, because zlib's error hides what decoded before it, and bytes behind the last member (padding of old servers)
// would cost the whole body. Bytes behind a member that do not begin another are left out, as browsers do.
import { crc32 } from "node:zlib"
import { CUT, type Decoder, type Sink } from "./decoder.ts"
import { RawInflater } from "./inflate.ts"

type State = "fixed" | "extra-length" | "extra" | "name" | "comment" | "header-crc" | "deflate" | "trailer" | "padding"

export class GzipDecoder implements Decoder {
  error: string | undefined
  proven = false
  readonly #inflater: RawInflater
  #state: State = "fixed"
  #need = 10
  #field = Buffer.alloc(10)
  #filled = 0
  #flags = 0
  #crc = 0
  #members = 0

  constructor(sink: Sink, depth: number) {
    this.#inflater = new RawInflater(
      "raw",
      (bytes) => {
        this.#crc = crc32(bytes, this.#crc)
        return sink(bytes)
      },
      depth,
    )
  }

  write(bytes: Uint8Array): void {
    let at = 0
    while (at < bytes.length && this.error === undefined && this.#state !== "padding") at = this.#step(bytes, at)
  }

  end(): void {
    if (this.error === undefined && this.#state === "deflate") {
      // The stream may have ended with the very last byte that was given.
      this.#inflater.end()
      this.error = this.#inflater.error ?? CUT
    } else if (this.#state !== "padding" && !(this.#state === "fixed" && this.#members > 0)) this.error ??= CUT
    this.close()
  }

  close(): void {
    this.#inflater.close()
  }

  #step(bytes: Uint8Array, at: number): number {
    switch (this.#state) {
      case "deflate":
        return this.#deflate(bytes, at)
      case "extra":
        return this.#skip(bytes, at)
      case "name":
      case "comment":
        return this.#zeroEnded(bytes, at)
      default:
        return this.#collect(bytes, at)
    }
  }

  #deflate(bytes: Uint8Array, at: number): number {
    const used = this.#inflater.write(at === 0 ? bytes : bytes.subarray(at))
    this.error = this.#inflater.error
    if (this.#inflater.ended) this.#expect("trailer", 8)
    return at + used
  }

  /** Fields of fixed length, which a piece's end may cut. */
  #collect(bytes: Uint8Array, at: number): number {
    let from = at
    while (from < bytes.length && this.#filled < this.#need) this.#field[this.#filled++] = bytes[from++] ?? 0
    if (this.#state === "fixed" && !this.#looksLikeHeader()) {
      if (this.#members > 0) this.#state = "padding"
      else this.error = "incorrect header check"
    } else if (this.#filled === this.#need) this.#collected()
    return from
  }

  #looksLikeHeader(): boolean {
    const field = this.#field
    return field[0] === 0x1f && (this.#filled < 2 || field[1] === 0x8b) && (this.#filled < 3 || field[2] === 8)
  }

  #collected(): void {
    const field = this.#field
    switch (this.#state) {
      case "fixed":
        this.proven = true
        this.#flags = field[3] ?? 0
        this.#afterFixed()
        return
      case "extra-length":
        this.#state = "extra"
        this.#need = field.readUInt16LE(0)
        if (this.#need === 0) this.#afterExtra()
        return
      case "trailer":
        this.#members++
        if (field.readUInt32LE(0) !== this.#crc) this.error = "checksum differs"
        this.#inflater.restart()
        this.#crc = 0
        this.#expect("fixed", 10)
        return
      default:
        this.#state = "deflate"
    }
  }

  #afterFixed(): void {
    if ((this.#flags & 4) !== 0) this.#expect("extra-length", 2)
    else this.#afterExtra()
  }
  #afterExtra(): void {
    if ((this.#flags & 8) !== 0) this.#state = "name"
    else this.#afterName()
  }
  #afterName(): void {
    if ((this.#flags & 16) !== 0) this.#state = "comment"
    else this.#afterComment()
  }
  #afterComment(): void {
    if ((this.#flags & 2) !== 0) this.#expect("header-crc", 2)
    else this.#state = "deflate"
  }

  #skip(bytes: Uint8Array, at: number): number {
    const used = Math.min(bytes.length - at, this.#need)
    this.#need -= used
    if (this.#need === 0) this.#afterExtra()
    return at + used
  }

  #zeroEnded(bytes: Uint8Array, at: number): number {
    const zero = bytes.indexOf(0, at)
    if (zero < 0) return bytes.length
    if (this.#state === "name") this.#afterName()
    else this.#afterComment()
    return zero + 1
  }

  #expect(state: State, need: number): void {
    this.#state = state
    this.#need = need
    this.#filled = 0
  }
}
