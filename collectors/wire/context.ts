// What a layer is given when it is made: who talks to whom, where facts go, where keys come from, and how to put a layer inside itself.
import type { FlowShape, WireFact } from "./facts.ts"
import type { StreamsLayer } from "./quic/streams.ts"
import type { Layer, Micros } from "./stream.ts"

/** Why the router is asked for a layer: plaintext of TLS with its ALPN, the inside of a CONNECT tunnel, an upgraded connection. */
export interface RouteHint {
  readonly inside: "tcp" | "tls" | "connect" | "socks" | "starttls" | "quic"
  /** Chosen ALPN, when inside TLS. */
  readonly alpn?: string
  readonly serverPort: number
  /** Host asked for by SNI or CONNECT. */
  readonly host?: string
}

/** TLS secrets by label and client random, as hexadecimal keys of RFC 9850 lines. collectors/keys implements it; the wire only asks. */
export interface KeyLookup {
  /** The secret, or undefined while it is not known. `label` as in the key log, for example "CLIENT_TRAFFIC_SECRET_0". */
  find(label: string, clientRandomHex: string): Uint8Array | undefined
  /** Rises whenever keys were added: a layer that waits for keys looks again when it has changed. */
  readonly generation: number
  /** Keeps a copy of a secret that a layer worked out, within the same limits: TLS up to 1.2 takes the master secret of an earlier session up again. */
  remember?(label: string, id: string, secret: Uint8Array): void
  /** How long and how much flows hold back while they wait for keys that come late; defaults are the layer's. */
  readonly patience?: KeyPatience
}

export interface KeyPatience {
  /** Packet time since the first record that could not be read. */
  readonly micros: Micros
  readonly bytesPerFlow: number
  /** Of all flows that share this lookup. */
  readonly bytesInAll: number
}

/** A layer whose streams have ended but whose keys may still come. Its owner goes on to call `flush` when keys were added. */
export interface Lingering {
  /** No more waiting: tells what is known and lets go of what was held. */
  abandon(at: Micros): void
}

export interface WireLimits {
  /** Bytes of one decoded body, or of one WebSocket message, that are kept. */
  readonly bodyBytes: number
}

export interface LayerContext {
  emit(fact: WireFact): void
  readonly keys: KeyLookup
  /** A layer that first looks at the bytes and then becomes the right one. `within` replaces this context for it: a tunnel renumbers what is inside. */
  route(hint: RouteHint, within?: LayerContext): Layer
  /** The same for the streams of a QUIC connection, chosen by ALPN; undefined when nothing reads that protocol. */
  routeStreams?(hint: RouteHint): StreamsLayer | undefined
  /** Called at the end of the streams: the layer stays, gets `flush`, and is abandoned when the flow is forgotten. Without this it gives up at once. */
  linger?(layer: Lingering): void
  /** Sizes and times of encrypted records, once, at the end of the flow. */
  shape?(shape: FlowShape): void
  /** Adds the name of a layer to the flow's list, once. */
  named(layer: string): void
  /** Where absent, each layer has its own documented defaults. */
  readonly limits?: WireLimits
}
