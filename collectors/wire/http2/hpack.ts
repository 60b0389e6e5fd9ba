// HPACK (RFC 7541): header blocks to header lists.
//   indexed 1xxxxxxx | literal with indexing 01xxxxxx | table size 001xxxxx | never indexed 0001xxxx | without indexing 0000xxxx
//
// After a loss (mid-connection start, gap) the dynamic table is unknown. New entries are counted from the newest, so what is inserted afterwards has
// known indexes again; a reference to something older is "unknown" and its field is left out. Nothing is ever guessed.
// Field tuples are shared between messages that refer to the same entry: they are read-only.
import type { HeaderList } from "../facts.ts"
import { FieldReader } from "./field-reader.ts"
import { STATIC_TABLE } from "./static-table.ts"

export type Field = readonly [name: string, value: string]
export type HpackError = "hpack-integer" | "hpack-string" | "hpack-index" | "hpack-cut" | "hpack-table-size"

export interface HeaderBlock {
  readonly headers: HeaderList
  /** Fields left out, because they refer to entries nobody saw. */
  readonly unknown: number
  /** The list is larger than its limit: the rest is left out. */
  readonly tooLarge: boolean
  readonly error: HpackError | undefined
}

export class HpackDecoder {
  /** Newest last. `undefined` names an entry whose name or value is unknown. */
  #table: (Field | undefined)[] = []
  /** The first entry in use: eviction moves it, and now and then the array is cut. */
  #first = 0
  #size = 0
  #maxSize = DEFAULT_TABLE
  /** Entries older than what is in #table may exist. */
  #incomplete = false
  // State of the block being read.
  #reader = NOTHING
  #error: HpackError | undefined
  #unknown = 0

  /** What was known is no longer sure. */
  lose(): void {
    this.#table = []
    this.#first = 0
    this.#size = 0
    this.#incomplete = true
  }

  decode(bytes: Uint8Array): HeaderBlock {
    const reader = new FieldReader(bytes)
    this.#reader = reader
    this.#error = undefined
    this.#unknown = 0
    const headers: Field[] = []
    let size = 0
    while (!reader.done && this.#error === undefined) {
      const field = this.#field(reader.next)
      if (reader.error !== undefined) this.#error = `hpack-${reader.error}`
      if (field === undefined) continue
      size += field[0].length + field[1].length + ENTRY_OVERHEAD
      if (size <= MAX_LIST) headers.push(field)
    }
    this.#reader = NOTHING
    return { headers, unknown: this.#unknown, tooLarge: size > MAX_LIST, error: this.#error }
  }

  #field(first: number): Field | undefined {
    if ((first & 0x80) !== 0) return this.#indexed()
    if ((first & 0x40) !== 0) return this.#literal(6, true)
    if ((first & 0x20) !== 0) return this.#resize()
    return this.#literal(4, false)
  }

  #indexed(): Field | undefined {
    const index = this.#reader.integer(7)
    if (index > 0 && index < STATIC_TABLE.length) return STATIC_TABLE[index]
    return this.#dynamic(index)
  }

  #dynamic(index: number): Field | undefined {
    const back = index - STATIC_TABLE.length
    const at = this.#table.length - 1 - back
    if (index === 0 || (at < this.#first && !this.#incomplete)) {
      this.#error ??= "hpack-index"
      return undefined
    }
    const field = at < this.#first ? undefined : this.#table[at]
    if (field === undefined) this.#unknown++
    return field
  }

  #literal(prefix: number, insert: boolean): Field | undefined {
    const index = this.#reader.integer(prefix)
    const name = index === 0 ? this.#reader.name() : this.#nameAt(index)
    const value = this.#reader.string()
    if (this.#error !== undefined || this.#reader.error !== undefined) return undefined
    const field: Field | undefined = name === undefined ? undefined : [name, value]
    if (insert) this.#insert(field, value)
    return field
  }

  #nameAt(index: number): string | undefined {
    if (index < STATIC_TABLE.length) return STATIC_TABLE[index]?.[0]
    return this.#dynamic(index)?.[0]
  }

  #resize(): undefined {
    const size = this.#reader.integer(5)
    if (size > MAX_TABLE) this.#error ??= "hpack-table-size"
    else {
      this.#maxSize = size
      this.#evict(0)
    }
  }

  #insert(field: Field | undefined, value: string): void {
    const size = (field?.[0].length ?? 0) + value.length + ENTRY_OVERHEAD
    this.#evict(size)
    // An entry larger than the table empties it (§4.4).
    if (size > this.#maxSize) return
    this.#table.push(field)
    this.#size += size
  }

  #evict(room: number): void {
    while (this.#size + room > this.#maxSize && this.#first < this.#table.length) {
      const field = this.#table[this.#first]
      this.#table[this.#first++] = undefined
      this.#size -= field === undefined ? ENTRY_OVERHEAD : field[0].length + field[1].length + ENTRY_OVERHEAD
    }
    if (this.#first === this.#table.length) this.#size = 0
    if (this.#first > 256) {
      this.#table = this.#table.slice(this.#first)
      this.#first = 0
    }
  }
}

// RFC 7541 §4.1 and RFC 9113 §6.5.2.
const ENTRY_OVERHEAD = 32
const DEFAULT_TABLE = 4096
// Chromium and nghttp2 announce up to 64 KB; a peer may agree on more, but we keep no more for it.
const MAX_TABLE = 1024 * 1024
// One byte can stand for a whole table entry: 16 KB of block for 64 MB of headers ("HPACK bomb", CVE-2016-6581). node refuses above 64 KB.
const MAX_LIST = 256 * 1024
const NOTHING = new FieldReader(new Uint8Array(0))
