/** Bounds for everything that unpacks. Hostile archives are small on the wire and large in memory. */
export const archiveLimits = {
  /** Entries of one archive, nested ones counted apart. The largest public skill repositories hold about 4,000 files. */
  entries: 10_000,
  /** Bytes unpacked from one transfer, all nesting levels together; what is beyond is listed by name and size only. */
  totalBytes: 64 * 1024 * 1024,
  /** One entry. */
  entryBytes: 32 * 1024 * 1024,
  /** Unpacked to packed, judged once an entry passes `ratioFloor` bytes. Deflate reaches 1,032; real files stay below 200. */
  ratio: 200,
  ratioFloor: 1024 * 1024,
  /** Archives inside archives. */
  depth: 3,
} as const

/** What is left to unpack; shared by all levels of one transfer. */
export class UnpackBudget {
  bytes: number = archiveLimits.totalBytes
  entries: number = archiveLimits.entries

  /** How many bytes the next entry may unpack to. */
  allowance(packedBytes: number): number {
    const byRatio = Math.max(archiveLimits.ratioFloor, packedBytes * archiveLimits.ratio)
    return Math.min(this.bytes, archiveLimits.entryBytes, byRatio)
  }
  spend(bytes: number): void {
    this.bytes -= bytes
    this.entries -= 1
  }
}
