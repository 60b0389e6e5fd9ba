// Opens archives by content, nested to a bounded depth, all levels on one budget.
import { bunzip2 } from "./bzip2.ts"
import type { ArchiveEntry, OpenedArchive } from "./entry.ts"
import { inflate, unzstd } from "./inflate.ts"
import { archiveLimits, UnpackBudget } from "./limits.ts"
import { looksLikeTar, openTar } from "./tar.ts"
import { openZip } from "./zip.ts"

/** An entry together with the archives it lay in, from the outside in. */
export interface NestedEntry extends ArchiveEntry {
  readonly inside: readonly string[]
}

export interface Unpacked {
  /** Of the outermost archive. */
  readonly archive: OpenedArchive
  /** Files of all levels; an inner archive is itself an entry too. */
  readonly entries: readonly NestedEntry[]
  readonly problems: readonly string[]
}

/** undefined when the bytes are no archive. */
export function unpackAll(name: string, bytes: Uint8Array): Unpacked | undefined {
  const budget = new UnpackBudget()
  const archive = openArchive(name, bytes, budget)
  if (archive === undefined) return undefined
  const entries: NestedEntry[] = []
  const problems = new Set(archive.problems)
  collect(archive, { inside: [name], depth: 1, budget, entries, problems })
  return { archive, entries, problems: [...problems] }
}

interface Walk {
  readonly inside: readonly string[]
  readonly depth: number
  readonly budget: UnpackBudget
  readonly entries: NestedEntry[]
  readonly problems: Set<string>
}

function collect(archive: OpenedArchive, walk: Walk): void {
  for (const entry of archive.entries) {
    walk.entries.push({ ...entry, inside: walk.inside })
    const inner = entry.bytes.length > 0 && isArchive(entry.bytes)
    if (!inner) continue
    if (walk.depth >= archiveLimits.depth) {
      walk.problems.add("nested-too-deep")
      continue
    }
    const opened = openArchive(entry.path, entry.bytes, walk.budget)
    if (opened === undefined) continue
    for (const problem of opened.problems) walk.problems.add(problem)
    collect(opened, { ...walk, inside: [...walk.inside, entry.path], depth: walk.depth + 1 })
  }
}

function isArchive(bytes: Uint8Array): boolean {
  return formatOf(bytes) !== undefined
}

function openArchive(name: string, bytes: Uint8Array, budget: UnpackBudget): OpenedArchive | undefined {
  const format = formatOf(bytes)
  switch (format) {
    case undefined:
      return undefined
    case "zip":
      return openZip(bytes, budget)
    case "tar":
      return openTar(bytes, budget)
    case "gzip":
    case "zstd":
    case "bzip2":
      return openCompressed(format, name, { bytes, budget })
    default:
      // Recognised, never opened: reported by name and hash.
      return { format, entries: [], problems: ["opaque-format"] }
  }
}

/** A compressed stream is an archive of one; when a tar lies inside, the tar's files stand in its place. */
function openCompressed(
  format: keyof typeof COMPRESSED,
  name: string,
  { bytes, budget }: { bytes: Uint8Array; budget: UnpackBudget },
): OpenedArchive {
  const allowed = budget.allowance(bytes.length)
  const allowance = format === "bzip2" ? Math.min(allowed, MAX_BZIP2) : allowed
  const content = COMPRESSED[format](bytes, allowance)
  if (content.outcome === "limit") return { format, entries: [], problems: [allowance < allowed ? "opaque-format" : "bomb"] }
  if (content.outcome === "corrupt") return { format, entries: [], problems: ["corrupt-entry"] }
  if (looksLikeTar(content.bytes)) {
    const tar = openTar(content.bytes, budget)
    return { ...tar, problems: content.outcome === "cut" ? [...tar.problems, "cut"] : tar.problems }
  }
  budget.spend(content.bytes.length)
  const path = name.replace(/^.*\//, "").replace(/\.(gz|zst|gzip|bz2|bzip2)$/i, "")
  const completeness = content.outcome === "full" ? "full" : "truncated"
  return { format, entries: [{ path, bytes: content.bytes, size: content.bytes.length, executable: false, completeness }], problems: [] }
}

const COMPRESSED = {
  gzip: (bytes: Uint8Array, allowance: number) => inflate("gzip", bytes, allowance),
  zstd: unzstd,
  bzip2: bunzip2,
} as const

// Unpacked by ourselves, at some ten megabytes a second: what is larger would hold up everything else.
const MAX_BZIP2 = 16 * 1024 * 1024

function formatOf(bytes: Uint8Array): OpenedArchive["format"] | undefined {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(8, bytes.byteLength)).toString("latin1")
  if (start.startsWith("PK\x03\x04") || start.startsWith("PK\x05\x06")) return "zip"
  if (start.startsWith("\x1f\x8b\x08")) return "gzip"
  if (start.startsWith("\x28\xb5\x2f\xfd")) return "zstd"
  if (start.startsWith("BZh")) return "bzip2"
  if (start.startsWith("7z\xbc\xaf\x27\x1c")) return "7z"
  if (start.startsWith("Rar!\x1a\x07")) return "rar"
  if (start.startsWith("\xfd7zXZ\0")) return "xz"
  if (looksLikeTar(bytes)) return "tar"
  return undefined
}
