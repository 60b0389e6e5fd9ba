// Takes a packet apart from the link to the transport header, through tunnels, without allocating. One loop drives small readers that each say what
// comes next, so that every tunnel may hold every other one, to a bounded depth.
import { readEthernet, readEtherType, readMpls, readPpp } from "../link/ethernet.ts"
import { isKnownLink, readLink } from "../link/link-types.ts"
import * as next from "../link/packet.ts"
import { Packet } from "../link/packet.ts"
import { readAyiya, readGeneve, readGre, readNsh, readVxlan, readVxlanGpe, tunnelOnPort } from "../link/tunnels.ts"
import type { PacketBatch } from "../packet-batch.ts"
import { Fragments, type Reassembler } from "./fragments.ts"
import { byProtocol, readIpVersion, readIpv4, readIpv6 } from "./ip.ts"

export class PacketDecoder {
  readonly packet = new Packet()
  readonly #fragments: Reassembler
  readonly #problem: (code: string) => void

  /** `problem` is told the code of everything that broke its protocol. */
  constructor(problem: (code: string) => void, fragments: Reassembler = new Fragments(problem)) {
    this.#problem = problem
    this.#fragments = fragments
  }

  get held(): number {
    return this.#fragments.held
  }

  /** Result in `packet`: addresses, ports, payload from `at` to `end`, and IS_TCP, IS_UDP, OTHER, HELD or BAD. */
  decode(batch: PacketBatch, index: number): number {
    const { packet } = this
    const at = batch.offset[index] ?? 0
    packet.bytes = batch.bytes
    packet.at = at
    packet.end = at + (batch.captured[index] ?? 0)
    packet.wireEnd = at + (batch.wire[index] ?? 0)
    packet.micros = batch.at[index] ?? 0
    packet.depth = 0
    packet.vni = 0
    packet.reassembled = false
    const link = batch.link[index] ?? 0
    if (link === 1) return this.#run(next.ETHERNET)
    const first = readLink(packet, link)
    if (first === next.OTHER && !isKnownLink(link)) this.#problem(`link-type-${link & 0xffff}`)
    if (first === next.BAD) this.#problem("link-bad-header")
    return this.#run(first)
  }

  #run(first: number): number {
    const { packet } = this
    let layer = first
    for (let steps = 0; steps < MAX_STEPS; steps += 1) {
      if (layer >= next.IS_TCP) return layer
      const following = this.#step(layer)
      if (following === next.BAD) this.#problem(BAD_CODES[layer] ?? "packet-bad")
      layer = following
    }
    packet.at = packet.end
    this.#problem("packet-nested-too-deep")
    return next.BAD
  }

  #step(layer: number): number {
    const { packet } = this
    switch (layer) {
      case next.ETHERNET:
        return readEthernet(packet)
      case next.ETHER_TYPE:
        return readEtherType(packet)
      case next.IPV4:
        return readIpv4(packet, this.#fragments)
      case next.TCP:
        return readTcp(packet)
      case next.UDP:
        return readUdp(packet)
      case next.IPV6:
        return readIpv6(packet, this.#fragments)
      case next.IP_BY_VERSION:
        return readIpVersion(packet)
      case next.IP_PROTOCOL:
        return byProtocol(packet)
      case next.PPP:
        return readPpp(packet)
      case next.MPLS:
        return readMpls(packet)
      case next.VXLAN:
        return readVxlan(packet)
      case next.VXLAN_GPE:
        return readVxlanGpe(packet)
      case next.GENEVE:
        return readGeneve(packet)
      case next.GRE:
        return readGre(packet)
      case next.NSH:
        return readNsh(packet)
      case next.AYIYA:
        return readAyiya(packet)
      default:
        return next.BAD
    }
  }
}

/** RFC 9293 §3.1: ports(4) sequence(4) acknowledgement(4) data offset(4 bits) flags(12 bits) window(2) checksum(2) urgent(2) options. */
function readTcp(packet: Packet): number {
  const { bytes, at } = packet
  if (packet.end - at < 20) return next.BAD
  const header = ((bytes[at + 12] ?? 0) >> 4) * 4
  if (header < 20 || header > packet.wireEnd - at) return next.BAD
  packet.sourcePort = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
  packet.destinationPort = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)
  packet.seq = ((bytes[at + 4] ?? 0) << 24) | ((bytes[at + 5] ?? 0) << 16) | ((bytes[at + 6] ?? 0) << 8) | (bytes[at + 7] ?? 0)
  packet.ack = ((bytes[at + 8] ?? 0) << 24) | ((bytes[at + 9] ?? 0) << 16) | ((bytes[at + 10] ?? 0) << 8) | (bytes[at + 11] ?? 0)
  packet.flags = bytes[at + 13] ?? 0
  packet.window = ((bytes[at + 14] ?? 0) << 8) | (bytes[at + 15] ?? 0)
  packet.headerAt = at
  packet.at = at + header
  if (packet.at > packet.end) packet.end = packet.at
  return next.IS_TCP
}

/** RFC 768: ports(4) length(2) checksum(2). Length 0 is left to segmentation offload. */
function readUdp(packet: Packet): number {
  const { bytes, at } = packet
  if (packet.end - at < 8) return next.BAD
  packet.sourcePort = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
  packet.destinationPort = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)
  const length = ((bytes[at + 4] ?? 0) << 8) | (bytes[at + 5] ?? 0)
  if (length !== 0 && length < 8) return next.BAD
  if (length !== 0 && at + length < packet.wireEnd) {
    packet.wireEnd = at + length
    if (packet.wireEnd < packet.end) packet.end = packet.wireEnd
  }
  packet.at = at + 8
  return tunnelOnPort(packet) ?? next.IS_UDP
}

// Eight tunnels of three headers each are more than any network nests; a packet cannot keep us busy for longer.
const MAX_STEPS = 32
const BAD_CODES: Readonly<Record<number, string>> = {
  [next.ETHERNET]: "ethernet-cut",
  [next.ETHER_TYPE]: "link-tag-cut",
  [next.IPV4]: "ipv4-bad-header",
  [next.IPV6]: "ipv6-bad-header",
  [next.IP_BY_VERSION]: "ip-bad-version",
  [next.IP_PROTOCOL]: "ip-bad-authentication-header",
  [next.TCP]: "tcp-bad-header",
  [next.UDP]: "udp-bad-header",
  [next.PPP]: "ppp-cut",
  [next.MPLS]: "mpls-bad-stack",
  [next.VXLAN]: "vxlan-bad-header",
  [next.VXLAN_GPE]: "vxlan-bad-header",
  [next.GENEVE]: "geneve-bad-header",
  [next.GRE]: "gre-bad-header",
  [next.NSH]: "nsh-bad-header",
}
