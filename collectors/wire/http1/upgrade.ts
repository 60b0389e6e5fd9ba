// What an HTTP/1.1 connection becomes after 101 Switching Protocols (RFC 9110 §7.8).
import type { LayerContext, RouteHint } from "../context.ts"
import type { Exchange } from "../http/exchange.ts"
import type { Layer } from "../stream.ts"

export function openUpgrade(exchange: Exchange, context: LayerContext, inner: LayerContext, hint: RouteHint): Layer {
  void exchange
  void context
  return inner.route({ ...hint, inside: "connect" }, inner)
}
