// What the handshake has told so far: facts of the hellos and certificates, and how each side's records are protected from now on.
// Laws: this file knows messages, neither records nor order between sides. It never throws; a message that does not parse is passed over.
import { copyBytes } from "../bytes.ts"
import type { KeyLookup } from "../context.ts"
import { Cursor } from "../cursor.ts"
import type { TlsCertificate } from "../facts.ts"
import type { Side } from "../stream.ts"
import { readCertificateMessage } from "./certificate.ts"
import { type ClientHello, parseClientHello } from "./client-hello.ts"
import { transcriptHash } from "./derive.ts"
import { openInnerHello } from "./ech.ts"
import { bodyOf, EXTENSION } from "./extensions.ts"
import { HANDSHAKE, type HandshakeMessage } from "./handshake-messages.ts"
import { prfHash } from "./master-secret.ts"
import { parseEncryptedExtensions, parseServerHello, type ServerHello, versionName } from "./server-hello.ts"
import { isTls13Suite, suiteOf } from "./suites.ts"
import { Tls12Side } from "./tls12-side.ts"
import { Tls13Side } from "./tls13-side.ts"

export type EarlyData = "none" | "offered" | "accepted" | "rejected"

export class Handshake {
  readonly #keys: KeyLookup
  /** The first hello and the answer to it stay the facts of the connection; a renegotiation only changes keys. */
  first: ClientHello | undefined
  answer: ServerHello | undefined
  certificate: TlsCertificate | undefined
  alpnChosen: string | undefined
  earlyData: EarlyData = "none"
  /** A HelloRetryRequest came: it is TLS 1.3, although the real ServerHello is still to come. */
  retried = false
  #hello: ClientHello | undefined
  /** The outer hello as it was sent, while the secrets of its inner one may still come. */
  #outer: Uint8Array | undefined
  #inner: ClientHello | undefined
  #server: ServerHello | undefined
  #encryptedPreMaster: string | undefined
  /** For the extended master secret; let go of as soon as it is not needed any more. */
  #transcript: Uint8Array[] = []
  #transcriptBytes = 0
  #sessionHash: Uint8Array | undefined
  #sawServerKeys = false
  /** A certificate or keys came since the last hello: no earlier session goes on. */
  #agreedAnew = false
  #issuedTicket: Uint8Array | undefined

  constructor(keys: KeyLookup) {
    this.#keys = keys
  }

  get tls13(): boolean {
    return this.#server !== undefined && (this.#server.version === TLS13 || this.#server.version >> 8 === 0x7f)
  }
  /** The version is settled and it is not 1.3. */
  get legacy(): boolean {
    return this.#server !== undefined && !this.tls13
  }
  get resumed(): boolean {
    const { answer, first } = this
    if (answer === undefined || first === undefined) return false
    if (this.tls13) return answer.preSharedKey
    return (
      !this.#sawServerKeys && this.certificate === undefined && answer.sessionId.length > 0 && sameBytes(answer.sessionId, first.sessionId)
    )
  }

  /** Asked for: the name inside an encrypted hello, when it could be opened. */
  get serverName(): string | undefined {
    return this.#inner?.sni ?? this.first?.sni
  }

  setHello(hello: ClientHello): void {
    this.#hello = hello
    this.first ??= hello
    if (hello.earlyData && this.earlyData === "none") this.earlyData = "offered"
  }

  /** The client is going to send its hello again; the first one stays in the facts. */
  startAnew(): void {
    this.#hello = undefined
  }

  onMessage(side: Side, message: HandshakeMessage): void {
    switch (message.type) {
      case HANDSHAKE.clientHello:
        if (side === "client") this.#onClientHello(message)
        return
      case HANDSHAKE.serverHello:
        if (side === "server") this.#onServerHello(message)
        return
      case HANDSHAKE.encryptedExtensions:
        if (side === "server" && this.tls13) this.#onEncryptedExtensions(message.body)
        return
      case HANDSHAKE.certificate:
        this.#agreedAnew = true
        if (side === "server") this.certificate ??= readCertificateMessage(message.body, this.tls13)
        break
      case HANDSHAKE.serverKeyExchange:
        this.#agreedAnew = true
        this.#sawServerKeys = true
        break
      case HANDSHAKE.newSessionTicket:
        if (side === "server" && this.legacy) this.#issuedTicket = readTicket(message.body)
        break
      case HANDSHAKE.clientKeyExchange:
        this.#keep(message)
        this.#onClientKeyExchange(message.body)
        return
    }
    this.#keep(message)
  }

  /** How records of this side are read once it has changed to encryption; a text says why they cannot be. */
  protect(side: Side): Tls13Side | Tls12Side | string {
    const refusal = this.#refusal()
    if (refusal !== undefined) return refusal
    const hello = this.#helloOfKeys()
    if (hello === undefined) return this.first === undefined ? "mid-stream" : "gap"
    const server = this.#server
    if (server === undefined || this.tls13) {
      return new Tls13Side({
        side,
        keys: this.#keys,
        clientRandom: () => this.clientRandom,
        suites: () => (this.#server === undefined ? hello.ciphers.filter(isTls13Suite) : [this.#server.cipher]),
        draft: () => (this.#server !== undefined && this.#server.version >> 8 === 0x7f ? this.#server.version & 0xff : undefined),
        earlyDataOffered: hello.earlyData && this.earlyData !== "rejected",
      })
    }
    return new Tls12Side(side, this.#keys, {
      version: server.version,
      suite: suiteOf(server.cipher),
      clientRandom: hello.random,
      serverRandom: server.random,
      sessionId: server.sessionId,
      encryptThenMac: server.encryptThenMac,
      extendedMasterSecret: server.extendedMasterSecret,
      encryptedPreMaster: this.#encryptedPreMaster,
      sessionHash: this.#sessionHash,
      session: {
        resumed: !this.#agreedAnew && sameBytes(server.sessionId, hello.sessionId),
        offeredTicket: bodyOf(hello.extensions, EXTENSION.sessionTicket),
        issuedTicket: this.#issuedTicket,
      },
    })
  }

  /** Hexadecimal; secrets are logged under it. With an encrypted hello it is the inner one as soon as that can be opened. */
  get clientRandom(): string {
    const hello = this.#helloOfKeys()
    return hello === undefined ? "" : Buffer.from(hello.random).toString("hex")
  }

  #helloOfKeys(): ClientHello | undefined {
    if (this.#hello !== undefined && this.#outer !== undefined) {
      this.#inner = openInnerHello(this.#hello, this.#outer, this.#keys)
      if (this.#inner !== undefined) this.#outer = undefined
    }
    return this.#inner ?? this.#hello
  }

  #refusal(): string | undefined {
    const server = this.#server
    if (server === undefined) return undefined
    if (server.compression !== 0) return "compression"
    if (server.version < TLS10) return `version:${versionName(server.version)}`
    const { cipher, name } = suiteOf(server.cipher)
    return cipher.kind === "unreadable" ? `cipher:${name}` : undefined
  }

  #onClientHello(message: HandshakeMessage): void {
    const hello = parseClientHello(message.body)
    if (hello === undefined) return
    // After a HelloRetryRequest the same random comes again, and early data is over (RFC 8446 section 4.1.2).
    if (this.#hello !== undefined && sameBytes(this.#hello.random, hello.random))
      this.earlyData = this.earlyData === "none" ? "none" : "rejected"
    this.setHello(hello)
    // After a retry the payload is sealed anew with the next nonce; the inner random stays what it was.
    if (hello.ech && !this.retried) this.#outer = copyBytes(message.body)
    if (!hello.ech) this.#inner = undefined
    this.#server = undefined
    this.#encryptedPreMaster = undefined
    this.#sessionHash = undefined
    this.#agreedAnew = false
    this.#issuedTicket = undefined
    this.#transcript = []
    this.#transcriptBytes = 0
    this.#keep(message)
  }

  #onServerHello(message: HandshakeMessage): void {
    const server = parseServerHello(message.body)
    if (server === undefined) return
    if (server.helloRetryRequest) {
      this.retried = true
      if (this.earlyData === "offered") this.earlyData = "rejected"
      return
    }
    this.#server = server
    this.answer ??= server
    this.alpnChosen ??= server.alpn
    if (this.tls13) {
      if (!server.preSharedKey && this.earlyData === "offered") this.earlyData = "rejected"
      this.#transcript = []
    } else this.#keep(message)
  }

  #onEncryptedExtensions(body: Uint8Array): void {
    const { alpn, earlyData } = parseEncryptedExtensions(body)
    this.alpnChosen ??= alpn
    if (this.earlyData === "offered") this.earlyData = earlyData ? "accepted" : "rejected"
  }

  #onClientKeyExchange(body: Uint8Array): void {
    this.#agreedAnew = true
    const server = this.#server
    if (server === undefined) return
    // RSA key exchange: EncryptedPreMasterSecret<0..2^16-1> (RFC 5246 section 7.4.7.1).
    if (body.length >= 10) this.#encryptedPreMaster = Buffer.from(body.subarray(2, 10)).toString("hex")
    if (server.extendedMasterSecret && this.#transcript.length > 0) {
      this.#sessionHash = transcriptHash(prfHash(server.version, suiteOf(server.cipher)), this.#transcript)
    }
    this.#transcript = []
  }

  #keep(message: HandshakeMessage): void {
    if (this.tls13 || message.type === HANDSHAKE.helloRequest || this.#transcriptBytes + message.whole.length > MAX_TRANSCRIPT) return
    if (this.#sessionHash !== undefined) return
    this.#transcriptBytes += message.whole.length
    this.#transcript.push(copyBytes(message.whole))
  }
}

/** RFC 5077 section 3.3: lifetime_hint(4) ticket<0..2^16-1>. */
function readTicket(body: Uint8Array): Uint8Array | undefined {
  const cursor = new Cursor(body)
  cursor.skip(4)
  const ticket = cursor.take(cursor.u16())
  return cursor.ok ? copyBytes(ticket) : undefined
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at])
}

const TLS10 = 0x0301
const TLS13 = 0x0304
// Up to the ClientKeyExchange: two hellos and two certificate chains.
const MAX_TRANSCRIPT = 65_536
