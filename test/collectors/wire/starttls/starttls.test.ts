import { describe, expect, it } from "vitest"
import { streamProtocols } from "../../../../collectors/wire/protocols.ts"
import { SocksLayer } from "../../../../collectors/wire/starttls/socks-layer.ts"
import { StarttlsLayer } from "../../../../collectors/wire/starttls/starttls-layer.ts"
import type { Side } from "../../../../collectors/wire/stream.ts"
import { TestContext } from "../../../support/playbook.ts"

const HELLO = "\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00"
const bytes = (text: string) => Buffer.from(text, "latin1")

class Conversation {
  readonly context = new TestContext()
  readonly #offsets = { client: 0, server: 0 }
  readonly #layer
  constructor(make: (context: TestContext) => StarttlsLayer | SocksLayer) {
    this.#layer = make(this.context)
  }
  say(side: Side, text: string): this {
    this.#layer.handle({ type: "data", side, at: 1, offset: this.#offsets[side], bytes: bytes(text) })
    this.#offsets[side] += text.length
    return this
  }
  inner(side: Side): string | undefined {
    return this.context.routed[0]?.layer.text(side)
  }
}

function nameOf(client: string, server: string, serverPort = 1): string | undefined {
  const opening = { client: bytes(client), server: bytes(server), hint: { inside: "tcp", serverPort } as const, final: false }
  return streamProtocols.find((protocol) => protocol.recognise(opening) !== "no")?.name
}

describe("StarttlsLayer", () => {
  it("routes the stream anew from the ClientHello on, after SMTP has granted STARTTLS", () => {
    const talk = new Conversation((context) => new StarttlsLayer(context, { inside: "tcp", serverPort: 587 }))
    talk.say("server", "220 mail.test ESMTP\r\n").say("client", "EHLO a\r\n").say("server", "250 STARTTLS\r\n")
    talk.say("client", "STARTTLS\r\n").say("server", "220 go\r\n")
    expect(talk.context.routed).toEqual([])
    talk.say("client", HELLO).say("server", "\x16\x03\x03 answer")
    expect(talk.context.routed[0]?.hint).toEqual({ inside: "starttls", serverPort: 587 })
    expect(talk.inner("client")).toBe(HELLO)
    expect(talk.inner("server")).toBe("\x16\x03\x03 answer")
    expect(talk.context.routed[0]?.layer.events.map((event) => event.offset)).toEqual([0, 0])
  })

  it("leaves a conversation in the clear alone, a hello of the server too", () => {
    const talk = new Conversation((context) => new StarttlsLayer(context, { inside: "tcp", serverPort: 25 }))
    talk.say("server", "220 x\r\n").say("server", HELLO).say("client", "QUIT\r\n")
    expect(talk.context.routed).toEqual([])
  })

  it("knows protocols by who greets how", () => {
    expect(nameOf("", "220 mail ESMTP")).toBe("smtp")
    expect(nameOf("", "220 ftp ready", 21)).toBe("ftp")
    expect(nameOf("", "* OK IMAP4rev1")).toBe("imap")
    expect(nameOf("", "+OK POP3")).toBe("pop3")
    expect(nameOf("", "J\0\0\0\n5.0.54\0")).toBe("mysql")
    expect(nameOf("\0\0\0\x08\x04\xd2\x16\x2f", "")).toBe("postgres")
    expect(nameOf("\x05\x01\x00", "\x05\x00")).toBe("socks")
    expect(nameOf("GET / HTTP/1.1\r\n", "")).toBe("http1")
  })
})

describe("SocksLayer", () => {
  const socks = () => new Conversation((context) => new SocksLayer(context, { inside: "tcp", serverPort: 1080 }))

  it("reads the host asked for and gives the stream inside to its layer", () => {
    const talk = socks().say("client", "\x05\x01\x00").say("server", "\x05\x00").say("client", "\x05\x01\x00\x03\x08api.test\x01\xbb")
    talk.say("server", "\x05\x00\x00\x01\x7f\x00\x00\x01\x04\x38").say("client", HELLO).say("server", "reply")
    expect(talk.context.routed[0]?.hint).toEqual({ inside: "socks", serverPort: 443, host: "api.test" })
    expect(talk.inner("client")).toBe(HELLO)
    expect(talk.inner("server")).toBe("reply")
    expect(talk.context.routed[0]?.layer.events.map((event) => event.offset)).toEqual([0, 0])
  })

  it("passes over a password, byte by byte, and bytes that come together with the reply", () => {
    const talk = socks()
    for (const byte of "\x05\x02\x00\x02") talk.say("client", byte)
    talk.say("server", "\x05\x02").say("client", "\x01\x04user\x06secret").say("server", "\x01\x00")
    for (const byte of "\x05\x01\x00\x01\x0a\x00\x00\x01\x00\x50") talk.say("client", byte)
    talk.say("server", "\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00early")
    expect(talk.context.routed[0]?.hint).toMatchObject({ host: "10.0.0.1", serverPort: 80 })
    expect(talk.inner("server")).toBe("early")
    expect(JSON.stringify(talk.context.facts)).not.toContain("secret")
  })

  it("reads SOCKS 4 with a name", () => {
    const talk = socks()
      .say("client", "\x04\x01\x01\xbb\x00\x00\x00\x01me\0api.test\0")
      .say("server", "\x00\x5a\x00\x00\x00\x00\x00\x00")
      .say("client", "x")
    expect(talk.context.routed[0]?.hint).toEqual({ inside: "socks", serverPort: 443, host: "api.test" })
    expect(talk.inner("client")).toBe("x")
  })

  it("stops at a refusal, a gap in the negotiation and an endless one", () => {
    const refused = socks().say("client", "\x05\x01\x00").say("server", "\x05\xff").say("client", "GET / HTTP/1.1\r\n")
    const endless = socks().say("client", `\x05\xff${"\x00".repeat(3_000)}`)
    for (const talk of [refused, endless]) expect(talk.context.routed).toEqual([])
  })
})
