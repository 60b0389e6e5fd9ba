import type { Completeness } from "../../../services/contracts/primitives.ts"

/** One file of an archive. `bytes` is empty when it could not be unpacked; `problems` says why. */
export interface ArchiveEntry {
  /** Normalised, relative, with "/" between names; see paths.ts. */
  readonly path: string
  readonly bytes: Uint8Array
  readonly size: number
  readonly executable: boolean
  readonly completeness: Completeness
}

export interface OpenedArchive {
  readonly format: "zip" | "tar" | "gzip" | "zstd" | "bzip2" | "7z" | "rar" | "xz"
  readonly entries: readonly ArchiveEntry[]
  /** Named oddities and attacks, each once, for example "path-escape", "symlink", "encrypted", "central-local-mismatch". */
  readonly problems: readonly string[]
}
