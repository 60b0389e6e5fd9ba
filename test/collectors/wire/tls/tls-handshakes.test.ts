import { rmSync } from "node:fs"
import type tls from "node:tls"
import fc from "fast-check"
import { afterAll, describe, expect, it } from "vitest"
import type { Side, StreamEvent } from "../../../../collectors/wire/stream.ts"
import { TlsLayer } from "../../../../collectors/wire/tls/tls-layer.ts"
import { TestContext } from "../../../support/playbook.ts"
import { requires } from "../../../support/requires.ts"
import { playTls, TlsPlayer } from "../../../support/tls/play-tls.ts"
import { makeCertificate, noCertificate, recordOpenSsl, recordSession } from "../../../support/tls/recorded-session.ts"

const needsOpenssl = requires("openssl").missing
const certificate = needsOpenssl ? noCertificate : makeCertificate("rsa")
const client = needsOpenssl ? noCertificate : makeCertificate("ec")
afterAll(() => {
  rmSync(certificate.path, { recursive: true, force: true })
  rmSync(client.path, { recursive: true, force: true })
})

const old = "ALL:COMPLEMENTOFALL:@SECLEVEL=0"
describe.skipIf(needsOpenssl)("TlsLayer with suites and versions of old", () => {
  it.each([
    ["-tls1", "AES128-SHA", "TLSv1.0", "TLS_RSA_WITH_AES_128_CBC_SHA"],
    ["-tls1", "ECDHE-RSA-AES256-SHA", "TLSv1.0", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA"],
    ["-tls1_1", "DHE-RSA-AES128-SHA", "TLSv1.1", "TLS_DHE_RSA_WITH_AES_128_CBC_SHA"],
    ["-tls1_1", "CAMELLIA256-SHA", "TLSv1.1", "TLS_RSA_WITH_CAMELLIA_256_CBC_SHA"],
    ["-tls1_2", "DHE-RSA-AES256-CCM8", "TLSv1.2", "TLS_DHE_RSA_WITH_AES_256_CCM_8"],
    ["-tls1_2", "DHE-RSA-CHACHA20-POLY1305", "TLSv1.2", "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256"],
    ["-tls1_2", "DHE-RSA-CAMELLIA128-SHA256", "TLSv1.2", "TLS_DHE_RSA_WITH_CAMELLIA_128_CBC_SHA256"],
    ["-tls1_2", "AECDH-AES128-SHA", "TLSv1.2", "TLS_ECDH_anon_WITH_AES_128_CBC_SHA"],
    ["-tls1_2", "NULL-SHA256", "TLSv1.2", "TLS_RSA_WITH_NULL_SHA256"],
  ] as const)("reads openssl %s %s", async (flag, cipher, version, name) => {
    const both = [flag, "-cipher", `${cipher}:@SECLEVEL=0`]
    const session = await recordOpenSsl({ server: both, client: both, certificate, send: "what did the agent say" })
    const played = playTls(session.events, session.keyLog)
    expect(played.tls).toMatchObject({ version, cipher: name, decryption: "full" })
    expect(played.plain.client.toString()).toBe(session.sent.client.toString())
    expect(played.plain.server.toString()).toBe(session.sent.server.toString())
    expect(played.anomalies).toEqual([])
  })

  it("reads a NULL cipher without any keys", async () => {
    const both = ["-tls1_2", "-cipher", "NULL-SHA256:@SECLEVEL=0"]
    const session = await recordOpenSsl({ server: both, client: both, certificate, send: "in the clear" })
    const played = playTls(session.events, "")
    expect(played.tls).toMatchObject({ decryption: "full" })
    expect(played.plain.client.toString()).toBe("in the clear\n")
  })

  it("reads records that are encrypted first and authenticated after, and those the other way round", async () => {
    for (const more of [[], ["-no_etm"]]) {
      const both = ["-tls1_2", "-cipher", "ECDHE-RSA-AES256-SHA384", ...more]
      const session = await recordOpenSsl({ server: both, client: both, certificate, send: "etm" })
      expect(playTls(session.events, session.keyLog).plain.server.toString()).toBe("mte\n")
    }
  })

  it("reads a pre-shared key of TLS 1.2", async () => {
    const psk = ["-psk", "00112233445566778899aabbccddeeff", "-cipher", `PSK-AES128-GCM-SHA256:${old}`, "-tls1_2"]
    const session = await recordOpenSsl({ server: [...psk, "-nocert"], client: psk, certificate, send: "shared" })
    expect(playTls(session.events, session.keyLog).tls).toMatchObject({ decryption: "full", cipher: "TLS_PSK_WITH_AES_128_GCM_SHA256" })
  })

  it("takes the pre-master secret where the log has no master secret", async () => {
    const both = ["-tls1_2", "-cipher", "AES128-GCM-SHA256"]
    const session = await recordOpenSsl({ server: both, client: both, certificate, send: "pre" })
    const onlyRsa = session.keyLog.split("\n").filter((line) => line.startsWith("RSA "))
    expect(onlyRsa).toHaveLength(1)
    expect(playTls(session.events, onlyRsa.join("\n")).plain.server.toString()).toBe("erp\n")
  })
})

describe.skipIf(needsOpenssl)("TlsLayer through unusual handshakes", () => {
  const tls13 = { minVersion: "TLSv1.3", maxVersion: "TLSv1.3" } as const
  const tls12 = { minVersion: "TLSv1.2", maxVersion: "TLSv1.2" } as const
  const talk = [
    ["client", "ask"],
    ["server", "answer"],
  ] as const

  it("follows a HelloRetryRequest to the second ClientHello", async () => {
    const session = await recordSession({
      server: { ...certificate, ...tls13, ecdhCurve: "P-521" },
      client: { ...tls13, ecdhCurve: "X25519:P-521" },
      talk,
    })
    const played = playTls(session.events, session.keyLog)
    expect(played.tls).toMatchObject({ decryption: "full", version: "TLSv1.3", sni: "agent.test" })
    expectPlain(played.plain, session.sent)
  })

  it("reads sessions with a client certificate", async () => {
    for (const range of [tls12, tls13]) {
      const session = await recordSession({
        server: { ...certificate, ...range, requestCert: true, rejectUnauthorized: false },
        client: { ...range, key: client.key, cert: client.cert },
        talk,
      })
      const played = playTls(session.events, session.keyLog)
      expect(played.tls).toMatchObject({ decryption: "full", certificate: { subject: "CN=agent.test, O=Egret test" } })
      expectPlain(played.plain, session.sent)
    }
  })

  it.each([
    ["TLS 1.2 ticket", tls12, 0],
    ["TLS 1.2 session id", tls12, 0x4000],
    ["TLS 1.3 ticket", tls13, 0],
  ] as const)("reads a resumed session: %s", async (_, range, secureOptions) => {
    const ticketKeys = Buffer.alloc(48, 9)
    const server = { ...certificate, ...range, ticketKeys, secureOptions, sessionIdContext: "egret" }
    let saved: Buffer | undefined
    const during = ({ client: socket }: { client: tls.TLSSocket }) => {
      socket.on("session", (session) => (saved = session))
      saved = range === tls12 ? socket.getSession() : saved
    }
    await recordSession({ server: server, client: range, talk, during })
    const session = await recordSession({
      server: server,
      client: { ...range, ...(saved === undefined ? {} : { session: saved }) },
      talk,
    })
    const played = playTls(session.events, session.keyLog)
    expectPlain(played.plain, session.sent)
    expect(played.tls?.decryption).toBe("full")
    if (secureOptions === 0) expect(played.tls?.resumed).toBe(true)
  })

  it("reads both sides of a renegotiation", async () => {
    const session = await recordSession({
      server: { ...certificate, ...tls12 },
      client: tls12,
      talk: [...talk, ["client", "again"], ["server", "more"]],
      during: ({ client: socket }, turn) =>
        turn === 2
          ? new Promise((resolve, reject) =>
              socket.renegotiate({ rejectUnauthorized: false }, (error) => (error === null ? resolve() : reject(error))),
            )
          : undefined,
    })
    const played = playTls(session.events, session.keyLog)
    expectPlain(played.plain, session.sent)
    expect(played.facts.filter((fact) => fact.type === "tls")).toHaveLength(1)
    expect(played.tls?.decryption).toBe("full")
  })

  it("tells a refused handshake by its alert", async () => {
    const session = await recordSession({ server: { ...certificate }, client: {}, talk })
    const hello = session.events.find((event) => event.type === "data")
    const alert = { type: "data", side: "server", at: 1, offset: 0, bytes: Uint8Array.of(21, 3, 3, 0, 2, 2, 40) } as const
    const end = (side: Side) => ({ type: "end", side, at: 2, offset: 7, how: "fin" }) as const
    const played = playTls(hello === undefined ? [] : [hello, alert, end("server"), end("client")], "")
    expect(played.tls).toMatchObject({ sni: "agent.test", decryption: "none", reason: "alert:40" })
  })
})

describe.skipIf(needsOpenssl)("TlsLayer as a stream layer", () => {
  it("gives the same plaintext and facts however the segments are cut, and whenever it is flushed", async () => {
    const session = await recordSession({
      server: { ...certificate },
      client: {},
      talk: [
        ["client", "a".repeat(5_000)],
        ...Array.from({ length: 20 }, (_, n) => ["server", `data: ${n}\n\n`] as const),
        ["server", "b".repeat(20_000)],
      ],
    })
    const whole = playTls(session.events, session.keyLog)
    expectPlain(whole.plain, session.sent)
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 3_000 }), fc.integer({ min: 1, max: 50 }), async (size, flushEvery) => {
        const events = session.events.flatMap((event): StreamEvent[] => {
          if (event.type !== "data") return [event]
          const parts: StreamEvent[] = []
          for (let start = 0; start < event.bytes.length; start += size) {
            parts.push({ ...event, offset: event.offset + start, bytes: event.bytes.subarray(start, start + size) })
          }
          return parts
        })
        const played = new TlsPlayer({ keyLog: session.keyLog }).play(events, { flushEvery }).result
        expectPlain(played.plain, whole.plain)
        expect(played.tls).toEqual(whole.tls)
      }),
      { numRuns: 25 },
    )
  })

  it("survives any bytes on both sides with bounded memory", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.uint8Array({ maxLength: 400 }), fc.nat(30)), { maxLength: 30 }), (parts) => {
        const layer = new TlsLayer(new TestContext(), { inside: "tcp", serverPort: 443 })
        for (const [first, bytes, gap] of parts) {
          const side = first ? "client" : "server"
          // Half of them look like records, so that more than the first check is reached.
          if (bytes.length > 5 && gap % 2 === 0) bytes.set([20 + (gap % 5), 3, 3, 0, bytes.length % 256])
          layer.handle(
            gap > 25 ? { type: "gap", side, at: 1, offset: 0, length: gap - 26 } : { type: "data", side, at: 1, offset: 0, bytes },
          )
          expect(layer.held).toBeLessThan(100_000)
        }
        layer.handle({ type: "end", side: "client", at: 2, offset: 0, how: "reset" })
        expect(layer.held).toBeLessThan(100_000)
      }),
      { numRuns: 300 },
    )
  })

  it("survives a real session with bytes changed anywhere, and never reports plaintext that was not sent", async () => {
    const session = await recordSession({
      server: { ...certificate },
      client: {},
      talk: [
        ["client", "q".repeat(300)],
        ["server", "r".repeat(300)],
      ],
    })
    fc.assert(
      fc.property(fc.nat(session.events.length - 1), fc.nat(10_000), fc.integer({ min: 1, max: 255 }), (which, position, change) => {
        const events = session.events.map((event, index) => {
          if (index !== which || event.type !== "data") return event
          const bytes = event.bytes.slice()
          bytes[position % bytes.length] = (bytes[position % bytes.length] ?? 0) ^ change
          return { ...event, bytes }
        })
        const played = playTls(events, session.keyLog)
        for (const side of ["client", "server"] as const)
          expect(session.sent[side].toString().startsWith(played.plain[side].toString())).toBe(true)
      }),
      { numRuns: 200 },
    )
  })
})

/** Hashes would hide where they differ, and whole buffers in a diff are pages long. */
function expectPlain(got: Readonly<Record<Side, Buffer>>, want: Readonly<Record<Side, Buffer>>): void {
  for (const side of ["client", "server"] as const) {
    expect(got[side].length).toBe(want[side].length)
    expect(got[side].equals(want[side])).toBe(true)
  }
}
