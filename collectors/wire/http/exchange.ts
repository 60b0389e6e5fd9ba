// One request and its response while they are being read; the same for HTTP/1, 2 and 3.
//
// Laws: a fact is made once, when both messages are complete or nothing more can come. Events of an open event stream are emitted as they come.

import { parseCodings } from "../body/coding.ts"
import { BodyCollector, DEFAULT_BODY_LIMIT, emptyBody } from "../body/collector.ts"
import type { LayerContext } from "../context.ts"
import type { Completeness, HeaderList, HttpBody, HttpExchange, HttpMessage } from "../facts.ts"
import { SseParser } from "../sse.ts"
import type { Micros, Side } from "../stream.ts"
import { lookupOf } from "./dns-over-https.ts"
import { joinedValue, mediaType } from "./fields.ts"

export interface ExchangeOptions {
  readonly context: LayerContext
  readonly layer: string
  readonly version: HttpExchange["version"]
  readonly scheme: HttpExchange["scheme"]
  readonly stream: number
}

export interface MessageHead {
  readonly headers: HeaderList
  readonly startedAt: Micros
  readonly headAt: Micros
  /** Codings of the transfer, in the order they were applied, "chunked" left out. */
  readonly transferCodings?: readonly string[]
  /** Length of the encoded body, when the head says so. */
  readonly expected?: number | undefined
}

export class Exchange {
  readonly options: ExchangeOptions
  version: HttpExchange["version"]
  scheme: HttpExchange["scheme"]
  method = ""
  authority = ""
  path = ""
  status = 0
  request: Message | undefined
  response: Message | undefined
  #emitted = false

  constructor(options: ExchangeOptions) {
    this.options = options
    this.version = options.version
    this.scheme = options.scheme
  }

  get held(): number {
    return (this.request?.held ?? 0) + (this.response?.held ?? 0)
  }
  get emitted(): boolean {
    return this.#emitted
  }

  startRequest(head: MessageHead): Message {
    this.request = new Message(this.options, "client", head)
    return this.request
  }

  startResponse(head: MessageHead): Message {
    const events = mediaType(head.headers) === "text/event-stream" ? this.#eventWatcher(head.headers) : undefined
    this.response = new Message(this.options, "server", head, events)
    return this.response
  }

  /** Emits what is known. Messages still open are closed as `how`. */
  emit(at: Micros, how: Completeness = "open"): void {
    if (this.#emitted) return
    this.#emitted = true
    this.request?.finish(how, at)
    this.response?.finish(how, at)
    if (this.request === undefined && this.response === undefined) return
    const { method, authority, path, status, scheme, version } = this
    const messages = { request: this.request?.fact(), response: this.response?.fact() }
    const fact: HttpExchange = {
      type: "exchange",
      version,
      scheme,
      method,
      authority,
      path,
      status,
      stream: this.options.stream,
      ...messages,
    }
    this.options.context.emit(fact)
    const lookup = lookupOf(fact)
    if (lookup !== undefined) this.options.context.emit(lookup)
  }

  #eventWatcher(responseHeaders: HeaderList): EventWatcher {
    let index = 0
    let at: Micros = 0
    const parser = new SseParser(({ event, data, id }) => {
      const { authority, path, method } = this
      const requestHeaders = this.request?.headers ?? []
      const { stream } = this.options
      this.options.context.emit({
        type: "sse",
        stream,
        at,
        authority,
        path,
        method,
        requestHeaders,
        responseHeaders,
        index,
        event,
        data,
        id,
      })
      index++
    })
    return {
      push: (bytes, now) => {
        at = now
        parser.push(bytes)
      },
      hole: () => parser.hole(),
      held: () => parser.held,
    }
  }
}

interface EventWatcher {
  push(bytes: Uint8Array, at: Micros): void
  hole(): void
  held(): number
}

export class Message {
  readonly headers: HeaderList
  trailers: [string, string][] = []
  readonly #options: ExchangeOptions
  readonly #side: Side
  readonly #head: MessageHead
  readonly #events: EventWatcher | undefined
  #collector: BodyCollector | undefined
  #body: HttpBody | undefined
  #endedAt: Micros

  constructor(options: ExchangeOptions, side: Side, head: MessageHead, events?: EventWatcher) {
    this.#options = options
    this.#side = side
    this.#head = head
    this.headers = head.headers
    this.#events = events
    this.#endedAt = head.headAt
  }

  get done(): boolean {
    return this.#body !== undefined
  }
  get startedAt(): Micros {
    return this.#head.startedAt
  }
  get held(): number {
    return (this.#body?.bytes.length ?? this.#collector?.held ?? 0) + (this.#events?.held() ?? 0)
  }
  /** Encoded bytes so far. */
  get bodyLength(): number {
    return this.#collector?.encodedLength ?? 0
  }

  data(bytes: Uint8Array, at: Micros): void {
    if (this.#body !== undefined) return
    this.#collector ??= this.#open()
    this.#collector.push(bytes, at)
  }

  gap(length: number, at: Micros): void {
    if (this.#body !== undefined) return
    this.#collector ??= this.#open()
    this.#collector.gap(length, at)
    this.#events?.hole()
  }

  trailer(name: string, value: string): void {
    if (this.trailers.length < MAX_TRAILERS) this.trailers.push([name, value])
  }

  finish(how: Completeness, at: Micros): void {
    if (this.#body !== undefined) return
    this.#endedAt = Math.max(at, this.#head.headAt)
    this.#body = this.#collector?.finish(how, at) ?? emptyBody(how)
    this.#collector = undefined
  }

  fact(): HttpMessage {
    const { headers, startedAt, headAt } = this.#head
    return { headers, trailers: this.trailers, body: this.#body ?? emptyBody("open"), startedAt, headAt, endedAt: this.#endedAt }
  }

  #open(): BodyCollector {
    const { context, layer } = this.#options
    const { headers, transferCodings, expected } = this.#head
    const codings = parseCodings(joinedValue(headers, "content-encoding"))
    return new BodyCollector({
      codings: transferCodings === undefined ? codings : [...codings, ...transferCodings],
      limit: context.limits?.bodyBytes ?? DEFAULT_BODY_LIMIT,
      expected,
      anomaly: (code, at, detail) => context.emit({ type: "anomaly", at, layer, code, side: this.#side, detail }),
      decoded: this.#events?.push,
    })
  }
}

const MAX_TRAILERS = 256
