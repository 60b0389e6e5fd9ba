// TLS inside of other things, through the real router: a CONNECT proxy, SOCKS, STARTTLS, and TLS within TLS.
import { rmSync } from "node:fs"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { KeyStore } from "../../../../collectors/keys/key-store.ts"
import type { LayerContext } from "../../../../collectors/wire/context.ts"
import type { WireFact } from "../../../../collectors/wire/facts.ts"
import { Router } from "../../../../collectors/wire/router.ts"
import type { Side, StreamEvent } from "../../../../collectors/wire/stream.ts"
import { requires } from "../../../support/requires.ts"
import { makeCertificate, noCertificate, type RecordedSession, recordSession } from "../../../support/tls/recorded-session.ts"

const needsOpenssl = requires("openssl").missing
const certificate = needsOpenssl ? noCertificate : makeCertificate("ec")
afterAll(() => rmSync(certificate.path, { recursive: true, force: true }))

function factsOf(events: readonly StreamEvent[], keyLog: string): WireFact[] {
  const facts: WireFact[] = []
  const keys = new KeyStore()
  keys.addText(Buffer.from(keyLog))
  const context: LayerContext = {
    emit: (fact) => facts.push(fact),
    keys,
    route: (hint) => new Router(context, hint),
    named: () => undefined,
  }
  const router = new Router(context, { inside: "tcp", serverPort: 3_128 })
  for (const event of events) {
    router.handle(event)
    router.flush()
  }
  return facts
}

/** What is said before, then the session, at the offsets of one stream. */
function after(words: readonly (readonly [Side, string])[], { events }: RecordedSession): StreamEvent[] {
  const offsets = { client: 0, server: 0 }
  const before = words.map(([side, text]): StreamEvent => {
    const bytes = Buffer.from(text, "latin1")
    const event = { type: "data", side, at: 1, offset: offsets[side], bytes } as const
    offsets[side] += bytes.length
    return event
  })
  return [...before, ...events.map((event) => ({ ...event, offset: event.offset + offsets[event.side] }))]
}

describe.skipIf(needsOpenssl)("TLS inside", () => {
  let session: RecordedSession
  beforeAll(async () => {
    session = await recordSession({
      server: { ...certificate, ALPNProtocols: ["http/1.1"] },
      client: { ALPNProtocols: ["http/1.1"] },
      talk: [
        ["client", "GET /inner HTTP/1.1\r\nHost: agent.test\r\n\r\n"],
        ["server", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"],
      ],
    })
  })
  const expectInner = (facts: readonly WireFact[]) => {
    expect(facts.filter((fact) => fact.type === "anomaly")).toEqual([])
    expect(facts.find((fact) => fact.type === "tls")).toMatchObject({ sni: "agent.test", decryption: "full" })
    expect(facts.filter((fact) => fact.type === "exchange").find(({ path }) => path === "/inner")).toMatchObject({
      status: 200,
      scheme: "https",
    })
  }

  it("is read through a CONNECT proxy", () => {
    const words = [
      ["client", "CONNECT agent.test:443 HTTP/1.1\r\nHost: agent.test:443\r\n\r\n"],
      ["server", "HTTP/1.1 200 Connection established\r\n\r\n"],
    ] as const
    expectInner(factsOf(after(words, session), session.keyLog))
  })

  it("is read through SOCKS", () => {
    const words = [
      ["client", "\x05\x01\x00"],
      ["server", "\x05\x00"],
      ["client", "\x05\x01\x00\x03\x0aagent.test\x01\xbb"],
      ["server", "\x05\x00\x00\x01\x7f\x00\x00\x01\x04\x38"],
    ] as const
    expectInner(factsOf(after(words, session), session.keyLog))
  })

  it.each([
    ["SMTP", "220 mail ESMTP\r\n", "STARTTLS\r\n", "220 go\r\n"],
    ["IMAP", "* OK IMAP4rev1\r\n", "a1 STARTTLS\r\n", "a1 OK begin\r\n"],
    ["POP3", "+OK POP3\r\n", "STLS\r\n", "+OK begin\r\n"],
  ])("is read after STARTTLS in %s", (_, greeting, wish, leave) => {
    const words = [
      ["server", greeting],
      ["client", wish],
      ["server", leave],
    ] as const
    expectInner(factsOf(after(words, session), session.keyLog))
  })

  it("is read within the TLS of a proxy that is itself reached by TLS", async () => {
    const turns = session.events.flatMap((event) => (event.type === "data" ? [[event.side, Buffer.from(event.bytes)] as const] : []))
    const outer = await recordSession({
      server: { ...certificate },
      client: { servername: "proxy.test" },
      talk: [
        ["client", "CONNECT agent.test:443 HTTP/1.1\r\nHost: agent.test:443\r\n\r\n"],
        ["server", "HTTP/1.1 200 OK\r\n\r\n"],
        ...turns,
      ],
    })
    const facts = factsOf(outer.events, outer.keyLog + session.keyLog)
    expect(
      facts
        .filter((fact) => fact.type === "tls")
        .map(({ sni, decryption }) => [sni, decryption])
        .sort(),
    ).toEqual([
      ["agent.test", "full"],
      ["proxy.test", "full"],
    ])
    expect(facts.filter((fact) => fact.type === "exchange").map(({ method, path }) => `${method} ${path}`)).toContain("GET /inner")
  })
})
