// What the two ways of reading one side's protected records have in common: TLS 1.3 by traffic secrets, TLS 1.0 to 1.2 by the master secret.
import type { AeadOpener } from "./aead-opener.ts"
import { HEADER } from "./record-reader.ts"

/** "wait": the keys may still come. "unreadable": not ours to read, without anything being wrong. "bad": tag, MAC or padding is wrong. */
export type Opened = OpenedRecord | "wait" | "unreadable" | "bad"

export interface OpenedRecord {
  readonly type: number
  readonly plain: Uint8Array
  /** Records of these keys that were lost just before it. */
  readonly missing: number
  /** The loss lay between two records of the same keys: what is missing is known exactly. */
  readonly exact: boolean
}

export interface ProtectedSide {
  open(record: Uint8Array): Opened
  /** Records were lost on the wire before the next one. */
  lost(wireBytes: number | undefined, records: 1 | undefined): void
  /** For reading many records at once; undefined while keys or sequence number are not certain. Asked for every record: makes no object. */
  readonly bulkOpener: AeadOpener | undefined
  /** Number of the next record. */
  readonly seq: number
  /** `count` records were read in bulk. */
  advanced(count: number): void
  readonly overhead: number | undefined
  wipe(): void
}

/** How far sequence numbers may have moved on unseen. Each try costs one decryption, so it is bounded. */
export class Slack {
  #records = 0

  get records(): number {
    return this.#records
  }
  add(wireBytes: number | undefined, records: number | undefined): void {
    const more = records ?? (wireBytes === undefined ? UNKNOWN_LOSS : Math.ceil(wireBytes / SMALLEST_RECORD))
    this.#records = Math.min(MAX_SLACK, this.#records + more)
  }
  clear(): void {
    this.#records = 0
  }
}

// Header, one byte of text with its type, tag of eight.
const SMALLEST_RECORD = HEADER + 2 + 8
const UNKNOWN_LOSS = 128
// 1,024 tries of a small record take a few milliseconds; a loss of more records than that ends the reading of this side.
const MAX_SLACK = 1_024
