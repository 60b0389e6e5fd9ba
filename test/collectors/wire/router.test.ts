import { describe, expect, it } from "vitest"
import type { LayerContext } from "../../../collectors/wire/context.ts"
import type { StreamProtocol } from "../../../collectors/wire/protocols.ts"
import { recogniseHttp1, recogniseHttp2, recogniseTls } from "../../../collectors/wire/recognise.ts"
import { Router } from "../../../collectors/wire/router.ts"
import type { Side, StreamEvent } from "../../../collectors/wire/stream.ts"

describe("Router", () => {
  it("gives everything it held to the first protocol that recognises the opening", () => {
    const seen = play([data("client", "PO"), data("client", "ST /v1 HTTP/1.1\r\n"), data("server", "HTTP/1.1 200 OK\r\n")])
    expect(seen).toEqual(["http1", "client:PO", "client:ST /v1 HTTP/1.1\r\n", "server:HTTP/1.1 200 OK\r\n"])
  })

  it("tells a client preface of HTTP/2 from a request line, cut anywhere", () => {
    expect(play([data("client", "PRI * HT"), data("client", "TP/2.0\r\n\r\nSM\r\n\r\n")])[0]).toBe("http2")
  })

  it("follows the ALPN whatever the first bytes are", () => {
    expect(play([data("client", "?")], { alpn: "h2" })[0]).toBe("http2")
  })

  it("takes a stream whose beginning was not captured at its next recognisable segment and says what is missing", () => {
    const seen = play([gap("client"), gap("server"), data("server", "rest of a body"), data("client", "GET /next HTTP/1.1\r\n")])
    expect(seen).toEqual(["http1", "server gap", "client:GET /next HTTP/1.1\r\n"])
  })

  it("turns the direction round when only the other way makes sense", () => {
    let turned = 0
    const reverse = () => {
      turned += 1
    }
    const seen = play([data("server", "GET / HTTP/1.1\r\n"), data("server", "Host: a\r\n")], { reverse })
    expect(turned).toBe(1)
    expect(seen).toEqual(["http1", "client:GET / HTTP/1.1\r\n", "server:Host: a\r\n"])
  })

  it("reads a clear-text answer to a TLS hello", () => {
    const hello = String.fromCharCode(22, 3, 1, 0, 5, 1, 0, 0, 1, 0)
    const seen = play([data("client", hello), data("server", "HTTP/1.1 400 Bad Request\r\n")])
    expect(seen).toEqual(["tls", `client:${hello}`, "server end", "http1", "client gap", "server:HTTP/1.1 400 Bad Request\r\n"])
  })

  it("leaves a stream that nothing wants opaque and keeps none of it", () => {
    const router = new Router(context([]), { inside: "tcp", serverPort: 9 }, { protocols: protocols([]) })
    router.handle(data("client", "\u0000\u0001\u0002 binary"))
    router.handle(data("server", "\u0000\u0001\u0002 binary"))
    expect(router.opaque).toBe(true)
    expect(router.held).toBe(0)
  })

  it("stops waiting when an opening stays undecided for 64 KB", () => {
    const router = new Router(context([]), { inside: "tcp", serverPort: 9 }, { protocols: protocols([]) })
    for (let at = 0; at < 70; at += 1) router.handle(data("client", "A".repeat(1024)))
    expect(router.opaque).toBe(true)
    expect(router.held).toBe(0)
  })
})

interface Extra {
  readonly alpn?: string
  readonly reverse?: () => void
}

function play(events: readonly StreamEvent[], { alpn, reverse }: Extra = {}): string[] {
  const seen: string[] = []
  const router = new Router(
    context(seen),
    { inside: alpn === undefined ? "tcp" : "tls", serverPort: 80, ...(alpn === undefined ? {} : { alpn }) },
    { protocols: protocols(seen), ...(reverse === undefined ? {} : { reverse }) },
  )
  for (const event of events) router.handle(event)
  return seen
}

function protocols(seen: string[]): StreamProtocol[] {
  const create = () => ({
    handle(event: StreamEvent) {
      seen.push(event.type === "data" ? `${event.side}:${Buffer.from(event.bytes).toString("latin1")}` : `${event.side} ${event.type}`)
    },
  })
  return [
    { name: "tls", recognise: recogniseTls, create },
    { name: "http2", alpn: ["h2"], recognise: recogniseHttp2, create },
    { name: "http1", recognise: recogniseHttp1, create },
  ]
}

function context(seen: string[]): LayerContext {
  return {
    emit: () => undefined,
    keys: { find: () => undefined, generation: 0 },
    route: () => ({ handle: () => undefined }),
    named: (layer) => seen.push(layer),
  }
}

function data(side: Side, text: string): StreamEvent {
  return { type: "data", side, at: 0, offset: 0, bytes: Buffer.from(text, "latin1") }
}
function gap(side: Side): StreamEvent {
  return { type: "gap", side, at: 0, offset: 0, length: 0 }
}
