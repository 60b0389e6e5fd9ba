// Joins requests with their answers, which may come on the same exchange, on another connection, or in a later request.
import type { Completeness } from "../../../services/contracts/primitives.ts"
import type { Micros } from "../../wire/stream.ts"
import { sha256Hex } from "../ids.ts"
import { isObject, obj, str } from "../json/read.ts"
import { Lru } from "../lru.ts"
import { emitRow, type Origin } from "../origin.ts"
import type { McpData } from "./identity.ts"
import type { RpcMessage } from "./message.ts"
import { type McpContext, mcpRow } from "./row.ts"
import type { McpSession } from "./sessions.ts"
import { Waiting } from "./waiting.ts"

/** A request whose answer has not come. */
interface Asked {
  readonly request: RpcMessage
  readonly at: Micros
  readonly position: string
  readonly origin: Origin
  readonly context: McpContext
}

export interface Channel {
  readonly keys: readonly string[]
  readonly session: McpSession
  readonly context: Omit<McpContext, "sender" | "direction">
}

export interface Told {
  readonly message: RpcMessage
  readonly at: Micros
  readonly position: string
}

export interface Answer {
  readonly message: RpcMessage
  readonly at: Micros
}

export class McpJoiner {
  readonly #asked = new Waiting<Asked>(MAX_WAITING)
  /** Answers of event streams that came before the exchange that asked was reported. */
  readonly #early = new Lru<Answer>(MAX_EARLY)

  fromClient(
    channel: Channel,
    origin: Origin,
    {
      told,
      answer,
      elsewhere,
    }: {
      readonly told: Told
      readonly answer: { readonly message: RpcMessage; readonly at: Micros } | undefined
      readonly elsewhere: boolean
    },
  ): void {
    const { message, at, position } = told
    if (message.method === undefined) {
      this.answer(channel, origin, { message, at, from: "client" })
      return
    }
    const asked: Asked = {
      request: message,
      at,
      position,
      origin,
      context: { ...channel.context, sender: "client", direction: origin.placed.direction },
    }
    this.#inputGiven(asked)
    const key = `${channel.keys[0] ?? ""}|client|${message.id ?? ""}`
    const early = answer ?? (elsewhere ? this.#early.get(key) : undefined)
    if (message.id !== undefined && early === undefined && elsewhere) this.#wait(key, asked)
    else this.#emit(asked, early)
  }

  fromServer(channel: Channel, origin: Origin, { message, at, position }: Told): void {
    const direction = origin.placed.direction === "outbound" ? "inbound" : "outbound"
    const asked: Asked = { request: message, at, position, origin, context: { ...channel.context, sender: "server", direction } }
    if (message.id === undefined) this.#emit(asked, undefined)
    else this.#wait(`${channel.keys[0] ?? ""}|server|${message.id}`, asked)
  }

  /** An answer goes to the request of the other side; on its way it may have overtaken the report of the request. */
  answer(
    channel: Channel,
    origin: Origin,
    { message, at, from = "server" }: { readonly message: RpcMessage; readonly at: Micros; readonly from?: "client" | "server" },
  ): void {
    const asker = from === "server" ? "client" : "server"
    const key = `${channel.keys[0] ?? ""}|${asker}|${message.id ?? ""}`
    const asked = this.#asked.take(key)
    if (asked !== undefined) this.#emit({ ...asked, origin: { ...asked.origin, emit: origin.emit } }, { message, at })
    else this.#early.set(key, { message, at })
  }

  #wait(key: string, asked: Asked): void {
    const dropped = this.#asked.add(key, asked)
    if (dropped !== undefined) this.#emit({ ...dropped, origin: { ...dropped.origin, emit: asked.origin.emit } }, undefined)
  }

  #emit(
    { request, at, position, origin, context }: Asked,
    answer: { readonly message: RpcMessage; readonly at: Micros } | undefined,
  ): void {
    const { session } = context
    session.learn(request, answer?.message)
    const unanswered: Completeness = request.id !== undefined && answer === undefined ? "open" : context.completeness
    const completeness = answer === undefined ? unanswered : context.completeness === "open" ? "full" : context.completeness
    const row = mcpRow({ request, response: answer?.message, askedAt: at, answeredAt: answer?.at }, { ...context, completeness })
    const inventory = session.page(request, answer?.message)
    const data: McpData = inventory === undefined ? row : { ...row, inventory }
    emitRow(origin, { kind: "mcp", at, position, data })
    if (answer !== undefined) this.#inputWanted({ request, at: answer.at, position, origin, context }, answer.message)
  }

  /** The answer asks for input: each thing asked for waits for the request that brings it. */
  #inputWanted(asked: Asked, response: RpcMessage): void {
    const result = isObject(response.result) ? response.result : undefined
    if (str(result, "resultType") !== "input_required") return
    const link = inputLink(asked, str(result, "requestState"))
    const direction = asked.origin.placed.direction === "outbound" ? "inbound" : "outbound"
    for (const [name, value] of Object.entries(obj(result, "inputRequests") ?? {}).slice(0, MAX_INPUTS)) {
      if (!isObject(value)) continue
      const request: RpcMessage = {
        id: `${asked.request.id ?? ""}/${name}`,
        method: str(value, "method") ?? "",
        params: obj(value, "params") ?? {},
        result: undefined,
        error: undefined,
        body: value,
      }
      this.#wait(`input|${link}|${name}`, {
        ...asked,
        request,
        position: `${asked.position}/${name}`,
        context: { ...asked.context, sender: "server", direction },
      })
    }
  }

  #inputGiven(asking: Asked): void {
    const { request, at, origin } = asking
    const given = obj(request.params, "inputResponses")
    if (given === undefined) return
    const link = inputLink(asking, str(request.params, "requestState"))
    for (const [name, value] of Object.entries(given).slice(0, MAX_INPUTS)) {
      const asked = this.#asked.take(`input|${link}|${name}`)
      if (asked === undefined) continue
      const message: RpcMessage = { id: asked.request.id, method: undefined, params: {}, result: value, error: undefined, body: {} }
      this.#emit({ ...asked, origin: { ...asked.origin, emit: origin.emit } }, { message, at })
    }
  }

  /** Requests that were never answered are rows too. */
  end(emit: Origin["emit"]): void {
    for (const asked of this.#asked.drain()) this.#emit({ ...asked, origin: { ...asked.origin, emit } }, undefined)
  }
}

/** The opaque state links a retry with the answer that wanted input; a server that keeps none is known by the same request asked again. */
function inputLink({ request, origin, context }: Asked, state: string | undefined): string {
  const { name, uri, arguments: args } = request.params
  return sha256Hex(state ?? JSON.stringify([origin.placed.workload.id, context.host, request.method, name, uri, args]))
}

// A client has some calls open at once; a worker's clients some thousands.
const MAX_WAITING = 10_000
const MAX_EARLY = 2_000
const MAX_INPUTS = 64
