// Syslog over UDP, TCP and TLS. UDP cannot tell whether anything arrived; TCP can only tell that it was taken into a buffer, so a connection that breaks
// right after a write makes the batch go out again.
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
  const stream = new Stream(destination)
  return { send: (records) => stream.write(Buffer.concat(messages(records).map(octetCounted))), close: async () => stream.close() }
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

/** One connection, opened again when it broke. */
class Stream {
  readonly #destination: SyslogDestination
  #socket: Socket | undefined

  constructor(destination: SyslogDestination) {
    this.#destination = destination
  }

  async write(bytes: Buffer): Promise<Sent> {
    try {
      const socket = await this.#connected()
      await new Promise<void>((resolve, reject) => {
        const failed = (error?: Error): void => reject(error ?? new Error("the receiver closed the connection"))
        socket.once("error", failed)
        socket.once("close", failed)
        const timer = setTimeout(() => failed(new Error("the receiver does not read")), this.#destination.timeout)
        socket.write(bytes, (error) => {
          // A receiver that is gone answers with a reset a moment later.
          setTimeout(() => {
            clearTimeout(timer)
            socket.off("error", failed)
            socket.off("close", failed)
            if (error !== undefined && error !== null) reject(error)
            else if (socket.destroyed) failed()
            else resolve()
          }, LINGER_MS)
        })
      })
      return { outcome: "delivered" }
    } catch (error) {
      this.close()
      return { outcome: "retry", reason: error instanceof Error ? error.message : String(error) }
    }
  }

  close(): void {
    this.#socket?.destroy()
    this.#socket = undefined
  }

  #connected(): Promise<Socket> {
    if (this.#socket !== undefined && !this.#socket.destroyed) return Promise.resolve(this.#socket)
    const { host, port, transport, tls, timeout, name } = this.#destination
    return new Promise((resolve, reject) => {
      const ready = (): void => {
        clearTimeout(timer)
        socket.off("error", failed)
        socket.on("error", () => this.close())
        this.#socket = socket
        resolve(socket)
      }
      const socket: Socket =
        transport === "tcp"
          ? connect(port, host, ready)
          : connectTls(
              {
                host,
                port,
                ...(isIP(host) === 0 && { servername: host }),
                ...clientTlsOptions(tls ?? {}, `soc.destinations ${name}.tls`),
              },
              ready,
            )
      const failed = (error: Error): void => {
        clearTimeout(timer)
        reject(error)
      }
      const timer = setTimeout(() => {
        socket.destroy()
        reject(new Error("no connection in time"))
      }, timeout)
      socket.once("error", failed)
    })
  }
}

// Largest UDP payload over IPv4.
const MAX_DATAGRAM = 65_507
const LINGER_MS = 20
