import { type HandshakeMessage, HandshakeMessages } from "../tls/handshake-messages.ts"
import { Assembler } from "./assembler.ts"

/** CRYPTO frames of one side and level into handshake messages (RFC 9000 section 19.6). */
export class CryptoStream {
  readonly #messages = new HandshakeMessages()
  readonly #assembler: Assembler

  constructor(emit: (message: HandshakeMessage) => void) {
    this.#assembler = new Assembler(
      {
        data: (_, bytes) => this.#messages.push(bytes, emit),
        gap: () => this.#messages.reset(),
        fin: () => undefined,
      },
      MAX_HELD,
    )
  }

  get held(): number {
    return this.#assembler.held + this.#messages.held
  }
  get unfinished(): Uint8Array {
    return this.#messages.unfinished
  }
  push(offset: number, bytes: Uint8Array): void {
    this.#assembler.push(offset, bytes, false)
  }
}

// A hello with post-quantum shares and a certificate chain: RFC 9000 section 7.5 asks endpoints for 4 KB, chains reach some 30.
const MAX_HELD = 65_536
