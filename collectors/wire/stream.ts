// The stream events that every layer reads, and the contract of a layer.
//
// Laws: a layer is sans-io and synchronous. It reads data, gap and end events of two sides and emits facts. It never throws for traffic: what
// breaks the protocol becomes an anomaly and the side goes opaque. A gap is data: each layer's header says what it does after one.
// `bytes` are borrowed: valid only during the call. What is kept must be copied (a kept subarray pins the packet slab it lies in).

export type Side = "client" | "server"
/** Packet time, microseconds since the epoch. Time only ever comes in with the data. */
export type Micros = number

export interface DataEvent {
  readonly type: "data"
  readonly side: Side
  readonly at: Micros
  /** Position of the first byte in this side's stream, from 0. */
  readonly offset: number
  readonly bytes: Uint8Array
}
export interface GapEvent {
  readonly type: "gap"
  readonly side: Side
  readonly at: Micros
  readonly offset: number
  /** Missing bytes; 0 when it cannot be known how many. */
  readonly length: number
}
export interface EndEvent {
  readonly type: "end"
  readonly side: Side
  readonly at: Micros
  readonly offset: number
  readonly how: "fin" | "reset" | "timeout" | "evicted" | "open"
}
export type StreamEvent = DataEvent | GapEvent | EndEvent

export interface Layer {
  handle(event: StreamEvent): void
  /** End of a batch of packets: finish work that was put off to be done in bulk (decryption of small records). */
  flush?(): void
  /** Bytes this layer and its children hold back; counts against the flow's and the sensor's limit. */
  readonly held?: number
}

export function otherSide(side: Side): Side {
  return side === "client" ? "server" : "client"
}
