// What the wire reports: facts without names or judgements. collectors/extract names them.
import type { Micros, Side } from "./stream.ts"

export type Completeness = "full" | "truncated" | "gapped" | "open"

/** Names in lower case, in order, repetitions kept. */
export type HeaderList = readonly (readonly [name: string, value: string])[]

/** When the byte at `offset` of a decoded body was seen; for time to first token and stream timing. Bounded in number. */
export interface BodyMark {
  readonly offset: number
  readonly at: Micros
}

/** Missing bytes of an uncoded body: `bytes` goes on behind them at `offset`. Length 0: nobody knows how many. */
export interface BodyGap {
  readonly offset: number
  readonly length: number
}

export interface HttpBody {
  /** After transfer and content decoding, up to the body limit. */
  readonly bytes: Uint8Array
  /** Length of the whole decoded body, also of what is beyond the limit. */
  readonly length: number
  /** Of the whole decoded body, lower-case hexadecimal. */
  readonly sha256: string
  readonly completeness: Completeness
  /** Length on the wire after transfer decoding, before content decoding. */
  readonly encodedLength: number
  readonly marks: readonly BodyMark[]
  /** Holes in an uncoded body, when there are any; their lengths count in `length`. Bounded in number. */
  readonly gaps?: readonly BodyGap[]
}

export interface HttpMessage {
  readonly headers: HeaderList
  readonly trailers: HeaderList
  readonly body: HttpBody
  /** First byte of the head, end of the head, last byte of the message. */
  readonly startedAt: Micros
  readonly headAt: Micros
  readonly endedAt: Micros
}

/** One request with its response. A side that was not seen is undefined. */
export interface HttpExchange {
  readonly type: "exchange"
  readonly version: "0.9" | "1.0" | "1.1" | "2" | "3"
  readonly scheme: "http" | "https"
  readonly method: string
  readonly authority: string
  readonly path: string
  readonly status: number
  /** Position in the flow: 0, 1, …; for HTTP/2 and HTTP/3 the stream id. Unique within the flow: what is inside a tunnel adds 2^32 for each level. */
  readonly stream: number
  readonly request: HttpMessage | undefined
  readonly response: HttpMessage | undefined
}

/** One server-sent event of a response that is still open: emitted as it comes, so that endless streams are seen. The exchange follows at the end. */
export interface SseFact {
  readonly type: "sse"
  readonly stream: number
  readonly at: Micros
  readonly authority: string
  readonly path: string
  readonly method: string
  readonly requestHeaders: HeaderList
  readonly responseHeaders: HeaderList
  readonly index: number
  readonly event: string
  readonly data: string
  readonly id: string
}

export interface WebSocketFact {
  readonly type: "websocket"
  readonly side: Side
  readonly at: Micros
  readonly opcode: "text" | "binary" | "close" | "ping" | "pong"
  /** Decompressed, up to the limit. */
  readonly payload: Uint8Array
  readonly length: number
  readonly sha256: string
  readonly completeness: Completeness
  /** Position of the message on its side, from 0. */
  readonly index: number
  /** Of the upgrade request; empty when it was not seen. */
  readonly stream: number
  readonly authority: string
  readonly path: string
  readonly subprotocol: string
  readonly requestHeaders: HeaderList
}

export interface TlsFact {
  readonly type: "tls"
  readonly at: Micros
  readonly sni: string | undefined
  readonly alpn: readonly string[]
  readonly alpnChosen: string | undefined
  readonly version: string | undefined
  readonly cipher: string | undefined
  readonly ja3: string | undefined
  readonly ja3s: string | undefined
  readonly ja4: string | undefined
  readonly ech: boolean
  readonly resumed: boolean
  readonly certificate: TlsCertificate | undefined
  readonly decryption: "full" | "partial" | "none"
  readonly reason: string | undefined
}

/** What an encrypted stream shows without keys: the first records of application data, header not counted. Bounded in number. */
export interface FlowShape {
  readonly clientSizes: readonly number[]
  readonly serverSizes: readonly number[]
  /** Time between records of the server, microseconds. */
  readonly serverGapMicros: readonly number[]
}
export interface TlsCertificate {
  readonly subject: string
  readonly issuer: string
  readonly names: readonly string[]
  readonly sha256: string
  readonly notBefore: string
  readonly notAfter: string
}

export interface DnsFact {
  readonly type: "dns"
  readonly at: Micros
  readonly name: string
  readonly qtype: string
  /** undefined while only the question was seen. */
  readonly rcode: string | undefined
  readonly answers: readonly { readonly name: string; readonly type: string; readonly ttl: number; readonly value: string }[]
  readonly over: "udp" | "tcp" | "https"
  readonly questionBytes: number
  readonly answerBytes: number
  /** Position in the flow. */
  readonly index: number
}

export interface AnomalyFact {
  readonly type: "anomaly"
  readonly at: Micros
  readonly layer: string
  /** Kebab-case, from a bounded set per layer. */
  readonly code: string
  readonly side: Side | undefined
  readonly detail: string | undefined
}

export type WireFact = HttpExchange | SseFact | WebSocketFact | TlsFact | DnsFact | AnomalyFact
