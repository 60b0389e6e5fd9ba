import { constants } from "node:crypto"
import { rmSync } from "node:fs"
import { afterAll, describe, expect, it } from "vitest"
import { KeyStore } from "../../../../collectors/keys/key-store.ts"
import { requires } from "../../../support/requires.ts"
import { TlsPlayer } from "../../../support/tls/play-tls.ts"
import { makeCertificate, noCertificate, type RecordedSession, recordSession } from "../../../support/tls/recorded-session.ts"

const needsOpenssl = requires("openssl").missing
const certificate = needsOpenssl ? noCertificate : makeCertificate("ec")
afterAll(() => rmSync(certificate.path, { recursive: true, force: true }))
const tls12 = { maxVersion: "TLSv1.2" } as const

/** A session, and one that takes it up again. */
async function recordTwo(how: "ticket" | "id"): Promise<readonly [RecordedSession, RecordedSession]> {
  const server = {
    ...certificate,
    ...tls12,
    ticketKeys: Buffer.alloc(48, 7),
    sessionIdContext: "two",
    ...(how === "id" && { secureOptions: constants.SSL_OP_NO_TICKET }),
  }
  const known = new Map<string, Buffer>()
  const first = await recordSession({ server, known, client: tls12, talk: [["client", "one"]] })
  const { session } = first
  if (session === undefined) throw new Error("no session to take up")
  const talk = [
    ["client", "two"],
    ["server", "answer"],
  ] as const
  return [first, await recordSession({ server, known, client: { ...tls12, session }, talk })]
}

describe.skipIf(needsOpenssl).each(["ticket", "id"] as const)("a session of TLS 1.2 taken up again by its %s", (how) => {
  it("is read where only the first connection is in the key log", async () => {
    const [first, second] = await recordTwo(how)
    const keys = new KeyStore()
    new TlsPlayer({ keys, keyLog: first.keyLog }).play(first.events)
    const { tls, plain, anomalies } = new TlsPlayer({ keys }).play(second.events).result
    expect(tls).toMatchObject({ resumed: true, decryption: "full" })
    expect(plain).toEqual(second.sent)
    expect(anomalies).toEqual([])
  })

  it("is read when the keys of the first come late", async () => {
    const [first, second] = await recordTwo(how)
    const keys = new KeyStore()
    const [one, two] = [new TlsPlayer({ keys, linger: true }), new TlsPlayer({ keys, linger: true })]
    one.play(first.events)
    two.play(second.events).addKeys(first.keyLog)
    one.layer.flush()
    two.layer.flush()
    expect(two.result.plain).toEqual(second.sent)
  })

  it("stays unread without any keys, and is not taken for what it is not", async () => {
    const [first, second] = await recordTwo(how)
    const keys = new KeyStore()
    new TlsPlayer({ keys }).play(first.events)
    const { tls, plain, anomalies } = new TlsPlayer({ keys }).play(second.events).result
    expect(tls).toMatchObject({ resumed: true, decryption: "none", reason: "no-key" })
    expect(plain.client.length + plain.server.length + anomalies.length).toBe(0)
  })
})
