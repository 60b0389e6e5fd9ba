// What the wire tells about flows: who, and at the end how much.
import type { WireFact } from "../facts.ts"
import type { Micros } from "../stream.ts"
import type { Endpoint } from "./address.ts"

export type Transport = "tcp" | "udp" | "quic"

/** One connection, while it lives. `client` and `server` are settled before the first fact about it. */
export interface FlowView {
  readonly vni: number
  readonly client: Endpoint
  readonly server: Endpoint
  readonly transport: Transport
  readonly start: Micros
  /** Distinguishes connections that reuse the same endpoints: the client's first sequence number, or 0. */
  readonly epoch: number
}

export interface FlowSummary {
  readonly layers: readonly string[]
  readonly packets: { readonly client: number; readonly server: number }
  readonly bytes: { readonly client: number; readonly server: number }
  readonly gapBytes: { readonly client: number; readonly server: number }
  readonly retransmittedBytes: { readonly client: number; readonly server: number }
  /** Packets that came cut: longer on the wire than in the capture. */
  readonly cutPackets: number
  readonly start: Micros
  readonly end: Micros
  readonly close: "fin" | "reset" | "timeout" | "evicted" | "open"
  readonly handshakeSeen: boolean
  readonly shape: FlowShape | undefined
}

/** Sizes and pauses of the first data segments of an encrypted flow. */
export interface FlowShape {
  readonly clientSizes: readonly number[]
  readonly serverSizes: readonly number[]
  readonly serverGapMicros: readonly number[]
}

export interface WireSink {
  fact(flow: FlowView, fact: WireFact): void
  closed(flow: FlowView, summary: FlowSummary): void
  /** Something that belongs to no flow, by its code; told once for each, counted in `Wire.problems`. */
  problem(code: string, detail: string, at: Micros): void
}
