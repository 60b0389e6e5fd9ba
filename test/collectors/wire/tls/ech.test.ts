import { createCipheriv } from "node:crypto"
import { describe, expect, it } from "vitest"
import { KeyStore } from "../../../../collectors/keys/key-store.ts"
import { parseClientHello } from "../../../../collectors/wire/tls/client-hello.ts"
import { hpkeKeys, openInnerHello } from "../../../../collectors/wire/tls/ech.ts"
import { Handshake } from "../../../../collectors/wire/tls/handshake.ts"
import { clientHello } from "../../../support/quic/builder.ts"

const hex = (text: string) => Buffer.from(text, "hex")
const OUTER = Buffer.alloc(32, 0x0a)
const INNER = Buffer.alloc(32, 0x1b)
const SHARED = Buffer.alloc(32, 0x5e)
// version, length, config id, X25519, the rest of no interest here.
const CONFIG = hex("fe0d0008" + "07" + "0020" + "0001aa0000")

/** An outer hello whose extension fe0d holds the sealed inner one. */
function sealedHello(): Buffer {
  const inner = Buffer.concat([clientHello(INNER, { sni: "secret.test" }).subarray(4), Buffer.alloc(20)])
  const { key, nonce } = hpkeKeys({
    shared: SHARED,
    info: Buffer.concat([Buffer.from("tls ech\0"), CONFIG]),
    kem: 0x20,
    kdf: 1,
    aead: { id: 1, name: "aes-128-gcm", keyLength: 16 },
    hash: "sha256",
  })
  const size = inner.length + 16
  const extension = (payload: Buffer) => {
    const body = Buffer.concat([hex("00" + "0001" + "0001" + "07" + "0000"), Buffer.from([size >> 8, size & 255]), payload])
    return Buffer.concat([hex("fe0d"), Buffer.from([body.length >> 8, body.length & 255]), body])
  }
  const outer = (payload: Buffer) => {
    const plain = clientHello(OUTER, { sni: "public.test" })
    const added = extension(payload)
    const body = Buffer.concat([plain.subarray(4), added])
    // Lengths of the extensions: 2 + 32 + 1 + 2 + 2 + 2 bytes come before them.
    body.writeUInt16BE(body.readUInt16BE(41) + added.length, 41)
    return body
  }
  const cipher = createCipheriv("aes-128-gcm", key, nonce).setAAD(outer(Buffer.alloc(size)))
  return outer(Buffer.concat([cipher.update(inner), cipher.final(), cipher.getAuthTag()]))
}

describe("Encrypted ClientHello", () => {
  it("makes the keys of RFC 9180 appendix A.1.1", () => {
    const made = hpkeKeys({
      shared: hex("fe0e18c9f024ce43799ae393c7e8fe8fce9d218875e8227b0187c04e7d2ea1fc"),
      info: hex("4f6465206f6e2061204772656369616e2055726e"),
      ...{ kem: 0x20, kdf: 1, aead: { id: 1, name: "aes-128-gcm", keyLength: 16 }, hash: "sha256" },
    })
    expect(made.key.toString("hex")).toBe("4531685d41d65f03dc48f6b8302c05b0")
    expect(made.nonce.toString("hex")).toBe("56d890e5accaaf011cff4b7d")
  })

  it("opens the inner hello with the secrets of the key log, and only with the right ones", () => {
    const body = sealedHello()
    const hello = parseClientHello(body)
    if (hello === undefined) throw new Error("the outer hello is one")
    const store = new KeyStore()
    expect(openInnerHello(hello, body, store)).toBeUndefined()
    const outer = OUTER.toString("hex")
    store.addText(Buffer.from(`ECH_SECRET ${outer} ${SHARED.toString("hex")}\nECH_CONFIG ${outer} ${CONFIG.toString("hex")}\n`))
    expect(openInnerHello(hello, body, store)).toMatchObject({ sni: "secret.test" })
    body[body.length - 1] = (body[body.length - 1] ?? 0) ^ 1
    expect(openInnerHello(hello, body, store)).toBeUndefined()
  })

  it("looks for keys under the inner random as soon as it is known, and tells the inner name", () => {
    const body = sealedHello()
    const store = new KeyStore()
    const handshake = new Handshake(store)
    handshake.onMessage("client", { type: 1, body, whole: Buffer.concat([hex("01000000"), body]) })
    expect(handshake.clientRandom).toBe(OUTER.toString("hex"))
    expect(handshake.serverName).toBe("public.test")
    const outer = OUTER.toString("hex")
    store.addText(Buffer.from(`ECH_SECRET ${outer} ${SHARED.toString("hex")}\nECH_CONFIG ${outer} ${CONFIG.toString("hex")}\n`))
    expect(handshake.clientRandom).toBe(INNER.toString("hex"))
    expect(handshake.serverName).toBe("secret.test")
    expect(handshake.first?.ech).toBe(true)
  })
})
