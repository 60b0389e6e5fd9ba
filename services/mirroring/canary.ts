// A packet that nobody else sends, in VXLAN, to the sensor's port: either the sensor says that it came, or, when no sensor listens there, we do.
import { createSocket } from "node:dgram"

/** A DNS question for `name` in Ethernet, IPv4, UDP, in VXLAN with the given VNI. */
export function canaryPacket(vni: number, name: string): Buffer {
  const question = dnsQuestion(name)
  const udp = Buffer.alloc(8)
  udp.writeUInt16BE(40_000, 0)
  udp.writeUInt16BE(53, 2)
  udp.writeUInt16BE(8 + question.length, 4)
  const ip = Buffer.from("450000000000000040110000c0000201c0000235", "hex")
  ip.writeUInt16BE(20 + 8 + question.length, 2)
  ip.writeUInt16BE(ipChecksum(ip), 10)
  const vxlan = Buffer.alloc(8)
  vxlan[0] = 0x08
  vxlan.writeUIntBE(vni, 4, 3)
  const ethernet = Buffer.from("0200000000020200000000010800", "hex")
  return Buffer.concat([vxlan, ethernet, ip, udp, question])
}

export async function sendCanary(packet: Buffer, { host, port }: { host: string; port: number }): Promise<void> {
  const socket = createSocket(host.includes(":") ? "udp6" : "udp4")
  try {
    await new Promise<void>((resolve, reject) => socket.send(packet, port, host, (error) => (error === null ? resolve() : reject(error))))
  } finally {
    socket.close()
  }
}

/** Packets that arrive on the port within the time, by VNI. Only where no sensor holds the port. */
export async function listenForVnis(
  port: number,
  { millis, send }: { millis: number; send?: () => Promise<void> },
): Promise<Map<number, number>> {
  const socket = createSocket("udp4")
  const seen = new Map<number, number>()
  socket.on("message", (packet) => {
    if (packet.length > 8 && ((packet[0] ?? 0) & 0x08) !== 0) {
      const vni = packet.readUIntBE(4, 3)
      seen.set(vni, (seen.get(vni) ?? 0) + 1)
    }
  })
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject)
    socket.bind(port, resolve)
  })
  try {
    await send?.()
    await new Promise((resolve) => setTimeout(resolve, millis))
  } finally {
    socket.close()
  }
  return seen
}

function dnsQuestion(name: string): Buffer {
  const labels = name.split(".").map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]))
  return Buffer.concat([Buffer.from("cafe01000001000000000000", "hex"), ...labels, Buffer.from("0000010001", "hex")])
}

function ipChecksum(header: Buffer): number {
  let sum = 0
  for (let at = 0; at < header.length; at += 2) sum += header.readUInt16BE(at)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return ~sum & 0xffff
}
