// SOCKS 5 (RFC 1928, user and password of RFC 1929) and SOCKS 4: a request to connect, then any stream inside.
//   client  5 n methods[n]     [1 n user[n] m password[m]]     5 1 0 type address port(2)
//   server  5 method           [1 status]                      5 0 0 type address port(2)
//   SOCKS 4: client 4 1 port(2) ip(4) user 0 [host 0];  server 0 90 port(2) ip(4)
// Names and passwords are passed over, never told. A gap in the negotiation ends the reading: where the inner stream begins is not known.
import { GrowingBuffer } from "../bytes.ts"
import type { LayerContext, RouteHint } from "../context.ts"
import { Cursor } from "../cursor.ts"
import type { Opening, Recognition } from "../recognise.ts"
import type { DataEvent, Layer, Side, StreamEvent } from "../stream.ts"

type State = "greeting" | "password" | "request" | "inside" | "opaque"

export class SocksLayer implements Layer {
  readonly #context: LayerContext
  readonly #hint: RouteHint
  readonly #pending: Record<Side, GrowingBuffer> = { client: new GrowingBuffer(EMPTY), server: new GrowingBuffer(EMPTY) }
  readonly #starts: Record<Side, number> = { client: 0, server: 0 }
  #state: State = "greeting"
  #target: { readonly host: string; readonly port: number } | undefined
  #inner: Layer | undefined

  constructor(context: LayerContext, hint: RouteHint) {
    this.#context = context
    this.#hint = hint
  }

  get held(): number {
    return this.#pending.client.length + this.#pending.server.length + (this.#inner?.held ?? 0)
  }

  handle(event: StreamEvent): void {
    if (this.#inner !== undefined) {
      this.#inner.handle({ ...event, offset: event.offset - this.#starts[event.side] })
      return
    }
    if (this.#state === "opaque" || event.type === "end") return
    if (event.type === "gap") this.#state = "opaque"
    else this.#negotiate(event)
  }

  flush(): void {
    this.#inner?.flush?.()
  }

  #negotiate(event: DataEvent): void {
    const pending = this.#pending[event.side]
    pending.append(event.bytes)
    if (pending.length > MAX_NEGOTIATION) {
      this.#state = "opaque"
      return
    }
    while (this.#step(event)) {}
  }

  /** Reads one answer of the server together with what the client asked; false when more has to come. */
  #step(event: DataEvent): boolean {
    const client = new Cursor(this.#pending.client.view())
    const server = new Cursor(this.#pending.server.view())
    switch (this.#state) {
      case "greeting":
        return client.bytes[0] === 4 ? this.#socks4(client, server, event) : this.#greeting(client, server)
      case "password":
        client.skip(1)
        client.skip(client.u8())
        client.skip(client.u8())
        server.skip(2)
        return this.#next("request", client, server)
      case "request":
        return this.#request(client, server, event)
      default:
        return false
    }
  }

  #greeting(client: Cursor, server: Cursor): boolean {
    client.skip(1)
    client.skip(client.u8())
    server.skip(1)
    const method = server.u8()
    return this.#next(method === 2 ? "password" : method === 0 ? "request" : "opaque", client, server)
  }

  #request(client: Cursor, server: Cursor, event: DataEvent): boolean {
    client.skip(1)
    const command = client.u8()
    client.skip(1)
    const host = readAddress(client)
    const port = client.u16()
    server.skip(1)
    const reply = server.u8()
    server.skip(1)
    readAddress(server)
    server.u16()
    if (!client.ok || !server.ok) return false
    this.#target = { host, port }
    return this.#begin(command === 1 && reply === 0, { client, server, event })
  }

  #socks4(client: Cursor, server: Cursor, event: DataEvent): boolean {
    client.skip(1)
    const command = client.u8()
    const port = client.u16()
    const ip = client.take(4)
    readText(client)
    const named = ip[0] === 0 && ip[1] === 0 && ip[2] === 0 && ip[3] !== 0
    const host = named ? readText(client) : ip.join(".")
    server.skip(1)
    const granted = server.u8() === 90
    server.skip(6)
    if (!client.ok || !server.ok) return false
    this.#target = { host, port }
    return this.#begin(command === 1 && granted, { client, server, event })
  }

  #next(state: State, client: Cursor, server: Cursor): boolean {
    if (!client.ok || !server.ok) return false
    this.#state = state
    this.#drop("client", client)
    this.#drop("server", server)
    return true
  }

  /** The request was granted: what follows on either side is the inner stream. */
  #begin(granted: boolean, { client, server, event }: { client: Cursor; server: Cursor; event: DataEvent }): boolean {
    if (!this.#next(granted ? "inside" : "opaque", client, server) || !granted) return false
    const { host, port } = this.#target ?? { host: "", port: this.#hint.serverPort }
    this.#inner = this.#context.route({ inside: "socks", serverPort: port, ...(host === "" ? {} : { host }) })
    for (const side of ["client", "server"] as const) {
      const rest = this.#pending[side]
      if (rest.length > 0) this.#inner.handle({ type: "data", side, at: event.at, offset: 0, bytes: rest.view() })
      this.#pending[side] = new GrowingBuffer(EMPTY)
    }
    return false
  }

  #drop(side: Side, cursor: Cursor): void {
    this.#starts[side] += cursor.position
    this.#pending[side] = new GrowingBuffer(cursor.bytes.subarray(cursor.position))
  }
}

/** Only together with the server's choice of a method is it sure enough; user names that look like it do not matter then. */
export function recogniseSocks({ client, server }: Opening): Recognition {
  if (client[0] === 4)
    return client.length >= 9 && client[1] === 1 && server.length >= 2 && server[0] === 0 && (server[1] ?? 0) >= 90 ? "yes" : "no"
  const [version, count = 0] = client
  if (version !== 5 || count === 0 || count > 16 || client.length < 2 + count) return "no"
  if (server.length === 0) return "more"
  return server.length >= 2 && server[0] === 5 && (server[1] === 0 || server[1] === 2) ? "yes" : "no"
}

function readAddress(cursor: Cursor): string {
  switch (cursor.u8()) {
    case 1:
      return cursor.take(4).join(".")
    case 3:
      return Buffer.from(cursor.take(cursor.u8())).toString("latin1")
    case 4:
      return Buffer.from(cursor.take(16)).toString("hex").match(/.{4}/g)?.join(":") ?? ""
    default:
      cursor.ok = false
      return ""
  }
}

/** Up to a zero byte. */
function readText(cursor: Cursor): string {
  let text = ""
  for (let byte = cursor.u8(); byte !== 0 && cursor.ok; byte = cursor.u8()) text += String.fromCharCode(byte)
  return text
}

const EMPTY = new Uint8Array(0)
// Two strings of 255 and an address; anything longer is not SOCKS.
const MAX_NEGOTIATION = 2_048
