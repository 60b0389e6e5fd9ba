// Records of TLS 1.0 to 1.2: one master secret gives both sides their keys (RFC 5246 section 6.3).
//   key_block = PRF(master, "key expansion", server_random client_random) = mac keys(2) keys(2) ivs(2), client first
import type { KeyLookup } from "../context.ts"
import type { Side } from "../stream.ts"
import { AeadOpener } from "./aead-opener.ts"
import { prf } from "./derive.ts"
import { CbcOpener, MAC_LENGTHS, StreamOpener } from "./mac-opener.ts"
import { masterSecret, prfHash, type Tls12Parameters } from "./master-secret.ts"
import type { Opener } from "./opener.ts"
import { type Opened, type ProtectedSide, Slack } from "./side.ts"
import type { CipherKind } from "./suites.ts"

export class Tls12Side implements ProtectedSide {
  readonly #side: Side
  readonly #keys: KeyLookup
  readonly #parameters: Tls12Parameters
  readonly #slack = new Slack()
  #opener: Opener | undefined
  #seq = 0

  constructor(side: Side, keys: KeyLookup, parameters: Tls12Parameters) {
    this.#side = side
    this.#keys = keys
    this.#parameters = parameters
  }

  get bulkOpener(): AeadOpener | undefined {
    return this.#opener instanceof AeadOpener && this.#slack.records === 0 ? this.#opener : undefined
  }
  get seq(): number {
    return this.#seq
  }
  get overhead(): number | undefined {
    return this.#opener?.overhead
  }
  advanced(count: number): void {
    this.#seq += count
  }

  lost(wireBytes: number | undefined, records: 1 | undefined): void {
    this.#slack.add(wireBytes, records)
    this.#opener?.lost?.(wireBytes)
  }

  open(record: Uint8Array): Opened {
    this.#opener ??= this.#makeOpener()
    if (this.#opener === undefined) return "wait"
    for (let seq = this.#seq; seq <= this.#seq + this.#slack.records; seq++) {
      const plain = this.#opener.open(record, seq)
      if (plain === undefined) continue
      const missing = seq - this.#seq
      this.#seq = seq + 1
      this.#slack.clear()
      return { type: record[0] ?? 0, plain, missing, exact: true }
    }
    if (this.#slack.records === 0 || this.#opener.passOver === undefined) return "bad"
    this.#opener.passOver(record)
    this.#slack.add(undefined, 1)
    return "unreadable"
  }

  wipe(): void {
    if (this.#opener instanceof AeadOpener) this.#opener.wipe()
    this.#opener = undefined
  }

  #makeOpener(): Opener | undefined {
    const { suite } = this.#parameters
    const master = masterSecret(this.#keys, this.#parameters)
    if (suite.cipher.kind === "null") {
      const macKey = master === undefined ? EMPTY : this.#cut(master).macKey
      return new StreamOpener({ mac: suite.cipher.mac, macKey, key: undefined })
    }
    return master === undefined ? undefined : this.#openerOf(suite.cipher, this.#cut(master))
  }

  #openerOf(cipher: CipherKind, { macKey, key, iv }: KeyBlock): Opener | undefined {
    const { version, encryptThenMac } = this.#parameters
    switch (cipher.kind) {
      case "aead":
        return new AeadOpener({ cipher, key, iv, tls13: false })
      case "cbc":
        return new CbcOpener({ cipher, key, macKey, encryptThenMac, implicitIv: version <= TLS10 ? iv : undefined })
      case "rc4":
        return new StreamOpener({ mac: cipher.mac, macKey, key })
      default:
        return undefined
    }
  }

  #cut(master: Uint8Array): KeyBlock {
    const { version, suite, clientRandom, serverRandom } = this.#parameters
    const { mac, key, iv } = lengthsOf(suite.cipher)
    const seed = Buffer.concat([serverRandom, clientRandom])
    const block = prf({ hash: prfHash(version, suite), secret: master, label: "key expansion", seed, length: 2 * (mac + key + iv) })
    const second = this.#side === "client" ? 0 : 1
    const part = (start: number, length: number) => block.subarray(start + second * length, start + (second + 1) * length)
    return { macKey: part(0, mac), key: part(2 * mac, key), iv: part(2 * (mac + key), iv) }
  }
}

interface KeyBlock {
  readonly macKey: Uint8Array
  readonly key: Uint8Array
  readonly iv: Uint8Array
}

function lengthsOf(cipher: CipherKind): { mac: number; key: number; iv: number } {
  switch (cipher.kind) {
    case "aead":
      return { mac: 0, key: cipher.keyLength, iv: cipher.algorithm === "chacha20-poly1305" ? 12 : 4 }
    case "cbc":
      // TLS 1.1 and later do not use the IV part, which comes last, so taking it does no harm.
      return { mac: MAC_LENGTHS[cipher.mac], key: cipher.keyLength, iv: cipher.blockLength }
    case "rc4":
      return { mac: MAC_LENGTHS[cipher.mac], key: cipher.keyLength, iv: 0 }
    case "null":
      return { mac: cipher.mac === undefined ? 0 : MAC_LENGTHS[cipher.mac], key: 0, iv: 0 }
    case "unreadable":
      return { mac: 0, key: 0, iv: 0 }
  }
}

const EMPTY = new Uint8Array(0)
const TLS10 = 0x0301
