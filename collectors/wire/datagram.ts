// The contract of a layer over datagrams (DNS, QUIC), beside the stream contract in stream.ts. The same laws hold: sans-io, synchronous, never
// throws for traffic, `bytes` are borrowed for the call. Datagrams may be lost, repeated or out of order, and nobody says so: there is no gap.
import type { LayerContext } from "./context.ts"
import type { EndEvent, Micros, Side } from "./stream.ts"

export interface DatagramEvent {
  readonly type: "datagram"
  readonly side: Side
  readonly at: Micros
  readonly bytes: Uint8Array
}

export interface DatagramLayer {
  handle(event: DatagramEvent | EndEvent): void
  flush?(): void
  readonly held?: number
}

export interface DatagramHint {
  readonly clientPort: number
  readonly serverPort: number
}

export interface DatagramContext extends LayerContext {
  /** Datagrams of an unknown address pair that carry this connection id right after their first byte come to the layer that claimed it (QUIC migration). */
  claim(connectionId: Uint8Array): void
}

export interface DatagramProtocol {
  readonly name: string
  /** Asked with the first datagrams of a flow, until one protocol says yes or a few datagrams have passed. */
  recognise(bytes: Uint8Array, hint: DatagramHint): boolean
  create(context: DatagramContext, hint: DatagramHint): DatagramLayer
}
