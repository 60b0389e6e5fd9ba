// Many small AES-GCM records at once: the run at the head of the queue is opened side by side with one key stream call for each side.
import type { Side } from "../stream.ts"
import { begin } from "./gcm.ts"
import type { BulkOpened, TlsSide } from "./tls-side-state.ts"
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
  const state = side.protection?.bulk
  const key = state?.opener.gcm
  if (state === undefined || key === undefined) return
  const { opener } = state
  const taken: number[] = []
  begin()
  for (const [index, { side: name, record }] of run.entries()) {
    if (name !== side.name) continue
    const seq = state.seq + taken.length
    if (!opener.addToBatch(record, seq)) break
    taken.push(index)
  }
  const { plain, starts, good } = key.run()
  for (let position = 0; position < taken.length; position++) {
    const index = taken[position]
    if (index === undefined || good[position] !== 1) continue
    results[index] = { plain: plain.subarray(starts[position], starts[position + 1]), opener, seq: state.seq + position }
  }
}

const MAX_RUN = 64
