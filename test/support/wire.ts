// Packets through the whole wire, in memory.

import type { WireFact } from "../../collectors/wire/facts.ts"
import type { FlowSummary, FlowView } from "../../collectors/wire/flow/flow.ts"
import { emptyBatch, newBatch, type PacketBatch } from "../../collectors/wire/packet-batch.ts"
import { Wire, type WireOptions } from "../../collectors/wire/wire.ts"
import type { TimedPacket } from "./packets.ts"

export interface Told {
  readonly facts: { readonly flow: FlowView; readonly fact: WireFact }[]
  readonly flows: { readonly flow: FlowView; readonly summary: FlowSummary }[]
  readonly problems: string[]
  readonly wire: Wire
}

export interface RunOptions extends Partial<Pick<WireOptions, "limits" | "keys">> {
  /** Packets in a batch; default all in one. */
  readonly batch?: number
  readonly link?: number
}

export function runPackets(packets: readonly TimedPacket[], { batch: size = 4_096, link = 1, ...options }: RunOptions = {}): Told {
  const facts: Told["facts"] = []
  const flows: Told["flows"] = []
  const problems: string[] = []
  const wire = new Wire({
    keys: { find: () => undefined, generation: 0 },
    sink: {
      fact: (flow, fact) => facts.push({ flow, fact }),
      closed: (flow, summary) => flows.push({ flow, summary }),
      problem: (code) => problems.push(code),
    },
    ...options,
  })
  let slab = 0
  for (let from = 0; from < packets.length; from += size) wire.read(batchOf(packets.slice(from, from + size), { slab: slab++, link }))
  wire.end()
  return { facts, flows, problems, wire }
}

export function batchOf(packets: readonly TimedPacket[], { slab, link }: { slab: number; link: number }): PacketBatch {
  const batch = newBatch()
  emptyBatch(batch)
  batch.bytes = new Uint8Array(Buffer.concat(packets.map(({ bytes }) => bytes)))
  batch.slab = slab
  let at = 0
  for (const packet of packets) {
    const index = batch.count++
    batch.offset[index] = at
    batch.captured[index] = packet.bytes.length
    batch.wire[index] = packet.wire ?? packet.bytes.length
    batch.at[index] = packet.at
    batch.link[index] = link
    at += packet.bytes.length
  }
  return batch
}

export function exchangesOf({ facts }: Told): string[] {
  return facts.flatMap(({ fact }) =>
    fact.type === "exchange"
      ? [
          `${fact.method} ${fact.authority}${fact.path} ${fact.status} ${fact.response?.body.sha256.slice(0, 16) ?? ""} ${fact.response?.body.completeness ?? ""}`,
        ]
      : [],
  )
}

export function anomaliesOf({ facts, problems }: Told): string[] {
  return [...problems, ...facts.flatMap(({ fact }) => (fact.type === "anomaly" ? [fact.code] : []))]
}
