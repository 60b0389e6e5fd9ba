// VXLAN and GENEVE on ordinary UDP sockets: needs no privilege, costs a system call and an event a packet. What the kernel drops because the buffer is
// full is read from /proc/net/udp and told.
import { createSocket, type Socket } from "node:dgram"
import { ConfigError } from "../../services/contracts/errors.ts"
import { LINK_GENEVE, LINK_VXLAN } from "../wire/link/link-types.ts"
import { kernelUdpDrops } from "./kernel-drops.ts"
import type { LivePacket, LiveSource, TakePacket } from "./live-source.ts"

export interface UdpSourceOptions {
  readonly host: string
  /** -1: not wanted; 0: any that is free. */
  readonly vxlanPort: number
  readonly genevePort: number
  /** Bytes asked of the kernel for each socket. */
  readonly receiveBuffer: number
}

export async function openUdpSource(
  options: UdpSourceOptions,
  take: TakePacket,
): Promise<LiveSource & { readonly ports: readonly number[] }> {
  const notes: string[] = []
  const sockets: Socket[] = []
  try {
    for (const [port, link] of [
      [options.vxlanPort, LINK_VXLAN],
      [options.genevePort, LINK_GENEVE],
    ] as const) {
      if (port < 0) continue
      const socket = await bind({ host: options.host, port })
      sockets.push(socket)
      notes.push(...setBuffer(socket, options.receiveBuffer))
      receive(socket, link, take)
    }
  } catch (error) {
    for (const socket of sockets) socket.close()
    throw error
  }
  const ports = sockets.map((socket) => socket.address().port)
  const before = kernelUdpDrops(ports)
  return {
    notes,
    ports,
    drops: () => ({ kernelSocketFull: kernelUdpDrops(ports) - before }),
    close: async () => {
      await Promise.all(sockets.map((socket) => new Promise<void>((resolve) => socket.close(() => resolve()))))
    },
  }
}

function receive(socket: Socket, link: number, take: TakePacket): void {
  const packet: LivePacket = { bytes: EMPTY, start: 0, captured: 0, wire: 0, at: 0, link }
  socket.on("message", (message) => {
    packet.bytes = message
    packet.captured = packet.wire = message.length
    packet.at = Math.round((performance.timeOrigin + performance.now()) * 1000)
    take(packet)
  })
}

function bind({ host, port }: { host: string; port: number }): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createSocket({ type: host.includes(":") ? "udp6" : "udp4", ipv6Only: false })
    socket.once("error", (error: NodeJS.ErrnoException) => {
      reject(
        new ConfigError({
          path: "sensor.capture.udp",
          got: `${host}:${port}, ${error.code ?? error.message}`,
          want: "an address and port that are free here",
          hint: error.code === "EADDRINUSE" ? "another sensor or a vxlan interface holds the port" : "",
        }),
      )
    })
    socket.bind({ address: host, port }, () => {
      socket.removeAllListeners("error")
      socket.on("error", () => undefined)
      resolve(socket)
    })
  })
}

/** The kernel silently gives less than it was asked for (net.core.rmem_max): read back what it gave. */
function setBuffer(socket: Socket, wanted: number): string[] {
  const { port } = socket.address()
  try {
    socket.setRecvBufferSize(wanted)
  } catch {
    // what counts is read back
  }
  // Linux reports twice the usable size.
  const got = socket.getRecvBufferSize() / 2
  if (got >= wanted) return []
  return [
    `receive buffer of port ${port} is ${got} bytes, not ${wanted}: bursts will be lost; raise it with sysctl -w net.core.rmem_max=${wanted}`,
  ]
}

const EMPTY = new Uint8Array(0)
