// RowBinary, the engine's fastest row format that is cheap to write from here: the bytes of each column one after the other, no names.
//   String            varint(length) bytes          UIntN/IntN/FloatN  little endian       DateTime64(6)  Int64 microseconds
//   DateTime          UInt32 seconds                Bool               UInt8               Enum8          Int8
//   Array(T)          varint(count) T...            Tuple(a, b)        a b                 Nullable(T)    UInt8(1) | UInt8(0) T
// LowCardinality(T) and SimpleAggregateFunction(f, T) are written as T. Absent values are the type's zero.

export interface Column {
  readonly name: string
  readonly type: string
}

export type ColumnWriter = (out: ByteSink, value: unknown) => void

/** A value that its column cannot hold: the row is at fault, not the batch. */
export class BadValueError extends Error {
  override name = "BadValueError"
}

export function encodeRows(columns: readonly Column[], rows: readonly Readonly<Record<string, unknown>>[]): Buffer {
  const out = new ByteSink(Math.max(1024, rows.length * 2_048))
  const writers = columns.map(({ type }) => writerOf(type))
  const names = columns.map(({ name }) => name)
  let column = 0
  try {
    for (const row of rows) for (column = 0; column < writers.length; column++) writers[column]?.(out, row[names[column] ?? ""])
  } catch (error) {
    throw new BadValueError(`column ${names[column]}: ${error instanceof Error ? error.message : String(error)}`)
  }
  return out.done()
}

/** Grows by doubling; strings are written in place. */
export class ByteSink {
  #bytes: Buffer
  #at = 0

  constructor(size: number) {
    this.#bytes = Buffer.allocUnsafe(size)
  }

  u8(value: number): void {
    this.#room(1)
    this.#bytes[this.#at++] = value
  }

  fixed(bytes: number, write: (buffer: Buffer, at: number) => void): void {
    this.#room(bytes)
    write(this.#bytes, this.#at)
    this.#at += bytes
  }

  varint(value: number): void {
    this.#room(10)
    let rest = value
    while (rest >= 0x80) {
      this.#bytes[this.#at++] = (rest & 0x7f) | 0x80
      rest = Math.floor(rest / 0x80)
    }
    this.#bytes[this.#at++] = rest
  }

  string(value: string): void {
    const { length } = value
    // Names and ids: for a few characters a loop here is quicker than a call into the runtime.
    if (length <= SHORT && this.#shortAscii(value, length)) return
    const bytes = Buffer.byteLength(value)
    this.varint(bytes)
    this.#room(bytes)
    this.#bytes.write(value, this.#at)
    this.#at += bytes
  }

  #shortAscii(value: string, length: number): boolean {
    this.#room(length + 1)
    const bytes = this.#bytes
    const at = this.#at + 1
    for (let n = 0; n < length; n++) {
      const code = value.charCodeAt(n)
      if (code > 127) return false
      bytes[at + n] = code
    }
    bytes[at - 1] = length
    this.#at = at + length
    return true
  }

  bytes(value: Uint8Array): void {
    this.varint(value.length)
    this.#room(value.length)
    this.#bytes.set(value, this.#at)
    this.#at += value.length
  }

  done(): Buffer {
    return this.#bytes.subarray(0, this.#at)
  }

  #room(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#at + bytes))
    this.#bytes.copy(larger, 0, 0, this.#at)
    this.#bytes = larger
  }
}

const known = new Map<string, ColumnWriter>()

export function writerOf(type: string): ColumnWriter {
  const found = known.get(type)
  if (found !== undefined) return found
  const writer = makeWriter(type)
  known.set(type, writer)
  return writer
}

function makeWriter(type: string): ColumnWriter {
  const simple = SIMPLE[type]
  if (simple !== undefined) return simple
  const open = type.indexOf("(")
  const name = open < 0 ? type : type.slice(0, open)
  const args = open < 0 ? [] : splitArguments(type.slice(open + 1, -1))
  const [first = "", second = ""] = args
  switch (name) {
    case "LowCardinality":
      return writerOf(first)
    case "SimpleAggregateFunction":
      return writerOf(second)
    case "DateTime64":
      if (first !== "6") break
      return writeMicros
    case "DateTime":
      return writeSeconds
    case "Enum8":
      return enumWriter(args)
    case "Array":
      return arrayWriter(writerOf(first))
    case "Tuple":
      return tupleWriter(args)
    case "Nullable":
      return nullableWriter(writerOf(first))
  }
  throw new Error(`no RowBinary writer for ${type}`)
}

const int = (bytes: number, low: number, high: number, write: (buffer: Buffer, value: number, at: number) => void): ColumnWriter => {
  return (out, value) => {
    const number = value === undefined || value === null ? 0 : Number(value)
    if (!Number.isInteger(number) || number < low || number > high)
      throw new Error(`${describe(value)} is not an integer of ${low} to ${high}`)
    out.fixed(bytes, (buffer, at) => write(buffer, number, at))
  }
}

const bigInt = (signed: boolean): ColumnWriter => {
  return (out, value) => {
    const number = value === undefined || value === null ? 0 : Number(value)
    if (!Number.isInteger(number) || (!signed && number < 0))
      throw new Error(`${describe(value)} is not ${signed ? "an" : "a positive"} integer`)
    out.fixed(8, (buffer, at) => writeInt64(buffer, number, at))
  }
}

const float = (bytes: 4 | 8): ColumnWriter => {
  return (out, value) => {
    const number = value === undefined || value === null ? 0 : Number(value)
    out.fixed(bytes, (buffer, at) => (bytes === 4 ? buffer.writeFloatLE(number, at) : buffer.writeDoubleLE(number, at)))
  }
}

const SIMPLE: Readonly<Record<string, ColumnWriter>> = {
  String: (out, value) => {
    if (value === undefined || value === null) out.u8(0)
    else if (typeof value === "string") out.string(value)
    else if (value instanceof Uint8Array) out.bytes(value)
    else if (typeof value === "object") throw new Error(`${describe(value)} is not a string`)
    else out.string(String(value))
  },
  Bool: (out, value) => out.u8(value === true || value === 1 ? 1 : 0),
  UInt8: int(1, 0, 255, (buffer, value, at) => buffer.writeUInt8(value, at)),
  UInt16: int(2, 0, 65_535, (buffer, value, at) => buffer.writeUInt16LE(value, at)),
  UInt32: int(4, 0, 4_294_967_295, (buffer, value, at) => buffer.writeUInt32LE(value, at)),
  Int32: int(4, -2_147_483_648, 2_147_483_647, (buffer, value, at) => buffer.writeInt32LE(value, at)),
  UInt64: bigInt(false),
  Int64: bigInt(true),
  Float32: float(4),
  Float64: float(8),
}

/** Numbers of ours are exact below 2^53: two halves are quicker than a BigInt. */
function writeInt64(buffer: Buffer, value: number, at: number): void {
  const high = Math.floor(value / 4_294_967_296)
  buffer.writeUInt32LE(value - high * 4_294_967_296, at)
  buffer.writeInt32LE(high | 0, at + 4)
}

function writeMicros(out: ByteSink, value: unknown): void {
  const micros = toMicros(value)
  out.fixed(8, (buffer, at) => writeInt64(buffer, micros, at))
}

function writeSeconds(out: ByteSink, value: unknown): void {
  const seconds = Math.floor(toMicros(value) / 1_000_000)
  out.fixed(4, (buffer, at) => buffer.writeUInt32LE(Math.min(Math.max(seconds, 0), 4_294_967_295), at))
}

/** Microseconds since the epoch, or "YYYY-MM-DD hh:mm:ss[.ffffff]" in UTC. */
export function toMicros(value: unknown): number {
  if (value === undefined || value === null) return 0
  if (typeof value === "number" && Number.isFinite(value)) return Math.min(Math.max(Math.round(value), 0), LAST_MICROS)
  const parts = typeof value === "string" ? /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.(\d{1,6})\d*)?Z?$/.exec(value) : null
  const seconds = parts === null ? Number.NaN : Date.parse(`${parts[1]}T${parts[2]}Z`)
  if (Number.isNaN(seconds)) throw new Error(`${describe(value)} is not a time`)
  return Math.min(seconds * 1000 + Number((parts?.[3] ?? "").padEnd(6, "0")), LAST_MICROS)
}

function enumWriter(args: readonly string[]): ColumnWriter {
  const values = new Map(
    args.map((arg) => {
      const [, name = "", number = "0"] = /^'([^']*)' = (-?\d+)$/.exec(arg) ?? []
      return [name, Number(number)]
    }),
  )
  const fallback = values.values().next().value ?? 0
  return (out, value) => {
    const number = value === undefined || value === null ? fallback : values.get(String(value))
    if (number === undefined) throw new Error(`${describe(value)} is not one of ${[...values.keys()].join(", ")}`)
    out.u8(number & 0xff)
  }
}

function arrayWriter(element: ColumnWriter): ColumnWriter {
  return (out, value) => {
    if (value === undefined || value === null) return out.u8(0)
    if (!Array.isArray(value)) throw new Error(`${describe(value)} is not an array`)
    out.varint(value.length)
    for (const item of value) element(out, item)
  }
}

/** Named tuples are given as arrays in the order of the type. */
function tupleWriter(args: readonly string[]): ColumnWriter {
  const elements = args.map((arg) => writerOf(arg.replace(/^[a-z_0-9]+ (?=[A-Z])/, "")))
  return (out, value) => {
    if (!Array.isArray(value)) throw new Error(`${describe(value)} is not a tuple`)
    elements.forEach((element, at) => {
      element(out, value[at])
    })
  }
}

function nullableWriter(inner: ColumnWriter): ColumnWriter {
  return (out, value) => {
    if (value === undefined || value === null) return out.u8(1)
    out.u8(0)
    inner(out, value)
  }
}

/** At the commas that are in no bracket and in no quotes. */
function splitArguments(text: string): string[] {
  const parts: string[] = []
  let depth = 0
  let quoted = false
  let from = 0
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (character === "'") quoted = !quoted
    else if (quoted) continue
    else if (character === "(") depth += 1
    else if (character === ")") depth -= 1
    else if (character === "," && depth === 0) {
      parts.push(text.slice(from, at).trim())
      from = at + 1
    }
  }
  parts.push(text.slice(from).trim())
  return parts
}

function describe(value: unknown): string {
  return (JSON.stringify(value) ?? String(value)).slice(0, 80)
}

const SHORT = 32
// 2299-12-31, the last day DateTime64 can hold; a capture with nonsense times must not make a row impossible.
const LAST_MICROS = 10_413_791_999_000_000
