// Resource records (RFC 1035 §4.1.3) and their data as text.
//   record = name type(2) class(2) ttl(4) length(2) data

import { Cursor } from "../cursor.ts"
import { ipv4, ipv6 } from "../flow/address.ts"
import { type NameProblem, readName } from "./name.ts"

export interface DnsRecord {
  readonly name: string
  readonly type: string
  readonly ttl: number
  readonly value: string
}

export interface ReadRecord {
  readonly record: DnsRecord
  readonly typeNumber: number
  readonly next: number
}

export function readRecord(message: Uint8Array, start: number): ReadRecord | NameProblem | "dns-cut-record" {
  const owner = readName(message, start)
  if (typeof owner === "string") return owner
  const cursor = new Cursor(message.subarray(owner.next))
  const typeNumber = cursor.u16()
  cursor.u16()
  const ttl = cursor.u32()
  const length = cursor.u16()
  const from = owner.next + 10
  if (!cursor.ok || from + length > message.length) return "dns-cut-record"
  const value = dataText(message, { type: typeNumber, from, length })
  return { record: { name: owner.name, type: typeName(typeNumber), ttl, value }, typeNumber, next: from + length }
}

export function typeName(type: number): string {
  return TYPE_NAMES[type] ?? `TYPE${type}`
}

interface DataPlace {
  readonly type: number
  readonly from: number
  readonly length: number
}

function dataText(message: Uint8Array, { type, from, length }: DataPlace): string {
  const data = message.subarray(from, from + length)
  const cursor = new Cursor(data)
  const nameAt = (offset: number): string => {
    const read = readName(message.subarray(0, from + length), from + offset)
    return typeof read === "string" ? "" : read.name
  }
  switch (type) {
    case 1:
      return length === 4 ? ipv4(cursor.u32()) : hex(data)
    case 28:
      return length === 16 ? ipv6([cursor.u32(), cursor.u32(), cursor.u32(), cursor.u32()]) : hex(data)
    case 2:
    case 5:
    case 12:
    case 39:
      return nameAt(0)
    case 6:
      return nameAt(0)
    case 15:
      return `${cursor.u16()} ${nameAt(2)}`
    case 33:
      return `${cursor.u16()} ${cursor.u16()} ${cursor.u16()} ${nameAt(6)}`
    case 16:
      return strings(cursor)
    case 257:
      return caa(cursor)
    case 64:
    case 65:
      return service(message, { type, from, length })
    default:
      return hex(data)
  }
}

/** Character strings: length(1) text. Joined, as TXT records split long texts at 255. */
function strings(cursor: Cursor): string {
  let text = ""
  while (cursor.remaining > 0 && text.length < MAX_TEXT) text += latin1(cursor.take(cursor.u8()))
  return text.slice(0, MAX_TEXT)
}

function caa(cursor: Cursor): string {
  const flags = cursor.u8()
  const tag = latin1(cursor.take(cursor.u8()))
  return `${flags} ${tag} "${latin1(cursor.take(Math.min(cursor.remaining, MAX_TEXT)))}"`
}

/** SVCB and HTTPS (RFC 9460 §2.2): priority(2) target (key(2) length(2) value)*. */
function service(message: Uint8Array, { from, length }: DataPlace): string {
  const end = from + length
  const cursor = new Cursor(message.subarray(from, end))
  const parts = [String(cursor.u16())]
  const target = readName(message.subarray(0, end), from + 2)
  if (typeof target === "string") return hex(message.subarray(from, end))
  parts.push(target.name === "" ? "." : target.name)
  const parameters = new Cursor(message.subarray(target.next, end))
  while (parameters.remaining >= 4 && parts.length < MAX_PARAMETERS) {
    const key = parameters.u16()
    const value = parameters.nested(parameters.u16())
    if (!parameters.ok) break
    parts.push(parameterText(key, value))
  }
  return parts.join(" ")
}

function parameterText(key: number, value: Cursor): string {
  const name = PARAMETER_NAMES[key] ?? `key${key}`
  const all = <T>(read: () => T): T[] => {
    const list: T[] = []
    while (value.remaining > 0 && list.length < 32) list.push(read())
    return list
  }
  switch (key) {
    case 1:
      return `${name}=${all(() => latin1(value.take(value.u8()))).join(",")}`
    case 2:
      return name
    case 3:
      return `${name}=${value.u16()}`
    case 4:
      return `${name}=${all(() => ipv4(value.u32())).join(",")}`
    case 6:
      return `${name}=${all(() => ipv6([value.u32(), value.u32(), value.u32(), value.u32()])).join(",")}`
    default:
      return `${name}=${hex(value.bytes)}`
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, MAX_HEX)).toString("hex")
}
function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1")
}

// A tunnel hides megabytes in TXT and NULL records: the start is enough to see it, the length is in answerBytes.
const MAX_TEXT = 4_096
const MAX_HEX = 256
const MAX_PARAMETERS = 18
const PARAMETER_NAMES = ["mandatory", "alpn", "no-default-alpn", "port", "ipv4hint", "ech", "ipv6hint", "dohpath", "ohttp"]
const TYPE_NAMES: Readonly<Record<number, string>> = {
  1: "A",
  2: "NS",
  5: "CNAME",
  6: "SOA",
  10: "NULL",
  11: "WKS",
  12: "PTR",
  13: "HINFO",
  15: "MX",
  16: "TXT",
  17: "RP",
  24: "SIG",
  25: "KEY",
  28: "AAAA",
  29: "LOC",
  33: "SRV",
  35: "NAPTR",
  39: "DNAME",
  41: "OPT",
  43: "DS",
  44: "SSHFP",
  46: "RRSIG",
  47: "NSEC",
  48: "DNSKEY",
  50: "NSEC3",
  51: "NSEC3PARAM",
  52: "TLSA",
  59: "CDS",
  60: "CDNSKEY",
  61: "OPENPGPKEY",
  64: "SVCB",
  65: "HTTPS",
  99: "SPF",
  249: "TKEY",
  250: "TSIG",
  251: "IXFR",
  252: "AXFR",
  255: "ANY",
  256: "URI",
  257: "CAA",
}
