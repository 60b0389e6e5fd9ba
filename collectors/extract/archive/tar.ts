// tar: ustar, pax (POSIX.1-2001) and GNU long names. Blocks of 512 bytes:
//   name(100) mode(8) uid(8) gid(8) size(12, octal or base-256) mtime(12) checksum(8) type(1) link(100) "ustar"(6) … prefix(155 at 345)
import type { ArchiveEntry, OpenedArchive } from "./entry.ts"
import { archiveLimits, type UnpackBudget } from "./limits.ts"
import { caseCollisions, cleanPath } from "./paths.ts"

export function openTar(bytes: Uint8Array, budget: UnpackBudget): OpenedArchive {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const problems = new Set<string>()
  const entries: ArchiveEntry[] = []
  let longName: string | undefined
  let at = 0
  while (at + BLOCK <= buffer.length) {
    const header = buffer.subarray(at, at + BLOCK)
    if (header.every((byte) => byte === 0)) break
    if (!checksumHolds(header)) {
      problems.add("bad-checksum")
      break
    }
    const size = readNumber(header.subarray(124, 136))
    if (size < 0) {
      problems.add("bad-size")
      break
    }
    const type = String.fromCharCode(header[156] ?? 0)
    const dataAt = at + BLOCK
    const data = buffer.subarray(dataAt, Math.min(buffer.length, dataAt + size))
    at = dataAt + Math.ceil(size / BLOCK) * BLOCK
    if (type === "L") longName = text(data)
    else if (type === "x" || type === "g") longName = paxPath(data) ?? longName
    else {
      if (type === "1") problems.add("hardlink")
      else if (type === "2") problems.add("symlink")
      else if (type === "0" || type === "\0" || type === "7") {
        if (budget.entries <= 0) {
          problems.add("too-many-entries")
          break
        }
        entries.push(fileEntry(longName ?? nameOf(header), { header, data, size, budget, problems }))
      }
      longName = undefined
    }
  }
  if (caseCollisions(entries.map((entry) => entry.path))) problems.add("case-collision")
  return { format: "tar", entries, problems: [...problems] }
}

/** A tar has no magic at its start: the header's checksum is the proof. */
export function looksLikeTar(bytes: Uint8Array): boolean {
  return bytes.length >= BLOCK && checksumHolds(Buffer.from(bytes.buffer, bytes.byteOffset, BLOCK))
}

interface FileParts {
  readonly header: Buffer
  readonly data: Buffer
  readonly size: number
  readonly budget: UnpackBudget
  readonly problems: Set<string>
}

function fileEntry(name: string, { header, data, size, budget, problems }: FileParts): ArchiveEntry {
  const { path, problems: named } = cleanPath(name)
  for (const problem of named) problems.add(problem)
  const fits = data.length <= Math.min(budget.bytes, archiveLimits.entryBytes)
  if (!fits) problems.add("too-large")
  budget.spend(fits ? data.length : 0)
  const executable = (Number.parseInt(text(header.subarray(100, 108)).trim() || "0", 8) & 0o111) !== 0
  return {
    path,
    bytes: fits ? data : new Uint8Array(0),
    size,
    executable,
    completeness: fits && data.length === size ? "full" : "truncated",
  }
}

function nameOf(header: Buffer): string {
  const name = text(header.subarray(0, 100))
  const prefix = header.toString("latin1", 257, 262) === "ustar" ? text(header.subarray(345, 500)) : ""
  return prefix === "" ? name : `${prefix}/${name}`
}

/** Records "length key=value\n"; only the path matters here. */
function paxPath(data: Buffer): string | undefined {
  return /(?:^|\n)\d+ path=([^\n]*)\n/.exec(data.toString("utf8"))?.[1]
}

function readNumber(field: Buffer): number {
  if (((field[0] ?? 0) & 0x80) !== 0) {
    let value = 0
    for (const byte of field.subarray(4)) value = value * 256 + byte
    return value <= Number.MAX_SAFE_INTEGER ? value : -1
  }
  const digits = text(field).trim()
  if (digits === "") return 0
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : -1
}

function checksumHolds(header: Buffer): boolean {
  const stored = Number.parseInt(text(header.subarray(148, 156)).trim(), 8)
  let sum = 0
  for (let i = 0; i < BLOCK; i++) sum += i >= 148 && i < 156 ? 32 : (header[i] ?? 0)
  return sum === stored
}

function text(field: Buffer): string {
  const end = field.indexOf(0)
  return field.toString("utf8", 0, end < 0 ? field.length : end)
}

const BLOCK = 512
