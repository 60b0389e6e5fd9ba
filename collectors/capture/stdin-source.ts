// `tcpdump -U -w - | egret sensor`: a capture that never ends, on the standard input. The pipe itself is the back-pressure: while nobody can take
// packets it is not read, and tcpdump counts what it drops.
import { createReadStream } from "node:fs"
import { setTimeout as wait } from "node:timers/promises"
import { readCaptureStream } from "./capture-file.ts"
import type { LivePacket, LiveSource, TakePacket } from "./live-source.ts"

export interface StdinSourceOptions {
  readonly take: TakePacket
  /** `problem`: why it could not be read, when that is how it ended. */
  readonly ended: (problem?: string) => void
  readonly mayTake: () => boolean
  readonly input?: AsyncIterable<Uint8Array>
}

export function openStdinSource({
  take,
  ended,
  mayTake,
  input = createReadStream("", { fd: 0, autoClose: false }),
}: StdinSourceOptions): Promise<LiveSource> {
  let closed = false
  const drops: Record<string, number> = {}
  const read = async (): Promise<void> => {
    const packet: LivePacket = { bytes: new Uint8Array(0), start: 0, captured: 0, wire: 0, at: 0, link: 0 }
    for await (const batch of readCaptureStream(input, "standard input")) {
      for (const { code } of batch.problems) drops[code] = (drops[code] ?? 0) + 1
      packet.bytes = batch.bytes
      for (let index = 0; index < batch.count && !closed; index += 1) {
        packet.start = batch.offset[index] ?? 0
        packet.captured = batch.captured[index] ?? 0
        packet.wire = batch.wire[index] ?? 0
        packet.at = batch.at[index] ?? 0
        packet.link = batch.link[index] ?? 0
        take(packet)
      }
      while (!mayTake() && !closed) await wait(1)
      if (closed) return
    }
  }
  void read().then(
    () => ended(),
    (error: unknown) => ended(error instanceof Error ? error.message : String(error)),
  )
  return Promise.resolve({
    notes: [],
    drops: () => drops,
    close: () => {
      closed = true
      return Promise.resolve()
    },
  })
}
