// QPACK (RFC 9204): the dynamic table is filled by its own stream (§4.3) and referred to by header blocks on others (§4.5), which may come first and then
// have to wait ("blocked").
//
// After a gap on the encoder stream nothing about the dynamic table is sure any more, for good: absolute indexes depend on every insertion. From then on
// references to it are unknown and their fields left out; static ones and literals are still right.

import { GrowingBuffer } from "../bytes.ts"
import { FieldReader } from "../http2/field-reader.ts"
import type { Field, HeaderBlock } from "../http2/hpack.ts"
import { QPACK_STATIC_TABLE } from "./static-table.ts"

export type QpackBlock = Omit<HeaderBlock, "error"> & { readonly error: string | undefined }

export class QpackDecoder {
  #entries: Field[] = []
  /** Absolute index of the first entry still held. */
  #first = 0
  #size = 0
  #capacity = 0
  #lost = false
  #pending: GrowingBuffer | undefined
  /** SETTINGS_QPACK_MAX_TABLE_CAPACITY of the side that reads these blocks. */
  maxCapacity = 0
  // State of the block being read.
  #reader = new FieldReader(new Uint8Array(0))
  #base = 0
  #unknown = 0
  #error: string | undefined

  get inserted(): number {
    return this.#first + this.#entries.length
  }
  get held(): number {
    return this.#size + (this.#pending?.length ?? 0)
  }

  /** A piece of the encoder stream. Undefined, or what is wrong with it. */
  encoderData(bytes: Uint8Array): string | undefined {
    if (this.#lost) return undefined
    if (this.#pending === undefined) this.#pending = new GrowingBuffer(bytes)
    else this.#pending.append(bytes)
    const view = this.#pending.view()
    let from = 0
    while (from < view.length) {
      const reader = new FieldReader(view.subarray(from))
      const instruction = this.#instruction(reader)
      if (reader.error === "cut") break
      if (reader.error !== undefined || !instruction) {
        this.lose()
        return "qpack-encoder-stream"
      }
      from += reader.at
    }
    this.#pending = from === view.length ? undefined : new GrowingBuffer(view.subarray(from))
    if ((this.#pending?.length ?? 0) <= MAX_INSTRUCTION) return undefined
    this.lose()
    return "qpack-encoder-stream"
  }

  lose(): void {
    this.#lost = true
    this.#entries = []
    this.#size = 0
    this.#pending = undefined
  }

  /** "blocked" while entries it refers to have not been inserted. */
  decode(bytes: Uint8Array): QpackBlock | "blocked" {
    const reader = new FieldReader(bytes)
    const required = this.#requiredInserts(reader.integer(8))
    const negative = (reader.next & 0x80) !== 0
    const delta = reader.integer(7)
    if (required > this.inserted && !this.#lost) return "blocked"
    this.#base = negative ? required - delta - 1 : required + delta
    this.#reader = reader
    this.#unknown = 0
    this.#error = undefined
    const headers: Field[] = []
    let size = 0
    while (!reader.done && this.#error === undefined) {
      const field = this.#line(reader.next)
      if (field === undefined || reader.error !== undefined) continue
      size += field[0].length + field[1].length + ENTRY_OVERHEAD
      if (size <= MAX_LIST) headers.push(field)
    }
    const error = this.#error ?? (reader.error === undefined ? undefined : `qpack-${reader.error}`)
    return { headers, unknown: this.#unknown, tooLarge: size > MAX_LIST, error }
  }

  /** §4.5.1.1: the count is sent modulo twice the largest number of entries. */
  #requiredInserts(encoded: number): number {
    if (encoded === 0) return 0
    const range = 2 * Math.floor(this.maxCapacity / ENTRY_OVERHEAD)
    if (range === 0) return encoded - 1
    const most = this.inserted + range / 2
    const count = Math.floor(most / range) * range + encoded - 1
    return count > most && count >= range ? count - range : count
  }

  /**
   *   1 T index(6)            indexed            01 N T name(4) value     literal, name by reference
   *   001 N H name(3) value   literal            0001 index(4)            indexed behind the base
   *   0000 N name(3) value    literal, name behind the base
   */
  #line(first: number): Field | undefined {
    const reader = this.#reader
    if ((first & 0x80) !== 0) {
      const index = reader.integer(6)
      return (first & 0x40) !== 0 ? this.#static(index) : this.#dynamic(this.#base - 1 - index)
    }
    if ((first & 0x40) !== 0) {
      const index = reader.integer(4)
      return literal((first & 0x10) !== 0 ? this.#static(index) : this.#dynamic(this.#base - 1 - index), reader.string())
    }
    if ((first & 0x20) !== 0) {
      const name = reader.string(3)
      return [name, reader.string()]
    }
    if ((first & 0x10) !== 0) return this.#dynamic(this.#base + reader.integer(4))
    return literal(this.#dynamic(this.#base + reader.integer(3)), reader.string())
  }

  #static(index: number): Field | undefined {
    const field = QPACK_STATIC_TABLE[index]
    if (field === undefined) this.#error ??= "qpack-index"
    return field
  }

  #dynamic(index: number): Field | undefined {
    const field = this.#entries[index - this.#first]
    if (field === undefined) {
      if (this.#lost) this.#unknown++
      else this.#error ??= "qpack-index"
    }
    return field
  }

  /**
   *   1 T name(6) value   insert, name by reference    01 H name(5) value   insert
   *   001 capacity(5)                                  000 index(5)         duplicate
   * Nothing is changed before the whole instruction is there. False when it makes no sense.
   */
  #instruction(reader: FieldReader): boolean {
    const first = reader.next
    if ((first & 0x80) !== 0) {
      const index = reader.integer(6)
      const value = reader.string()
      const name = (first & 0x40) !== 0 ? QPACK_STATIC_TABLE[index]?.[0] : this.#relative(index)?.[0]
      return reader.error !== undefined || this.#insert(name, value)
    }
    if ((first & 0x40) !== 0) {
      const name = reader.string(5)
      const value = reader.string()
      return reader.error !== undefined || this.#insert(name, value)
    }
    if ((first & 0x20) !== 0) {
      const capacity = reader.integer(5)
      if (reader.error === undefined) this.#resize(capacity)
      return reader.error !== undefined || capacity <= MAX_TABLE
    }
    const field = this.#relative(reader.integer(5))
    return reader.error !== undefined || this.#insert(field?.[0], field?.[1] ?? "")
  }

  /** 0 is the newest. */
  #relative(index: number): Field | undefined {
    return this.#entries[this.#entries.length - 1 - index]
  }

  #insert(name: string | undefined, value: string): boolean {
    if (name === undefined) return false
    const size = name.length + value.length + ENTRY_OVERHEAD
    if (size > this.#capacity) return false
    this.#entries.push([name, value])
    this.#size += size
    this.#evict()
    return true
  }

  #resize(capacity: number): void {
    this.#capacity = Math.min(capacity, MAX_TABLE)
    this.#evict()
  }

  #evict(): void {
    while (this.#size > this.#capacity) {
      const field = this.#entries.shift()
      if (field === undefined) return
      this.#first++
      this.#size -= field[0].length + field[1].length + ENTRY_OVERHEAD
    }
  }
}

function literal(reference: Field | undefined, value: string): Field | undefined {
  return reference === undefined ? undefined : [reference[0], value]
}

const ENTRY_OVERHEAD = 32
// As for HPACK (http2/hpack.ts): browsers announce 64 KB.
const MAX_TABLE = 1024 * 1024
const MAX_LIST = 256 * 1024
const MAX_INSTRUCTION = 256 * 1024
