// Is this exchange a model call, whose, and in which family.

import { CATALOGUE_DATE } from "../../../services/contracts/catalogue/entry.ts"
import { servesModels } from "../../../services/contracts/catalogue/match.ts"
import type { ActivityData } from "../../../services/contracts/envelope.ts"
import { maybe } from "../json/read.ts"
import type { ExchangeView } from "../view.ts"
import { type Route, routeOf } from "./route.ts"
import { mayBeModelCall, shapeOf } from "./shape.ts"

export interface Recognised {
  readonly family: string
  readonly operation: string
  readonly model?: string
  readonly provider: string
  readonly recognition: ActivityData<"llm">["recognition"]
}

export function recogniseModelCall(view: ExchangeView): Recognised | undefined {
  // The request that opens a socket: the calls are in its frames.
  if (view.exchange.status === SWITCHING_PROTOCOLS || view.requestHeader("sec-websocket-key") !== undefined) return undefined
  const route = routeOf(view)
  const { known } = view
  if (known !== undefined && route !== undefined && (servesModels(known.entry.kind) || known.entry.kind === "agent")) {
    if (view.exchange.method === "OPTIONS" || (route.family === "other" && !speaksApi(view))) return undefined
    const family = route.family === "other" ? `${known.entry.id}.other` : familyAt(view, route)
    return {
      family,
      operation: route.operation,
      ...maybe("model", route.model),
      provider: known.entry.id,
      recognition: {
        by: "catalogue",
        score: 10,
        reasons: [`${known.entry.name} at ${view.host} (catalogue of ${CATALOGUE_DATE})`, `path of ${route.family}`],
      },
    }
  }
  if (route?.anywhere !== true && !mayBeModelCall(view)) return undefined
  const shape = shapeOf(view, route)
  if (!shape.accepted) return undefined
  return {
    family: shape.family,
    operation: route?.anywhere === true ? route.operation : "chat",
    ...maybe("model", route?.model),
    provider: known !== undefined && servesModels(known.entry.kind) ? known.entry.id : "unknown",
    recognition: { by: "shape", score: shape.score, reasons: [...shape.reasons] },
  }
}

/** Hosts that serve several families at one path: the bodies decide. */
function familyAt(view: ExchangeView, route: Route): string {
  if (route.family !== "ollama" && route.family !== "openai.chat") return route.family
  const shape = shapeOf(view, route)
  return shape.score >= SURE && shape.accepted ? shape.family : route.family
}

/** Web pages and assets of a vendor's site are no API calls. */
function speaksApi(view: ExchangeView): boolean {
  const media = view.response.media
  return (
    media.includes("json") ||
    view.request.media.includes("json") ||
    view.request.media === "multipart/form-data" ||
    view.response.pieces !== undefined
  )
}

const SURE = 8
const SWITCHING_PROTOCOLS = 101
