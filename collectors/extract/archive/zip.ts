// ZIP (PKWARE APPNOTE 6.3.10), read synchronously and also when it is cut.
//   local file header:  "PK\3\4" version(2) flags(2) method(2) time(4) crc(4) packed(4) size(4) nameLen(2) extraLen(2) name extra data [descriptor]
//   central header:     "PK\1\2" madeBy(2) version(2) flags(2) method(2) time(4) crc(4) packed(4) size(4) nameLen(2) extraLen(2) commentLen(2)
//                       disk(2) internal(2) external(4) offset(4) name extra comment
//   end of directory:   "PK\5\6" … entries(2) size(4) offset(4) commentLen(2)
// The central directory is the truth for clients, the local headers are the truth for streaming readers; an archive whose two lists differ shows
// different files to different readers, which is an attack in itself. A cut archive has only local headers.
import type { Completeness } from "../../../services/contracts/primitives.ts"
import type { ArchiveEntry, OpenedArchive } from "./entry.ts"
import { inflate, unzstd } from "./inflate.ts"
import type { UnpackBudget } from "./limits.ts"
import { caseCollisions, cleanPath } from "./paths.ts"

export function openZip(bytes: Uint8Array, budget: UnpackBudget): OpenedArchive {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const problems = new Set<string>()
  const central = readCentral(buffer, problems)
  const headers = central ?? walkLocal(buffer, problems)
  if (central === undefined) problems.add("no-central-directory")
  const entries: ArchiveEntry[] = []
  for (const header of headers) {
    if (budget.entries <= 0) {
      problems.add("too-many-entries")
      break
    }
    const entry = unpack(buffer, header, { budget, problems, checkLocal: central !== undefined })
    if (entry !== undefined) entries.push(entry)
  }
  if (caseCollisions(entries.map((entry) => entry.path))) problems.add("case-collision")
  if (new Set(entries.map((entry) => entry.path)).size < entries.length) problems.add("duplicate-name")
  return { format: "zip", entries, problems: [...problems] }
}

interface Header {
  readonly name: string
  readonly flags: number
  readonly method: number
  readonly crc: number
  readonly packed: number
  readonly size: number
  readonly localOffset: number
  readonly unixMode: number
}

function readCentral(buffer: Buffer, problems: Set<string>): Header[] | undefined {
  const end = findEnd(buffer)
  if (end < 0) return undefined
  let count = buffer.readUInt16LE(end + 10)
  let size = buffer.readUInt32LE(end + 12)
  let offset = buffer.readUInt32LE(end + 16)
  // Zip64: a locator of 20 bytes stands right before the end record.
  if ((offset === 0xffffffff || count === 0xffff) && end >= 20 && buffer.readUInt32LE(end - 20) === ZIP64_LOCATOR) {
    const at = Number(buffer.readBigUInt64LE(end - 12))
    if (at + 56 <= buffer.length && buffer.readUInt32LE(at) === ZIP64_END) {
      count = Number(buffer.readBigUInt64LE(at + 32))
      size = Number(buffer.readBigUInt64LE(at + 40))
      offset = Number(buffer.readBigUInt64LE(at + 48))
    }
  }
  // Data before the archive (self-extractors, signatures) shifts all offsets.
  const shift = end - size - offset
  let at = offset + Math.max(0, shift)
  if (shift > 0) problems.add("data-before-archive")
  if (at < 0 || at > end) return undefined
  const headers: Header[] = []
  while (at + 46 <= end && buffer.readUInt32LE(at) === CENTRAL && headers.length < Math.min(count, MAX_HEADERS)) {
    const nameLength = buffer.readUInt16LE(at + 28)
    const extraLength = buffer.readUInt16LE(at + 30)
    const flags = buffer.readUInt16LE(at + 8)
    const wide = zip64Sizes(buffer.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength), {
      size: buffer.readUInt32LE(at + 24),
      packed: buffer.readUInt32LE(at + 20),
      offset: buffer.readUInt32LE(at + 42),
    })
    headers.push({
      name: decodeName(buffer.subarray(at + 46, at + 46 + nameLength), flags),
      flags,
      method: buffer.readUInt16LE(at + 10),
      crc: buffer.readUInt32LE(at + 16),
      packed: wide.packed,
      size: wide.size,
      localOffset: wide.offset + Math.max(0, shift),
      unixMode: buffer[at + 5] === UNIX ? buffer.readUInt16LE(at + 40) : 0,
    })
    at += 46 + nameLength + extraLength + buffer.readUInt16LE(at + 32)
  }
  if (headers.length < count) problems.add("central-directory-cut")
  return headers.length > 0 || count === 0 ? headers : undefined
}

/** For cut archives. Stored entries of unknown size (flag bit 3) cannot be delimited; deflated ones end by themselves. */
function walkLocal(buffer: Buffer, problems: Set<string>): Header[] {
  const headers: Header[] = []
  let at = buffer.indexOf(LOCAL_MAGIC)
  while (at >= 0 && at + 30 <= buffer.length && headers.length < MAX_HEADERS) {
    const nameLength = buffer.readUInt16LE(at + 26)
    const dataAt = at + 30 + nameLength + buffer.readUInt16LE(at + 28)
    const flags = buffer.readUInt16LE(at + 6)
    const method = buffer.readUInt16LE(at + 8)
    let packed = buffer.readUInt32LE(at + 18)
    let size = buffer.readUInt32LE(at + 22)
    if ((flags & HAS_DESCRIPTOR) !== 0 && packed === 0) {
      const next = buffer.indexOf(LOCAL_MAGIC, dataAt)
      const room = (next < 0 ? buffer.length : next) - dataAt
      packed = method === DEFLATED ? Math.max(0, buffer.length - dataAt) : Math.max(0, room - DESCRIPTOR_BYTES)
      size = 0
      if (method !== DEFLATED) problems.add("unknown-size")
    }
    headers.push({
      name: decodeName(buffer.subarray(at + 30, at + 30 + nameLength), flags),
      flags,
      method,
      crc: buffer.readUInt32LE(at + 14),
      packed,
      size,
      localOffset: at,
      unixMode: 0,
    })
    const skip = (flags & HAS_DESCRIPTOR) !== 0 ? dataAt : dataAt + packed
    at = buffer.indexOf(LOCAL_MAGIC, Math.max(skip, at + 4))
  }
  return headers
}

function unpack(
  buffer: Buffer,
  header: Header,
  { budget, problems, checkLocal }: { budget: UnpackBudget; problems: Set<string>; checkLocal: boolean },
): ArchiveEntry | undefined {
  if (header.name.endsWith("/")) return undefined
  const { path, problems: named } = cleanPath(header.name)
  for (const problem of named) problems.add(problem)
  if ((header.unixMode & FILE_TYPE) === SYMLINK) problems.add("symlink")
  const at = header.localOffset
  const failed = (problem: string, completeness: Completeness): ArchiveEntry => {
    problems.add(problem)
    budget.spend(0)
    return { path, bytes: EMPTY, size: header.size, executable: false, completeness }
  }
  if (at < 0 || at + 30 > buffer.length || buffer.readUInt32LE(at) !== LOCAL) return failed("local-header-missing", "truncated")
  const nameLength = buffer.readUInt16LE(at + 26)
  const localName = decodeName(buffer.subarray(at + 30, at + 30 + nameLength), buffer.readUInt16LE(at + 6))
  if (checkLocal && localName !== header.name) problems.add("central-local-mismatch")
  if ((header.flags & ENCRYPTED) !== 0) return failed("encrypted", "truncated")
  const dataAt = at + 30 + nameLength + buffer.readUInt16LE(at + 28)
  const packed = buffer.subarray(dataAt, Math.min(buffer.length, dataAt + header.packed))
  const content = decompress(header.method, packed, budget.allowance(packed.length))
  if (content === undefined) return failed(`method-${header.method}`, "truncated")
  if (content.outcome === "limit") return failed("bomb", "truncated")
  if (content.outcome === "corrupt") return failed("corrupt-entry", "truncated")
  budget.spend(content.bytes.length)
  const cut = content.outcome === "cut" || packed.length < header.packed || (header.size > 0 && content.bytes.length < header.size)
  return {
    path,
    bytes: content.bytes,
    size: content.bytes.length,
    executable: (header.unixMode & 0o111) !== 0,
    completeness: cut ? "truncated" : "full",
  }
}

function decompress(method: number, packed: Uint8Array, allowance: number) {
  switch (method) {
    case STORED:
      return packed.length > allowance
        ? ({ bytes: EMPTY, consumed: 0, outcome: "limit" } as const)
        : ({ bytes: packed, consumed: packed.length, outcome: "full" } as const)
    case DEFLATED:
      return inflate("raw", packed, allowance)
    case ZSTD:
      return unzstd(packed, allowance)
    default:
      return undefined
  }
}

function findEnd(buffer: Buffer): number {
  const from = Math.max(0, buffer.length - 22 - 0xffff - TRAILER_BYTES)
  const at = buffer.lastIndexOf(END_MAGIC)
  return at >= from && at + 22 <= buffer.length ? at : -1
}

function zip64Sizes(
  extra: Buffer,
  sizes: { size: number; packed: number; offset: number },
): { size: number; packed: number; offset: number } {
  let at = 0
  while (at + 4 <= extra.length) {
    const id = extra.readUInt16LE(at)
    const length = extra.readUInt16LE(at + 2)
    if (id === 1) {
      let field = at + 4
      const next = (value: number): number => {
        if (value !== 0xffffffff || field + 8 > extra.length) return value
        field += 8
        return Number(extra.readBigUInt64LE(field - 8))
      }
      return { size: next(sizes.size), packed: next(sizes.packed), offset: next(sizes.offset) }
    }
    at += 4 + length
  }
  return sizes
}

function decodeName(bytes: Buffer, flags: number): string {
  const utf8 = bytes.toString("utf8")
  return (flags & UTF8_NAMES) !== 0 || !utf8.includes("\ufffd") ? utf8 : bytes.toString("latin1")
}

const LOCAL = 0x04034b50
const CENTRAL = 0x02014b50
const ZIP64_LOCATOR = 0x07064b50
const ZIP64_END = 0x06064b50
const LOCAL_MAGIC = Buffer.from("PK\x03\x04", "latin1")
const END_MAGIC = Buffer.from("PK\x05\x06", "latin1")
const ENCRYPTED = 1
const HAS_DESCRIPTOR = 8
const UTF8_NAMES = 0x800
const STORED = 0
const DEFLATED = 8
const ZSTD = 93
const UNIX = 3
const FILE_TYPE = 0o170000
const SYMLINK = 0o120000
const DESCRIPTOR_BYTES = 16
// An MCPB signature block may follow the archive.
const TRAILER_BYTES = 64 * 1024
// More headers than this are never read, whatever the directory claims.
const MAX_HEADERS = 20_000
const EMPTY = new Uint8Array(0)
