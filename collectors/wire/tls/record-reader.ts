// TLS records of one side (RFC 8446 section 5.1, RFC 5246 section 6.2).
//   TLSRecord = ContentType(1) version(2) length(2) fragment[length]
// Laws: this file knows record boundaries, neither handshakes nor keys. A record is handed on when all of it is there, header included.
// After a gap there are two cases. The gap lies inside one record whose header was read: the boundary after it is known, exactly one record is lost.
// Otherwise the boundary is lost and is searched: a header that could be one, followed by another such header or by the end of what has come. In
// ciphertext such a place turns up by chance once in about ten million bytes, with the second header once in 10^14.
import { copyBytes } from "../bytes.ts"
import type { Micros } from "../stream.ts"

export interface RecordSink {
  /** A record with its header, bytes[start, end); borrowed. */
  onRecord(bytes: Uint8Array, start: number, end: number, at: Micros): void
  onLost(lost: LostRecords, at: Micros): void
  /** The SSL 2.0 form of a ClientHello, from its version on. */
  onSslv2Hello(message: Uint8Array, at: Micros): void
  /** No records follow on this side. */
  onBroken(at: Micros): void
}

export interface LostRecords {
  /** Bytes on the wire from the boundary before to the boundary after; undefined when a gap of unknown length was among them. */
  readonly bytes: number | undefined
  /** 1 when the loss lay inside one record; undefined when it cannot be told here. */
  readonly records: 1 | undefined
  /** What had come of the record that the loss began in, header included; borrowed. */
  readonly prefix: Uint8Array
}

export class RecordReader {
  readonly #sink: RecordSink
  #state: "records" | "skipping" | "searching" | "broken" = "records"
  /** The unfinished record, or in a search what has come since the last gap. */
  #buffer: Uint8Array = EMPTY
  #have = 0
  #skip = 0
  #skipTotal = 0
  #lostBytes: number | undefined = 0
  #prefix: Uint8Array = EMPTY
  #first = true

  constructor(sink: RecordSink) {
    this.#sink = sink
  }

  get held(): number {
    return this.#have
  }
  get broken(): boolean {
    return this.#state === "broken"
  }

  data(bytes: Uint8Array, at: Micros): void {
    switch (this.#state) {
      case "records":
        this.#read(bytes, at)
        return
      case "skipping":
        this.#pass(bytes, at)
        return
      case "searching":
        this.#append(bytes)
        this.#search(at)
        return
      case "broken":
        return
    }
  }

  /** `length` 0: it is not known how much is missing. */
  gap(length: number, at: Micros): void {
    this.#first = false
    if (this.#state === "broken") return
    if (this.#state === "skipping") {
      if (length > 0 && length <= this.#skip) this.#skipped(length, at)
      else this.#startSearch(length === 0 ? undefined : this.#skipTotal - this.#skip + length)
      return
    }
    const total = this.#state === "records" && this.#have >= HEADER ? this.#total() : 0
    if (length > 0 && this.#have + length <= total) {
      this.#state = "skipping"
      this.#skipTotal = total
      this.#skip = total - this.#have
      this.#prefix = this.#buffer.subarray(0, this.#have)
      this.#clear()
      this.#skipped(length, at)
      return
    }
    if (this.#state === "records") this.#prefix = this.#buffer.subarray(0, this.#have)
    const before = this.#state === "searching" ? this.#lostBytes : 0
    this.#startSearch(length === 0 || before === undefined ? undefined : before + this.#have + length)
  }

  /** Gives back memory that is not in use between batches. */
  relax(): void {
    if (this.#have === 0) this.#buffer = EMPTY
  }

  #read(input: Uint8Array, at: Micros): void {
    let bytes = input
    while (this.#have > 0 && bytes.length > 0) {
      bytes = this.#complete(bytes, at)
      if (this.#state !== "records") {
        if (bytes.length > 0) this.data(bytes, at)
        return
      }
    }
    let start = 0
    while (bytes.length - start >= HEADER) {
      if (!this.#check(bytes, start, at)) return
      const end = start + HEADER + lengthAt(bytes, start)
      if (end > bytes.length) break
      this.#first = false
      this.#sink.onRecord(bytes, start, end, at)
      start = end
    }
    if (start < bytes.length) this.#keep(bytes.subarray(start))
  }

  /** Adds to the unfinished record; answers what is left over. */
  #complete(bytes: Uint8Array, at: Micros): Uint8Array {
    if (this.#have < HEADER) {
      const part = Math.min(HEADER - this.#have, bytes.length)
      this.#append(bytes.subarray(0, part))
      if (this.#have === HEADER) this.#check(this.#buffer, 0, at)
      return bytes.subarray(part)
    }
    const total = this.#total()
    const part = Math.min(total - this.#have, bytes.length)
    this.#append(bytes.subarray(0, part), total)
    if (this.#have === total) {
      this.#have = 0
      this.#first = false
      this.#sink.onRecord(this.#buffer, 0, total, at)
    }
    return bytes.subarray(part)
  }

  /** False when no record can start here. */
  #check(bytes: Uint8Array, start: number, at: Micros): boolean {
    if (this.#first && ((bytes[start] ?? 0) & 0x80) !== 0 && bytes[start + 2] === 1) {
      this.#state = "records"
      return this.#sslv2(bytes, start, at)
    }
    if (plausible(bytes, start, HEADER)) return true
    this.#state = "broken"
    this.#clear()
    this.#sink.onBroken(at)
    return false
  }

  /** An SSL 2.0 hello has a two-byte header: length with the high bit set. It fits one segment in practice; one that does not is left alone. */
  #sslv2(bytes: Uint8Array, start: number, at: Micros): boolean {
    const end = start + 2 + ((((bytes[start] ?? 0) & 0x7f) << 8) | (bytes[start + 1] ?? 0))
    this.#first = false
    if (end > bytes.length || this.#have > 0) {
      this.#state = "broken"
      this.#clear()
      this.#sink.onBroken(at)
      return false
    }
    this.#sink.onSslv2Hello(bytes.subarray(start + 3, end), at)
    if (end < bytes.length) this.#read(bytes.subarray(end), at)
    return false
  }

  #pass(bytes: Uint8Array, at: Micros): void {
    const part = Math.min(this.#skip, bytes.length)
    this.#skipped(part, at)
    if (part < bytes.length) this.data(bytes.subarray(part), at)
  }
  #skipped(length: number, at: Micros): void {
    this.#skip -= length
    if (this.#skip > 0) return
    this.#state = "records"
    this.#tellLost(this.#skipTotal, 1, at)
  }

  #tellLost(bytes: number | undefined, records: 1 | undefined, at: Micros): void {
    const prefix = this.#prefix
    this.#prefix = EMPTY
    this.#sink.onLost({ bytes, records, prefix }, at)
  }

  #startSearch(lostBytes: number | undefined): void {
    this.#state = "searching"
    this.#lostBytes = lostBytes
    this.#clear()
  }

  #search(at: Micros): void {
    const bytes = this.#buffer.subarray(0, this.#have)
    for (let start = 0; start < bytes.length; start++) {
      const verdict = boundaryAt(bytes, start)
      if (verdict === "no") continue
      if (verdict === "yes") {
        this.#found(bytes.subarray(start), start, at)
        return
      }
      this.#forget(start)
      return
    }
    this.#forget(bytes.length)
  }

  #found(rest: Uint8Array, before: number, at: Micros): void {
    const lost = this.#lostBytes === undefined ? undefined : this.#lostBytes + before
    const copy = copyBytes(rest)
    this.#state = "records"
    this.#clear()
    this.#tellLost(lost, undefined, at)
    this.#read(copy, at)
  }

  /** The first `count` bytes of the search are behind us. */
  #forget(count: number): void {
    if (this.#lostBytes !== undefined) this.#lostBytes += count
    this.#buffer.copyWithin(0, count, this.#have)
    this.#have -= count
  }

  #total(): number {
    return HEADER + lengthAt(this.#buffer, 0)
  }
  #keep(bytes: Uint8Array): void {
    this.#append(bytes, bytes.length >= HEADER ? HEADER + lengthAt(bytes, 0) : HEADER)
  }
  #append(bytes: Uint8Array, room = 0): void {
    const need = Math.max(this.#have + bytes.length, room)
    if (need > this.#buffer.length) {
      const larger = Buffer.allocUnsafeSlow(this.#state === "searching" ? need * 2 : need)
      larger.set(this.#buffer.subarray(0, this.#have))
      this.#buffer = larger
    }
    this.#buffer.set(bytes, this.#have)
    this.#have += bytes.length
  }
  #clear(): void {
    this.#have = 0
    this.#buffer = EMPTY
  }
}

/** "more": could be one, but not enough has come to tell. */
function boundaryAt(bytes: Uint8Array, start: number): "yes" | "no" | "more" {
  if (!plausible(bytes, start, bytes.length - start)) return "no"
  if (bytes.length - start < HEADER) return "more"
  const end = start + HEADER + lengthAt(bytes, start)
  if (end > bytes.length) return "more"
  return plausible(bytes, end, bytes.length - end) ? "yes" : "no"
}

/** Could a record header start here, as far as `available` bytes tell? */
function plausible(bytes: Uint8Array, start: number, available: number): boolean {
  if (available <= 0) return true
  const type = bytes[start] ?? 0
  if (type < CHANGE_CIPHER_SPEC || type > HEARTBEAT) return false
  if (available >= 2 && bytes[start + 1] !== 3) return false
  if (available >= 3 && (bytes[start + 2] ?? 0) > 4) return false
  return available < HEADER || lengthAt(bytes, start) <= MAX_FRAGMENT
}

function lengthAt(bytes: Uint8Array, start: number): number {
  return ((bytes[start + 3] ?? 0) << 8) | (bytes[start + 4] ?? 0)
}

export const HEADER = 5
// 2^14 plus the 2048 of expansion TLS 1.2 allows (RFC 5246 section 6.2.3); TLS 1.3 allows only 256. Anything longer is not TLS.
const MAX_FRAGMENT = 16_384 + 2_048
const CHANGE_CIPHER_SPEC = 20
const HEARTBEAT = 24
const EMPTY = new Uint8Array(0)
