// Protocols that speak in the clear first and then turn to TLS on the same connection: SMTP, IMAP, POP3, FTP, XMPP, MySQL, PostgreSQL.
// Not a parser of any: what is asked and granted differs in each, but in all of them the client may only begin TLS after the server has agreed, so its
// ClientHello begins a segment. From there on the stream is routed anew. What was said before stays unread.
// A gap changes nothing: the next segment is looked at as every other.
import type { LayerContext, RouteHint } from "../context.ts"
import { type Opening, type Recognition, startsWith } from "../recognise.ts"
import type { Layer, Side, StreamEvent } from "../stream.ts"

export class StarttlsLayer implements Layer {
  readonly #context: LayerContext
  readonly #hint: RouteHint
  readonly #starts: Record<Side, number> = { client: 0, server: 0 }
  #seen = 0
  #inner: Layer | undefined

  constructor(context: LayerContext, hint: RouteHint) {
    this.#context = context
    this.#hint = hint
  }

  get held(): number {
    return this.#inner?.held ?? 0
  }

  handle(event: StreamEvent): void {
    if (this.#inner === undefined && event.type === "data") this.#look(event.side, event.bytes, event.offset)
    // Each side's stream inside begins where the hello was, or at its next byte.
    if (this.#inner !== undefined) this.#inner.handle({ ...event, offset: Math.max(0, event.offset - this.#starts[event.side]) })
    else if (event.type === "data") this.#starts[event.side] = event.offset + event.bytes.length
    else if (event.type === "gap") this.#starts[event.side] = event.offset + event.length
  }

  flush(): void {
    this.#inner?.flush?.()
  }

  #look(side: Side, bytes: Uint8Array, offset: number): void {
    this.#seen++
    if (side !== "client" || this.#seen > MAX_LOOKED_AT) return
    if (!beginsHello(bytes)) return
    this.#starts.client = offset
    this.#inner = this.#context.route({ inside: "starttls", serverPort: this.#hint.serverPort })
  }
}

function beginsHello(bytes: Uint8Array): boolean {
  const [type, major, minor = 9, , , message, high] = bytes
  return type === 22 && major === 3 && minor <= 4 && message === 1 && high === 0
}

/** By the server's greeting, or the client's first words where the client speaks first. */
export const starttlsProtocols: readonly { readonly name: string; recognise(opening: Opening): Recognition }[] = [
  { name: "ftp", recognise: ({ server, hint }) => (hint.serverPort === 21 ? greeting(server, ["220 ", "220-"]) : "no") },
  { name: "smtp", recognise: ({ server }) => greeting(server, ["220 ", "220-"]) },
  { name: "imap", recognise: ({ server }) => greeting(server, ["* OK", "* PREAUTH"]) },
  { name: "pop3", recognise: ({ server }) => greeting(server, ["+OK "]) },
  { name: "xmpp", recognise: ({ client }) => greeting(client, ["<?xml", "<stream:stream"]) },
  { name: "mysql", recognise: ({ server }) => recogniseMysql(server) },
  { name: "postgres", recognise: ({ client }) => greeting(client, ["\0\0\0\x08\x04\xd2\x16\x2f"]) },
]

function greeting(bytes: Uint8Array, words: readonly string[]): Recognition {
  if (bytes.length === 0) return "no"
  if (words.some((word) => startsWith(bytes, word))) return "yes"
  return words.some((word) => bytes.length < word.length && startsWith(bytes, word.slice(0, bytes.length))) ? "more" : "no"
}

/** Handshake v10: length(3, little-endian) sequence(1)=0 protocol(1)=10 version text, zero-terminated. */
function recogniseMysql(bytes: Uint8Array): Recognition {
  const [low = 0, middle = 0, high, sequence, protocol, digit = 0] = bytes
  if (bytes.length < 6 || high !== 0 || sequence !== 0 || protocol !== 10) return "no"
  return digit >= 0x30 && digit <= 0x39 && (middle << 8) + low >= 40 ? "yes" : "no"
}

// The client asks for TLS within its first few lines; a long conversation in the clear stays in the clear.
const MAX_LOOKED_AT = 64
