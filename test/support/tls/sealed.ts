// TLS 1.3 records sealed by the RFC and node:crypto alone, with secrets of our choice: for what no endpoint would send.
import { createCipheriv } from "node:crypto"
import type { Side, StreamEvent } from "../../../collectors/wire/stream.ts"
import { clientHello, encryptedExtensions, label, message, serverHello } from "../quic/builder.ts"

export const RANDOM = Buffer.alloc(32, 0x33)
const secrets = {
  client: [Buffer.alloc(32, 1), Buffer.alloc(32, 3)],
  server: [Buffer.alloc(32, 2), Buffer.alloc(32, 4)],
} as const
export const KEY_LOG = (["client", "server"] as const)
  .flatMap((side) => {
    const line = (name: string, secret: Buffer) => `${side.toUpperCase()}_${name} ${RANDOM.toString("hex")} ${secret.toString("hex")}`
    return [line("HANDSHAKE_TRAFFIC_SECRET", secrets[side][0]), line("TRAFFIC_SECRET_0", secrets[side][1])]
  })
  .join("\n")

export class SealedSession {
  readonly #secret: Record<Side, Buffer> = { client: secrets.client[0], server: secrets.server[0] }
  readonly #seq: Record<Side, number> = { client: 0, server: 0 }
  readonly #offset: Record<Side, number> = { client: 0, server: 0 }

  /** Up to the last Finished. */
  handshake(): StreamEvent[] {
    const finished = message(20, Buffer.alloc(32))
    const events = [
      this.event("client", plainRecord(22, clientHello(RANDOM))),
      this.event("server", plainRecord(22, serverHello())),
      this.event("server", this.seal("server", 22, Buffer.concat([encryptedExtensions("http/1.1"), finished]))),
      this.event("client", this.seal("client", 22, finished)),
    ]
    for (const side of ["client", "server"] as const) this.#use(side, secrets[side][1])
    return events
  }

  text(side: Side, text: string, zeros = 0): StreamEvent {
    return this.event(side, this.seal(side, 23, Buffer.from(text), zeros))
  }
  keyUpdate(side: Side): StreamEvent {
    const event = this.event(side, this.seal(side, 22, message(24, Buffer.from([0]))))
    this.#use(side, label("sha256", this.#secret[side], "traffic upd", 32))
    return event
  }
  /** TLSInnerPlaintext of zeros alone (RFC 8446 section 5.4 forbids it). */
  zeros(side: Side, count: number): StreamEvent {
    return this.event(side, this.seal(side, 0, Buffer.alloc(count - 1)))
  }

  seal(side: Side, type: number, text: Buffer, zeros = 0): Buffer {
    const inner = Buffer.concat([text, Buffer.from([type]), Buffer.alloc(zeros)])
    const size = inner.length + 16
    const header = Buffer.from([23, 3, 3, size >> 8, size & 255])
    const nonce = Buffer.from(label("sha256", this.#secret[side], "iv", 12))
    const seq = this.#seq[side]++
    nonce.writeUInt32BE((nonce.readUInt32BE(8) ^ seq) >>> 0, 8)
    const cipher = createCipheriv("aes-128-gcm", label("sha256", this.#secret[side], "key", 16), nonce).setAAD(header)
    return Buffer.concat([header, cipher.update(inner), cipher.final(), cipher.getAuthTag()])
  }

  event(side: Side, bytes: Buffer): StreamEvent {
    const offset = this.#offset[side]
    this.#offset[side] += bytes.length
    return { type: "data", side, at: 1_000_000, offset, bytes }
  }

  #use(side: Side, secret: Buffer): void {
    this.#secret[side] = secret
    this.#seq[side] = 0
  }
}

function plainRecord(type: number, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from([type, 3, 3, body.length >> 8, body.length & 255]), body])
}
