// One exchange as the recognisers look at it: read once, however many look.
import { type CatalogueMatch, hostOf, lookUpHost } from "../../services/contracts/catalogue/match.ts"
import type { FlowRef } from "../../services/contracts/envelope.ts"
import type { HeaderList, HttpExchange } from "../wire/facts.ts"
import { type BodyRead, readBody } from "./body.ts"
import { isObject, type JsonObject } from "./json/read.ts"
import { header } from "./text.ts"

export class ExchangeView {
  readonly exchange: HttpExchange
  readonly flow: FlowRef
  readonly host: string
  /** Without the query. */
  readonly path: string
  readonly query: URLSearchParams
  readonly known: CatalogueMatch | undefined
  #request: BodyRead | undefined
  #response: BodyRead | undefined

  constructor(exchange: HttpExchange, flow: FlowRef) {
    this.exchange = exchange
    this.flow = flow
    const authority = exchange.authority !== "" ? exchange.authority : (flow.host ?? flow.server.ip)
    this.host = hostOf(authority)
    const mark = exchange.path.indexOf("?")
    this.path = mark < 0 ? exchange.path : exchange.path.slice(0, mark)
    this.query = new URLSearchParams(mark < 0 ? "" : exchange.path.slice(mark + 1, mark + MAX_QUERY))
    this.known = lookUpHost(this.host, this.path)
  }

  get requestHeaders(): HeaderList {
    return this.exchange.request?.headers ?? []
  }
  get responseHeaders(): HeaderList {
    return this.exchange.response?.headers ?? []
  }
  get request(): BodyRead {
    this.#request ??= readBody(this.exchange.request)
    return this.#request
  }
  get response(): BodyRead {
    this.#response ??= readBody(this.exchange.response)
    return this.#response
  }
  /** Whether a text stands anywhere in the request's first bytes: cheaper than reading JSON that is about something else. */
  asks(...texts: readonly string[]): boolean {
    return mentions(this.exchange.request?.body.bytes, texts)
  }
  answers(...texts: readonly string[]): boolean {
    return mentions(this.exchange.response?.body.bytes, texts)
  }
  get requestObject(): JsonObject | undefined {
    const { json } = this.request
    return isObject(json) ? json : undefined
  }
  get responseObject(): JsonObject | undefined {
    const { json } = this.response
    return isObject(json) ? json : undefined
  }
  requestHeader(name: string): string | undefined {
    return header(this.requestHeaders, name)
  }
  responseHeader(name: string): string | undefined {
    return header(this.responseHeaders, name)
  }
}

function mentions(bytes: Uint8Array | undefined, texts: readonly string[]): boolean {
  if (bytes === undefined || bytes.length === 0) return false
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, LOOK))
  return texts.some((text) => head.includes(text))
}

const MAX_QUERY = 8_192
// What names a protocol stands in front of or beside the content, but some clients put a long history first.
const LOOK = 8 * 1024 * 1024
