import { rmSync } from "node:fs"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { StreamEvent } from "../../../../collectors/wire/stream.ts"
import { requires } from "../../../support/requires.ts"
import { seeded, withLoss } from "../../../support/tls/lossy.ts"
import { playTls } from "../../../support/tls/play-tls.ts"
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

const random = seeded(7)
const text = (length: number) => Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)))
const talk: SessionOptions["talk"] = [
  ["client", text(2_000)],
  ["server", text(300_000)],
  ...Array.from({ length: 200 }, (_, turn): readonly ["server", Buffer] => ["server", text(100 + ((turn * 37) % 900))]),
  ["client", text(100_000)],
  ["server", text(5_000)],
]
const suites = [
  ["TLSv1.3", "TLS_AES_128_GCM_SHA256"],
  ["TLSv1.3", "TLS_CHACHA20_POLY1305_SHA256"],
  ["TLSv1.2", "ECDHE-RSA-AES256-GCM-SHA384"],
  ["TLSv1.2", "ECDHE-RSA-AES128-SHA256"],
] as const

/** Bytes that came through, checked one by one as long as every gap before them has a known length. */
function recovered(events: readonly StreamEvent[], sent: Buffer): { bytes: number; wrong: number; known: boolean } {
  let bytes = 0
  let wrong = 0
  let known = true
  for (const event of events) {
    if (event.type === "gap" && event.length === 0) known = false
    if (event.type !== "data") continue
    bytes += event.bytes.length
    if (
      known ? !sent.subarray(event.offset, event.offset + event.bytes.length).equals(event.bytes) : !sent.includes(Buffer.from(event.bytes))
    )
      wrong++
  }
  return { bytes, wrong, known }
}

describe.skipIf(needsOpenssl).each(suites)("TlsLayer when packets are missing, %s %s", (version, ciphers) => {
  let session: RecordedSession
  beforeAll(async () => {
    const range = { minVersion: version, maxVersion: version, ciphers } as const
    session = await recordSession({ server: { ...certificate, ...range }, client: range, talk })
  })
  /** Behind the handshake, where only application data flows. */
  const AFTER_HANDSHAKE = 8_000

  it.each([1, 2, 3, 4, 5])("reads all records that one packet in a hundred leaves whole (seed %i)", (seed) => {
    const dice = seeded(seed)
    const events = withLoss(session.events, 1_400, (_, { offset }) => offset > AFTER_HANDSHAKE && dice() < 0.01)
    expect(events.some((event) => event.type === "gap")).toBe(true)
    const played = playTls(events, session.keyLog)
    for (const side of ["client", "server"] as const) {
      const { bytes, wrong } = recovered(
        played.inner.filter((event) => event.side === side),
        session.sent[side],
      )
      expect(wrong).toBe(0)
      // A lost packet costs the record around it, at the most 16 KB.
      expect(bytes).toBeGreaterThan(session.sent[side].length * 0.4)
    }
    expect(played.anomalies).toEqual([])
    expect(played.tls).toMatchObject({ decryption: "partial", reason: "gap", sni: "agent.test" })
  })

  it("loses one record and knows its length when the loss lies inside it", () => {
    const events = withLoss(session.events, 500, (_, { side, offset }) => side === "server" && offset >= 60_000 && offset < 60_500)
    const { inner } = playTls(events, session.keyLog)
    const fromServer = inner.filter((event) => event.side === "server")
    const { wrong, bytes, known } = recovered(fromServer, session.sent.server)
    const gaps = fromServer.filter((event) => event.type === "gap")
    expect(wrong).toBe(0)
    expect(gaps).toHaveLength(1)
    expect(known).toBe(!ciphers.endsWith("SHA256") || version === "TLSv1.3")
    expect(bytes).toBeGreaterThanOrEqual(session.sent.server.length - 2 * 16_384)
  })

  it("finds the next record when a whole run of them is missing", () => {
    const events = withLoss(session.events, 1_400, (_, { side, offset }) => side === "server" && offset >= 100_000 && offset < 180_000)
    const { inner, anomalies } = playTls(events, session.keyLog)
    const { wrong, bytes } = recovered(
      inner.filter((event) => event.side === "server"),
      session.sent.server,
    )
    expect(wrong).toBe(0)
    expect(bytes).toBeGreaterThan(session.sent.server.length - 80_000 - 4 * 16_384)
    expect(anomalies).toEqual([])
  })

  it("reads on when the loss is told without its length", () => {
    const events = withLoss(session.events, 1_400, (_, { side, offset }) => side === "server" && offset >= 100_000 && offset < 101_400)
    const { inner } = playTls(
      events.map((event) => (event.type === "gap" ? { ...event, length: 0 } : event)),
      session.keyLog,
    )
    const { wrong, bytes } = recovered(
      inner.filter((event) => event.side === "server"),
      session.sent.server,
    )
    expect(wrong).toBe(0)
    expect(bytes).toBeGreaterThan(session.sent.server.length - 4 * 16_384)
  })

  it("reads application data although packets of the handshake are missing, or says why not", () => {
    for (let lost = 0; lost < 8; lost++) {
      const events = withLoss(session.events, 700, (segment) => segment === lost)
      const played = playTls(events, session.keyLog)
      expect(played.anomalies).toEqual([])
      for (const side of ["client", "server"] as const) {
        expect(
          recovered(
            played.inner.filter((event) => event.side === side),
            session.sent[side],
          ).wrong,
        ).toBe(0)
      }
      if (played.tls?.decryption === "none") expect(played.tls.reason).toMatch(/gap|mid-stream/)
      else expect(played.plain.server.length).toBeGreaterThan(session.sent.server.length * 0.9)
    }
  })

  it("takes a changed byte for an anomaly, stops that side and goes on with the other", () => {
    const events = session.events.map((event) => {
      if (event.type !== "data" || event.side !== "server" || event.offset + event.bytes.length <= 150_000 || event.offset > 150_000)
        return event
      const bytes = event.bytes.slice()
      bytes[150_000 - event.offset] = (bytes[150_000 - event.offset] ?? 0) ^ 1
      return { ...event, bytes }
    })
    const played = playTls(events, session.keyLog)
    expect(played.plain.client.equals(session.sent.client)).toBe(true)
    expect(played.plain.server.length).toBeLessThan(150_000)
    expect(session.sent.server.subarray(0, played.plain.server.length).equals(played.plain.server)).toBe(true)
    expect(played.inner.filter((event) => event.type === "gap")).toMatchObject([{ side: "server", length: 0 }])
    expect(played.anomalies).toMatchObject([{ layer: "tls", code: "bad-tag", side: "server" }])
    expect(played.tls).toMatchObject({ decryption: "partial", reason: "bad-tag" })
  })
})
