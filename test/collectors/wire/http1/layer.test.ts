import { gzipSync } from "node:zlib"
import { afterEach, describe, expect, it } from "vitest"
import type { LayerContext } from "../../../../collectors/wire/context.ts"
import { Http1Layer } from "../../../../collectors/wire/http1/layer.ts"
import { checkPlaybooks, play } from "../../../support/playbook.ts"
import { splitInvariant, survivesGarbage } from "../../../support/properties.ts"

const http1 = (context: LayerContext) => new Http1Layer(context, { inside: "tcp", serverPort: 80 })
const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a.test\r\n\r\n`
const ok = (body: string) => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`
const body = (text: string, completeness = "full") => ({ body: { bytes: text, length: text.length, completeness } })

afterEach(checkPlaybooks)

describe("Http1Layer", () => {
  it("joins a request and its response", () => {
    play(http1)
      .client("POST /v1/messages?x=1 HTTP/1.1\r\nHost: api.test\r\nX-A:  b \r\nx-a: c\r\nContent-Length: 2\r\n\r\nhi")
      .server(ok("hello"))
      .expect({
        type: "exchange",
        version: "1.1",
        scheme: "http",
        method: "POST",
        authority: "api.test",
        path: "/v1/messages?x=1",
        status: 200,
        stream: 0,
        request: {
          headers: [
            ["host", "api.test"],
            ["x-a", "b"],
            ["x-a", "c"],
            ["content-length", "2"],
          ],
          ...body("hi"),
        },
        response: body("hello"),
      })
      .close()
      .done()
  })

  it("pairs pipelined requests by order", () => {
    play(http1)
      .client(get("/1") + get("/2") + get("/3"))
      .server(ok("one") + ok("two"))
      .expect({ type: "exchange", path: "/1", stream: 0, response: body("one") })
      .expect({ type: "exchange", path: "/2", stream: 1, response: body("two") })
      .server(ok("three"))
      .expect({ type: "exchange", path: "/3", stream: 2, response: body("three") })
      .close()
      .done()
  })

  it("reads chunks with extensions and trailers", () => {
    play(http1)
      .client(get("/"))
      .server("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4;name=value\r\nWiki\r\n5\r\npedia\r\n0\r\nX-Sum: 7\r\n\r\n")
      .expect({ type: "exchange", response: { ...body("Wikipedia"), trailers: [["x-sum", "7"]] } })
      .server(ok("left over"))
      .close()
      .expect({ type: "exchange", method: "", status: 200, response: body("left over") })
      .done()
  })

  it("skips interim answers before the one that counts", () => {
    play(http1)
      .client("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
      .server("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n")
      .client("abc")
      .server(ok("done"))
      .expect({ type: "exchange", status: 200, request: body("abc"), response: body("done") })
      .close()
      .done()
  })

  it("knows that HEAD, 204 and 304 have no body", () => {
    play(http1)
      .client(`HEAD / HTTP/1.1\r\nHost: a\r\n\r\n${get("/204")}${get("/304")}`)
      .server("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
      .expect({ type: "exchange", method: "HEAD", response: body("") })
      .server("HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n")
      .expect({ type: "exchange", path: "/204" }, { type: "exchange", path: "/304", response: body("") })
      .close()
      .done()
  })

  it("takes an answer without length until the connection closes", () => {
    play(http1)
      .client("GET / HTTP/1.0\r\n\r\n")
      .server("HTTP/1.0 200 OK\r\n\r\nall of")
      .server(" it")
      .expectNothing()
      .end("server")
      .expect({ type: "exchange", version: "1.0", response: body("all of it") })
      .end("client")
      .done()
  })

  it.each([
    ["OPTIONS HTTP/1.1", "OPTIONS", ""],
    ["GET / HTTP/1.", "GET", "/"],
    ["GET /HTTP/1.1", "GET", "/HTTP/1.1"],
    ["BREW /pot", "BREW", "/pot"],
  ])("reports the malformed request line %j as what it was", (line, method, path) => {
    play(http1)
      .client(`${line}\r\nHost: a.test\r\n\r\n`)
      .expect({ type: "anomaly", code: "request-line-malformed" })
      .server("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
      .expect({ type: "exchange", method, path, authority: "a.test", status: 400 })
      .close()
      .done()
  })

  it("reads HTTP/0.9, whose answer is the document alone", () => {
    play(http1)
      .client("GET /old\r\n")
      .server("<html>")
      .close()
      .expect({ type: "exchange", version: "0.9", path: "/old", status: 0, response: body("<html>") })
      .done()
  })

  it("accepts bare LF, folded lines and absolute targets, and names the first two", () => {
    play(http1)
      .client("GET http://user@b.test:81/p?q HTTP/1.1\nHost: a\nX-Long: one\n  two\n\n")
      .expect({ type: "anomaly", code: "bare-lf" }, { type: "anomaly", code: "obs-fold" })
      .server(ok("x"))
      .expect({
        type: "exchange",
        authority: "b.test:81",
        path: "/p?q",
        request: {
          headers: [
            ["host", "a"],
            ["x-long", "one two"],
          ],
        },
      })
      .close()
      .done()
  })

  it("decodes gzip and hashes what was decoded", () => {
    const text = "token ".repeat(1000)
    const packed = gzipSync(text)
    play(http1)
      .client(get("/"))
      .server(Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${packed.length}\r\n\r\n`), packed]))
      .expect({ type: "exchange", response: { body: { bytes: text, encodedLength: packed.length, completeness: "full" } } })
      .close()
      .done()
  })

  it("gives the events of an open event stream as they come, and the exchange at its end", () => {
    play(http1)
      .client(get("/events"))
      .server("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
      .server("9\r\ndata: 1\n\n\r\n")
      .expect({ type: "sse", stream: 0, index: 0, data: "1", event: "message", path: "/events", method: "GET" })
      .server("12\r\nevent: x\ndata: 2\n\n\r\n")
      .expect({ type: "sse", index: 1, data: "2", event: "x" })
      .close("open")
      .expect({ type: "exchange", response: { body: { completeness: "open" } } })
      .done()
  })

  it("hands a CONNECT tunnel to the router, numbered apart", () => {
    const book = play(http1)
      .client("CONNECT api.test:443 HTTP/1.1\r\nHost: api.test:443\r\n\r\n")
      .client("early")
      .server("HTTP/1.1 200 Connection established\r\n\r\nfrom inside")
      .expect({ type: "exchange", method: "CONNECT", authority: "api.test:443", path: "", status: 200 })
      .client("more")
      .close()
      .done()
    const [routed] = book.context.routed
    expect(routed?.hint).toEqual({ inside: "connect", host: "api.test", serverPort: 443 })
    expect(routed?.layer.text("client")).toBe("earlymore")
    expect(routed?.layer.text("server")).toBe("from inside")
    expect(routed?.layer.events.map((event) => event.offset)).toEqual([0, 0, 5, 9, 11])
  })

  it("goes on with HTTP when a CONNECT is refused", () => {
    play(http1)
      .client("CONNECT a:1 HTTP/1.1\r\n\r\n")
      .client(get("/after"))
      .server("HTTP/1.1 407 Auth\r\nContent-Length: 0\r\n\r\n")
      .expect({ type: "exchange", method: "CONNECT", status: 407 })
      .server(ok("x"))
      .expect({ type: "exchange", path: "/after" })
      .close()
      .done()
  })

  it("reads a response that comes before its request in the capture", () => {
    const book = play(http1)
    const at = { request: 1, response: 2 }
    const response = Buffer.from(ok("x"))
    book.layer.handle({ type: "data", side: "server", at: at.response, offset: 0, bytes: response })
    book.layer.handle({ type: "data", side: "client", at: at.request, offset: 0, bytes: Buffer.from(get("/late")) })
    book
      .expect({ type: "exchange", path: "/late", status: 200, stream: 0, response: body("x") })
      .close()
      .done()
  })

  it("gives one-sided exchanges for a one-sided capture", () => {
    play(http1)
      .server(ok("a") + ok("b"))
      .expect({ type: "exchange", method: "", status: 200, stream: 0, response: body("a") })
      .close()
      .expect({ type: "exchange", stream: 1, response: body("b") })
      .done()
    play(http1)
      .client(get("/a"))
      .client(get("/b"))
      .close()
      .expect({ type: "exchange", path: "/a", status: 0 }, { type: "exchange", path: "/b", status: 0 })
      .done()
  })
})

describe("Http1Layer and smuggling", () => {
  it("lets Transfer-Encoding win over Content-Length and says so (CL.TE)", () => {
    play(http1)
      .client("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG")
      .expect({ type: "anomaly", code: "te-and-cl", side: "client" })
      .server(ok("x"))
      .expect({ type: "exchange", method: "POST", request: body("") })
      .close()
      .expect({ type: "anomaly", code: "cut-head" })
      .done()
  })

  it("goes opaque when two lengths contradict each other", () => {
    play(http1)
      .client(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n${get("/smuggled")}`)
      .expect({ type: "anomaly", code: "cl-conflict", detail: "5 and 6" })
      .server(ok("x"))
      .expect({ type: "exchange", path: "/", request: body("", "truncated") })
      .close()
      .done()
  })

  it("accepts a repeated equal length and names it", () => {
    play(http1)
      .client("POST / HTTP/1.1\r\nContent-Length: 2, 2\r\n\r\nhi")
      .expect({ type: "anomaly", code: "cl-repeated" })
      .server(ok("x"))
      .expect({ type: "exchange", request: body("hi") })
      .close()
      .done()
  })

  it.each(["+5", "0x5", "-1", "5 5", "99999999999999999999", ""])("refuses the length %j", (length) => {
    play(http1)
      .client(`POST / HTTP/1.1\r\nContent-Length: ${length}\r\n\r\n${get("/smuggled")}`)
      .expect({ type: "anomaly", code: "cl-invalid" })
      .close()
      .expect({ type: "exchange", path: "/" })
      .done()
  })

  it.each([
    ["Transfer-Encoding: xchunked", ["te-not-chunked"]],
    ["Transfer-Encoding: chunked, identity", ["te-not-chunked"]],
    ["Transfer-Encoding: \x0bchunked", ["te-not-chunked"]],
    ["Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", ["te-repeated", "te-not-chunked"]],
    ["Transfer-Encoding:\r\n xchunked", ["obs-fold", "obs-fold-framing", "te-not-chunked"]],
  ])("goes opaque when nobody can tell the body's end: %j", (field, codes) => {
    const book = play(http1).client(`POST / HTTP/1.1\r\nHost: a\r\n${field}\r\n\r\n${get("/smuggled")}`)
    for (const code of codes) book.expect({ type: "anomaly", code })
    book.close().expect({ type: "exchange", path: "/" }).done()
  })

  it("names a space before the colon of a framing field", () => {
    play(http1)
      .client("POST / HTTP/1.1\r\nTransfer-Encoding : chunked\r\n\r\n1\r\na\r\n0\r\n\r\n")
      .expect({ type: "anomaly", code: "space-before-colon" })
      .server(ok(""))
      .expect({ type: "exchange", request: body("a") })
      .close()
      .done()
  })

  it.each([
    ["fffffffffffffffff\r\n", "chunk-size-overflow"],
    ["-1\r\n", "chunk-size-invalid"],
    ["0x5\r\n", "chunk-size-invalid"],
    ["1\r\nabc\r\n", "chunk-no-crlf"],
  ])("goes opaque at the broken chunk %j", (chunk, code) => {
    play(http1)
      .client(`POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}${get("/smuggled")}`)
      .expect({ type: "anomaly", code })
      .server(ok(""))
      .expect({ type: "exchange", path: "/", request: { body: { completeness: "truncated" } } })
      .close()
      .done()
  })
})

describe("Http1Layer after a gap", () => {
  it("goes on behind a hole in a body of known length", () => {
    play(http1)
      .client(get("/"))
      .server("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
      .gap("server", 4)
      .server(`hij${ok("next")}`)
      .expect({
        type: "exchange",
        response: { body: { bytes: "abchij", length: 10, completeness: "gapped", gaps: [{ offset: 3, length: 4 }] } },
      })
      .close()
      .expect({ type: "exchange", response: body("next") })
      .done()
  })

  it("marks a body whose end is missing and finds the next response", () => {
    play(http1)
      .client(get("/1"))
      .server("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
      .gap("server", 400)
      .expect({ type: "exchange", path: "/1", response: { body: { bytes: "abc", length: 10, completeness: "gapped" } } })
      .client(get("/2"))
      .server("rest of something")
      .server(ok("two"))
      .expect({ type: "exchange", path: "/2", response: body("two") })
      .close()
      .done()
  })

  it("goes on behind a hole inside one chunk, and gives up when the hole hides chunk lines", () => {
    play(http1)
      .client(get("/"))
      .server("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\nabc")
      .gap("server", 4)
      .server("hij\r\n0\r\n\r\n")
      .expect({ type: "exchange", response: { body: { bytes: "abchij", length: 10, completeness: "gapped" } } })
      .close()
      .done()
  })

  it("pairs the next response with the latest request after responses were lost", () => {
    play(http1)
      .client(get("/1"))
      .gap("server", 200)
      .expect({ type: "anomaly", code: "gap-between-messages" })
      .client(get("/2"))
      .server(ok("two"))
      .expect({ type: "anomaly", code: "pairing-uncertain" })
      .expect({ type: "exchange", path: "/1", status: 0 })
      .expect({ type: "exchange", path: "/2", response: body("two") })
      .close()
      .done()
  })

  it("pairs by time what a hole on the client's side delayed", () => {
    const book = play(http1)
    const feed = (side: "client" | "server", at: number, offset: number, text: string) =>
      book.layer.handle({ type: "data", side, at, offset, bytes: Buffer.from(text) })
    feed("client", 10, 0, get("/1"))
    feed("server", 20, 0, ok("one"))
    // The request for "two" is lost, and the ones behind it are delivered after the answers.
    feed("server", 40, 41, ok("two"))
    feed("server", 60, 82, ok("three"))
    feed("server", 80, 125, ok("four"))
    book.layer.handle({ type: "gap", side: "client", at: 90, offset: 37, length: 37 })
    feed("client", 50, 74, get("/3"))
    feed("client", 70, 111, get("/4"))
    book
      .expect({ type: "exchange", path: "/1", response: body("one") }, { type: "anomaly", code: "gap-between-messages" })
      .expect({ type: "exchange", path: "", response: body("two") }, { type: "exchange", path: "/3", response: body("three") })
      .expect({ type: "exchange", path: "/4", response: body("four") })
      .close()
      .done()
  })

  it("never takes text inside a lost body for a request", () => {
    play(http1)
      .client("POST / HTTP/1.1\r\nContent-Length: 1000\r\n\r\nab")
      .gap("client", 2000)
      .client(`middle of a line GET /fake HTTP/1.1\r\nHost: a\r\n`)
      .client(get("/real"))
      .expectNothing()
      .server(ok("x"))
      .expect(
        { type: "anomaly", code: "pairing-uncertain" },
        { type: "exchange", method: "POST", status: 0, request: { body: { completeness: "gapped" } } },
      )
      .expect({ type: "exchange", path: "/real", status: 200 })
      .close()
      .done()
  })
})

describe("Http1Layer properties", () => {
  const conversation = [
    ["client", Buffer.from(`${get("/1")}POST /2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nT: 1\r\n\r\n`)],
    [
      "server",
      Buffer.from(
        ok("first") +
          "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n",
      ),
    ],
    ["server", Buffer.from("b\r\ndata: a\n\nda\r\nd\r\nta: b\r\n\r\n: c\n\r\n0\r\n\r\n")],
    ["client", Buffer.from("GET /lf HTTP/1.1\nHost: a\n\nGET /3 HTTP/1.1\r\nHost: a\r\n\r\n")],
    [
      "server",
      Buffer.concat([
        Buffer.from("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n1d\r\n"),
        Buffer.from(gzipSync("aaaaaaaaaaaaaaaaaaaaaaaabbbb")).subarray(0, 29),
      ]),
    ],
    ["server", Buffer.from("HTTP/1.1 200 OK\r\n\r\nuntil the end")],
  ] as const
  splitInvariant(http1, conversation as never)
  survivesGarbage(http1, { maxHeld: 1_000_000, seeds: [conversation as never] })
})
