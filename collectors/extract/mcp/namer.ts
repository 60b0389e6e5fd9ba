// MCP out of exchanges, event streams and sockets: one row a request with its answer, wherever the answer came.
//
//   Streamable HTTP     the answer is in the same exchange, as JSON or as an event; the server's own requests come in events and are answered by POST
//   HTTP+SSE (old)      the answer comes on another connection: a GET whose first event, `endpoint`, names the URL that is posted to
//   WebSocket           both sides ask and answer on one socket
//   2026-07-28          no session: an answer may ask for input, and the next request, with the same requestState, gives it

import { hostOf } from "../../../services/contracts/catalogue/match.ts"
import type { SseFact, WebSocketFact } from "../../wire/facts.ts"
import type { Micros } from "../../wire/stream.ts"
import { parseJson } from "../json/parse.ts"
import { obj } from "../json/read.ts"
import { Lru } from "../lru.ts"
import type { Origin } from "../origin.ts"
import { worst } from "../rows.ts"
import { header, utf8 } from "../text.ts"
import type { ExchangeView } from "../view.ts"
import { identity, type McpData } from "./identity.ts"
import { type Answer, type Channel, McpJoiner } from "./joiner.ts"
import { type RpcMessage, rpcMessages, rpcOfPieces } from "./message.ts"
import { type McpVerdict, mcpVerdict } from "./recognise.ts"
import type { McpContext } from "./row.ts"
import { McpSessions } from "./sessions.ts"

export class McpNamer {
  readonly #sessions = new McpSessions()
  readonly #endpoints = new Lru<McpVerdict["certainty"]>(MAX_ENDPOINTS)
  readonly #oldEndpoints = new Lru<true>(MAX_ENDPOINTS)
  readonly #joiner = new McpJoiner()
  /** Event streams: which endpoint an old one serves, and whether its events were already read one by one. */
  readonly #streams = new Lru<{ readonly keys: readonly string[] }>(MAX_STREAMS)

  /** How to report the exchange, when it is MCP. */
  recognise(view: ExchangeView, origin: Origin): McpExchange | undefined {
    if (!view.asks('"jsonrpc"') && !view.answers('"jsonrpc"')) return undefined
    const asked = rpcMessages(view.request.json)
    const streamed = rpcOfPieces(view.response.pieces ?? [])
    const answers = [...rpcMessages(view.response.json), ...streamed.map(({ message }) => message)]
    const { requestHeaders, responseHeaders, path } = view
    const keys = keysOf(view, origin)
    const endpoint = `${origin.placed.workload.id}|${view.host}|${view.path}`
    const known = this.#sessions.find(keys) !== undefined || this.#endpoints.get(endpoint) === "certain"
    const verdict = mcpVerdict({ messages: [...asked, ...answers], requestHeaders, responseHeaders, path, known })
    if (verdict === undefined) return undefined
    if (verdict.certainty === "certain") this.#endpoints.set(endpoint, "certain")
    const client = asked.map(clientOf).find((one) => one !== undefined) ?? this.#sessions.find(keys)?.client
    return { client, report: (to) => this.#exchange(view, to, { keys, verdict }) }
  }

  #exchange(
    view: ExchangeView,
    origin: Origin,
    { keys, verdict }: { readonly keys: readonly string[]; readonly verdict: McpVerdict },
  ): void {
    const { exchange } = view
    const start = exchange.request?.startedAt ?? exchange.response?.startedAt ?? 0
    const askedAt = exchange.request?.endedAt ?? start
    const answeredAt = exchange.response?.endedAt ?? start
    const completeness = worst(exchange.request?.body.completeness, exchange.response?.body.completeness)
    const sessionId = sessionIdOf(view)
    const channel = this.#channel({
      keys,
      verdict,
      host: view.host,
      path: exchange.path,
      headers: view.requestHeaders,
      completeness,
      sessionId,
      transport: this.#oldEndpoints.get(keys[0] ?? "") === true ? "http-sse" : "streamable-http",
    })
    const streamKey = `${origin.flow.id}/${exchange.stream}`
    const position = `${exchange.stream}@${start}`
    const answers = new Map<string, Answer>()
    const said = rpcMessages(view.response.json)
    const unaddressed = said.find(({ id, error }) => id === undefined && error !== undefined)
    for (const message of said)
      if (message.method === undefined && message.id !== undefined) answers.set(message.id, { message, at: answeredAt })
    for (const { message, piece, index } of rpcOfPieces(view.response.pieces ?? [])) {
      if (message.method === undefined && message.id !== undefined) answers.set(message.id, { message, at: piece.at ?? answeredAt })
      // Read one by one already, as they came.
      else if (this.#streams.get(streamKey) === undefined)
        this.#joiner.fromServer(channel, origin, { message, at: piece.at ?? answeredAt, position: `${position}/e${index}` })
    }
    rpcMessages(view.request.json).forEach((message, index) => {
      const told = { message, at: askedAt, position: `${position}/c${index}` }
      this.#joiner.fromClient(channel, origin, {
        told,
        answer: answers.get(message.id ?? "") ?? refusal(message, unaddressed, { status: exchange.status, at: answeredAt }),
        elsewhere: exchange.status === 202 || exchange.response === undefined,
      })
      if (message.method !== undefined && message.id !== undefined) answers.delete(message.id)
    })
    for (const { message, at } of answers.values()) this.#joiner.answer(channel, origin, { message, at })
  }

  #channel(given: ChannelFacts): Channel {
    const session = this.#sessions.open(given.keys)
    const { keys, ...context } = given
    return { keys, session, context: { ...context, session } }
  }

  /** One event of a stream that is still open. */
  event(fact: SseFact, origin: Origin): void {
    const key = `${origin.flow.id}/${fact.stream}`
    if (fact.event === "endpoint" && fact.index === 0) {
      this.#opened(fact, origin, key)
      return
    }
    if (!fact.data.includes('"jsonrpc"')) return
    const messages = rpcMessages(parseJson(fact.data)?.value)
    const old = this.#streams.get(key)
    const sid = header(fact.requestHeaders, "mcp-session-id") ?? header(fact.responseHeaders, "mcp-session-id")
    const scope = origin.placed.workload.id
    const path = fact.path.split("?", 1)[0] ?? ""
    const host = hostOf(fact.authority)
    const keys =
      old !== undefined && old.keys.length > 0 ? old.keys : [sid === undefined ? `${scope}|${host}|${fact.path}` : `${scope}|sid|${sid}`]
    const known =
      (old?.keys.length ?? 0) > 0 ||
      this.#sessions.find(keys) !== undefined ||
      this.#endpoints.get(`${scope}|${host}|${path}`) === "certain"
    const verdict = mcpVerdict({ messages, requestHeaders: fact.requestHeaders, responseHeaders: fact.responseHeaders, path, known })
    if (verdict === undefined) return
    if (old === undefined) this.#streams.set(key, { keys: [] })
    const transport = (old?.keys.length ?? 0) > 0 ? "http-sse" : "streamable-http"
    const channel = this.#channel({
      keys,
      verdict,
      host,
      path: fact.path,
      headers: fact.requestHeaders,
      completeness: "full",
      sessionId: sid,
      transport,
    })
    messages.forEach((message, index) => {
      const told = { message, at: fact.at, position: `${fact.stream}#${fact.index}.${index}` }
      if (message.method !== undefined) this.#joiner.fromServer(channel, origin, told)
      else if (fact.method === "GET") this.#joiner.answer(channel, origin, told)
    })
  }

  /** `event: endpoint` says where the client posts: the other half of this session. */
  #opened(fact: SseFact, origin: Origin, key: string): void {
    const scope = origin.placed.workload.id
    const host = hostOf(fact.authority)
    const target = resolvePath(fact.data, fact.path)
    const keys = endpointKeys(scope, host, target)
    this.#streams.set(key, { keys })
    this.#endpoints.set(`${scope}|${host}|${target.split("?", 1)[0] ?? ""}`, "certain")
    this.#sessions.open(keys)
    for (const key of keys) this.#oldEndpoints.set(key, true)
  }

  frame(fact: WebSocketFact, origin: Origin): boolean {
    if (fact.opcode !== "text" && fact.opcode !== "binary") return false
    if (!Buffer.from(fact.payload.buffer, fact.payload.byteOffset, Math.min(fact.payload.length, LOOK)).includes('"jsonrpc"')) return false
    const messages = rpcMessages(parseJson(utf8(fact.payload))?.value)
    const keys = [`${origin.flow.id}/${fact.stream}`]
    const known = this.#sessions.find(keys) !== undefined
    const verdict = mcpVerdict({
      messages,
      requestHeaders: fact.requestHeaders,
      responseHeaders: [],
      path: fact.path,
      subprotocol: fact.subprotocol,
      known,
    })
    if (verdict === undefined) return false
    const channel = this.#channel({
      keys,
      verdict,
      host: hostOf(fact.authority),
      path: fact.path,
      headers: [],
      completeness: fact.completeness,
      sessionId: undefined,
      transport: "websocket",
    })
    messages.forEach((message, index) => {
      const told = { message, at: fact.at, position: `${fact.stream}.${fact.side}.${fact.index}/${index}` }
      if (message.method === undefined) this.#joiner.answer(channel, origin, { ...told, from: fact.side })
      else if (fact.side === "server") this.#joiner.fromServer(channel, origin, told)
      else this.#joiner.fromClient(channel, origin, { told, answer: undefined, elsewhere: true })
    })
    return true
  }

  /** Requests that were never answered are rows too. */
  end(emit: Origin["emit"]): void {
    this.#joiner.end(emit)
  }
}

export interface McpExchange {
  readonly client: McpData["client"]
  readonly report: (origin: Origin) => void
}

function clientOf({ params }: RpcMessage): McpData["client"] {
  return identity(obj(params, "clientInfo")) ?? identity(obj(obj(params, "_meta"), "io.modelcontextprotocol/clientInfo"))
}

/** Refused before MCP was spoken (no session, no token, no such path): an error without an id, or else the status, is the answer. */
function refusal(
  { id, method }: RpcMessage,
  unaddressed: RpcMessage | undefined,
  { status, at }: { readonly status: number; readonly at: Micros },
): Answer | undefined {
  if (id === undefined || method === undefined || (status < 400 && unaddressed === undefined)) return undefined
  const error = unaddressed?.error ?? { code: status, message: `HTTP ${status}`, data: undefined }
  return { message: { id, method: undefined, params: {}, result: undefined, error, body: unaddressed?.body ?? {} }, at }
}

interface ChannelFacts extends Omit<McpContext, "session" | "sender" | "direction"> {
  readonly keys: readonly string[]
}

function sessionIdOf(view: ExchangeView): string | undefined {
  return (
    view.requestHeader("mcp-session-id") ??
    view.responseHeader("mcp-session-id") ??
    view.query.get("sessionId") ??
    view.query.get("session_id") ??
    undefined
  )
}

function keysOf(view: ExchangeView, origin: Origin): readonly string[] {
  const scope = origin.placed.workload.id
  const sid = view.requestHeader("mcp-session-id") ?? view.responseHeader("mcp-session-id")
  return sid === undefined ? endpointKeys(scope, view.host, view.exchange.path) : [`${scope}|sid|${sid}`]
}

/** The old transport has its session in the query of the endpoint. */
function endpointKeys(scope: string, host: string, pathAndQuery: string): readonly string[] {
  return [`${scope}|${host}|${pathAndQuery}`]
}

function resolvePath(target: string, base: string): string {
  try {
    const url = new URL(target.trim(), `http://host${base.startsWith("/") ? base : `/${base}`}`)
    return url.pathname + url.search
  } catch {
    return target
  }
}

const LOOK = 1024 * 1024
const MAX_ENDPOINTS = 10_000
const MAX_STREAMS = 10_000
