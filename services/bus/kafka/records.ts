// How events sit in Kafka records. One record carries many events of one key, because a record costs about 8 us and 60 bytes whatever it holds.
//
//   egret-format: lines    value = event ("\n" event)*           JSON lines of one key (also assumed of records others wrote)
//   egret-format: single   value = event                         binary, or with headers of its own
//   egret-format: part     value = a slice of an event           egret-part: id "/" index "/" count, egret-of: the event's own headers as JSON
//
// A load is what one send may carry: the broker bounds a record batch (message.max.bytes, 1 MB by default), not a record.
import { randomBytes } from "node:crypto"
import type { BusEvent } from "../../contracts/bus.ts"

export interface KafkaRecord {
  readonly key: string
  readonly value: Uint8Array
  readonly headers: Readonly<Record<string, string>>
}

export interface Part {
  readonly id: string
  readonly index: number
  readonly count: number
  readonly slice: Uint8Array
  readonly headers: Readonly<Record<string, string>> | undefined
}

export type Unpacked = { readonly events: readonly BusEvent[] } | { readonly part: Part } | { readonly problem: string }

/** Bytes of an event in a record, generously: varints, key and headers of a record it may open. */
export function packedSize({ key, value, headers }: BusEvent): number {
  const own =
    headers === undefined ? 0 : Object.entries(headers).reduce((sum, [name, text]) => sum + 3 * (name.length + text.length) + 10, 0)
  return value.length + 3 * key.length + own + RECORD_OVERHEAD
}

/** Cuts events, in order, into loads of at most `limit` bytes. */
export function pack(events: readonly BusEvent[], limit: number): KafkaRecord[][] {
  const loads: KafkaRecord[][] = []
  let group: BusEvent[] = []
  let bytes = 0
  const flush = (): void => {
    if (group.length > 0) loads.push(toRecords(group))
    group = []
    bytes = 0
  }
  for (const event of events) {
    const size = packedSize(event)
    if (size > limit) {
      flush()
      for (const record of toParts(event, Math.max(MIN_PART, limit - (size - event.value.length) * 2))) loads.push([record])
      continue
    }
    if (bytes + size > limit) flush()
    group.push(event)
    bytes += size
  }
  flush()
  return loads
}

export function unpack({ key, value, headers }: KafkaRecord): Unpacked {
  const format = headers[FORMAT] ?? "lines"
  if (format === "lines") return { events: lines(value).map((line) => ({ key, value: line })) }
  if (format === "single") {
    const own = Object.fromEntries(Object.entries(headers).filter(([name]) => name !== FORMAT))
    return { events: [Object.keys(own).length === 0 ? { key, value } : { key, value, headers: own }] }
  }
  if (format === "part") return readPart(value, headers)
  return { problem: `unknown format ${format.slice(0, 40)}` }
}

/** Events of one key become one record, in the order of their keys' first appearance; an event that cannot share becomes its own. */
function toRecords(events: readonly BusEvent[]): KafkaRecord[] {
  const open = new Map<string, Uint8Array[]>()
  const records: (() => KafkaRecord)[] = []
  for (const { key, value, headers } of events) {
    if (headers !== undefined || value.length === 0 || value.includes(NEWLINE)) {
      // Later lines of this key must come after it: they open a new record.
      open.delete(key)
      records.push(() => ({ key, value, headers: { ...headers, [FORMAT]: "single" } }))
      continue
    }
    const shared = open.get(key)
    if (shared !== undefined) {
      shared.push(value)
      continue
    }
    const values = [value]
    open.set(key, values)
    records.push(() => ({ key, value: joinLines(values), headers: LINES_HEADERS }))
  }
  return records.map((make) => make())
}

function toParts({ key, value, headers }: BusEvent, size: number): KafkaRecord[] {
  const id = randomBytes(12).toString("hex")
  const count = Math.ceil(value.length / size)
  return Array.from({ length: count }, (_, index) => ({
    key,
    value: value.subarray(index * size, (index + 1) * size),
    headers: {
      [FORMAT]: "part",
      [PART]: `${id}/${index}/${count}`,
      ...(index === 0 && headers !== undefined ? { [PART_OF]: JSON.stringify(headers) } : {}),
    },
  }))
}

function readPart(slice: Uint8Array, headers: Readonly<Record<string, string>>): Unpacked {
  const match = /^([0-9a-f]{24})\/(\d{1,6})\/(\d{1,6})$/.exec(headers[PART] ?? "")
  const [, id = "", index = "", count = ""] = match ?? []
  if (match === null || Number(index) >= Number(count)) return { problem: "a part without a valid egret-part header" }
  const own = headers[PART_OF]
  try {
    const parsed = own === undefined ? undefined : (JSON.parse(own) as Record<string, string>)
    return { part: { id, index: Number(index), count: Number(count), slice, headers: parsed } }
  } catch {
    return { problem: "a part whose egret-of header is not JSON" }
  }
}

function lines(value: Uint8Array): Uint8Array[] {
  const found: Uint8Array[] = []
  for (let start = 0; start < value.length; ) {
    const end = value.indexOf(NEWLINE, start)
    const stop = end < 0 ? value.length : end
    if (stop > start) found.push(value.subarray(start, stop))
    start = stop + 1
  }
  return found
}

function joinLines(values: readonly Uint8Array[]): Uint8Array {
  const [first] = values
  if (values.length === 1 && first !== undefined) return first
  const joined = Buffer.allocUnsafe(values.reduce((sum, value) => sum + value.length + 1, -1))
  let at = 0
  for (const value of values) {
    if (at > 0) joined[at++] = NEWLINE
    joined.set(value, at)
    at += value.length
  }
  return joined
}

const FORMAT = "egret-format"
const PART = "egret-part"
const PART_OF = "egret-of"
const LINES_HEADERS = { [FORMAT]: "lines" }
const NEWLINE = 0x0a
// Record framing (at most 35 bytes of varints and attributes, KIP-98) plus our own headers.
const RECORD_OVERHEAD = 160
// A limit so small that headers eat it is a mistake of the configuration; parts of this size still arrive.
const MIN_PART = 1_024
