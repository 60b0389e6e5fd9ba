// Real clients and servers as test data: a TCP proxy between them records both directions as stream events.
import { connect, createServer, type Server, type Socket } from "node:net"
import { copyBytes } from "../../collectors/wire/bytes.ts"
import type { Side, StreamEvent } from "../../collectors/wire/stream.ts"

export interface Recorder {
  readonly port: number
  /** The connections so far, in the order they were opened. */
  readonly connections: readonly (readonly StreamEvent[])[]
  close(): Promise<void>
}

export async function recordTo(serverPort: number): Promise<Recorder> {
  const connections: StreamEvent[][] = []
  const sockets = new Set<Socket>()
  const proxy = createServer((client) => {
    const events: StreamEvent[] = []
    connections.push(events)
    const server = connect(serverPort, "127.0.0.1")
    for (const socket of [client, server]) {
      sockets.add(socket)
      socket.on("error", () => socket.destroy())
      socket.on("close", () => sockets.delete(socket))
    }
    relay(client, server, "client", events)
    relay(server, client, "server", events)
  })
  const port = await listen(proxy)
  return {
    port,
    connections,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => proxy.close(() => resolve()))
    },
  }
}

function relay(from: Socket, to: Socket, side: Side, events: StreamEvent[]): void {
  let offset = 0
  from.on("data", (bytes) => {
    const at = 1_000_000 + events.length * 1000
    events.push({ type: "data", side, at, offset, bytes: copyBytes(bytes) })
    offset += bytes.length
    to.write(bytes)
  })
  from.on("close", () => {
    events.push({ type: "end", side, at: 1_000_000 + events.length * 1000, offset, how: "fin" })
    to.end()
  })
  from.on("end", () => to.end())
}

/** Listens on any port of the loopback address. */
export function listen(server: Pick<Server, "listen" | "address">): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      resolve(typeof address === "object" && address !== null ? address.port : 0)
    })
  })
}

/** Both directions cut anew into pieces of at most `size` bytes; order kept. */
export function recut(events: readonly StreamEvent[], size: () => number): StreamEvent[] {
  return events.flatMap((event) => {
    if (event.type !== "data") return [event]
    const pieces: StreamEvent[] = []
    for (let from = 0; from < event.bytes.length; ) {
      const to = Math.min(event.bytes.length, from + Math.max(1, size()))
      pieces.push({ ...event, offset: event.offset + from, bytes: event.bytes.subarray(from, to) })
      from = to
    }
    return pieces
  })
}
