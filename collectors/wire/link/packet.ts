// One packet while it is taken apart: a scratch object that is reused for every packet. Positions are offsets into `bytes`.

export class Packet {
  bytes: Uint8Array = EMPTY
  /** Where the layer that is read next begins. */
  at = 0
  /** End of what was captured of that layer. */
  end = 0
  /** End of that layer as it was on the wire; beyond `end` when the packet was cut to the snap length. */
  wireEnd = 0
  micros = 0
  /** What `next` needs to know beside the bytes: EtherType, IP protocol or PPP protocol. */
  protocol = 0
  /** Tunnels and tags passed so far. */
  depth = 0

  vni = 0
  /** 4 or 6: of the innermost IP header. */
  family = 0
  /** Addresses as 32-bit words; IPv4 uses the first word only. */
  s0 = 0
  s1 = 0
  s2 = 0
  s3 = 0
  d0 = 0
  d1 = 0
  d2 = 0
  d3 = 0
  ipId = 0
  sourcePort = 0
  destinationPort = 0

  /** Of the TCP header. */
  headerAt = 0
  seq = 0
  ack = 0
  flags = 0
  window = 0
  /** Came out of fragments: `bytes` is not the slab. */
  reassembled = false
}

/** What is read next, or how the packet ended. */
export const ETHERNET = 1
export const ETHER_TYPE = 2
export const IP_BY_VERSION = 3
export const IPV4 = 4
export const IPV6 = 5
export const IP_PROTOCOL = 6
export const PPP = 7
export const MPLS = 8
export const VXLAN = 9
export const VXLAN_GPE = 10
export const GENEVE = 11
export const GRE = 12
export const UDP = 13
export const TCP = 14
export const NSH = 15
export const AYIYA = 16
/** Final: the packet's addresses and payload are set. */
export const IS_TCP = 32
export const IS_UDP = 33
/** Final: something that is counted but not followed: ARP, ICMP, an unknown EtherType. */
export const OTHER = 34
/** Final: a fragment that waits for others. */
export const HELD = 35
/** Final: breaks its protocol; the code was counted. */
export const BAD = 36

export const EMPTY = new Uint8Array(0)
