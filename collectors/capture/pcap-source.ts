// Live packets through libpcap's memory-mapped ring: four to nine times cheaper a packet than a UDP socket. The callback may only copy: the session
// empties its ring in one go, and what works longer loses packets. Needs the optional package `pcap` (libpcap) and the right to capture.
import { createRequire } from "node:module"
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
  /** Also packets that are for other hosts, where the interface sees them. */
  readonly promiscuous?: boolean
  /** Milliseconds that a packet waits at most, where an answer is in a hurry. */
  readonly lookEvery?: number
  /** Which setting a problem is about. */
  readonly setting?: string
}

export interface PcapLiveSource extends LiveSource {
  /** Sends a frame out of the interface, with its link header. Throws when the interface takes none. */
  inject(frame: Uint8Array): void
}

export async function openPcapSource(options: PcapSourceOptions, take: TakePacket): Promise<PcapLiveSource> {
  const session = new (loadBinding().PcapSession)()
  const bytes = Buffer.alloc(options.snapLength)
  const header = Buffer.alloc(16)
  const packet: LivePacket = { bytes, start: 0, captured: 0, wire: 0, at: 0, link: 0 }
  const linkName = open(session, options, () => {
    packet.captured = header.readUInt32LE(8)
    packet.wire = header.readUInt32LE(12)
    packet.at = header.readUInt32LE(0) * 1e6 + header.readUInt32LE(4)
    take(packet)
  })
  const link = LINKS[linkName]
  const end = (): void => {
    session.close()
    // Closing only breaks the next dispatch off, which then frees the session.
    session.dispatch(bytes, header)
  }
  if (link === undefined) {
    end()
    throw new ConfigError({
      path: "sensor.capture.pcap.device",
      got: `${options.device} with link type ${linkName}`,
      want: "Ethernet, cooked, raw IP or loopback",
    })
  }
  packet.link = link
  let last: Counts = { ps_drop: 0 }
  let timer: NodeJS.Timeout | undefined
  // Hands over all that is in the ring; packets that come meanwhile too.
  const empty = (): void => {
    session.dispatch(bytes, header)
    timer = setTimeout(empty, options.lookEvery ?? EMPTY_EVERY)
  }
  empty()
  return {
    inject: (frame) => session.inject(Buffer.from(frame.buffer, frame.byteOffset, frame.length)),
    notes: [],
    drops: () => {
      if (timer !== undefined) last = session.stats()
      return { libpcapRingFull: last.ps_drop, interface: last.ps_ifdrop ?? 0 }
    },
    close: () => {
      clearTimeout(timer)
      timer = undefined
      session.dispatch(bytes, header)
      last = session.stats()
      end()
      return Promise.resolve()
    },
  }
}

interface Counts {
  readonly ps_drop: number
  readonly ps_ifdrop?: number
}

/** The package's native half. Its JavaScript half adds an object and an event a packet, and a poll handle that is never closed: a worker thread that holds one cannot end. */
interface PcapSession {
  open_live(
    device: string,
    filter: string,
    bufferSize: number,
    snapLength: number,
    dumpFile: string,
    packetReady: () => void,
    monitor: boolean,
    timeout: number,
    warn: (text: string) => void,
    promiscuous: boolean,
  ): string
  /** Calls packetReady for each packet there is, with the packet in `bytes` and its record header in `header`. */
  dispatch(bytes: Buffer, header: Buffer): number
  inject(frame: Buffer): void
  stats(): Counts
  close(): void
}

function loadBinding(): { PcapSession: new () => PcapSession } {
  try {
    return createRequire(import.meta.url)("pcap/build/Release/pcap_binding")
  } catch {
    throw new ConfigError({
      path: "sensor.capture.kind",
      got: "pcap, but the optional package pcap is not built",
      want: "libpcap for Node",
      hint: "install libpcap-dev and a compiler, then npm install pcap; or use kind: udp",
    })
  }
}

function open(
  session: PcapSession,
  {
    device,
    filter,
    snapLength,
    bufferSize,
    promiscuous = false,
    lookEvery = RING_TIMEOUT,
    setting = "sensor.capture.pcap",
  }: PcapSourceOptions,
  packetReady: () => void,
): string {
  try {
    return session.open_live(device, filter, bufferSize, snapLength, "", packetReady, false, lookEvery, () => undefined, promiscuous)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const hint = /permi/i.test(message) ? "run as root, or give the program CAP_NET_RAW (setcap cap_net_raw+ep on the node binary)" : ""
    throw new ConfigError({ path: setting, got: `${device}: ${message}`, want: "an interface that may be captured on", hint })
  }
}

// Milliseconds that the ring may gather packets before it shows them, and between two looks at it: a hundredth of the ring's size at ten gigabits.
const RING_TIMEOUT = 10
const EMPTY_EVERY = 5
const LINKS: Readonly<Record<string, number>> = {
  LINKTYPE_ETHERNET: 1,
  LINKTYPE_NULL: 0,
  LINKTYPE_RAW: 101,
  LINKTYPE_LINUX_SLL: 113,
}
