// Runs a capture through the sensor and gives what it saw in the oracle's terms.
import { createHash, type Hash } from "node:crypto"
import { readFileSync } from "node:fs"
import { readCaptureFile } from "../../collectors/capture/capture-file.ts"
import { readSecrets } from "../../collectors/capture/secrets.ts"
import { KeyStore } from "../../collectors/keys/key-store.ts"
import { SensorCore } from "../../collectors/sensor/core.ts"
import { FlowTable } from "../../collectors/wire/flow/flow-table.ts"
import { PacketDecoder } from "../../collectors/wire/ip/decoder.ts"
import { IS_TCP } from "../../collectors/wire/link/packet.ts"
import { TcpConnection } from "../../collectors/wire/tcp/connection.ts"
import { SegmentLog } from "../../collectors/wire/tcp/segment-log.ts"
import type { Envelope } from "../../services/contracts/envelope.ts"

export interface Observed {
  readonly packets: number
  readonly envelopes: readonly Envelope[]
  readonly streams: readonly ObservedStream[]
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
  return { packets: core.wire.counters.packets, envelopes, streams: await streamsOf(file) }
}

/** The bytes of every TCP connection, without what is spoken over it. */
async function streamsOf(file: string): Promise<ObservedStream[]> {
  const decoder = new PacketDecoder(() => undefined)
  const table = new FlowTable(1)
  const log = new SegmentLog()
  const open: { connection: TcpConnection; stream: Mutable }[] = []
  const all: Mutable[] = []
  const begin = (id: number) => {
    const stream = new Mutable(text(table, id, 0), text(table, id, 1))
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
  }
  for (const { connection } of open.filter((one) => one !== undefined)) connection.finish("open", last)
  return all.map((stream) => stream.result())
}

class Mutable {
  readonly low: string
  readonly high: string
  readonly bytes: [number, number] = [0, 0]
  readonly #hashes: [Hash, Hash] = [createHash("sha256"), createHash("sha256")]

  constructor(low: string, high: string) {
    this.low = low
    this.high = high
  }
  data(direction: 0 | 1, _offset: number, piece: { bytes: Uint8Array; start: number; end: number }): void {
    this.bytes[direction] += piece.end - piece.start
    this.#hashes[direction].update(piece.bytes.subarray(piece.start, piece.end))
  }
  gap(): void {}
  end(): void {}
  oddity(): void {}
  result(): ObservedStream {
    const { low, high, bytes } = this
    return { low, high, bytes, sha256: [this.#hashes[0].digest("hex"), this.#hashes[1].digest("hex")] }
  }
}

function text(table: FlowTable, id: number, which: 0 | 1): string {
  const { ip, port } = table.endpoint(id, which)
  return ip.includes(":") ? `[${ip}]:${port}` : `${ip}:${port}`
}
