// A TCP conversation as its endpoints had it, as packets: the ground truth that evasions are applied to.
import { ethernet, ipv4, type TimedPacket, tcpPacket } from "./packets.ts"

export interface Spoken {
  readonly side: "client" | "server"
  readonly bytes: Uint8Array
}

export interface TcpSegment {
  readonly side: "client" | "server"
  readonly flags: string
  readonly seq: number
  readonly ack: number
  readonly payload: Uint8Array
}

export const CLIENT = { ip: "10.0.0.1", port: 40_000 }
export const SERVER = { ip: "192.0.2.10", port: 80 }

/** Handshake, the turns in segments of `size`, each acknowledged, and an orderly end. */
export function segmentsOf(
  turns: readonly Spoken[],
  { size = 1_400, isn = [1_000, 0xffff_ff00] as readonly [number, number] } = {},
): TcpSegment[] {
  const next = { client: isn[0], server: isn[1] }
  const segments: TcpSegment[] = []
  const other = { client: "server", server: "client" } as const
  const send = (side: "client" | "server", flags: string, payload: Uint8Array): void => {
    segments.push({ side, flags, seq: next[side], ack: flags.includes("A") ? next[other[side]] : 0, payload })
    next[side] = (next[side] + payload.length + (flags.includes("S") || flags.includes("F") ? 1 : 0)) >>> 0
  }
  send("client", "S", NONE)
  send("server", "SA", NONE)
  send("client", "A", NONE)
  for (const { side, bytes } of turns) {
    for (let at = 0; at < bytes.length; at += size) {
      send(side, "PA", bytes.subarray(at, at + size))
      send(other[side], "A", NONE)
    }
  }
  send("server", "FA", NONE)
  send("client", "FA", NONE)
  send("server", "A", NONE)
  return segments
}

export function packetOf({ side, flags, seq, ack, payload }: TcpSegment): Uint8Array {
  const [from, to] = side === "client" ? [CLIENT, SERVER] : [SERVER, CLIENT]
  return tcpPacket({ from: from.ip, to: to.ip, sport: from.port, dport: to.port, seq, ack, flags, payload })
}

/** One packet a millisecond. */
export function timed(packets: readonly Uint8Array[], start = 1_700_000_000_000_000): TimedPacket[] {
  return packets.map((bytes, at) => ({ at: start + at * 1_000, bytes }))
}

/** The IP packet inside an Ethernet frame, as fragments of at most `size` payload bytes (a multiple of 8). */
export function fragmentsOf(frame: Uint8Array, size: number, id: number): Uint8Array[] {
  const ip = Buffer.from(frame.subarray(14))
  const payload = ip.subarray(20)
  const pieces: Uint8Array[] = []
  for (let at = 0; at < payload.length; at += size) {
    pieces.push(
      ethernet(
        ipv4({
          from: [...ip.subarray(12, 16)].join("."),
          to: [...ip.subarray(16, 20)].join("."),
          protocol: ip[9] ?? 0,
          id,
          offset: at,
          more: at + size < payload.length,
          payload: payload.subarray(at, at + size),
        }),
      ),
    )
  }
  return pieces
}

const NONE = new Uint8Array(0)
