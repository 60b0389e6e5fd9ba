import { afterEach, describe, expect, it } from "vitest"
import type { LayerContext } from "../../../../collectors/wire/context.ts"
import { Http1Layer } from "../../../../collectors/wire/http1/layer.ts"
import { Http2Layer } from "../../../../collectors/wire/http2/layer.ts"
import { dataFrame, h2Frame, literals, PREFACE, requestHeaders, responseHeaders, settings } from "../../../support/h2-frames.ts"
import { checkPlaybooks, play } from "../../../support/playbook.ts"
import { splitInvariant, survivesGarbage } from "../../../support/properties.ts"

const http2 = (context: LayerContext) => new Http2Layer(context, { inside: "tls", serverPort: 443, alpn: "h2", host: "sni.test" })
const start = Buffer.concat([PREFACE, settings])
const open = () => play(http2).client(start).server(settings)
const join = (...frames: readonly Buffer[]) => Buffer.concat(frames)

afterEach(checkPlaybooks)

describe("Http2Layer", () => {
  it("joins interleaved streams, with padding, priorities and trailers", () => {
    const head = literals([":method", "POST"], [":scheme", "https"], [":path", "/padded"], ["host", "h.test"])
    open()
      .client(
        join(
          h2Frame({ type: 1, flags: 0x2c, stream: 1, payload: Buffer.concat([Buffer.from([3, 0, 0, 0, 0, 16]), head, Buffer.alloc(3)]) }),
          requestHeaders(3, "/second"),
          h2Frame({ type: 2, stream: 5, payload: Buffer.alloc(5) }),
          h2Frame({ type: 0, flags: 9, stream: 1, payload: Buffer.concat([Buffer.from([2]), Buffer.from("body"), Buffer.alloc(2)]) }),
        ),
      )
      .server(join(responseHeaders(3, 404, { end: true }), responseHeaders(1, 200), dataFrame(1, "one ", false)))
      .expect({ type: "exchange", version: "2", scheme: "http", stream: 3, path: "/second", status: 404, authority: "a.test" })
      .server(join(dataFrame(1, "two", false), h2Frame({ type: 1, flags: 5, stream: 1, payload: literals(["grpc-status", "0"]) })))
      .expect({
        type: "exchange",
        stream: 1,
        scheme: "https",
        authority: "h.test",
        path: "/padded",
        request: { body: { bytes: "body" } },
        response: { body: { bytes: "one two", completeness: "full" }, trailers: [["grpc-status", "0"]] },
      })
      .close()
      .done()
  })

  it("joins a block that goes on in CONTINUATION", () => {
    const block = literals([":method", "GET"], [":scheme", "https"], [":path", "/long"], ["x-long", "v".repeat(300)])
    open()
      .client(
        join(
          h2Frame({ type: 1, flags: 1, stream: 1, payload: block.subarray(0, 10) }),
          h2Frame({ type: 9, stream: 1, payload: block.subarray(10, 100) }),
          h2Frame({ type: 9, flags: 4, stream: 1, payload: block.subarray(100) }),
        ),
      )
      .server(responseHeaders(1, 204, { end: true }))
      .expect({ type: "exchange", path: "/long", authority: "sni.test" })
      .close()
      .done()
  })

  it("pairs a push with the request that was promised", () => {
    const promise = Buffer.concat([
      Buffer.from([0, 0, 0, 2]),
      literals([":method", "GET"], [":scheme", "https"], [":authority", "a.test"], [":path", "/pushed"]),
    ])
    open()
      .client(requestHeaders(1, "/page"))
      .server(join(h2Frame({ type: 5, flags: 4, stream: 1, payload: promise }), responseHeaders(1, 200, { end: true })))
      .expect({ type: "exchange", path: "/page" })
      .server(join(responseHeaders(2, 200), dataFrame(2, "css")))
      .expect({ type: "exchange", path: "/pushed", stream: 2, response: { body: { bytes: "css" } } })
      .close()
      .done()
  })

  it("keeps what was there at a reset", () => {
    open()
      .client(requestHeaders(1, "/x"))
      .server(join(responseHeaders(1, 200), dataFrame(1, "part", false), h2Frame({ type: 3, stream: 1, payload: Buffer.alloc(4) })))
      .expect({ type: "exchange", response: { body: { bytes: "part", completeness: "truncated" } } })
      .close()
      .done()
  })

  it("reads the streams that a GOAWAY lets end", () => {
    open()
      .client(join(requestHeaders(1, "/a"), requestHeaders(3, "/b")))
      .server(join(h2Frame({ type: 7, payload: Buffer.from([0, 0, 0, 3, 0, 0, 0, 0]) }), responseHeaders(3, 200), dataFrame(3, "late")))
      .expect({ type: "exchange", path: "/b", status: 200, response: { body: { bytes: "late", completeness: "full" } } })
      .server(join(responseHeaders(1, 204, { end: true })))
      .expect({ type: "exchange", path: "/a", status: 204 })
      .close()
      .done()
  })

  it("emits streams still open at the end of the capture as open", () => {
    open()
      .client(requestHeaders(1, "/events"))
      .server(join(responseHeaders(1, 200, { fields: [["content-type", "text/event-stream"]] }), dataFrame(1, "data: 1\n\ndata: 2", false)))
      .expect({ type: "sse", stream: 1, data: "1", path: "/events" })
      .close("open")
      .expect({ type: "exchange", response: { body: { bytes: "data: 1\n\ndata: 2", completeness: "open" } } })
      .done()
  })

  it("reads WebSocket over extended CONNECT", () => {
    open()
      .client(requestHeaders(1, "/chat", { method: "CONNECT", end: false, fields: [[":protocol", "websocket"]] }))
      .server(responseHeaders(1, 200))
      .expect({ type: "exchange", method: "CONNECT", path: "/chat", status: 200 })
      .client(dataFrame(1, Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69]), false))
      .expect({ type: "websocket", side: "client", payload: "hi", stream: 1, path: "/chat" })
      .server(dataFrame(1, Buffer.from([0x81, 0x02, 0x79, 0x6f]), false))
      .expect({ type: "websocket", side: "server", payload: "yo" })
      .close()
      .done()
  })

  it("hands plain CONNECT to the router, each stream apart", () => {
    const book = open()
      .client(h2Frame({ type: 1, flags: 4, stream: 1, payload: literals([":method", "CONNECT"], [":authority", "db.test:5432"]) }))
      .server(responseHeaders(1, 200))
      .expect({ type: "exchange", method: "CONNECT", authority: "db.test:5432" })
      .client(dataFrame(1, "inside", true))
      .close()
      .done()
    expect(book.context.routed[0]?.hint).toEqual({ inside: "connect", host: "db.test", serverPort: 5432 })
    expect(book.context.routed[0]?.layer.text("client")).toBe("inside")
  })

  it("follows an h2c upgrade: the request that asked is stream 1", () => {
    play((context) => new Http1Layer(context, { inside: "tcp", serverPort: 80 }))
      .client("GET /up HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n")
      .server("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n")
      .expect({ type: "exchange", version: "1.1", status: 101, stream: 0 })
      .client(start)
      .server(join(settings, responseHeaders(1, 200), dataFrame(1, "over h2")))
      .expect({ type: "exchange", version: "2", path: "/up", status: 200, stream: 2 ** 32 + 1, response: { body: { bytes: "over h2" } } })
      .close()
      .done()
  })
})

describe("Http2Layer under attack", () => {
  const many = (count: number, make: (index: number) => Buffer) => Buffer.concat(Array.from({ length: count }, (_, index) => make(index)))

  it("names rapid resets (CVE-2023-44487) once and keeps nothing of them", () => {
    const book = open().client(
      many(400, (index) =>
        join(requestHeaders(1 + 2 * index, "/x"), h2Frame({ type: 3, stream: 1 + 2 * index, payload: Buffer.alloc(4) })),
      ),
    )
    expect(book.context.facts.filter((fact) => fact.type === "anomaly").map((fact) => fact.code)).toEqual(["rapid-reset"])
    expect(book.ignoreRest().layer.held).toBe(0)
  })
  it("stops a flood of CONTINUATION (CVE-2024-27316)", () => {
    const book = open().client(
      join(
        h2Frame({ type: 1, stream: 1, payload: literals(["a", "b"]) }),
        many(100, () => h2Frame({ type: 9, stream: 1, payload: literals(["x-flood", "y".repeat(100)]) })),
      ),
    )
    book.expect({ type: "anomaly", code: "continuation-flood" })
    expect(book.ignoreRest().layer.held).toBeLessThan(1000)
  })
  it.each([
    ["settings-flood", 4, 0, 1_100],
    ["ping-flood", 6, 8, 1_100],
    ["priority-flood", 2, 5, 5_100],
    ["window-update-flood", 8, 4, 200_100],
  ])("names a %s", (code, type, length, count) => {
    open()
      .client(Buffer.alloc(count * (9 + length), h2Frame({ type, payload: Buffer.alloc(length) })))
      .expect({ type: "anomaly", code })
      .close()
      .done()
  })
  it("names a flood of empty DATA (CVE-2019-9518)", () => {
    open()
      .client(
        join(
          requestHeaders(1, "/x", { end: false }),
          many(1100, () => dataFrame(1, "", false)),
        ),
      )
      .expect({ type: "anomaly", code: "empty-frame-flood" })
      .close("open")
      .expect({ type: "exchange" })
      .done()
  })
  it("names what becomes a smuggled request behind a proxy", () => {
    const fields = [
      ["transfer-encoding", "chunked"],
      ["x", "a\r\nb: c"],
    ] as const
    open()
      .client(
        join(
          requestHeaders(1, "/x", { fields }),
          requestHeaders(3, "/y", { fields: [["content-length", "5"]], end: false }),
          dataFrame(3, "123456789"),
        ),
      )
      .expect(
        { type: "anomaly", code: "connection-field" },
        { type: "anomaly", code: "field-control-character" },
        { type: "anomaly", code: "content-length-differs" },
      )
      .close("open")
      .expect({ type: "exchange" }, { type: "exchange" })
      .done()
  })
  it("bounds open streams", () => {
    const book = open().client(many(5000, (index) => requestHeaders(1 + 2 * index, "/x")))
    const codes = new Set(
      book
        .ignoreRest()
        .context.facts.filter((fact) => fact.type === "anomaly")
        .map((fact) => fact.code),
    )
    expect(codes).toEqual(new Set(["too-many-streams"]))
  })

  it("goes on behind a hole inside DATA and knows nothing else was lost", () => {
    open()
      .client(requestHeaders(1, "/x"))
      .server(join(responseHeaders(1, 200), dataFrame(1, "0123456789").subarray(0, 12)))
      .gap("server", 4)
      .server(dataFrame(1, "0123456789").subarray(16))
      .expect({ type: "exchange", response: { body: { bytes: "012789", length: 10, completeness: "gapped" } } })
      .close()
      .done()
  })
  it("finds the next frame after a gap and marks what may be missing", () => {
    open()
      .client(requestHeaders(1, "/x"))
      .server(join(responseHeaders(1, 200), dataFrame(1, "first ", false)))
      .gap("server", 500)
      .expect({ type: "anomaly", code: "gap-in-frames" })
      .server(join(Buffer.from("rest of a frame"), dataFrame(1, "after", false), dataFrame(1, " all")))
      .expect({ type: "exchange", response: { body: { bytes: "first after all", completeness: "gapped" } } })
      .close()
      .done()
  })

  it("takes a length that a loss made short for no lie", () => {
    const head = h2Frame({ type: 1, flags: 4, stream: 1, payload: literals([":status", "200"], ["content-length", "600"]) })
    open()
      .client(requestHeaders(1, "/x"))
      .server(join(head, dataFrame(1, "first ", false)))
      .gap("server", 500)
      .expect({ type: "anomaly", code: "gap-in-frames" })
      .server(join(Buffer.from("rest of a frame"), dataFrame(1, "after", false), dataFrame(1, " all")))
      .expect({ type: "exchange", response: { body: { completeness: "gapped" } } })
      .close()
      .done()
  })

  const conversation = [
    [
      "client",
      join(start, requestHeaders(1, "/a", { end: false }), dataFrame(1, "body", false), dataFrame(1, "", true), requestHeaders(3, "/b")),
    ],
    ["server", join(settings, responseHeaders(1, 200), dataFrame(1, "answer", false))],
    [
      "server",
      join(h2Frame({ type: 6, payload: Buffer.alloc(8) }), dataFrame(1, "", true), responseHeaders(3, 200), dataFrame(3, "x".repeat(400))),
    ],
    ["client", h2Frame({ type: 7, payload: Buffer.alloc(8) })],
  ] as const
  splitInvariant(http2, conversation as never)
  survivesGarbage(http2, { maxHeld: 2_000_000, seeds: [conversation as never] })
})
