// Model calls over WebSocket: frames become calls, calls become the same rows as over HTTP.
import { hostOf, lookUpHost, servesModels } from "../../../services/contracts/catalogue/match.ts"
import type { ActivityData } from "../../../services/contracts/envelope.ts"
import type { HeaderList, WebSocketFact } from "../../wire/facts.ts"
import type { Micros } from "../../wire/stream.ts"
import { stableId } from "../ids.ts"
import { parseJson } from "../json/parse.ts"
import { isObject, type JsonObject, maybe, obj } from "../json/read.ts"
import { Lru } from "../lru.ts"
import { idOf, type Origin } from "../origin.ts"
import { utf8 } from "../text.ts"
import type { Conversations } from "./conversation.ts"
import { assemble, holdsRequest } from "./row.ts"
import { sessionOf } from "./session.ts"
import { dialectOf, type SocketDialect, type SocketSteps } from "./socket-dialects.ts"
import type { LlmRequest, StreamReader } from "./types.ts"

interface OpenCall {
  readonly request: LlmRequest
  readonly reader: StreamReader
  readonly askedAt: Micros
  readonly position: string
  readonly requestBytes: number
  responseBytes: number
  firstContentAt: Micros | undefined
}

interface Socket {
  readonly dialect: SocketDialect
  readonly calls: Map<string, OpenCall>
  readonly fact: WebSocketFact
  origin: Origin
  /** What the client said since the last call began. */
  asked: { at: Micros; bytes: number }
}

export interface SocketCall {
  readonly data: ActivityData<"llm">
  readonly origin: Origin
  readonly at: Micros
  readonly position: string
  /** Of the upgrade request. */
  readonly headers: HeaderList
  /** What the request itself said, also when the row leaves it out as said before. */
  readonly prompts: readonly string[]
}

export class ModelSockets {
  readonly #sockets = new Lru<Socket>(MAX_SOCKETS)
  readonly #conversations: Conversations
  readonly #tell: (call: SocketCall) => void

  constructor(conversations: Conversations, tell: (call: SocketCall) => void) {
    this.#conversations = conversations
    this.#tell = tell
  }

  /** True when a model call's row will hold all that the frame says: requests resend their tools, and answers are repeated whole when they end. */
  frame(fact: WebSocketFact, origin: Origin): boolean {
    const key = `${origin.flow.id}/${fact.stream}`
    if (fact.opcode === "close") this.#close(key, origin, fact.at)
    // Gemini sends its JSON in binary frames.
    if ((fact.opcode !== "text" && fact.opcode !== "binary") || fact.payload[0] !== BRACE) return false
    const value = parseJson(utf8(fact.payload))?.value
    if (!isObject(value)) return false
    const socket = this.#sockets.get(key) ?? this.#open(fact, origin, { key, event: value })
    if (socket === undefined) return false
    socket.origin = origin
    if (fact.side === "client") socket.asked = { at: fact.at, bytes: socket.asked.bytes + fact.length }
    const held = { all: false }
    const steps = this.#steps(socket, fact, held)
    if (fact.side === "client") socket.dialect.client(value, steps)
    else socket.dialect.server(value, steps)
    return held.all
  }

  #open(fact: WebSocketFact, origin: Origin, { key, event }: { readonly key: string; readonly event: JsonObject }): Socket | undefined {
    const dialect = dialectOf(event, fact.path)
    if (dialect === undefined) return undefined
    const socket: Socket = { dialect, calls: new Map(), fact, origin, asked: { at: fact.at, bytes: 0 } }
    this.#sockets.set(key, socket)
    return socket
  }

  #steps(socket: Socket, fact: WebSocketFact, held: { all: boolean }): SocketSteps {
    return {
      begin: (key, request, reader) => {
        held.all = fact.side === "client" && fact.completeness === "full" && holdsRequest(request)
        // A call that begins before the last one ended: that one was given up.
        if (socket.calls.has(key) || socket.calls.size >= MAX_CALLS)
          this.#finish(socket, socket.calls.has(key) ? key : (socket.calls.keys().next().value ?? key), fact.at)
        const position = `${fact.stream}.${fact.side}.${fact.index}/${key}`
        socket.calls.set(key, {
          request,
          reader,
          askedAt: socket.asked.at,
          position,
          requestBytes: socket.asked.bytes,
          responseBytes: 0,
          firstContentAt: undefined,
        })
        socket.asked = { at: fact.at, bytes: 0 }
      },
      piece: (key, name, data) => {
        const call = socket.calls.get(key)
        if (call === undefined) return
        call.responseBytes += fact.length
        held.all = obj(data, "response") !== undefined && fact.length <= MAX_REPEATED
        if (call.reader.piece({ name, data, at: fact.at })) call.firstContentAt ??= fact.at
      },
      end: (key) => this.#finish(socket, key, fact.at),
      open: (key) => socket.calls.has(key),
    }
  }

  #finish(socket: Socket, key: string, at: Micros): void {
    const call = socket.calls.get(key)
    if (call === undefined) return
    socket.calls.delete(key)
    const { origin, fact, dialect } = socket
    const host = hostOf(fact.authority !== "" ? fact.authority : (origin.flow.host ?? origin.flow.server.ip))
    const known = lookUpHost(host, fact.path)
    const isModelHost = known !== undefined && servesModels(known.entry.kind)
    const response = call.reader.finish()
    const request = dialect.single ? { conversation: stableId("socket", origin.flow.id, `${fact.stream}`), ...call.request } : call.request
    const data = assemble({
      request,
      response,
      placed: this.#conversations.place(request, {
        scope: origin.placed.workload.id,
        family: dialect.family,
        activity: idOf(origin, "llm", call.position),
      }),
      facts: {
        recognised: {
          family: dialect.family,
          operation: "chat",
          provider: isModelHost ? known.entry.id : "unknown",
          recognition: { by: isModelHost ? "catalogue" : "shape", score: 10, reasons: [`frames of ${dialect.family}`] },
        },
        host,
        path: fact.path,
        status: SWITCHING_PROTOCOLS,
        ...maybe("sessionId", sessionOf(fact.requestHeaders, undefined)),
        ...maybe("region", known?.region),
        ...maybe("tenant", known?.tenant),
        ...maybe("timeToFirstTokenMicros", call.firstContentAt === undefined ? undefined : Math.max(0, call.firstContentAt - call.askedAt)),
        durationMicros: Math.max(0, at - call.askedAt),
        requestBytes: call.requestBytes,
        responseBytes: call.responseBytes,
        completeness: response.finished ? "full" : "open",
      },
    })
    const prompts = request.system.slice(0, 3)
    this.#tell({ data, origin, at: call.askedAt, position: call.position, headers: fact.requestHeaders, prompts })
  }

  #close(key: string, origin: Origin, at: Micros): void {
    const socket = this.#sockets.get(key)
    if (socket === undefined) return
    socket.origin = { ...socket.origin, emit: origin.emit }
    for (const call of [...socket.calls.keys()]) this.#finish(socket, call, at)
  }

  end(emit: Origin["emit"], at: Micros): void {
    for (const socket of this.#sockets.values()) {
      socket.origin = { ...socket.origin, emit }
      for (const call of [...socket.calls.keys()]) this.#finish(socket, call, at)
    }
  }
}

const BRACE = 0x7b
const SWITCHING_PROTOCOLS = 101
// Of a larger answer a part may be cut in the call's row.
const MAX_REPEATED = 1024 * 1024
const MAX_SOCKETS = 2_000
// Conversations that one socket may carry at a time.
const MAX_CALLS = 64
