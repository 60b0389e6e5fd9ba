import type { DatagramContext, DatagramLayer } from "../datagram.ts"
import type { Packet } from "../link/packet.ts"
import { datagramProtocols } from "../protocols.ts"
import type { Micros, Side } from "../stream.ts"
import type { Transport } from "./flow.ts"
import { FlowBase, type FlowServices } from "./flow-base.ts"

export interface DatagramServices extends FlowServices {
  claim(connectionId: Uint8Array, flow: UdpFlow): void
}

/** Datagrams between two endpoints, with what is spoken over them. */
export class UdpFlow extends FlowBase implements DatagramContext {
  readonly epoch = 0
  readonly clientIndex: 0 | 1
  #transport: Transport = "udp"
  #layer: DatagramLayer | undefined
  readonly packets: [number, number] = [0, 0]
  readonly bytes: [number, number] = [0, 0]
  #unrecognised = 0
  #failed = false
  readonly #datagrams: DatagramServices
  /** Hashes of the last datagrams: the same one mirrored at both ends has another VNI. */
  readonly recent: number[] = []

  constructor(services: DatagramServices, birth: { id: number; vni: number; at: Micros }, clientIndex: 0 | 1) {
    super(services, birth)
    this.#datagrams = services
    this.clientIndex = clientIndex
  }

  get transport(): Transport {
    return this.#transport
  }

  packetsFrom(index: 0 | 1): number {
    return this.packets[index]
  }
  bytesFrom(index: 0 | 1): number {
    return this.bytes[index]
  }

  packet(packet: Packet, direction: 0 | 1): void {
    this.packets[direction] += 1
    this.bytes[direction] += packet.wireEnd - packet.at
    if (packet.wireEnd > packet.end) this.cutPackets += 1
    this.last = packet.micros
    this.deliver(packet, direction === this.clientIndex ? "client" : "server")
  }

  deliver(packet: Packet, side: Side): void {
    if (this.#failed || packet.at === packet.end) return
    const bytes = packet.bytes.subarray(packet.at, packet.end)
    this.#layer ??= this.#recognise(bytes)
    if (this.#layer === undefined) return
    if (!this.dirty) this.services.touched(this)
    try {
      this.#layer.handle({ type: "datagram", side, at: packet.micros, bytes })
    } catch (error) {
      this.#fail(error, packet.micros)
    }
  }

  claim(connectionId: Uint8Array): void {
    this.#datagrams.claim(connectionId, this)
  }
  /** Nothing has been recognised so far: another flow may have claimed these datagrams. */
  get unclaimed(): boolean {
    return this.#layer === undefined
  }
  override named(layer: string): void {
    super.named(layer)
    if (layer === "quic") this.#transport = "quic"
  }

  flush(): number {
    try {
      this.#layer?.flush?.()
    } catch (error) {
      this.#fail(error, this.last)
    }
    return this.held
  }
  get held(): number {
    return this.#layer?.held ?? 0
  }
  abandon(at: Micros): void {
    this.oddity("flow", "flow-memory-limit", { at })
    this.#failed = true
    this.#layer = undefined
  }
  close(how: "timeout" | "evicted" | "open", at: Micros): void {
    try {
      for (const side of ["client", "server"] as const) this.#layer?.handle({ type: "end", side, at, offset: 0, how })
    } catch (error) {
      this.#fail(error, at)
    }
    this.flush()
    this.services.sink.closed(this, this.summary(how))
    this.#layer = undefined
  }

  #recognise(bytes: Uint8Array): DatagramLayer | undefined {
    if (this.#unrecognised >= MAX_TRIES) return undefined
    this.#unrecognised += 1
    const hint = { clientPort: this.client.port, serverPort: this.server.port }
    const protocol = datagramProtocols.find((one) => one.recognise(bytes, hint))
    if (protocol === undefined) return undefined
    this.named(protocol.name)
    return protocol.create(this, hint)
  }

  #fail(error: unknown, at: Micros): void {
    this.#failed = true
    this.#layer = undefined
    this.oddity("flow", "layer-failed", {
      at,
      detail: `${this.layers.join("/")}: ${error instanceof Error ? error.stack : String(error)}`.slice(0, 500),
    })
  }
}

// The first datagram of a flow that began before the capture says little; later ones may begin a handshake.
const MAX_TRIES = 16
