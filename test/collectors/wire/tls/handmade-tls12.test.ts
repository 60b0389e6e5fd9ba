// TLS 1.2 made of the RFCs and node:crypto alone, for what today's OpenSSL no longer agrees to.
import { createCipheriv, createHmac } from "node:crypto"
import { describe, expect, it } from "vitest"
import type { Side, StreamEvent } from "../../../../collectors/wire/stream.ts"
import { clientHello, message } from "../../../support/quic/builder.ts"
import { playTls } from "../../../support/tls/play-tls.ts"

const master = Buffer.alloc(48, 5)
const clientRandom = Buffer.alloc(32, 0x11)
const serverRandom = Buffer.alloc(32, 0x22)
const KEY_LOG = `CLIENT_RANDOM ${clientRandom.toString("hex")} ${master.toString("hex")}\n`

describe("TlsLayer with a server of TLS 1.2 as it was", () => {
  it("reads Triple DES", () => {
    const session = new Session(0x000a)
    const played = playTls(
      [...session.handshake(), session.text("client", "what was asked"), session.text("server", "answered"), ...session.end()],
      KEY_LOG,
    )
    expect(played.tls).toMatchObject({ version: "TLSv1.2", cipher: "TLS_RSA_WITH_3DES_EDE_CBC_SHA", decryption: "full" })
    expect(played.anomalies).toEqual([])
    expect([played.plain.client.toString(), played.plain.server.toString()]).toEqual(["what was asked", "answered"])
  })

  it("refuses compression by name, though it has the keys", () => {
    const session = new Session(0x000a, 1)
    const played = playTls([...session.handshake(), session.text("client", "packed"), ...session.end()], KEY_LOG)
    expect(played.tls).toMatchObject({ sni: "agent.test", decryption: "none", reason: "compression" })
    expect(played.plain.client.length).toBe(0)
  })
})

class Session {
  readonly #suite: number
  readonly #compression: number
  readonly #keys: Readonly<Record<Side, { readonly mac: Buffer; readonly key: Buffer }>>
  readonly #seq: Record<Side, bigint> = { client: 0n, server: 0n }
  readonly #offset: Record<Side, number> = { client: 0, server: 0 }

  constructor(suite: number, compression = 0) {
    this.#suite = suite
    this.#compression = compression
    // RFC 5246 section 6.3: both MAC keys, both cipher keys.
    const block = prf("key expansion", Buffer.concat([serverRandom, clientRandom]), 2 * (20 + 24))
    this.#keys = {
      client: { mac: block.subarray(0, 20), key: block.subarray(40, 64) },
      server: { mac: block.subarray(20, 40), key: block.subarray(64, 88) },
    }
  }

  handshake(): StreamEvent[] {
    const rest = [0, this.#suite >> 8, this.#suite & 255, this.#compression]
    const hello = message(2, Buffer.concat([Buffer.from([3, 3]), serverRandom, Buffer.from(rest)]))
    const sides = ["client", "server"] as const
    return [
      this.#event("client", record(22, clientHello(clientRandom, { alpn: "http/1.1", suite: this.#suite }))),
      this.#event("server", record(22, Buffer.concat([hello, message(14, Buffer.alloc(0))]))),
      this.#event("client", record(22, message(16, Buffer.alloc(130, 7)))),
      ...sides.flatMap((side) => [
        this.#event(side, record(20, Buffer.from([1]))),
        this.#event(side, this.#seal(side, 22, message(20, Buffer.alloc(12)))),
      ]),
    ]
  }

  text(side: Side, text: string): StreamEvent {
    return this.#event(side, this.#seal(side, 23, Buffer.from(text)))
  }

  end(): StreamEvent[] {
    return (["client", "server"] as const).map((side) => ({ type: "end", side, at: 2_000_000, offset: this.#offset[side], how: "fin" }))
  }

  /** GenericBlockCipher, RFC 5246 section 6.2.3.2. */
  #seal(side: Side, type: number, text: Buffer): Buffer {
    const { mac, key } = this.#keys[side]
    const head = Buffer.alloc(13)
    head.writeBigUInt64BE(this.#seq[side]++)
    head.set([type, 3, 3], 8)
    head.writeUInt16BE(text.length, 11)
    const tag = createHmac("sha1", mac).update(head).update(text).digest()
    const padding = 7 - ((text.length + tag.length) % 8)
    const iv = Buffer.alloc(8, 0x60 + type)
    const cipher = createCipheriv("des-ede3-cbc", key, iv).setAutoPadding(false)
    return record(type, Buffer.concat([iv, cipher.update(Buffer.concat([text, tag, Buffer.alloc(padding + 1, padding)])), cipher.final()]))
  }

  #event(side: Side, bytes: Buffer): StreamEvent {
    const offset = this.#offset[side]
    this.#offset[side] += bytes.length
    return { type: "data", side, at: 1_000_000, offset, bytes }
  }
}

function record(type: number, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from([type, 3, 3, body.length >> 8, body.length & 255]), body])
}

/** RFC 5246 section 5. */
function prf(label: string, seed: Buffer, length: number): Buffer {
  const text = Buffer.concat([Buffer.from(label), seed])
  let a = text
  let made = Buffer.alloc(0)
  while (made.length < length) {
    a = createHmac("sha256", master).update(a).digest()
    made = Buffer.concat([made, createHmac("sha256", master).update(a).update(text).digest()])
  }
  return made.subarray(0, length)
}
