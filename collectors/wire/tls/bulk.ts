// Many small AES-GCM records at once: the run at the head of the queue is opened side by side with one key stream call for each side.
import { asBuffer } from "../bytes.ts"
import type { Side } from "../stream.ts"
import { begin } from "./gcm.ts"
import { type BulkOpened, NO_TYPE, type TlsSide } from "./tls-side-state.ts"
import { Tls13Side } from "./tls13-side.ts"
import type { Waiting, WaitingRecords } from "./waiting-records.ts"

export type WaitingRecord = Waiting & { readonly kind: "record" }

/** The records at the head of the queue that can be opened together. */
export function bulkRun(queue: WaitingRecords, sides: Readonly<Record<Side, TlsSide>>): WaitingRecord[] {
  const run: WaitingRecord[] = []
  for (let item = queue.at(0); item?.kind === "record" && run.length < MAX_RUN; item = queue.at(run.length)) {
    if (!sides[item.side].bulkable(item.record)) break
    run.push(item)
  }
  return run
}

/** As if the keys stayed the same through the whole run; undefined where the tag is wrong, for whatever cause. */
export function openRun(run: readonly WaitingRecord[], sides: Readonly<Record<Side, TlsSide>>): (BulkOpened | undefined)[] {
  const results = new Array<BulkOpened | undefined>(run.length).fill(undefined)
  openSide(run, sides.client, results)
  openSide(run, sides.server, results)
  return results
}

function openSide(run: readonly WaitingRecord[], side: TlsSide, results: (BulkOpened | undefined)[]): void {
  const { protection } = side
  const opener = protection?.bulkOpener
  const key = opener?.gcm
  if (protection === undefined || opener === undefined || key === undefined) return
  const first = protection.seq
  const taken: number[] = []
  begin()
  for (let index = 0; index < run.length; index++) {
    const item = run[index]
    if (item === undefined || item.side !== side.name) continue
    if (!opener.addToBatch(item.record, first + taken.length)) break
    taken.push(index)
  }
  const typed = protection instanceof Tls13Side
  const { plain: bytes, starts, good } = key.run()
  // Buffers, because the layers inside want their methods: one view a record, made once.
  const all = asBuffer(bytes)
  for (let position = 0; position < taken.length; position++) {
    const index = taken[position]
    if (index === undefined || good[position] !== 1) continue
    const start = starts[position] ?? 0
    const end = starts[position + 1] ?? 0
    const last = typed ? lastNonZero(all, start, end) : end
    const type = typed ? (last < start ? NO_TYPE : (all[last] ?? 0)) : (run[index]?.record[0] ?? 0)
    const plain = all.subarray(start, Math.max(start, last))
    results[index] = { type, plain, missing: 0, exact: true, opener, seq: first + position }
  }
}

/** Before start when all are zero: TLSInnerPlaintext ends in its type and padding (RFC 8446 section 5.4). */
function lastNonZero(bytes: Uint8Array, start: number, end: number): number {
  let at = end - 1
  while (at >= start && bytes[at] === 0) at--
  return at
}

const MAX_RUN = 64
