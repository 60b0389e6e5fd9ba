// A port of loopback that nobody uses right now.
import { createSocket } from "node:dgram"
import { once } from "node:events"
import { type AddressInfo, createServer } from "node:net"

export async function freePort(kind: "tcp" | "udp"): Promise<number> {
  if (kind === "udp") {
    const socket = createSocket("udp4")
    socket.bind(0, "127.0.0.1")
    await once(socket, "listening")
    const { port } = socket.address()
    socket.close()
    return port
  }
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, "close")
  return port
}
