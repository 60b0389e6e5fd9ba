// Live packets through libpcap's memory-mapped ring: four to nine times cheaper a packet than a UDP socket. The callback may only copy: the session
// empties its ring in one go, and what works longer loses packets. Needs the optional package `pcap` (libpcap) and the right to capture.
import { ConfigError } from "../../services/contracts/errors.ts"
import type { LivePacket, LiveSource, TakePacket } from "./live-source.ts"

export interface PcapSourceOptions {
  /** Network interface, or "any". */
  readonly device: string
  /** BPF filter, as for tcpdump. */
  readonly filter: string
  readonly snapLength: number
  /** Bytes of the ring. */
  readonly bufferSize: number
}

export async function openPcapSource(options: PcapSourceOptions, take: TakePacket): Promise<LiveSource> {
  const { createSession } = await loadPcap()
  const session = open(createSession, options)
  const link = LINKS[session.link_type]
  if (link === undefined) {
    session.close()
    throw new ConfigError({
      path: "sensor.capture.pcap.device",
      got: `${options.device} with link type ${session.link_type}`,
      want: "Ethernet, cooked, raw IP or loopback",
    })
  }
  const packet: LivePacket = { bytes: new Uint8Array(0), start: 0, captured: 0, wire: 0, at: 0, link }
  const { buf, header } = session
  packet.bytes = buf
  // Overriding emit saves the event emitter and an object a packet.
  session.emit = (name) => {
    if (name !== "packet") return true
    packet.captured = header.readUInt32LE(8)
    packet.wire = header.readUInt32LE(12)
    packet.at = header.readUInt32LE(0) * 1e6 + header.readUInt32LE(4)
    take(packet)
    return true
  }
  let last: { ps_drop?: number; ps_ifdrop?: number } = {}
  return {
    notes: [],
    drops: () => {
      last = session.opened ? session.stats() : last
      return { libpcapRingFull: last.ps_drop ?? 0, interface: last.ps_ifdrop ?? 0 }
    },
    close: () => {
      last = session.stats()
      session.close()
      return Promise.resolve()
    },
  }
}

interface PcapSession {
  readonly link_type: string
  readonly opened: boolean
  readonly buf: Buffer
  readonly header: Buffer
  emit(name: string): boolean
  stats(): { ps_recv: number; ps_drop: number; ps_ifdrop?: number }
  close(): void
}
type CreateSession = (device: string, options: Readonly<Record<string, unknown>>) => PcapSession

async function loadPcap(): Promise<{ createSession: CreateSession }> {
  try {
    const name = "pcap"
    const loaded = (await import(name)) as { default?: { createSession: CreateSession } } & { createSession?: CreateSession }
    const createSession = loaded.createSession ?? loaded.default?.createSession
    if (createSession !== undefined) return { createSession }
    throw new Error("no createSession")
  } catch {
    throw new ConfigError({
      path: "sensor.capture.kind",
      got: "pcap, but the optional package pcap is not built",
      want: "libpcap for Node",
      hint: "install libpcap-dev and a compiler, then npm install pcap; or use kind: udp",
    })
  }
}

function open(createSession: CreateSession, { device, filter, snapLength, bufferSize }: PcapSourceOptions): PcapSession {
  try {
    return createSession(device, {
      filter,
      snap_length: snapLength,
      buffer_size: bufferSize,
      buffer_timeout: RING_TIMEOUT,
      promiscuous: false,
    })
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const hint = /permi/i.test(message) ? "run as root, or give the program CAP_NET_RAW (setcap cap_net_raw+ep on the node binary)" : ""
    throw new ConfigError({ path: "sensor.capture.pcap", got: `${device}: ${message}`, want: "an interface that may be captured on", hint })
  }
}

// Milliseconds that the ring may gather packets before it wakes us.
const RING_TIMEOUT = 10
const LINKS: Readonly<Record<string, number>> = {
  LINKTYPE_ETHERNET: 1,
  LINKTYPE_NULL: 0,
  LINKTYPE_RAW: 101,
  LINKTYPE_LINUX_SLL: 113,
}
