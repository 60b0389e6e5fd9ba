import { newBatch } from "../../collectors/wire/packet-batch.ts"
import { Wire } from "../../collectors/wire/wire.ts"
import { tcpPacket } from "../support/packets.ts"
import type { Benchmark } from "./benchmark.ts"

export const benchmarks: readonly Benchmark[] = [
  {
    name: "flow-growth",
    title: "cost of a packet with 1,000,000 open flows, against 10,000",
    unit: "ns/packet",
    better: "lower",
    goal: 1.5,
    floor: 2.5,
    bound: "at-most",
    rounds: 3,
    setup: () => {
      const many = openFlows(1_000_000)
      const few = openFlows(10_000)
      return Promise.resolve({ ours: () => nanosPerPacket(many), yardstick: () => nanosPerPacket(few) })
    },
  },
]

interface Open {
  readonly wire: Wire
  readonly flows: number
  round: number
}

function openFlows(flows: number): Open {
  const wire = new Wire({
    keys: { find: () => undefined, generation: 0 },
    sink: { fact() {}, closed() {}, problem() {} },
    limits: { maxFlows: 2_000_000 },
  })
  const open = { wire, flows, round: 0 }
  for (let from = 0; from < flows; from += BATCH)
    wire.read(batchOf(Array.from({ length: Math.min(BATCH, flows - from) }, (_, at) => segment(from + at, -1))))
  return open
}

/** One segment for each of PACKETS flows spread over all of them, made beforehand. */
function nanosPerPacket(open: Open): number {
  const step = open.flows / PACKETS < 1 ? 1 : 7_919
  const batches = Array.from({ length: PACKETS / BATCH }, (_, number) =>
    batchOf(
      Array.from({ length: BATCH }, (_, at) => {
        const nth = number * BATCH + at
        return segment((nth * step) % open.flows, open.flows < PACKETS ? open.round + Math.floor(nth / open.flows) : open.round)
      }),
    ),
  )
  open.round += open.flows < PACKETS ? Math.ceil(PACKETS / open.flows) : 1
  const before = process.hrtime.bigint()
  for (const batch of batches) open.wire.read(batch)
  return Number(process.hrtime.bigint() - before) / PACKETS
}

/** Round -1 opens; later ones acknowledge. */
function segment(flow: number, round: number): Uint8Array {
  const ends = { from: `10.${(flow >> 16) & 255}.${(flow >> 8) & 255}.${flow & 255}`, to: "192.0.2.1", sport: 20_000, dport: 9_999 }
  if (round < 0) return tcpPacket({ ...ends, seq: 0, flags: "S" })
  return tcpPacket({ ...ends, seq: 1, ack: 1, flags: "A" })
}

let slab = 0
function batchOf(frames: readonly Uint8Array[]): ReturnType<typeof newBatch> {
  const batch = newBatch()
  batch.bytes = new Uint8Array(Buffer.concat(frames))
  batch.slab = slab++
  let at = 0
  for (const frame of frames) {
    const index = batch.count++
    batch.offset[index] = at
    batch.captured[index] = batch.wire[index] = frame.length
    batch.at[index] = 1e15 + slab
    batch.link[index] = 1
    at += frame.length
  }
  return batch
}

const BATCH = 4_000
const PACKETS = 400_000
