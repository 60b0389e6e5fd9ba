// What an HTTP/1.1 connection becomes after 101 Switching Protocols (RFC 9110 §7.8).
import type { LayerContext, RouteHint } from "../context.ts"
import type { Exchange } from "../http/exchange.ts"
import { firstValue, hasToken } from "../http/fields.ts"
import { Http2Layer } from "../http2/layer.ts"
import type { Layer } from "../stream.ts"
import { WebSocketLayer } from "../websocket/layer.ts"

/** `inner` numbers streams apart from those of this connection. */
export function openUpgrade(exchange: Exchange, context: LayerContext, inner: LayerContext, hint: RouteHint): Layer {
  const requestHeaders = exchange.request?.headers ?? []
  const responseHeaders = exchange.response?.headers ?? []
  // Without an answer the request's offer counts: it is only asked then when bytes followed it that are no HTTP.
  const chosen = firstValue(responseHeaders, "upgrade") || firstValue(requestHeaders, "upgrade")
  if (hasToken(chosen, "websocket")) {
    context.named("websocket")
    const { authority, path } = exchange
    return new WebSocketLayer(context, { stream: exchange.options.stream, authority, path, requestHeaders, responseHeaders })
  }
  if (hasToken(chosen, "h2c")) {
    context.named("http2")
    return new Http2Layer(inner, hint, exchange)
  }
  return inner.route({ ...hint, inside: "connect" }, inner)
}
