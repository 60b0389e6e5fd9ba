// Runs a capture through the sensor and gives what it saw in the oracle's terms.
import { createHash, type Hash } from "node:crypto"
import { readFileSync } from "node:fs"
import { readCaptureFile } from "../../collectors/capture/capture-file.ts"
import { readSecrets } from "../../collectors/capture/secrets.ts"
import { KeyStore } from "../../collectors/keys/key-store.ts"
import { SensorCore } from "../../collectors/sensor/core.ts"
import type { KeyLookup, LayerContext } from "../../collectors/wire/context.ts"
import { FlowTable } from "../../collectors/wire/flow/flow-table.ts"
import { PacketDecoder } from "../../collectors/wire/ip/decoder.ts"
import { IS_TCP } from "../../collectors/wire/link/packet.ts"
import { Router } from "../../collectors/wire/router.ts"
import type { EndEvent, Layer, Side } from "../../collectors/wire/stream.ts"
import { type ConnectionSink, TcpConnection } from "../../collectors/wire/tcp/connection.ts"
import type { Piece } from "../../collectors/wire/tcp/half.ts"
import { SegmentLog } from "../../collectors/wire/tcp/segment-log.ts"
import type { Envelope } from "../../services/contracts/envelope.ts"

export interface Observed {
  readonly packets: number
  readonly envelopes: readonly Envelope[]
  readonly streams: readonly ObservedStream[]
  /** What was inside TLS, of every connection that had something to read. */
  readonly plain: readonly ObservedStream[]
}

export interface ObservedStream {
  readonly low: string
  readonly high: string
  readonly bytes: readonly [number, number]
  readonly sha256: readonly [string, string]
}

export async function observe(file: string, keyFile: string | undefined): Promise<Observed> {
  const keys = new KeyStore()
  if (keyFile !== undefined) keys.addText(readFileSync(keyFile))
  for await (const secrets of readSecrets(file)) keys.addText(secrets)
  const envelopes: Envelope[] = []
  const core = new SensorCore({ sensor: "test", keys, emit: (envelope) => envelopes.push(envelope) })
  for await (const batch of readCaptureFile(file)) core.read(batch)
  core.end()
  const all = await streamsOf(file, keys)
  return {
    packets: core.wire.counters.packets,
    envelopes,
    streams: all.map(({ outer }) => outer.result()),
    plain: all.flatMap(({ inner }) => (inner.bytes[0] + inner.bytes[1] > 0 ? [inner.result()] : [])),
  }
}

/** The bytes of every TCP connection, without what is spoken over it. */
async function streamsOf(file: string, keys: KeyLookup): Promise<Connection[]> {
  const decoder = new PacketDecoder(() => undefined)
  const table = new FlowTable(1)
  const log = new SegmentLog()
  const open: { connection: TcpConnection; stream: Connection }[] = []
  const all: Connection[] = []
  const begin = (id: number) => {
    const stream = new Connection([text(table, id, 0), text(table, id, 1)], keys)
    all.push(stream)
    const budget = { used: 0, limit: 1e9, perHalf: 1e8 }
    const made = { stream, connection: new TcpConnection(stream, { log, budget }) }
    open[id] = made
    return made
  }
  let last = 0
  for await (const batch of readCaptureFile(file)) {
    log.startBatch(batch.slab, batch.bytes)
    for (let index = 0; index < batch.count; index += 1) {
      if (decoder.decode(batch, index) !== IS_TCP) continue
      last = decoder.packet.micros
      const id = table.find(decoder.packet, 6, 0)
      const direction = table.swapped ? 1 : 0
      const one = open[id] ?? begin(id)
      if (one.connection.packet(decoder.packet, direction)) continue
      one.connection.finish("open", last)
      begin(id).connection.packet(decoder.packet, direction)
    }
    for (const one of all) one.router.flush()
  }
  for (const { connection } of open.filter((one) => one !== undefined)) connection.finish("open", last)
  for (const one of all) one.router.flush()
  return all
}

class Bytes {
  readonly names: readonly [string, string]
  readonly bytes: [number, number] = [0, 0]
  readonly #hashes: [Hash, Hash] = [createHash("sha256"), createHash("sha256")]

  constructor(names: readonly [string, string]) {
    this.names = names
  }
  add(direction: 0 | 1, bytes: Uint8Array): void {
    this.bytes[direction] += bytes.length
    this.#hashes[direction].update(bytes)
  }
  result(): ObservedStream {
    const [low, high] = this.names
    return { low, high, bytes: this.bytes, sha256: [this.#hashes[0].digest("hex"), this.#hashes[1].digest("hex")] }
  }
}

class Connection implements ConnectionSink {
  readonly outer: Bytes
  readonly inner: Bytes
  readonly router: Router
  /** The direction that the router is told to be the client's. */
  #client: 0 | 1 | undefined
  #reversed = false

  constructor(names: readonly [string, string], keys: KeyLookup) {
    this.outer = new Bytes(names)
    this.inner = new Bytes(names)
    const context: LayerContext = {
      keys,
      emit: () => undefined,
      named: () => undefined,
      route: (hint, within = context) => (hint.inside === "tls" ? this.#recorder() : new Router(within, hint)),
    }
    this.router = new Router(context, { inside: "tcp", serverPort: 0 }, { reverse: () => (this.#reversed = true) })
  }
  data(direction: 0 | 1, offset: number, piece: Piece): void {
    const bytes = piece.bytes.subarray(piece.start, piece.end)
    this.outer.add(direction, bytes)
    this.router.handle({ type: "data", side: this.#side(direction), at: piece.at, offset, bytes })
  }
  gap(direction: 0 | 1, { offset, length, at }: { offset: number; length: number; at: number }): void {
    this.router.handle({ type: "gap", side: this.#side(direction), at, offset, length })
  }
  end(direction: 0 | 1, end: { offset: number; how: EndEvent["how"]; at: number }): void {
    this.router.handle({ type: "end", side: this.#side(direction), ...end })
  }
  oddity(): void {}

  #side(direction: 0 | 1): Side {
    this.#client ??= direction
    return (direction === this.#client) !== this.#reversed ? "client" : "server"
  }
  #recorder(): Layer {
    return {
      handle: (event) => {
        if (event.type !== "data") return
        const client = this.#client ?? 0
        const direction = (event.side === "client") !== this.#reversed ? client : client === 0 ? 1 : 0
        this.inner.add(direction, event.bytes)
      },
    }
  }
}

function text(table: FlowTable, id: number, which: 0 | 1): string {
  const { ip, port } = table.endpoint(id, which)
  return ip.includes(":") ? `[${ip}]:${port}` : `${ip}:${port}`
}
