import { newBatch, type PacketBatch } from "../../collectors/wire/packet-batch.ts"
import { Wire } from "../../collectors/wire/wire.ts"
import { tcpPacket } from "../support/packets.ts"
import type { Benchmark } from "./benchmark.ts"

export const benchmarks: readonly Benchmark[] = [
  {
    name: "flow-growth",
    title: "cost of a packet with 1,000,000 open flows, against 10,000; CPU time",
    unit: "ns/packet",
    better: "lower",
    goal: 1.5,
    floor: 2.5,
    bound: "at-most",
    rounds: 9,
    setup: () => {
      const many = openFlows(1_000_000)
      const few = openFlows(10_000)
      return Promise.resolve({ ours: () => nanosPerPacket(many), yardstick: () => nanosPerPacket(few) })
    },
  },
]

interface Open {
  readonly wire: Wire
  readonly batches: readonly PacketBatch[]
}

/** The packets are made beforehand and are the same in every round: acknowledgements of flows far apart in the table. */
function openFlows(flows: number): Open {
  const wire = new Wire({
    keys: { find: () => undefined, generation: 0 },
    sink: { fact() {}, closed() {}, problem() {} },
    limits: { maxFlows: 2_000_000 },
  })
  for (let from = 0; from < flows; from += BATCH) {
    wire.read(batchOf(Array.from({ length: Math.min(BATCH, flows - from) }, (_, at) => segment(from + at, "S"))))
  }
  const batches = Array.from({ length: PACKETS / BATCH }, (_, number) =>
    batchOf(Array.from({ length: BATCH }, (_, at) => segment(((number * BATCH + at) * STEP) % flows, "A"))),
  )
  return { wire, batches }
}

function nanosPerPacket({ wire, batches }: Open): number {
  const before = process.cpuUsage()
  for (const batch of batches) wire.read(batch)
  const { user, system } = process.cpuUsage(before)
  return ((user + system) * 1_000) / PACKETS
}

function segment(flow: number, flags: "S" | "A"): Uint8Array {
  const ends = { from: `10.${(flow >> 16) & 255}.${(flow >> 8) & 255}.${flow & 255}`, to: "192.0.2.1", sport: 20_000, dport: 9_999 }
  return tcpPacket({ ...ends, seq: flags === "S" ? 0 : 1, ack: flags === "S" ? 0 : 1, flags })
}

let slab = 0
function batchOf(frames: readonly Uint8Array[]): PacketBatch {
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
const PACKETS = 200_000
// A prime: neighbours in time are not neighbours in the table.
const STEP = 7_919
