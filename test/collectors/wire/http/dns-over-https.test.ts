import { encode } from "dns-packet"
import { afterEach, describe, expect, it } from "vitest"
import { Http1Layer } from "../../../../collectors/wire/http1/layer.ts"
import { checkPlaybooks, play } from "../../../support/playbook.ts"

const name = "exfil.agent.example"
const question = Buffer.from(encode({ type: "query", id: 0, flags: 256, questions: [{ name, type: "TXT" }] }))
const answer = Buffer.from(
  encode({
    type: "response",
    id: 0,
    questions: [{ name, type: "TXT" }],
    answers: [{ name, type: "TXT", ttl: 5, data: Buffer.from("go on") }],
  }),
)
const http1 = () => play((context) => new Http1Layer(context, { inside: "tls", serverPort: 443 }))
const message = (head: string, body: Buffer) =>
  Buffer.concat([Buffer.from(`${head}\r\nContent-Type: application/dns-message\r\nContent-Length: ${body.length}\r\n\r\n`), body])
const lookup = { type: "dns", name, qtype: "TXT", over: "https" } as const

describe("DNS over HTTPS", () => {
  afterEach(checkPlaybooks)

  it("is told as a lookup beside its exchange, asked by POST", () => {
    http1()
      .client(message("POST /resolve HTTP/1.1\r\nHost: dns.example", question))
      .server(message("HTTP/1.1 200 OK", answer))
      .expect({ type: "exchange", method: "POST", status: 200 })
      .expect({ ...lookup, rcode: "NOERROR", questionBytes: question.length, answerBytes: answer.length, index: 0 })
      .close()
      .done()
  })

  it("is told as a lookup asked by GET, also one that was refused", () => {
    http1()
      .client(`GET /dns-query?a=b&dns=${question.toString("base64url")} HTTP/1.1\r\nHost: dns.example\r\n\r\n`)
      .server("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
      .expect({ type: "exchange", method: "GET", status: 403 })
      .expect({ ...lookup, rcode: undefined, answers: [], answerBytes: 0 })
      .close()
      .done()
  })

  it.each(["AAAA", "%%%", "", Buffer.alloc(40, 0xff).toString("base64url")])("makes no lookup of what is none: %j", (dns) => {
    const book = http1()
      .client(`GET /dns-query?dns=${dns} HTTP/1.1\r\nHost: a\r\n\r\n`)
      .server("HTTP/1.1 200 OK\r\nContent-Type: application/dns-message\r\nContent-Length: 3\r\n\r\nabc")
      .close()
      .ignoreRest()
    expect(book.context.facts.filter(({ type }) => type === "dns")).toEqual([])
  })
})
