// The wire: batches of packets in, facts about flows out. Synchronous and deterministic: what comes out depends on the packets alone, not on how they
// were cut into batches. Time is packet time; old flows are found by a hand that walks over the table, a few steps a packet.
import type { KeyLookup } from "./context.ts"
import { Claims } from "./flow/claims.ts"
import type { WireSink } from "./flow/flow.ts"
import type { FlowBase } from "./flow/flow-base.ts"
import { FlowTable, MAX_TABLE } from "./flow/flow-table.ts"
import { PlainPackets } from "./flow/plain-packets.ts"
import { GROUP, ROW_WORDS } from "./flow/plain-row.ts"
import { QuickLane } from "./flow/quick-lane.ts"
import { TcpFlow } from "./flow/tcp-flow.ts"
import { Twins } from "./flow/twins.ts"
import { UdpFlow } from "./flow/udp-flow.ts"
import { PacketDecoder } from "./ip/decoder.ts"
import { IS_TCP, IS_UDP, type Packet } from "./link/packet.ts"
import type { PacketBatch } from "./packet-batch.ts"
import type { Micros } from "./stream.ts"
import { SegmentLog } from "./tcp/segment-log.ts"

export interface WireOptions {
  readonly sink: WireSink
  readonly keys: KeyLookup
  /** Any number; random for live traffic, so that nobody can aim at the hash of the flow table. */
  readonly seed?: number
  readonly limits?: Partial<WireLimits>
}

export interface WireLimits {
  readonly maxFlows: number
  /** Bytes that all layers of all flows together hold back. */
  readonly maxHeld: number
  /** The same for one flow. */
  readonly maxHeldPerFlow: number
  /** Out-of-order bytes of all connections, and of one direction of one. */
  readonly maxReassembly: number
  readonly maxReassemblyPerDirection: number
}

export interface WireCounters {
  packets: number
  /** Lengths on the wire, as captured outermost. */
  bytes: number
  tcp: number
  udp: number
  other: number
  /** Second copies of packets mirrored at both ends. */
  duplicates: number
  flows: number
  timedOut: number
  evicted: number
  abandoned: number
}

export class Wire {
  readonly counters: WireCounters = {
    packets: 0,
    bytes: 0,
    tcp: 0,
    udp: 0,
    other: 0,
    duplicates: 0,
    flows: 0,
    timedOut: 0,
    evicted: 0,
    abandoned: 0,
  }
  /** How often each thing was wrong that belongs to no flow. */
  readonly problems = new Map<string, number>()
  readonly #options: WireOptions
  readonly #limits: WireLimits
  readonly #decoder: PacketDecoder
  readonly #table: FlowTable
  readonly #flows: (TcpFlow | UdpFlow | undefined)[] = []
  readonly #twins: Twins
  readonly #log = new SegmentLog()
  readonly #lane: QuickLane
  readonly #plain: PlainPackets
  readonly #services
  readonly #shared
  readonly #claims = new Claims((flow) => this.#flows[flow.id] === flow)
  #touched: FlowBase[] = []
  readonly #holding = new Set<FlowBase>()
  #held = 0
  #generation = 0
  #now: Micros = 0
  #hand = 0

  constructor(options: WireOptions) {
    this.#options = options
    const limits = { ...DEFAULT_LIMITS, ...options.limits }
    this.#limits = { ...limits, maxFlows: Math.min(limits.maxFlows, MAX_TABLE) }
    const seed = options.seed ?? 0x5bd1e995
    this.#decoder = new PacketDecoder((code) => this.#problem(code))
    this.#table = new FlowTable(seed)
    this.#twins = new Twins(seed)
    this.#plain = new PlainPackets(this.#table)
    this.#lane = new QuickLane(this.#table, this.#log, this.#plain.rows)
    this.#shared = {
      log: this.#log,
      budget: { used: 0, limit: this.#limits.maxReassembly, perHalf: this.#limits.maxReassemblyPerDirection },
    }
    this.#services = {
      table: this.#table,
      sink: options.sink,
      keys: options.keys,
      touched: (flow: FlowBase) => {
        flow.dirty = true
        this.#touched.push(flow)
      },
      claim: (connectionId: Uint8Array, flow: UdpFlow) => this.#claims.add(connectionId, flow),
    }
  }

  get activeFlows(): number {
    return this.#table.size
  }
  /** Bytes held back: by layers, out of order, and in fragments. */
  get held(): number {
    return this.#held + this.#decoder.held
  }

  read(batch: PacketBatch): void {
    this.#log.startBatch(batch.slab, batch.bytes)
    for (const { code, detail, at } of batch.problems) this.#problem(`capture-${code}`, detail, at)
    const { counters } = this
    for (let index = 0; index < batch.count; index += 1) {
      const place = index % GROUP
      if (place === 0) this.#plain.read(batch, index)
      counters.packets += 1
      counters.bytes += batch.wire[index] ?? 0
      this.#now = batch.at[index] ?? 0
      if (this.#lane.plain(place * ROW_WORDS, this.#now)) counters.tcp += 1
      else this.#decode(batch, index)
      if ((counters.packets & SWEEP_MASK) === 0) this.#sweep()
    }
    this.#flush()
  }

  /** Live traffic may fall silent, and its flows still have to end. */
  advance(now: Micros): void {
    this.#now = Math.max(this.#now, now)
    for (let round = 0; round * SLOW_SWEEP_STEPS < this.#table.bound; round += 1) this.#sweep()
    this.#flush()
  }

  /** End of the capture: every flow is given out as it is. */
  end(): void {
    this.#flush()
    const flows = new Set(this.#flows.filter((flow) => flow !== undefined))
    for (const flow of [...flows].sort((one, other) => one.start - other.start)) this.#close(flow, "open")
  }

  #decode(batch: PacketBatch, index: number): void {
    const kind = this.#decoder.decode(batch, index)
    if (kind === IS_TCP) this.#tcp(this.#decoder.packet)
    else if (kind === IS_UDP) this.#udp(this.#decoder.packet)
    else this.counters.other += 1
  }

  #tcp(packet: Packet): void {
    this.counters.tcp += 1
    const id = this.#find(packet, 6)
    const direction = this.#table.swapped ? 1 : 0
    if (this.#lane.decoded(id, packet, direction)) return
    let flow = this.#flows[id] as TcpFlow | undefined
    if (flow !== undefined) this.#lane.take(flow)
    if (flow !== undefined && flow.id !== id && this.#twins.hasParted(flow, packet, direction)) {
      flow.aliases = flow.aliases?.filter((alias) => alias !== id)
      flow = undefined
    }
    if (flow === undefined) {
      flow = this.#twins.sameConnection(packet, direction, (one) => this.#taken(one))
      if (flow === undefined) flow = this.#newTcp(id, packet)
      else this.#alias(id, flow)
    }
    if (flow.vniFrom(direction) !== packet.vni) {
      if (flow.vniFrom(direction) !== -1) {
        this.#duplicate(flow, packet, direction)
        return
      }
      flow.setVni(direction, packet.vni)
    }
    if (flow.connection.closed === "no" && flow.quick(packet, direction)) {
      this.#table.sees(flow.id, packet.micros)
      this.#lane.open(flow)
      return
    }
    if (!flow.packet(packet, direction)) {
      this.#close(flow, "open")
      const again = this.#find(packet, 6)
      flow = this.#newTcp(again, packet)
      flow.setVni(this.#table.swapped ? 1 : 0, packet.vni)
      flow.connection.follows = true
      flow.packet(packet, direction)
    }
    this.#table.sees(flow.id, packet.micros)
    const closed = flow.connection.closed !== "no"
    this.#table.kind[flow.id] = closed ? CLOSED : flow.bytesFrom(0) + flow.bytesFrom(1) > 0 ? OPEN : OPENING
    if (!closed) this.#lane.open(flow)
  }

  #taken(id: number): TcpFlow | UdpFlow | undefined {
    const flow = this.#flows[id]
    if (flow instanceof TcpFlow) this.#lane.take(flow)
    return flow
  }

  /** The second copy may heal a loss of the first; it counts as nothing else. */
  #duplicate(flow: TcpFlow, packet: Packet, direction: 0 | 1): void {
    this.counters.duplicates += 1
    const { first, second } = flow.connection
    const before = [first.retransmitted, second.retransmitted] as const
    if ((packet.flags & SYN_OR_RST) === 0) flow.connection.packet(packet, direction)
    ;[first.retransmitted, second.retransmitted] = before
  }

  #udp(packet: Packet): void {
    this.counters.udp += 1
    const id = this.#find(packet, 17)
    const direction = this.#table.swapped ? 1 : 0
    let flow = this.#flows[id] as UdpFlow | undefined
    if (flow === undefined) {
      flow = this.#twins.sameDatagrams(packet, direction, (one) => this.#flows[one])
      if (flow === undefined) flow = this.#newUdp(id, packet, direction)
      else this.#alias(id, flow)
    }
    this.#table.sees(id, packet.micros)
    this.#table.sees(flow.id, packet.micros)
    if (flow.vniFrom(direction) === -1) flow.setVni(direction, packet.vni)
    if (packet.vni !== 0 && this.#twins.isRepeated(flow, packet)) {
      this.counters.duplicates += 1
      return
    }
    const owner = flow.unclaimed ? this.#claims.owner(packet) : undefined
    if (owner !== undefined && owner !== flow) {
      this.#migrated(owner, flow, packet, direction)
      return
    }
    flow.packet(packet, direction)
  }

  #migrated(owner: UdpFlow, flow: UdpFlow, packet: Packet, direction: 0 | 1): void {
    flow.packets[direction] += 1
    flow.bytes[direction] += packet.wireEnd - packet.at
    flow.last = packet.micros
    flow.named("quic")
    owner.deliver(packet, direction === flow.clientIndex ? "client" : "server")
  }

  #find(packet: Packet, transport: number): number {
    if (this.#table.size >= this.#limits.maxFlows) this.#evict()
    return this.#table.find(packet, transport)
  }

  #newTcp(id: number, packet: Packet): TcpFlow {
    const flow = new TcpFlow(this.#services, { id, vni: packet.vni, at: packet.micros }, this.#shared)
    this.#born(flow, packet, 6)
    return flow
  }
  #newUdp(id: number, packet: Packet, direction: 0 | 1): UdpFlow {
    const fromServer = packet.sourcePort !== packet.destinationPort && packet.sourcePort < 1024 && packet.destinationPort >= 1024
    const flow = new UdpFlow(this.#services, { id, vni: packet.vni, at: packet.micros }, fromServer === (direction === 0) ? 1 : 0)
    this.#table.kind[id] = DATAGRAMS
    this.#born(flow, packet, 17)
    return flow
  }
  #born(flow: TcpFlow | UdpFlow, packet: Packet, transport: number): void {
    this.counters.flows += 1
    this.#flows[flow.id] = flow
    this.#table.sees(flow.id, packet.micros)
    if (packet.vni !== 0) this.#twins.register(flow, packet, transport)
  }
  #alias(id: number, flow: TcpFlow | UdpFlow): void {
    this.#flows[id] = flow
    this.#table.kind[id] = ALIAS
    flow.aliases = [...(flow.aliases ?? []), id]
  }

  #close(flow: TcpFlow | UdpFlow, how: "timeout" | "evicted" | "open"): void {
    if (flow instanceof TcpFlow) this.#lane.take(flow)
    flow.close(how, this.#now)
    this.#held -= flow.heldBefore
    flow.heldBefore = 0
    this.#holding.delete(flow)
    for (const id of [flow.id, ...(flow.aliases ?? [])]) {
      this.#flows[id] = undefined
      this.#table.remove(id)
    }
    this.#twins.forget(flow)
  }

  #sweep(): void {
    const { kind, bound } = this.#table
    const steps = bound > MANY_FLOWS ? SLOW_SWEEP_STEPS : Math.min(SWEEP_STEPS, bound)
    for (let step = 0; step < steps; step += 1) {
      this.#hand = this.#hand + 1 >= bound ? 0 : this.#hand + 1
      const id = this.#hand
      const what = kind[id] ?? 0
      if (what === 0 || what === ALIAS || this.#now - this.#table.lastSeen(id) < (TIMEOUTS[what] ?? 0)) continue
      const flow = this.#flows[id]
      if (flow === undefined || flow.waitsForKeys(this.#now)) continue
      if (what !== CLOSED) this.counters.timedOut += 1
      this.#close(flow, "timeout")
    }
  }

  /** The table is full: of some flows under the hand the one that was silent longest goes, finished ones first. */
  #evict(): void {
    const { kind, bound } = this.#table
    let oldest = -1
    let age = -1
    for (let step = 0; step < bound && (step < EVICT_SAMPLE || oldest < 0); step += 1) {
      this.#hand = this.#hand + 1 >= bound ? 0 : this.#hand + 1
      const what = kind[this.#hand] ?? 0
      if (what === 0 || what === ALIAS) continue
      const silent = (this.#now - this.#table.lastSeen(this.#hand)) * (what === CLOSED || what === OPENING ? 16 : 1) + 1
      if (silent > age) {
        age = silent
        oldest = this.#hand
      }
    }
    const flow = oldest < 0 ? undefined : this.#flows[oldest]
    if (flow === undefined) return
    this.counters.evicted += 1
    this.#close(flow, "evicted")
  }

  #flush(): void {
    const touched = this.#touched
    this.#touched = []
    for (const flow of touched) this.#settle(flow)
    if (this.#generation === this.#options.keys.generation) return
    this.#generation = this.#options.keys.generation
    for (const flow of [...this.#holding]) this.#settle(flow)
  }

  #settle(flow: FlowBase): void {
    flow.dirty = false
    const held = flow.flush()
    this.#held += held - flow.heldBefore
    flow.heldBefore = held
    if (held === 0) this.#holding.delete(flow)
    else this.#holding.add(flow)
    if (held <= this.#limits.maxHeldPerFlow && (this.#held <= this.#limits.maxHeld || held * this.#holding.size < this.#held)) return
    this.counters.abandoned += 1
    flow.abandon(this.#now)
    this.#held -= held
    flow.heldBefore = 0
    this.#holding.delete(flow)
  }

  #problem(code: string, detail = "", at = this.#decoder.packet.micros): void {
    const count = this.problems.get(code) ?? 0
    if (count === 0 && this.problems.size >= MAX_PROBLEM_KINDS) return
    this.problems.set(code, count + 1)
    if (count === 0) this.#options.sink.problem(code, detail, at)
  }
}

const OPENING = 1
const OPEN = 2
const CLOSED = 3
const DATAGRAMS = 4
const ALIAS = 5
/** By kind, in microseconds of packet time. */
const TIMEOUTS = [
  0,
  // A SYN without answer is retried for a minute at most.
  60_000_000,
  // Streams of agents idle for long between heartbeats.
  1_800_000_000,
  // Late retransmissions and the last acknowledgement.
  10_000_000,
  // QUIC's usual idle timeout is 30 s, and some use minutes.
  180_000_000,
  Number.POSITIVE_INFINITY,
]
const SWEEP_MASK = 63
const SWEEP_STEPS = 64
// With many flows each step is a cache miss, and one a packet would be half its cost: old ones are found a little later.
const SLOW_SWEEP_STEPS = 16
const MANY_FLOWS = 32_768
const EVICT_SAMPLE = 64
const SYN_OR_RST = 0x06
// Link types, codes of broken headers: some fifty exist, the link type numbers are the sender's choice.
const MAX_PROBLEM_KINDS = 256
const DEFAULT_LIMITS: WireLimits = {
  maxFlows: 1_000_000,
  maxHeld: 1024 * 1024 * 1024,
  maxHeldPerFlow: 128 * 1024 * 1024,
  maxReassembly: 256 * 1024 * 1024,
  maxReassemblyPerDirection: 8 * 1024 * 1024,
}
