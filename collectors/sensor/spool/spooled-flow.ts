// One flow out of the spool as a pcapng file of its own: its packets without the mirror's tunnel, and the secrets that open it, no others. Which secrets
// those are is found by reading the packets once more: the ones that are asked for are the flow's, also inside a proxy's tunnel or over QUIC.
import { existsSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { readCaptureFile } from "../../capture/capture-file.ts"
import { interfaceBlock, packetBlockLength, secretsBlock, sectionBlock, writePacketBlock } from "../../capture/pcapng-writer.ts"
import { keyLogLine } from "../../keys/key-log.ts"
import { KeyStore } from "../../keys/key-store.ts"
import { ipv4, ipv6 } from "../../wire/flow/address.ts"
import { PacketDecoder } from "../../wire/ip/decoder.ts"
import { LINK_GENEVE, LINK_VXLAN } from "../../wire/link/link-types.ts"
import { HELD, IS_TCP, IS_UDP, type Packet } from "../../wire/link/packet.ts"
import { newBatch, type PacketBatch } from "../../wire/packet-batch.ts"
import { Wire } from "../../wire/wire.ts"
import { SPOOLED_LINKS, segmentsOf } from "./packet-spool.ts"

export interface SpooledFlow {
  readonly id: string
  readonly vni: number
  readonly client: { readonly ip: string; readonly port: number }
  readonly server: { readonly ip: string; readonly port: number }
  /** Packet time of something on the flow. */
  readonly at: number
  /** Known once the flow has ended. */
  readonly start?: number
  readonly end?: number
}

export interface FlowCapture {
  readonly pcapng: Buffer
  readonly packets: number
  /** More was there than a download holds. */
  readonly cut: boolean
}

/** Undefined: none of its packets are kept (any more). */
export async function spooledFlow(folder: string, flow: SpooledFlow): Promise<FlowCapture | undefined> {
  const keys = new KeyStore()
  const found: Kept[] = []
  let held = 0
  let cut = false
  const matcher = new FlowMatcher(flow)
  for (const path of segmentsFor(folder, flow)) {
    for await (const batch of readSegment(path)) {
      for (const secrets of batch.secrets) keys.addText(secrets)
      for (let index = 0; index < batch.count; index += 1) {
        const at = batch.at[index] ?? 0
        if (at < (flow.start ?? 0) || at > (flow.end ?? Number.POSITIVE_INFINITY)) continue
        const syn = matcher.match(batch, index)
        if (syn === undefined) continue
        if (held >= MAX_EVIDENCE) {
          cut = true
          break
        }
        const from = batch.offset[index] ?? 0
        const bytes = batch.bytes.slice(from, from + (batch.captured[index] ?? 0))
        held += bytes.length
        found.push({ bytes, at, wire: batch.wire[index] ?? 0, link: batch.link[index] ?? 0, syn })
      }
    }
  }
  const packets = flow.start === undefined ? connectionAt(found, flow.at) : found
  if (packets.length === 0) return undefined
  return { pcapng: evidenceFile(packets, { keyLog: secretsOf(packets, keys), flow, cut }), packets: packets.length, cut }
}

interface Kept {
  readonly bytes: Uint8Array
  readonly at: number
  readonly wire: number
  readonly link: number
  /** Opens a connection: the packets before belong to another one between the same ports. */
  readonly syn: boolean
}

/** Workers write in folders of their own; a flow lies in one of them. */
function segmentsFor(folder: string, { start, end, at }: SpooledFlow): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((entry) => {
      const segments = segmentsOf(join(folder, entry.name))
      return segments
        .filter((segment, index) => {
          const until = segments[index + 1]?.from ?? Number.POSITIVE_INFINITY
          // An unfinished flow may have begun long before and go on: all that is kept is looked at.
          return start === undefined || (until >= start - SLACK && segment.from <= (end ?? at) + SLACK)
        })
        .map(({ path }) => path)
    })
}

/** The newest segment is still being written, and the oldest may go while it is read. */
async function* readSegment(path: string): AsyncGenerator<PacketBatch> {
  try {
    for await (const batch of readCaptureFile(path)) {
      for (let index = 0; index < batch.count; index += 1)
        batch.link[index] = READ_LINKS.get(batch.link[index] ?? 0) ?? batch.link[index] ?? 0
      yield batch
    }
  } catch (error) {
    if (existsSync(path)) throw error
  }
}

/** Ports first: addresses become text only for the few packets whose ports fit. */
class FlowMatcher {
  // Fragments are not put together here: those between the two machines are taken along, by their addresses.
  readonly #decoder = new PacketDecoder(() => undefined, { held: 0, add: () => true })
  readonly #flow: SpooledFlow

  constructor(flow: SpooledFlow) {
    this.#flow = flow
  }

  /** Whether the packet opens a connection; undefined when it is not of this flow. */
  match(batch: PacketBatch, index: number): boolean | undefined {
    const { client, server, vni } = this.#flow
    const kind = this.#decoder.decode(batch, index)
    const { packet } = this.#decoder
    if (packet.vni !== vni || (kind !== IS_TCP && kind !== IS_UDP && kind !== HELD)) return undefined
    const ports = kind !== HELD
    const [source, destination] = [packet.sourcePort, packet.destinationPort]
    if (ports && !((source === client.port && destination === server.port) || (source === server.port && destination === client.port)))
      return undefined
    const [from, to] = addressesOf(packet)
    const outward = from === client.ip && to === server.ip && (!ports || source === client.port)
    const inward = from === server.ip && to === client.ip && (!ports || source === server.port)
    if (!outward && !inward) return undefined
    return kind === IS_TCP && outward && (packet.flags & SYN_ACK) === SYN
  }
}

function addressesOf(packet: Packet): [string, string] {
  if (packet.family === 4) return [ipv4(packet.s0), ipv4(packet.d0)]
  return [ipv6([packet.s0, packet.s1, packet.s2, packet.s3]), ipv6([packet.d0, packet.d1, packet.d2, packet.d3])]
}

/** Of several connections between the same ports, one after the other, the one that was open at that time. */
function connectionAt(packets: readonly Kept[], at: number): readonly Kept[] {
  let first = 0
  packets.forEach((packet, index) => {
    // A repeated SYN follows within seconds and opens nothing new.
    const before = packets[index - 1]
    if (packet.syn && packet.at <= at && !(before?.syn === true)) first = index
  })
  const next = packets.findIndex((packet, index) => index > first && packet.syn && packet.at > at)
  return packets.slice(first, next < 0 ? undefined : next)
}

function secretsOf(packets: readonly Kept[], keys: KeyStore): string {
  const lines = new Set<string>()
  const wire = new Wire({
    sink: { fact: () => undefined, closed: () => undefined, problem: () => undefined },
    keys: {
      find: (label, id) => {
        const secret = keys.find(label, id)
        if (secret !== undefined) lines.add(keyLogLine({ label, id, secret } as Parameters<typeof keyLogLine>[0]))
        return secret
      },
      generation: 1,
    },
  })
  for (let from = 0, slab = 0; from < packets.length; from += REPLAYED, slab += 1)
    wire.read(batchOf(packets.slice(from, from + REPLAYED), slab))
  wire.end()
  keys.clear()
  return [...lines].join("")
}

function batchOf(packets: readonly Kept[], slab: number): PacketBatch {
  const batch = { ...newBatch(), bytes: Buffer.concat(packets.map(({ bytes }) => bytes)), slab }
  let offset = 0
  for (const { bytes, at, wire, link } of packets) {
    const index = batch.count++
    batch.offset[index] = offset
    batch.captured[index] = bytes.length
    batch.wire[index] = wire
    batch.at[index] = at
    batch.link[index] = link
    offset += bytes.length
  }
  return batch
}

function evidenceFile(packets: readonly Kept[], { keyLog, flow, cut }: { keyLog: string; flow: SpooledFlow; cut: boolean }): Buffer {
  const inner = packets.map((packet) => ({ ...packet, ...withoutTunnel(packet) }))
  const links = [...new Set(inner.map(({ link }) => link))]
  const body = Buffer.alloc(inner.reduce((sum, { bytes }) => sum + packetBlockLength(bytes.length), 0))
  let end = 0
  for (const { bytes, at, wire, link } of inner) end = writePacketBlock(body, end, { interface: links.indexOf(link), at, wire, bytes })
  return Buffer.concat([
    sectionBlock(`Flow ${flow.id}${cut ? `, cut after ${MAX_EVIDENCE} bytes` : ""}`),
    ...links.map(interfaceBlock),
    // Before the packets: who reads from the front needs them first.
    ...(keyLog === "" ? [] : [secretsBlock(keyLog)]),
    body.subarray(0, end),
  ])
}

/** What a socket received begins with the tunnel's header, which no link type of pcapng describes. */
function withoutTunnel({ bytes, wire, link }: Kept): { bytes: Uint8Array; wire: number; link: number } {
  if (link === LINK_VXLAN) return { bytes: bytes.subarray(8), wire: wire - 8, link: 1 }
  if (link !== LINK_GENEVE) return { bytes, wire, link }
  const length = 8 + ((bytes[0] ?? 0) & 0x3f) * 4
  const ethernet = bytes[2] === 0x65 && bytes[3] === 0x58
  return { bytes: bytes.subarray(length), wire: wire - length, link: ethernet ? 1 : RAW_IP }
}

const READ_LINKS: ReadonlyMap<number, number> = new Map([...SPOOLED_LINKS].map(([ours, theirs]) => [theirs, ours]))
const RAW_IP = 101
const SYN = 0x02
const SYN_ACK = 0x12
const REPLAYED = 1_024
// Packets of several workers, and of several mirrors, are out of order by far less.
const SLACK = 60_000_000
// More than one download of a browser should hold in our memory; the file says when it was cut.
const MAX_EVIDENCE = 128 * 1024 * 1024
