// What is inside a tunnel numbers its own streams from 0 again. So that they stay unique within the flow, each level adds TUNNEL_STRIDE.
import type { LayerContext } from "../context.ts"
import type { WireFact } from "../facts.ts"

export function tunnelContext(outer: LayerContext, stride = TUNNEL_STRIDE): LayerContext {
  const inner: LayerContext = {
    keys: outer.keys,
    named: (layer) => outer.named(layer),
    emit: (fact) => outer.emit(renumbered(fact, stride)),
    route: (hint, within) => outer.route(hint, within ?? inner),
    ...(outer.limits === undefined ? {} : { limits: outer.limits }),
  }
  return inner
}

function renumbered(fact: WireFact, stride: number): WireFact {
  if (fact.type === "dns") return { ...fact, index: fact.index + stride }
  if (fact.type !== "exchange" && fact.type !== "sse" && fact.type !== "websocket") return fact
  return { ...fact, stream: fact.stream + stride }
}

// Above every stream id of HTTP/2 (31 bits); ids of HTTP/3 (62 bits) stay below it in any connection that lives.
export const TUNNEL_STRIDE = 2 ** 32
