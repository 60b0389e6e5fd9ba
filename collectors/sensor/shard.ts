// Which worker a packet goes to: by its unordered pair of inner addresses, so that all connections of two machines meet in one worker, in order. The
// VNI is left out on purpose: a flow mirrored at both ends comes with two, and must be recognised (docs/decisions/0030-shard-by-address-pair.md).
import type { LivePacket } from "../capture/live-source.ts"
import { PacketDecoder } from "../wire/ip/decoder.ts"
import { newBatch, type PacketBatch } from "../wire/packet-batch.ts"

/** Fragments are not put together here: all of a datagram go by the addresses of the header that was fragmented. */
export class Sharder {
  readonly #decoder = new PacketDecoder(() => undefined, { held: 0, add: () => true })
  readonly #one: PacketBatch = newBatch()
  readonly #shards: number

  constructor(shards: number) {
    this.#shards = shards
  }

  of({ bytes, start, captured, wire, at, link }: LivePacket): number {
    if (this.#shards === 1) return 0
    const one = this.#one
    one.bytes = bytes
    one.offset[0] = start
    one.captured[0] = captured
    one.wire[0] = wire
    one.at[0] = at
    one.link[0] = link
    const { packet } = this.#decoder
    packet.s0 = packet.s1 = packet.s2 = packet.s3 = packet.d0 = packet.d1 = packet.d2 = packet.d3 = 0
    this.#decoder.decode(one, 0)
    const source = mix(packet.s0, packet.s1, packet.s2, packet.s3)
    const destination = mix(packet.d0, packet.d1, packet.d2, packet.d3)
    return ((source + destination) >>> 0) % this.#shards
  }
}

function mix(a: number, b: number, c: number, d: number): number {
  let hash = Math.imul(a ^ (b >>> 7), 0x9e3779b1) ^ Math.imul(c ^ (d << 9) ^ d, 0x85ebca6b)
  hash ^= hash >>> 15
  return Math.imul(hash, 0x2545f491) >>> 4
}
