// bzip2: blocks of Huffman codes over a move-to-front list over a Burrows-Wheeler transform over runs. Bounded and tolerant of a cut: whole blocks
// that came before it are kept.
//
//   "BZh" level | block 314159265359 crc32 randomised:1 origin:24 map tables selectors codes | … | end 177245385090 crc32 | padding to a byte
import type { Inflated } from "./inflate.ts"

export function bunzip2(input: Uint8Array, maxBytes: number): Inflated {
  const bits = new BitReader(input)
  const out = new Output(maxBytes)
  try {
    while (bits.bytesLeft >= MIN_STREAM && stream(bits, out));
    return { bytes: out.bytes(), consumed: bits.position, outcome: out.isFull ? "limit" : "full" }
  } catch (error) {
    if (!(error instanceof Broken)) throw error
    if (out.isFull) return { bytes: EMPTY, consumed: input.length, outcome: "limit" }
    return { bytes: out.bytes(), consumed: bits.position, outcome: error.cut && out.length > 0 ? "cut" : "corrupt" }
  }
}

/** One stream; false where something else begins. Streams may follow one another: parallel compressors write one for each piece. */
function stream(bits: BitReader, out: Output): boolean {
  if (bits.read(24) !== MAGIC) return bits.start()
  const level = bits.read(8) - ZERO
  if (level < 1 || level > 9) throw new Broken(false)
  for (;;) {
    const [high, low] = [bits.read(24), bits.read(24)]
    if (high === END_HIGH && low === END_LOW) {
      bits.read(32)
      bits.align()
      return !out.isFull
    }
    if (high !== BLOCK_HIGH || low !== BLOCK_LOW) throw new Broken(false)
    block(bits, level * BLOCK_SIZE, out)
    if (out.isFull) throw new Broken(true)
  }
}

function block(bits: BitReader, size: number, out: Output): void {
  const crc = bits.read(32)
  // Randomised blocks were given up in 1997.
  if (bits.read(1) === 1) throw new Broken(false)
  const origin = bits.read(24)
  const { symbols, tables, selectors } = readTables(bits)
  const transformed = readCodes(bits, { symbols, tables, selectors, size })
  if (origin >= transformed.length) throw new Broken(false)
  out.write(transformed, origin, crc)
}

interface Tables {
  readonly symbols: Uint8Array
  readonly tables: readonly Huffman[]
  readonly selectors: Uint8Array
}

function readTables(bits: BitReader): Tables {
  const used = bits.read(16)
  const symbols: number[] = []
  for (let row = 0; row < 16; row++) {
    if (((used >> (15 - row)) & 1) === 0) continue
    const columns = bits.read(16)
    for (let column = 0; column < 16; column++) if (((columns >> (15 - column)) & 1) === 1) symbols.push(row * 16 + column)
  }
  const count = bits.read(3)
  const chosen = bits.read(15)
  if (symbols.length === 0 || count < 2 || count > 6 || chosen === 0) throw new Broken(false)
  const order = [0, 1, 2, 3, 4, 5].slice(0, count)
  const selectors = new Uint8Array(chosen)
  for (let index = 0; index < chosen; index++) {
    let at = 0
    while (bits.read(1) === 1) if (++at >= count) throw new Broken(false)
    const [table = 0] = order.splice(at, 1)
    order.unshift(table)
    selectors[index] = table
  }
  return {
    symbols: Uint8Array.from(symbols),
    tables: Array.from({ length: count }, () => new Huffman(readLengths(bits, symbols.length + 2))),
    selectors,
  }
}

function readLengths(bits: BitReader, count: number): Uint8Array {
  const lengths = new Uint8Array(count)
  let length = bits.read(5)
  for (let symbol = 0; symbol < count; symbol++) {
    while (bits.read(1) === 1) length += bits.read(1) === 0 ? 1 : -1
    if (length < 1 || length > MAX_CODE) throw new Broken(false)
    lengths[symbol] = length
  }
  return lengths
}

/** Undoes Huffman, the runs of the list's head, and the list. */
function readCodes(bits: BitReader, { symbols, tables, selectors, size }: Tables & { readonly size: number }): Uint32Array {
  const data = new Uint32Array(size)
  const list = symbols.slice()
  const end = symbols.length + 1
  let length = 0
  let run = 0
  let weight = 1
  for (let group = 0; group < selectors.length; group++) {
    const table = tables[selectors[group] ?? 0]
    for (let step = 0; table !== undefined && step < GROUP; step++) {
      const symbol = table.read(bits)
      if (symbol <= 1) {
        // Run lengths are numbers of base two with the digits one and two.
        run += weight << symbol
        weight <<= 1
        if (run > size) throw new Broken(false)
        continue
      }
      if (length + run > size) throw new Broken(false)
      data.fill(list[0] ?? 0, length, length + run)
      length += run
      run = 0
      weight = 1
      if (symbol === end) return data.subarray(0, length)
      if (length >= size) throw new Broken(false)
      const value = list[symbol - 1] ?? 0
      list.copyWithin(1, 0, symbol - 1)
      list[0] = value
      data[length++] = value
    }
  }
  throw new Broken(false)
}

/** Canonical codes: for each length the largest code and where its symbols begin. */
class Huffman {
  readonly #limit = new Int32Array(MAX_CODE + 2).fill(-1)
  readonly #offset = new Int32Array(MAX_CODE + 2)
  readonly #symbols: number[] = []

  constructor(lengths: Uint8Array) {
    let code = 0
    for (let length = 1; length <= MAX_CODE; length++) {
      this.#offset[length] = this.#symbols.length - code
      for (let symbol = 0; symbol < lengths.length; symbol++) {
        if (lengths[symbol] !== length) continue
        this.#symbols.push(symbol)
        code += 1
      }
      this.#limit[length] = code - 1
      code <<= 1
    }
  }

  read(bits: BitReader): number {
    let code = 0
    for (let length = 1; length <= MAX_CODE; length++) {
      code = (code << 1) | bits.bit()
      if (code > (this.#limit[length] ?? -1)) continue
      const symbol = this.#symbols[code + (this.#offset[length] ?? 0)]
      if (symbol === undefined) break
      return symbol
    }
    throw new Broken(false)
  }
}

class Output {
  readonly #chunks: Uint8Array[] = []
  readonly #max: number
  length = 0
  isFull = false

  constructor(max: number) {
    this.#max = max
  }

  /** Undoes the transform and, on the way, the runs: four alike are followed by how many more. */
  write(data: Uint32Array, origin: number, crc: number): void {
    linkNext(data)
    const chunk = new Writer(this.#max - this.length)
    let at = (data[origin] ?? 0) >>> 8
    let last = -1
    let alike = 0
    for (let index = 0; index < data.length; index++) {
      const entry = data[at] ?? 0
      at = entry >>> 8
      const byte = entry & 0xff
      if (alike === 4) {
        chunk.put(last, byte)
        alike = 0
        last = -1
        continue
      }
      alike = byte === last ? alike + 1 : 1
      last = byte
      chunk.put(byte, 1)
    }
    this.isFull = chunk.isFull
    if (!chunk.isFull && chunk.checksum !== crc) throw new Broken(false)
    this.#chunks.push(chunk.bytes())
    this.length += chunk.length
  }

  bytes(): Uint8Array {
    return Buffer.concat(this.#chunks)
  }
}

/** In the upper 24 bits of each place: which place comes next. */
function linkNext(data: Uint32Array): void {
  const starts = new Uint32Array(257)
  for (const byte of data) starts[byte + 1] = (starts[byte + 1] ?? 0) + 1
  for (let byte = 1; byte <= 256; byte++) starts[byte] = (starts[byte] ?? 0) + (starts[byte - 1] ?? 0)
  for (let index = 0; index < data.length; index++) {
    const byte = (data[index] ?? 0) & 0xff
    const place = starts[byte] ?? 0
    starts[byte] = place + 1
    data[place] = ((data[place] ?? 0) | (index << 8)) >>> 0
  }
}

class Writer {
  #bytes = new Uint8Array(FIRST)
  readonly #max: number
  #crc = -1
  length = 0
  isFull = false

  constructor(max: number) {
    this.#max = max
  }
  put(byte: number, times: number): void {
    if (this.isFull) return
    if (this.length + times > this.#max) {
      this.isFull = true
      return
    }
    if (this.length + times > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.length + times))
      larger.set(this.#bytes)
      this.#bytes = larger
    }
    if (times === 1) this.#bytes[this.length] = byte
    else this.#bytes.fill(byte, this.length, this.length + times)
    this.length += times
    for (let count = 0; count < times; count++) this.#crc = (this.#crc << 8) ^ (CRC[((this.#crc >>> 24) ^ byte) & 0xff] ?? 0)
  }
  get checksum(): number {
    return ~this.#crc >>> 0
  }
  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.length)
  }
}

class BitReader {
  readonly #input: Uint8Array
  #at = 0
  #held = 0
  #count = 0

  constructor(input: Uint8Array) {
    this.#input = input
  }
  /** Whole bytes that were taken, the one that is begun included. */
  get position(): number {
    return this.#at
  }
  get bytesLeft(): number {
    return this.#input.length - this.#at
  }
  read(bits: number): number {
    let value = 0
    for (let left = bits; left > 0; ) {
      if (this.#count === 0) {
        if (this.#at >= this.#input.length) throw new Broken(true)
        this.#held = this.#input[this.#at++] ?? 0
        this.#count = 8
      }
      const take = Math.min(left, this.#count)
      const part = (this.#held >> (this.#count - take)) & ((1 << take) - 1)
      value = value * 2 ** take + part
      this.#count -= take
      left -= take
    }
    return value
  }
  bit(): number {
    if (this.#count === 0) return this.read(1)
    this.#count -= 1
    return (this.#held >> this.#count) & 1
  }
  align(): void {
    this.#count = 0
  }
  /** What comes is no stream: an answer only where one came before. */
  start(): boolean {
    if (this.#at <= 3) throw new Broken(false)
    return false
  }
}

class Broken extends Error {
  readonly cut: boolean
  constructor(cut: boolean) {
    super("broken bzip2")
    this.cut = cut
  }
}

const EMPTY = new Uint8Array(0)
const MAGIC = 0x425a68
const ZERO = 0x30
const BLOCK_HIGH = 0x314159
const BLOCK_LOW = 0x265359
const END_HIGH = 0x177245
const END_LOW = 0x385090
const BLOCK_SIZE = 100_000
const MAX_CODE = 20
// Codes that one selector stands for.
const GROUP = 50
const MIN_STREAM = 14
const FIRST = 64 * 1024
const CRC = Uint32Array.from({ length: 256 }, (_, index) => {
  let crc = index << 24
  for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc & 0x80000000 ? 0x04c11db7 : 0)
  return crc >>> 0
})
