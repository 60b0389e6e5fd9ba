// Walks over the frames of a Zstandard stream (RFC 8878 §3.1) without decoding them, to see what memory each asks for before a decoder gives it.
//   frame     = Magic(4) descriptor(1: FCS_flag(2) single_segment(1) unused(1) reserved(1) checksum(1) dict_ID_flag(2)) [window(1)] [dict_ID(0-4)]
//               [content_size(0-8)] block* [checksum(4)]
//   block     = header(3: last(1 bit) type(2 bits) size(21 bits)) content
//   skippable = 184D2A5?(4) size(4) content
// Only real headers count: the same bytes inside a block are text.

type State = "magic" | "skippable" | "descriptor" | "header" | "block" | "checksum"

export class ZstdFrames {
  /** "wide": a frame wants more than a body may. "lost": no frame begins where one should. */
  problem: "wide" | "lost" | undefined
  readonly #field = Buffer.alloc(14)
  #state: State = "magic"
  #need = 4
  #filled = 0
  #skip = 0
  #descriptor = 0

  read(bytes: Uint8Array): void {
    let at = 0
    while (at < bytes.length && this.problem === undefined) {
      if (this.#skip > 0) {
        const step = Math.min(this.#skip, bytes.length - at)
        this.#skip -= step
        at += step
        continue
      }
      this.#field[this.#filled++] = bytes[at++] ?? 0
      if (this.#filled === this.#need) this.#complete()
    }
  }

  #complete(): void {
    const field = this.#field
    switch (this.#state) {
      case "magic":
        this.#afterMagic(field.readUInt32LE(0))
        return
      case "skippable":
        this.#skip = field.readUInt32LE(0)
        this.#expect("magic", 4)
        return
      case "descriptor":
        this.#descriptor = field[0] ?? 0
        this.#expect("header", this.#single() + this.#dictionary() + this.#sizeBytes())
        if (this.#need === 0) this.#expect("block", 3)
        return
      case "header":
        if (this.#memory() > (this.#single() === 0 ? MAX_WINDOW_SINGLE : MAX_WINDOW)) this.problem = "wide"
        this.#expect("block", 3)
        return
      case "block": {
        const header = field.readUIntLE(0, 3)
        const type = (header >> 1) & 3
        this.#skip = type === RUN ? 1 : header >> 3
        if ((header & 1) === 0) this.#expect("block", 3)
        else if ((this.#descriptor & 4) === 0) this.#expect("magic", 4)
        else this.#expect("checksum", 4)
        return
      }
      default:
        this.#expect("magic", 4)
    }
  }

  #afterMagic(magic: number): void {
    if (magic === MAGIC) this.#expect("descriptor", 1)
    else if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE) this.#expect("skippable", 4)
    else this.problem = "lost"
  }

  #expect(state: State, need: number): void {
    this.#state = state
    this.#need = need
    this.#filled = 0
  }
  /** Bytes of the window descriptor: a single segment has none, its content is its window. */
  #single(): 0 | 1 {
    return (this.#descriptor & 0x20) !== 0 ? 0 : 1
  }
  #dictionary(): number {
    return DICTIONARY_BYTES[this.#descriptor & 3] ?? 0
  }
  #sizeBytes(): number {
    const flag = this.#descriptor >> 6
    return flag === 0 ? 1 - this.#single() : 1 << flag
  }

  #memory(): number {
    const field = this.#field
    if (this.#single() === 1) {
      const window = field[0] ?? 0
      const base = 2 ** (10 + (window >> 3))
      return base + (base / 8) * (window & 7)
    }
    const [at, bytes] = [this.#dictionary(), this.#sizeBytes()]
    if (bytes === 8) return Number(field.readBigUInt64LE(at))
    return field.readUIntLE(at, bytes) + (bytes === 2 ? 256 : 0)
  }
}

const MAGIC = 0xfd2fb528
const SKIPPABLE = 0x184d2a50
const RUN = 1
const DICTIONARY_BYTES = [0, 1, 2, 4]
// RFC 9659: the window of the "zstd" content coding is at most 8 MB.
const MAX_WINDOW = 8 * 1024 * 1024
// A single-segment frame is its own window: encoders write it for bodies whose length they know. The same bound as for kept bodies, times two.
const MAX_WINDOW_SINGLE = 32 * 1024 * 1024
