// Facts that pass through: one fact, one row, nothing named.
import type { ActivityData } from "../../services/contracts/envelope.ts"
import type { Completeness } from "../../services/contracts/primitives.ts"
import type { DnsFact, HttpExchange, HttpMessage, TlsFact, WebSocketFact } from "../wire/facts.ts"
import { header, textOf } from "./text.ts"
import type { Placed } from "./workload.ts"

export interface HttpRowOptions {
  /** The body text is left out where a named activity already says it: a model call repeats its whole history every time. */
  readonly withText: boolean
}

export function httpRow(exchange: HttpExchange, { withText }: HttpRowOptions): ActivityData<"http"> {
  const { request, response } = exchange
  const timing = timingOf(request, response)
  return {
    version: exchange.version,
    scheme: exchange.scheme,
    method: exchange.method,
    authority: exchange.authority,
    path: exchange.path,
    status: exchange.status,
    request: messageRow(request, withText),
    response: messageRow(response, withText),
    completeness: worst(request?.body.completeness, response?.body.completeness),
    stream: exchange.stream,
    ...timing,
  }
}

function messageRow(message: HttpMessage | undefined, withText: boolean): ActivityData<"http">["request"] {
  if (message === undefined) return { headers: [], bytes: 0, sha256: EMPTY_SHA256, completeness: "open" }
  const { headers, trailers, body } = message
  const contentType = header(headers, "content-type")
  const contentEncoding = header(headers, "content-encoding")
  const text = withText ? textOf(body.bytes) : undefined
  return {
    headers: headers.map(([name, value]) => [name, value]),
    ...(trailers.length > 0 && { trailers: trailers.map(([name, value]): [string, string] => [name, value]) }),
    bytes: body.length,
    sha256: body.sha256,
    ...(contentType !== undefined && { contentType }),
    ...(contentEncoding !== undefined && { contentEncoding }),
    ...(text !== undefined && { text }),
    completeness: body.completeness,
  }
}

function timingOf(request: HttpMessage | undefined, response: HttpMessage | undefined) {
  if (request === undefined || response === undefined) return {}
  return {
    timeToFirstByteMicros: Math.max(0, response.startedAt - request.endedAt),
    durationMicros: Math.max(0, response.endedAt - request.startedAt),
  }
}

export function websocketRow(fact: WebSocketFact, placed: Placed, { withText }: { readonly withText: boolean }): ActivityData<"websocket"> {
  const text = withText && (fact.opcode === "text" || fact.opcode === "binary") ? textOf(fact.payload) : undefined
  return {
    direction: fact.side === placed.side ? "outbound" : "inbound",
    opcode: fact.opcode,
    bytes: fact.length,
    sha256: fact.sha256,
    ...(text !== undefined && { text }),
    ...(fact.subprotocol !== "" && { subprotocol: fact.subprotocol }),
    ...(fact.authority !== "" && { authority: fact.authority }),
    ...(fact.path !== "" && { path: fact.path }),
    completeness: fact.completeness,
  }
}

export function tlsRow(fact: TlsFact): ActivityData<"tls"> {
  const { sni, alpnChosen, version, cipher, ja3, ja3s, ja4, certificate, reason } = fact
  return {
    alpn: [...fact.alpn],
    ech: fact.ech,
    resumed: fact.resumed,
    decryption: fact.decryption,
    ...(sni !== undefined && { sni }),
    ...(alpnChosen !== undefined && { alpnChosen }),
    ...(version !== undefined && { version }),
    ...(cipher !== undefined && { cipher }),
    ...(ja3 !== undefined && { ja3 }),
    ...(ja3s !== undefined && { ja3s }),
    ...(ja4 !== undefined && { ja4 }),
    ...(certificate !== undefined && { certificate: { ...certificate, names: [...certificate.names] } }),
    ...(reason !== undefined && { reason }),
  }
}

export function dnsRow(fact: DnsFact): ActivityData<"dns"> {
  return {
    name: fact.name,
    type: fact.qtype,
    ...(fact.rcode !== undefined && { rcode: fact.rcode }),
    answers: fact.answers.map((answer) => ({ ...answer })),
    over: fact.over,
    questionBytes: fact.questionBytes,
    answerBytes: fact.answerBytes,
  }
}

/** The worse of two. A side that was not seen at all counts as open. */
export function worst(a: Completeness = "open", b: Completeness = "open"): Completeness {
  return RANK.indexOf(a) >= RANK.indexOf(b) ? a : b
}

const RANK: readonly Completeness[] = ["full", "truncated", "open", "gapped"]
const EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
