// The register of application layers: one line a layer. The router asks in this order; the first that says yes gets the stream, and one that needs
// more bytes keeps those below it waiting. A layer never imports the router: it asks its context to route what is inside it.
import type { LayerContext, RouteHint } from "./context.ts"
import type { DatagramProtocol } from "./datagram.ts"
import { DnsDatagramLayer, DnsStreamLayer, recogniseDnsDatagram, recogniseDnsStream } from "./dns/dns-layer.ts"
import { Http1Layer } from "./http1/layer.ts"
import { Http2Layer } from "./http2/layer.ts"
import { Http3Layer } from "./http3/layer.ts"
import { recogniseQuic } from "./quic/packet.ts"
import { QuicLayer } from "./quic/quic-layer.ts"
import type { StreamsLayer } from "./quic/streams.ts"
import { type Opening, type Recognition, recogniseHttp1, recogniseHttp2, recogniseTls } from "./recognise.ts"
import { recogniseSocks, SocksLayer } from "./starttls/socks-layer.ts"
import { StarttlsLayer, starttlsProtocols } from "./starttls/starttls-layer.ts"
import type { Layer } from "./stream.ts"
import { DtlsLayer, recogniseDtls } from "./tls/dtls-layer.ts"
import { TlsLayer } from "./tls/tls-layer.ts"

export interface StreamProtocol {
  readonly name: string
  /** ALPN identifiers (exact) that settle the choice when the stream is the plaintext of TLS. */
  readonly alpn?: readonly string[]
  recognise(opening: Opening): Recognition
  create(context: LayerContext, hint: RouteHint): Layer
}

// Register a stream layer here.
// Recognisers live in recognise.ts, or beside the layer when they are long.
export const streamProtocols: readonly StreamProtocol[] = [
  { name: "tls", recognise: recogniseTls, create: (context, hint) => new TlsLayer(context, hint) },
  { name: "http2", alpn: ["h2", "h2c"], recognise: recogniseHttp2, create: (context, hint) => new Http2Layer(context, hint) },
  { name: "dns", alpn: ["dot"], recognise: recogniseDnsStream, create: (context) => new DnsStreamLayer(context) },
  ...starttlsProtocols.map(({ name, recognise }) => ({
    name,
    recognise,
    create: (context: LayerContext, hint: RouteHint) => new StarttlsLayer(context, hint),
  })),
  { name: "socks", recognise: recogniseSocks, create: (context, hint) => new SocksLayer(context, hint) },
  // Last: it waits for the answer to whatever odd words a client begins with.
  { name: "http1", alpn: ["http/1.1", "http/1.0"], recognise: recogniseHttp1, create: (context, hint) => new Http1Layer(context, hint) },
]

// Register a datagram layer here.
export const datagramProtocols: readonly DatagramProtocol[] = [
  { name: "dns", recognise: recogniseDnsDatagram, create: (context) => new DnsDatagramLayer(context) },
  { name: "quic", recognise: recogniseQuic, create: (context, hint) => new QuicLayer(context, hint) },
  { name: "dtls", recognise: recogniseDtls, create: (context) => new DtlsLayer(context) },
]

/** What speaks over the streams of a QUIC connection, by its ALPN. */
export interface StreamsProtocol {
  readonly name: string
  readonly alpn: readonly string[]
  create(context: LayerContext, hint: RouteHint): StreamsLayer
}
export const streamsProtocols: readonly StreamsProtocol[] = [
  // Drafts 27 to 34 have the same frames and field compression as RFC 9114.
  {
    name: "http3",
    alpn: ["h3", "h3-34", "h3-33", "h3-32", "h3-31", "h3-30", "h3-29", "h3-28", "h3-27"],
    create: (context, hint) => new Http3Layer(context, hint),
  },
]
