// One exchange: its http row, and what it was besides.
import type { AgentRef, FlowRef } from "../../services/contracts/envelope.ts"
import type { FileBytes } from "../../services/contracts/file-part.ts"
import type { HttpExchange, WebSocketFact } from "../wire/facts.ts"
import type { Micros } from "../wire/stream.ts"
import { a2aRow } from "./a2a/namer.ts"
import { createFileExtractor, type FileSink } from "./files/extractor.ts"
import { filesInFrame } from "./files/frames.ts"
import type { Agents, Sighting } from "./identity/agents.ts"
import { principalsOf, subjectOf } from "./identity/tokens.ts"
import type { TokenVerifier } from "./identity/verify.ts"
import { mentionedWallets, uniqueWallets, walletsOf } from "./identity/wallets.ts"
import { type ModelCall, modelCall } from "./llm/call.ts"
import type { Conversations } from "./llm/conversation.ts"
import { recogniseModelCall } from "./llm/recognise.ts"
import { holdsAll } from "./llm/row.ts"
import type { SocketCall } from "./llm/sockets.ts"
import { Lru } from "./lru.ts"
import type { McpData } from "./mcp/identity.ts"
import type { InsideLlm } from "./mcp/inside-llm.ts"
import type { McpNamer } from "./mcp/namer.ts"
import { oauthRow } from "./mcp/oauth.ts"
import { emitRow, idOf, type Origin } from "./origin.ts"
import { httpRow } from "./rows.ts"
import { skillsInTranscript } from "./skills/transcript.ts"
import { ExchangeView } from "./view.ts"

/** Bytes of a rebuilt file, to be stored apart from the row that has its hash. */
export type OnFile = (file: FileBytes) => void

export interface ExchangeParts {
  readonly agents: Agents
  readonly conversations: Conversations
  readonly mcp: McpNamer
  readonly inside: InsideLlm
  readonly onFile: OnFile
  readonly verifier: TokenVerifier
}

interface Place {
  readonly at: Micros
  readonly position: string
}

export class ExchangeNamer {
  readonly #agents: Agents
  readonly #conversations: Conversations
  readonly #mcp: McpNamer
  readonly #inside: InsideLlm
  readonly #files = createFileExtractor()
  readonly #told = new Lru<true>(MAX_FILES)
  readonly #onFile: OnFile
  readonly #verifier: TokenVerifier

  constructor({ agents, conversations, mcp, inside, onFile, verifier }: ExchangeParts) {
    this.#verifier = verifier
    this.#agents = agents
    this.#conversations = conversations
    this.#mcp = mcp
    this.#inside = inside
    this.#onFile = onFile
  }

  handle(exchange: HttpExchange, flow: FlowRef, bare: Origin): void {
    const view = new ExchangeView(exchange, flow)
    const place = { at: startOf(exchange), position: exchangePosition(exchange) }
    const names = this.#name(view, bare, place)
    const origin = { ...bare, agent: this.#agentOf(view, names[0], { flow, placed: bare.placed, at: place.at }) }
    const named = names.map(({ kind, position }) => ({ kind, id: idOf(origin, kind, position ?? place.position) }))
    // A model call repeats its whole history and MCP its results: the named row holds the content, once.
    const withText = !names.some(({ hasContent }) => hasContent)
    const data = { ...httpRow(exchange, { withText }), ...(named.length > 0 && { named }), ...this.#people(view, place.at, names) }
    emitRow(origin, { kind: "http", ...place, data })
    for (const { report } of names) report(origin)
    this.#rebuildFiles(view, origin, { ...place, resent: names.some(({ kind }) => kind === "llm") })
  }

  /** The first that knows it names it: agents among themselves and MCP have marks of their own, models are told by path and shape. */
  #name(view: ExchangeView, origin: Origin, place: Place): Named[] {
    const a2a = a2aRow(view)
    if (a2a !== undefined) return [{ kind: "a2a", hasContent: false, report: (to) => emitRow(to, { kind: "a2a", ...place, data: a2a }) }]
    const mcp = this.#mcp.recognise(view, origin)
    if (mcp !== undefined)
      return [{ kind: "mcp", position: `${place.position}/c0`, hasContent: true, client: mcp.client, report: mcp.report }]
    const oauth = oauthRow(view, origin.placed.direction)
    if (oauth !== undefined)
      return [{ kind: "mcp", hasContent: false, report: (to) => emitRow(to, { kind: "mcp", ...place, data: oauth }) }]
    const recognised = recogniseModelCall(view)
    if (recognised === undefined) return []
    const call = modelCall(view, recognised, this.#conversations, {
      scope: origin.placed.workload.id,
      family: recognised.family,
      activity: idOf(origin, "llm", place.position),
    })
    return [
      { kind: "llm", hasContent: holdsAll(call.data), call, report: (to) => this.tellCall({ data: call.data, origin: to, ...place }) },
    ]
  }

  #people(view: ExchangeView, at: Micros, names: readonly Named[]) {
    const principals = principalsOf(view, at, this.#verifier)
    // A model call repeats its history: what it mentions is in the call's own row.
    const mentioned = names.some(({ kind }) => kind === "llm") ? [] : mentionedWallets(view)
    const wallets = uniqueWallets([...walletsOf(view), ...mentioned])
    return { ...(principals.length > 0 && { principals }), ...(wallets.length > 0 && { wallets }) }
  }

  #agentOf(view: ExchangeView, named: Named | undefined, sighting: Sighting): AgentRef {
    const { call, client } = named ?? {}
    // The headers are the client's: they say nothing of a workload that is the server.
    if (sighting.placed.side === "server") return this.#agents.of(sighting)
    const evidence = { headers: view.requestHeaders, host: view.host, client, subject: subjectOf(view) }
    if (call === undefined) return this.#agents.observe(sighting, evidence)
    return this.#agents.observe(
      sighting,
      { ...evidence, body: view.requestObject, prompts: call.prompts, asked: call.asked, tools: call.data.toolsProvided },
      call.data.conversationId,
    )
  }

  /** A model call, from an exchange or a socket, with what its transcript shows: MCP calls and skills. */
  tellCall({ data, origin, at, position }: Omit<SocketCall, "headers" | "prompts">): void {
    emitRow(origin, { kind: "llm", at, position, data })
    this.#inside.read({ data, origin, at, position })
    for (const skill of skillsInTranscript(data))
      emitRow(origin, { kind: "skill", at, position: `${position}/${skill.name}/${skill.hash}`, data: skill })
  }

  frameFiles(fact: WebSocketFact, origin: Origin, position: string): void {
    const direction = fact.side === origin.placed.side ? "outbound" : "inbound"
    filesInFrame(fact, direction).forEach(({ data, bytes }, index) => {
      const key = `${origin.placed.workload.id}|${data.sha256}`
      if (this.#told.get(key) === true) return
      this.#told.set(key, true)
      emitRow(origin, { kind: "file", at: fact.at, position: `${position}/${index}/${data.sha256}`, data })
      this.#onFile({ sha256: data.sha256, mediaType: data.mediaType, bytes })
    })
  }

  /** A model call resends the images of its history and its inline skills every time: each is told once a workload. */
  #rebuildFiles(view: ExchangeView, origin: Origin, place: Place & { readonly resent: boolean }): void {
    const skills = new Set<string>()
    const sink: FileSink = {
      quotes: place.resent,
      file: (data, bytes, position) => {
        const key = `${origin.placed.workload.id}|${data.sha256}`
        if (place.resent && this.#told.get(key) === true) return
        this.#told.set(key, true)
        emitRow(origin, { kind: "file", at: place.at, position: `${place.position}/${position}`, data })
        this.#onFile({ sha256: data.sha256, mediaType: data.mediaType, bytes })
      },
      skill: (data, position) => {
        // An answer that repeats what was asked fetched nothing.
        if (skills.has(data.hash)) return
        skills.add(data.hash)
        const key = `${origin.placed.workload.id}|skill|${data.hash}`
        if (place.resent && this.#told.get(key) === true) return
        this.#told.set(key, true)
        emitRow(origin, { kind: "skill", at: place.at, position: `${place.position}/${position}`, data })
      },
    }
    this.#files.exchange(view.exchange, origin.placed.direction, sink, (message) => {
      const read = message === view.exchange.request ? view.request : view.response
      if (read.pieces !== undefined) return read.pieces.flatMap(({ data }) => data ?? [])
      return read.whole && read.json !== undefined ? [read.json] : []
    })
  }
}

interface Named {
  readonly call?: ModelCall
  readonly client?: McpData["client"]
  readonly kind: "llm" | "mcp" | "a2a"
  /** Of the first row, where it is not the exchange's own. */
  readonly position?: string
  readonly hasContent: boolean
  readonly report: (origin: Origin) => void
}

export function startOf(exchange: HttpExchange): Micros {
  return exchange.request?.startedAt ?? exchange.response?.startedAt ?? 0
}

/** The time keeps apart what tunnels inside one flow number alike. */
export function exchangePosition(exchange: HttpExchange): string {
  return `${exchange.stream}@${startOf(exchange)}`
}

const MAX_FILES = 20_000
