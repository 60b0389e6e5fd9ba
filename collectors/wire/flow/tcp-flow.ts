import type { Packet } from "../link/packet.ts"
import { Router } from "../router.ts"
import type { Micros, Side, StreamEvent } from "../stream.ts"
import { type ConnectionShared, type ConnectionSink, type Direction, TcpConnection } from "../tcp/connection.ts"
import type { Piece } from "../tcp/half.ts"
import type { FlowShape } from "./flow.ts"
import { FlowBase, type FlowServices } from "./flow-base.ts"

/** A TCP connection with what is spoken over it. */
export class TcpFlow extends FlowBase implements ConnectionSink {
  readonly transport = "tcp"
  readonly connection: TcpConnection
  epoch = 0
  #router: Router | undefined
  #failed = false
  /** Nothing wants the bytes of this direction any more. */
  firstDeaf = false
  secondDeaf = false
  #shape: { sizes: [number[], number[]]; gaps: number[]; lastServer: Micros } | undefined

  constructor(services: FlowServices, birth: { id: number; vni: number; at: Micros }, shared: ConnectionShared) {
    super(services, birth)
    this.connection = new TcpConnection(this, shared)
  }

  get clientIndex(): 0 | 1 {
    return this.connection.client
  }

  /** False: the packet belongs to a new connection between the same endpoints. */
  packet(packet: Packet, direction: Direction): boolean {
    const { connection } = this
    if (!connection.clientKnown && connection.first.packets + connection.second.packets === 0) this.#begin(packet, direction)
    if (!connection.packet(packet, direction)) return false
    if (direction === 0) connection.first.packets += 1
    else connection.second.packets += 1
    if (packet.wireEnd > packet.end) this.cutPackets += 1
    this.last = packet.micros
    return true
  }

  /** The next segment of a stream without holes whose bytes nobody wants, or an acknowledgement: most packets. False: not that simple, and not read. */
  quick(packet: Packet, direction: Direction): boolean {
    const { connection } = this
    const own = direction === 0 ? connection.first : connection.second
    const peer = direction === 0 ? connection.second : connection.first
    if (!own.flows || !peer.flows || packet.seq !== own.next || (packet.flags & NOT_QUICK) !== ACK) return false
    const length = packet.end - packet.at
    if (packet.end !== packet.wireEnd || (length > 0 && !(direction === 0 ? this.firstDeaf : this.secondDeaf))) return false
    if (!peer.hasAck) return false
    if (((packet.ack - peer.acked) | 0) > 0) {
      if (((packet.ack - peer.next) | 0) > 0) return false
      peer.acked = packet.ack
      if (own.scale >= 0) peer.allow((packet.ack + (packet.window << own.scale)) | 0)
    }
    if (length > 0) own.skip(packet.at, length, packet.reassembled)
    own.packets += 1
    this.last = packet.micros
    return true
  }

  /** No bytes have come that anyone wants. */
  get quiet(): boolean {
    const { first, second } = this.connection
    return (this.firstDeaf || first.offset === 0) && (this.secondDeaf || second.offset === 0)
  }

  packetsFrom(index: 0 | 1): number {
    return (index === 0 ? this.connection.first : this.connection.second).packets
  }
  bytesFrom(index: 0 | 1): number {
    const { offset, gapBytes } = index === 0 ? this.connection.first : this.connection.second
    return offset - gapBytes
  }

  data(direction: Direction, offset: number, piece: Piece): void {
    this.#router ??= this.#newRouter()
    const side = this.#side(direction)
    if (this.#failed || !this.#router.wants(side)) {
      if (direction === 0) this.firstDeaf = true
      else this.secondDeaf = true
      return
    }
    if (this.layers.length > 0) this.#measure(side, piece)
    this.#feed({ type: "data", side, at: piece.at, offset, bytes: piece.bytes.subarray(piece.start, piece.end) })
  }
  gap(direction: Direction, { offset, length, at }: { offset: number; length: number; at: Micros }): void {
    this.#router ??= this.#newRouter()
    this.#feed({ type: "gap", side: this.#side(direction), at, offset, length })
  }
  end(
    direction: Direction,
    { offset, how, at }: { offset: number; how: "fin" | "reset" | "timeout" | "evicted" | "open"; at: Micros },
  ): void {
    if (this.#router !== undefined) this.#feed({ type: "end", side: this.#side(direction), at, offset, how })
  }
  override oddity(direction: Direction, code: string, at: Micros): void
  override oddity(layer: string, code: string, where: { at: Micros; side?: Side; detail?: string }): void
  override oddity(from: Direction | string, code: string, where: Micros | { at: Micros; side?: Side; detail?: string }): void {
    if (typeof from === "string" && typeof where === "object") super.oddity(from, code, where)
    else if (typeof from === "number" && typeof where === "number") super.oddity("tcp", code, { at: where, side: this.#side(from) })
  }

  flush(): number {
    try {
      this.#router?.flush()
    } catch (error) {
      this.#fail(error, this.last)
    }
    return this.held
  }
  get held(): number {
    return this.connection.retained + (this.#router?.held ?? 0)
  }

  abandon(at: Micros): void {
    this.oddity("flow", "flow-memory-limit", { at })
    for (const side of ["client", "server"] as const) this.#feed({ type: "end", side, at, offset: 0, how: "evicted" })
    this.#failed = true
    this.#router = undefined
    this.connection.first.forget()
    this.connection.second.forget()
  }

  close(how: "timeout" | "evicted" | "open", at: Micros): void {
    const { connection } = this
    connection.finish(how, at)
    this.flush()
    try {
      this.abandonLingering(at)
    } catch (error) {
      this.#fail(error, at)
    }
    const close = connection.closed === "no" ? how : connection.closed
    const [client, server] = connection.client === 0 ? [connection.first, connection.second] : [connection.second, connection.first]
    this.services.sink.closed(
      this,
      this.summary(close, {
        gapBytes: { client: client.gapBytes, server: server.gapBytes },
        retransmittedBytes: { client: client.retransmitted, server: server.retransmitted },
        handshakeSeen: connection.synSeen && connection.synAckSeen,
        shape: this.#shapeSeen(),
      }),
    )
    this.#router = undefined
  }

  #begin(packet: Packet, direction: Direction): void {
    this.epoch = packet.seq >>> 0
    this.connection.client = guessClient(packet, direction)
  }

  #newRouter(): Router {
    const reverse = (): void => {
      this.connection.client = otherDirection(this.connection.client)
    }
    return new Router(
      this,
      { inside: "tcp", serverPort: this.services.table.port(this.id, this.clientIndex === 0 ? 1 : 0) },
      this.connection.clientKnown ? { mayTurn: true } : { reverse },
    )
  }

  #feed(event: StreamEvent): void {
    if (this.#failed) return
    if (!this.dirty) this.services.touched(this)
    try {
      this.#router?.handle(event)
    } catch (error) {
      this.#fail(error, event.at)
    }
  }

  /** A bug in a layer costs this flow its inside, and nothing else. */
  #fail(error: unknown, at: Micros): void {
    this.#failed = true
    this.#router = undefined
    this.oddity("flow", "layer-failed", {
      at,
      detail: `${this.layers.join("/")}: ${error instanceof Error ? error.stack : String(error)}`.slice(0, 500),
    })
  }

  #side(direction: Direction): Side {
    return direction === this.connection.client ? "client" : "server"
  }

  #measure(side: Side, piece: Piece): void {
    if (this.layers[0] !== "tls") return
    this.#shape ??= { sizes: [[], []], gaps: [], lastServer: 0 }
    const sizes = this.#shape.sizes[side === "client" ? 0 : 1]
    if (sizes.length >= MAX_SHAPE) return
    sizes.push(piece.end - piece.start)
    if (side !== "server") return
    if (this.#shape.lastServer !== 0) this.#shape.gaps.push(Math.max(0, piece.at - this.#shape.lastServer))
    this.#shape.lastServer = piece.at
  }

  #shapeSeen(): FlowShape | undefined {
    if (this.#shape === undefined) return undefined
    const { sizes, gaps } = this.#shape
    return { clientSizes: sizes[0], serverSizes: sizes[1], serverGapMicros: gaps }
  }
}

/** Without SYN: a well-known port is the server's; else the lower port; else whoever was seen first is the client. */
function guessClient(packet: Packet, direction: Direction): Direction {
  const { sourcePort, destinationPort } = packet
  const fromServer = sourcePort === destinationPort ? false : sourcePort < destinationPort
  return fromServer ? otherDirection(direction) : direction
}

function otherDirection(direction: Direction): Direction {
  return direction === 0 ? 1 : 0
}

// Enough to tell a token stream from a download; the flow row stays small.
const MAX_SHAPE = 32
const ACK = 16
// SYN, FIN, RST, URG and ACK: only the last may be set.
const NOT_QUICK = 0x37
