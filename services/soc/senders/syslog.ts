// Syslog over UDP, TCP and TLS. UDP cannot tell whether anything arrived. Over TCP syslog has no answer either, and a write only says that our own kernel has
// the bytes: behind a link that went dark it would go on saying so for a quarter of an hour. So each batch has a connection of its own, and what counts is
// that the receiver closes it after we did: it has then read to the end. Whoever closes earlier has not, and whoever does neither gets the batch again.
import { createSocket } from "node:dgram"
import { connect, isIP, type Socket } from "node:net"
import { connect as connectTls } from "node:tls"
import type { SocDestination } from "../../contracts/config/soc.ts"
import { clientTlsOptions } from "../../runtime/client-tls.ts"
import { lineOf } from "../formats/format.ts"
import { octetCounted, type SyslogOptions, syslogMessage } from "../formats/syslog.ts"
import type { SocRecord } from "../record.ts"
import type { Sender, Sent } from "../sender.ts"

type SyslogDestination = Extract<SocDestination, { type: "syslog" }>

export interface SyslogSenderOptions extends SyslogOptions {
  readonly version: string
}

export function syslogSender(destination: SyslogDestination, options: SyslogSenderOptions): Sender {
  const messages = (records: readonly SocRecord[]) =>
    records.map((record) =>
      syslogMessage(record, lineOf(destination.format, record, { version: options.version, content: destination.content }), options),
    )
  if (destination.transport === "udp") return { send: (records) => sendUdp(destination, messages(records)), close: async () => {} }
  return { send: (records) => sendStream(destination, Buffer.concat(messages(records).map(octetCounted))), close: async () => {} }
}

async function sendUdp({ host, port }: SyslogDestination, messages: readonly Buffer[]): Promise<Sent> {
  const socket = createSocket(host.includes(":") ? "udp6" : "udp4")
  const dead: { index: number; reason: string }[] = []
  try {
    for (const [index, message] of messages.entries()) {
      if (message.length > MAX_DATAGRAM) {
        dead.push({ index, reason: `${message.length} bytes do not fit a datagram; use tcp or tls` })
        continue
      }
      await new Promise<void>((resolve, reject) =>
        socket.send(message, port, host, (error) => (error === null ? resolve() : reject(error))),
      )
    }
    return { outcome: "delivered", dead }
  } catch (error) {
    return { outcome: "retry", reason: error instanceof Error ? error.message : String(error) }
  } finally {
    socket.close()
  }
}

async function sendStream(destination: SyslogDestination, bytes: Buffer): Promise<Sent> {
  let socket: Socket | undefined
  try {
    const before = Date.now()
    socket = await connected(destination)
    await takenBy(socket, bytes, { linger: Math.max(LINGER_MS, 2 * (Date.now() - before)), timeout: destination.timeout })
    return { outcome: "delivered" }
  } catch (error) {
    return { outcome: "retry", reason: error instanceof Error ? error.message : String(error) }
  } finally {
    socket?.destroy()
  }
}

/** Resolves when the receiver has read everything and closed. */
function takenBy(socket: Socket, bytes: Buffer, { linger, timeout }: { linger: number; timeout: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    let ended = false
    const timer = setTimeout(() => reject(new Error(ended ? "the receiver does not read" : "the receiver takes nothing")), timeout)
    socket.once("error", reject)
    socket.once("close", () => {
      clearTimeout(timer)
      if (ended) resolve()
      else reject(new Error("the receiver closed the connection"))
    })
    socket.once("end", () => {
      if (!ended) reject(new Error("the receiver closed the connection"))
    })
    // Whatever it may say: only its end counts.
    socket.resume()
    socket.write(bytes, () =>
      // A receiver that closed before it read anything says so within a round trip: that is no answer to our end.
      setTimeout(() => {
        ended = true
        socket.end()
      }, linger),
    )
  })
}

function connected({ host, port, transport, tls, timeout, name }: SyslogDestination): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error): void => {
      clearTimeout(timer)
      reject(error)
    }
    const ready = (): void => {
      clearTimeout(timer)
      socket.off("error", failed)
      resolve(socket)
    }
    const options = {
      host,
      port,
      ...(isIP(host) === 0 && { servername: host }),
      ...clientTlsOptions(tls ?? {}, `soc.destinations ${name}.tls`),
    }
    const socket: Socket = transport === "tcp" ? connect(port, host, ready) : connectTls(options, ready)
    const timer = setTimeout(() => {
      socket.destroy()
      reject(new Error("no connection in time"))
    }, timeout)
    socket.once("error", failed)
  })
}

// Largest UDP payload over IPv4.
const MAX_DATAGRAM = 65_507
// At least; more where the way is longer.
const LINGER_MS = 20
