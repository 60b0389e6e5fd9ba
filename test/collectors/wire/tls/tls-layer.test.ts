import { rmSync } from "node:fs"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { requires } from "../../../support/requires.ts"
import { playTls, TlsPlayer } from "../../../support/tls/play-tls.ts"
import {
  makeCertificate,
  noCertificate,
  type RecordedSession,
  recordSession,
  type SessionOptions,
} from "../../../support/tls/recorded-session.ts"

const needsOpenssl = requires("openssl").missing
const certificate = needsOpenssl ? noCertificate : makeCertificate("rsa")
afterAll(() => rmSync(certificate.path, { recursive: true, force: true }))

const talk: SessionOptions["talk"] = [
  ["client", "GET / HTTP/1.1\r\nhost: agent.test\r\n\r\n"],
  ["server", "HTTP/1.1 200 OK\r\ncontent-length: 40000\r\n\r\n"],
  ["server", "x".repeat(40_000)],
  ["client", "y".repeat(3_000)],
  ["server", "data: 1\n\n"],
  ["server", "data: 2\n\n"],
  ["client", "bye"],
]

function record(version: "TLSv1.2" | "TLSv1.3", cipher: string, more: Partial<SessionOptions> = {}): Promise<RecordedSession> {
  const range = { minVersion: version, maxVersion: version, ciphers: cipher } as const
  return recordSession({
    server: { ...certificate, ...range, ALPNProtocols: ["h2", "http/1.1"], ...more.server },
    client: { ...range, ALPNProtocols: ["http/1.1"], ...more.client },
    talk: more.talk ?? talk,
    ...(more.during === undefined ? {} : { during: more.during }),
  })
}

describe.skipIf(needsOpenssl)("TlsLayer with keys", () => {
  it.each([
    ["TLSv1.3", "TLS_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256"],
    ["TLSv1.3", "TLS_AES_256_GCM_SHA384", "TLS_AES_256_GCM_SHA384"],
    ["TLSv1.3", "TLS_CHACHA20_POLY1305_SHA256", "TLS_CHACHA20_POLY1305_SHA256"],
    ["TLSv1.3", "TLS_AES_128_CCM_SHA256", "TLS_AES_128_CCM_SHA256"],
    ["TLSv1.3", "TLS_AES_128_CCM_8_SHA256", "TLS_AES_128_CCM_8_SHA256"],
    ["TLSv1.2", "ECDHE-RSA-AES128-GCM-SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"],
    ["TLSv1.2", "ECDHE-RSA-AES256-GCM-SHA384", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"],
    ["TLSv1.2", "ECDHE-RSA-CHACHA20-POLY1305", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"],
    ["TLSv1.2", "AES128-GCM-SHA256", "TLS_RSA_WITH_AES_128_GCM_SHA256"],
    ["TLSv1.2", "AES256-CCM", "TLS_RSA_WITH_AES_256_CCM"],
    ["TLSv1.2", "AES128-CCM8", "TLS_RSA_WITH_AES_128_CCM_8"],
    ["TLSv1.2", "ECDHE-RSA-AES128-SHA", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"],
    ["TLSv1.2", "ECDHE-RSA-AES128-SHA256", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256"],
    ["TLSv1.2", "ECDHE-RSA-AES256-SHA384", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384"],
    ["TLSv1.2", "ECDHE-RSA-CAMELLIA128-SHA256", "TLS_ECDHE_RSA_WITH_CAMELLIA_128_CBC_SHA256"],
    ["TLSv1.2", "ARIA256-GCM-SHA384", "TLS_RSA_WITH_ARIA_256_GCM_SHA384"],
  ] as const)("reads %s with %s as the endpoints wrote it", async (version, cipher, name) => {
    const session = await record(version, cipher)
    const played = playTls(session.events, session.keyLog)
    expect(played.tls).toMatchObject({
      sni: "agent.test",
      alpn: ["http/1.1"],
      alpnChosen: "http/1.1",
      version,
      cipher: name,
      decryption: "full",
      reason: undefined,
      resumed: false,
      ech: false,
      certificate: { subject: "CN=agent.test, O=Egret test", names: ["agent.test", "api.agent.test"] },
    })
    expect(played.anomalies).toEqual([])
    expect(played.plain.client.equals(session.sent.client)).toBe(true)
    expect(played.plain.server.equals(session.sent.server)).toBe(true)
    expect(played.hint).toEqual({ inside: "tls", alpn: "http/1.1", serverPort: 443, host: "agent.test" })
  })
})

describe.skipIf(needsOpenssl)("TlsLayer without keys", () => {
  let session: RecordedSession
  beforeAll(async () => {
    session = await record("TLSv1.3", "TLS_AES_128_GCM_SHA256")
  })

  it("still tells the hello's facts and the shape of the stream", () => {
    const played = playTls(session.events, "")
    expect(played.tls).toMatchObject({
      sni: "agent.test",
      version: "TLSv1.3",
      decryption: "none",
      reason: "no-key",
      certificate: undefined,
    })
    expect(played.tls?.ja3).toMatch(/^[0-9a-f]{32}$/)
    expect(played.tls?.ja4).toMatch(/^t13d\d{4}h1_[0-9a-f]{12}_[0-9a-f]{12}$/)
    expect(played.shape?.serverSizes.length).toBeGreaterThan(5)
    expect(played.shape?.serverGapMicros.length).toBe((played.shape?.serverSizes.length ?? 0) - 1)
    expect(played.inner).toEqual([])
  })

  it("reads what it held when the keys come in the middle, in the order of the wire", () => {
    const whole = playTls(session.events, session.keyLog)
    const player = new TlsPlayer()
    const half = Math.floor(session.events.length / 2)
    player.play(session.events.slice(0, half))
    expect(player.result.inner).toEqual([])
    player.addKeys(session.keyLog).play(session.events.slice(half))
    expect(player.result.plain).toEqual(whole.plain)
    expect(player.result.tls).toEqual(whole.tls)
  })

  it("waits after the end of the flow when its owner lets it linger", () => {
    const player = new TlsPlayer({ linger: true }).play(session.events)
    expect(player.lingering).toBe(true)
    player.layer.flush()
    expect(player.result.facts).toEqual([])
    player.addKeys(session.keyLog).layer.flush()
    expect(player.result.tls?.decryption).toBe("full")
    expect(player.result.plain.client.equals(session.sent.client)).toBe(true)
    expect(player.layer.held).toBe(0)
  })

  it("lets go of what it held and says why when its owner abandons it", () => {
    const player = new TlsPlayer({ linger: true }).play(session.events)
    expect(player.layer.held).toBeGreaterThan(40_000)
    player.layer.abandon(1_700_000_100_000_000)
    expect(player.result.tls).toMatchObject({ decryption: "none", reason: "no-key" })
    expect(player.layer.held).toBe(0)
  })

  it("gives up when packets come and patience by packet time has run out", () => {
    const player = new TlsPlayer()
    const half = session.events.slice(0, Math.floor(session.events.length / 2))
    player.play(half)
    expect(player.layer.held).toBeGreaterThan(1_000)
    player.play([{ type: "data", side: "client", at: 1_700_000_100_000_000, offset: 1_000_000, bytes: Uint8Array.of(23) }])
    expect(player.result.tls).toMatchObject({ decryption: "none", reason: "no-key" })
    expect(player.layer.held).toBeLessThan(10)
  })
})
