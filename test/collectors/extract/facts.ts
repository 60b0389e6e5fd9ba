// Facts as the wire would report them, with as little said as a test needs.
import { createHash } from "node:crypto"
import { createExtractor, type ExtractorOptions } from "../../../collectors/extract/extractor.ts"
import type {
  BodyMark,
  Completeness,
  HeaderList,
  HttpExchange,
  HttpMessage,
  WebSocketFact,
  WireFact,
} from "../../../collectors/wire/facts.ts"
import type { Envelope, FlowRef } from "../../../services/contracts/envelope.ts"

export const flow: FlowRef = {
  id: "flow-1",
  vni: 7,
  client: { ip: "10.0.0.5", port: 40_000 },
  server: { ip: "93.184.216.34", port: 443 },
  transport: "tcp",
}

export interface BodySketch {
  readonly body?: string | Uint8Array | object
  readonly headers?: HeaderList
  readonly marks?: readonly BodyMark[]
  readonly completeness?: Completeness
  readonly startedAt?: number
  readonly endedAt?: number
}

export function message({
  body = "",
  headers = [],
  marks = [],
  completeness = "full",
  startedAt = 1_000,
  endedAt = 2_000,
}: BodySketch): HttpMessage {
  const bytes =
    typeof body === "string"
      ? new TextEncoder().encode(body)
      : body instanceof Uint8Array
        ? body
        : new TextEncoder().encode(JSON.stringify(body))
  const sha256 = createHash("sha256").update(bytes).digest("hex")
  return {
    headers,
    trailers: [],
    body: { bytes, length: bytes.length, sha256, completeness, encodedLength: bytes.length, marks },
    startedAt,
    headAt: startedAt,
    endedAt,
  }
}

export interface ExchangeSketch {
  readonly host?: string
  readonly path?: string
  readonly method?: string
  readonly status?: number
  readonly stream?: number
  readonly at?: number
  readonly request?: BodySketch
  readonly response?: BodySketch
}

export function exchange({
  host = "api.example.com",
  path = "/",
  method = "POST",
  status = 200,
  stream = 0,
  at = 1_000,
  request = {},
  response = {},
}: ExchangeSketch): HttpExchange {
  return {
    type: "exchange",
    version: "1.1",
    scheme: "https",
    method,
    authority: host,
    path,
    status,
    stream,
    request: message({ startedAt: at, endedAt: at + 10, ...request }),
    response: message({ startedAt: at + 100, endedAt: at + 1_000, ...response }),
  }
}

export interface FrameSketch {
  readonly host?: string
  readonly path?: string
  readonly side?: "client" | "server"
  readonly index?: number
  readonly at?: number
  readonly payload: string | object | Uint8Array
  readonly opcode?: WebSocketFact["opcode"]
  readonly subprotocol?: string
  readonly requestHeaders?: HeaderList
}

export function frame({
  host = "api.example.com",
  path = "/",
  side = "client",
  index = 0,
  at = 1_000,
  payload,
  opcode = "text",
  subprotocol = "",
  requestHeaders = [],
}: FrameSketch): WebSocketFact {
  const bytes =
    payload instanceof Uint8Array ? payload : new TextEncoder().encode(typeof payload === "string" ? payload : JSON.stringify(payload))
  const sha256 = createHash("sha256").update(bytes).digest("hex")
  return {
    type: "websocket",
    side,
    at,
    opcode,
    payload: bytes,
    length: bytes.length,
    sha256,
    completeness: "full",
    index,
    stream: 0,
    authority: host,
    path,
    subprotocol,
    requestHeaders,
  }
}

/** All that an extractor says of these facts. */
export function extract(facts: readonly WireFact[], options: Partial<ExtractorOptions> = {}, flowRef: FlowRef = flow): Envelope[] {
  const out: Envelope[] = []
  const extractor = createExtractor({ sensor: "test", ...options })
  for (const fact of facts) extractor.handle(fact, flowRef, (envelope) => out.push(envelope))
  extractor.end(9_999_999, (envelope) => out.push(envelope))
  return out
}

export function ofKind<K extends Envelope["kind"]>(envelopes: readonly Envelope[], kind: K): Envelope<K>[] {
  return envelopes.filter((row) => row.kind === kind) as unknown as Envelope<K>[]
}

export const json: HeaderList = [["content-type", "application/json"]]
export const sse: HeaderList = [["content-type", "text/event-stream"]]
