// DNS over UDP, one message a datagram, and over TCP (RFC 1035 §4.2.2), each message after its length(2). After a gap the next length cannot be found:
// that side is given up.
import type { LayerContext } from "../context.ts"
import type { DatagramEvent, DatagramHint, DatagramLayer } from "../datagram.ts"
import type { Opening, Recognition } from "../recognise.ts"
import type { DataEvent, EndEvent, Layer, Side, StreamEvent } from "../stream.ts"
import { DnsLookups } from "./lookups.ts"
import { readDnsMessage } from "./message.ts"

export class DnsDatagramLayer implements DatagramLayer {
  readonly #lookups: DnsLookups

  constructor(context: LayerContext) {
    this.#lookups = new DnsLookups(context, "udp")
  }

  handle(event: DatagramEvent | EndEvent): void {
    if (event.type === "datagram") this.#lookups.message(event.bytes, event)
    else if (event.side === "server") this.#lookups.end()
  }
}

export class DnsStreamLayer implements Layer {
  readonly #lookups: DnsLookups
  readonly #context: LayerContext
  readonly #pending: Record<Side, Uint8Array> = { client: EMPTY, server: EMPTY }
  readonly #opaque: Record<Side, boolean> = { client: false, server: false }
  #ended = 0

  constructor(context: LayerContext) {
    this.#context = context
    this.#lookups = new DnsLookups(context, "tcp")
  }

  get held(): number {
    return this.#pending.client.length + this.#pending.server.length
  }

  handle(event: StreamEvent): void {
    if (event.type === "data") {
      if (!this.#opaque[event.side]) this.#data(event)
      return
    }
    if (event.type === "gap") {
      // A capture that begins in the middle of a connection most likely begins between two messages.
      const justBegan = event.length === 0 && event.offset === 0
      if (!this.#opaque[event.side] && !justBegan) this.#giveUp(event.side, "dns-gap", event.at)
      return
    }
    if (this.#pending[event.side].length > 0) this.#giveUp(event.side, "dns-cut-message", event.at)
    this.#ended += 1
    if (this.#ended === 2) this.#lookups.end()
  }

  #data({ side, at, bytes }: DataEvent): void {
    const before = this.#pending[side]
    const all = before.length === 0 ? bytes : Buffer.concat([before, bytes])
    let position = 0
    while (all.length - position >= 2) {
      const length = ((all[position] ?? 0) << 8) | (all[position + 1] ?? 0)
      if (length < HEADER) {
        this.#giveUp(side, "dns-bad-length", at)
        return
      }
      if (all.length - position - 2 < length) break
      this.#lookups.message(all.subarray(position + 2, position + 2 + length), { side, at })
      position += 2 + length
    }
    this.#pending[side] = position === all.length ? EMPTY : new Uint8Array(all.subarray(position))
  }

  #giveUp(side: Side, code: string, at: number): void {
    this.#opaque[side] = true
    this.#pending[side] = EMPTY
    this.#context.emit({ type: "anomaly", at, layer: "dns", code, side, detail: undefined })
  }
}

/** On its own ports anything of the right size is DNS; elsewhere it must be a whole, ordinary message (tunnels choose odd ports). */
export function recogniseDnsDatagram(bytes: Uint8Array, { clientPort, serverPort }: DatagramHint): boolean {
  if (bytes.length < HEADER) return false
  if (isDnsPort(serverPort) || isDnsPort(clientPort)) return true
  const flags = ((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0)
  if ((flags & 0x7840) !== 0 || bytes[4] !== 0 || bytes[5] !== 1) return false
  const message = readDnsMessage(bytes)
  const [question] = message?.questions ?? []
  return message?.problem === undefined && question !== undefined && question.name.includes(".") && !question.type.startsWith("TYPE")
}

export function recogniseDnsStream({ client, server, hint }: Opening): Recognition {
  if (hint.serverPort !== 53 && !(hint.inside === "tls" && hint.serverPort === 853)) return "no"
  const bytes = client.length > 0 ? client : server
  if (bytes.length < 6) return bytes.length === 0 ? "no" : "more"
  const length = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0)
  return length >= HEADER && ((bytes[4] ?? 0) & 0x78) === 0 ? "yes" : "no"
}

function isDnsPort(port: number): boolean {
  return port === 53 || port === 5353 || port === 5355
}

const EMPTY = new Uint8Array(0)
const HEADER = 12
