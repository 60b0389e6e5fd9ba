// One exchange: its http row, and what it was besides.
import type { FlowRef } from "../../services/contracts/envelope.ts"
import type { HttpExchange } from "../wire/facts.ts"
import type { Micros } from "../wire/stream.ts"
import { createFileExtractor } from "./files/extractor.ts"
import { modelCall } from "./llm/call.ts"
import type { Conversations } from "./llm/conversation.ts"
import { recogniseModelCall } from "./llm/recognise.ts"
import { emitRow, idOf, type Origin } from "./origin.ts"
import { httpRow } from "./rows.ts"
import { skillsInTranscript } from "./skills/transcript.ts"
import { ExchangeView } from "./view.ts"

/** Bytes of a rebuilt file, to be stored apart from the row that has its hash. */
export type OnFile = (sha256: string, bytes: Uint8Array) => void

export class ExchangeNamer {
  readonly #conversations: Conversations
  readonly #files = createFileExtractor()
  readonly #onFile: OnFile

  constructor(conversations: Conversations, onFile: OnFile) {
    this.#conversations = conversations
    this.#onFile = onFile
  }

  handle(exchange: HttpExchange, flow: FlowRef, originOf: (view: ExchangeView) => Origin): void {
    const view = new ExchangeView(exchange, flow)
    const origin = originOf(view)
    const at = startOf(exchange)
    const position = exchangePosition(exchange)
    const call = recogniseModelCall(view)
    const named: { kind: string; id: string }[] = []
    if (call !== undefined) named.push({ kind: "llm", id: idOf(origin, "llm", position) })
    emitRow(origin, {
      kind: "http",
      at,
      position,
      data: { ...httpRow(exchange, { withText: named.length === 0 }), ...(named.length > 0 && { named }) },
    })
    if (call !== undefined) {
      const data = modelCall(view, call, this.#conversations, { scope: origin.placed.workload.id, activity: idOf(origin, "llm", position) })
      emitRow(origin, { kind: "llm", at, position, data })
      for (const skill of skillsInTranscript(data))
        emitRow(origin, { kind: "skill", at, position: `${position}/${skill.name}/${skill.hash}`, data: skill })
    }
    this.#rebuildFiles(exchange, origin, { at, position })
  }

  #rebuildFiles(exchange: HttpExchange, origin: Origin, place: { readonly at: Micros; readonly position: string }): void {
    this.#files.exchange(exchange, origin.placed.direction, {
      file: (data, bytes, position) => {
        emitRow(origin, { kind: "file", at: place.at, position: `${place.position}/${position}`, data })
        this.#onFile(data.sha256, bytes)
      },
      skill: (data, position) => emitRow(origin, { kind: "skill", at: place.at, position: `${place.position}/${position}`, data }),
    })
  }
}

export function startOf(exchange: HttpExchange): Micros {
  return exchange.request?.startedAt ?? exchange.response?.startedAt ?? 0
}

/** The time keeps apart what tunnels inside one flow number alike. */
export function exchangePosition(exchange: HttpExchange): string {
  return `${exchange.stream}@${startOf(exchange)}`
}
