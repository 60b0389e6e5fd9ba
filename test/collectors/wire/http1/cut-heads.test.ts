// Heads whose rest was never captured: by a snap length, a lost packet, or the end of the capture.
import { afterEach, describe, expect, it } from "vitest"
import { Http1Layer } from "../../../../collectors/wire/http1/layer.ts"
import { checkPlaybooks, play } from "../../../support/playbook.ts"

const http1 = () => play((context) => new Http1Layer(context, { inside: "tcp", serverPort: 80 }))

describe("heads that are cut", () => {
  afterEach(checkPlaybooks)

  it("tells the request and the answer of a capture whose packets were cut to the snap length", () => {
    http1()
      .client("GET /long HTTP/1.1\r\nHost: cut.test\r\nCookie: ab")
      .gap("client", 900)
      .expect({ type: "anomaly", code: "gap-in-head", side: "client" })
      .server("HTTP/1.1 404 Not Found\r\nServer: s\r\nContent-Le")
      .gap("server", 700)
      .expect({ type: "exchange", method: "GET", authority: "cut.test", path: "/long", status: 404 })
      .expect({ type: "anomaly", code: "gap-in-head", side: "server" })
      .client("GET /next HTTP/1.1\r\nHost: cut.test\r\n\r\n")
      .server("HTTP/1.1 204 No Content\r\n\r\n")
      .expect({ type: "exchange", path: "/next", status: 204 })
      .close()
      .done()
  })

  it.each([
    ["fin", "truncated"],
    ["open", "open"],
  ] as const)("marks a message that ends inside its head (%s) as %s", (how, completeness) => {
    const book = http1().client("GET /x HTTP/1.1\r\nHost: cut.test\r\nAccept").end("client", how).end("server", how)
    const exchange = book.context.facts.find((fact) => fact.type === "exchange")
    expect(exchange).toMatchObject({ path: "/x", authority: "cut.test", request: { body: { completeness } } })
    book.ignoreRest()
  })

  it("tells nothing where not even the first line is there", () => {
    http1().client("GET /secret").gap("client", 100).expect({ type: "anomaly", code: "gap-in-head" }).close().done()
  })
})
