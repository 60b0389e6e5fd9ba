// Small AES-GCM records of both sides, put off until the batch of packets ends and then opened side by side, with one key stream call for each side.
// They are opened as if keys and sequence numbers went on undisturbed. Where that proves wrong, the record is handed on to be opened alone.
import type { Micros, Side } from "../stream.ts"
import { AHEAD, loadBatch, unloadBatch } from "./gcm.ts"
import { giveBack, type RecordStore, takeStore } from "./record-store.ts"
import type { OpenedRecord } from "./side.ts"
import { CONTENT, type TlsSide } from "./tls-side-state.ts"
import { Tls13Side } from "./tls13-side.ts"

export interface PutOffSink {
  /** Application data: nearly all there is. `plain` is borrowed. */
  text(side: TlsSide, plain: Uint8Array, at: Micros): void
  other(side: TlsSide, opened: OpenedRecord, at: Micros): void
  /** To be opened by itself; with its header, borrowed. */
  alone(side: TlsSide, record: Uint8Array, at: Micros): void
}

export class PutOffRecords {
  readonly #client: TlsSide
  readonly #server: TlsSide
  readonly #sink: PutOffSink
  #store: RecordStore | undefined

  constructor({ client, server }: Readonly<Record<Side, TlsSide>>, sink: PutOffSink) {
    this.#client = client
    this.#server = server
    this.#sink = sink
  }

  get bytes(): number {
    return this.#store?.used ?? 0
  }

  /** False when it cannot be opened in bulk. What was put off has to be read before anything that comes after it. */
  add(side: TlsSide, record: Uint8Array, at: Micros): boolean {
    if (!side.bulkable(record.length)) return false
    if (this.#store?.fits(record.length) === false) this.drain()
    this.#store ??= takeStore()
    this.#store.add(record, side === this.#client ? 0 : 1, at)
    return true
  }

  drain(): void {
    const store = this.#store
    if (store === undefined) return
    this.#store = undefined
    const openers = [this.#client.protection?.bulkOpener, this.#server.protection?.bulkOpener] as const
    const plain = openAll(store, this.#client, this.#server)
    for (let item = 0; item < store.count; item++) {
      const owner = store.owner[item] === 0 ? 0 : 1
      const side = owner === 0 ? this.#client : this.#server
      if (side.stopped) side.missed++
      else if (store.good[item] === 1 && side.accepts(openers[owner], store.seq[item] ?? 0))
        this.#opened(side, { store, item, bytes: plain })
      // The keys changed on the way, or the tag is wrong.
      else this.#sink.alone(side, store.record(item), store.at[item] ?? 0)
    }
    giveBack(store)
  }

  #opened(side: TlsSide, { store, item, bytes }: { store: RecordStore; item: number; bytes: Buffer }): void {
    const at = store.at[item] ?? 0
    const start = (store.text[item] ?? 0) - AHEAD
    let end = start + (store.textLength[item] ?? 0)
    let type: number = CONTENT.applicationData
    if (side.protection instanceof Tls13Side) {
      // TLSInnerPlaintext = content type(1) zeros[]; all zeros is an error (RFC 8446 section 5.4).
      do end--
      while (end >= start && bytes[end] === 0)
      type = end < start ? NO_TYPE : (bytes[end] ?? 0)
    }
    if (type === NO_TYPE) this.#sink.alone(side, EMPTY, at)
    else if (type === CONTENT.applicationData) this.#sink.text(side, bytes.subarray(start, end), at)
    else this.#sink.other(side, { type, plain: bytes.subarray(start, end), missing: 0, exact: true }, at)
  }
}

/** `good` of the store says where the tag agrees. Answers the bytes in which the texts lie: the store's own, unless what was not good is still needed. */
function openAll(store: RecordStore, client: TlsSide, server: TlsSide): Buffer {
  store.good.fill(0, 0, store.count)
  prepare(store, client, 0)
  prepare(store, server, 1)
  loadBatch(store)
  client.protection?.bulkOpener?.gcm?.openLoaded(store, 0)
  server.protection?.bulkOpener?.gcm?.openLoaded(store, 1)
  let all = true
  for (let item = 0; item < store.count; item++) all &&= store.good[item] === 1
  const plain = all ? store.bytes : Buffer.allocUnsafeSlow(store.used)
  unloadBatch(store, plain)
  return plain
}

function prepare(store: RecordStore, { protection }: TlsSide, owner: 0 | 1): void {
  const opener = protection?.bulkOpener
  if (protection === undefined || opener === undefined) return
  let { seq } = protection
  for (let item = 0; item < store.count; item++) if (store.owner[item] === owner) opener.prepare(store, item, seq++)
}

const NO_TYPE = -1
const EMPTY = new Uint8Array(0)
