// The Internet of the run: answers every name with an address of its own, takes every connection, and writes down who wanted what. Nothing leaves.
import { createSocket } from "node:dgram"
import { createServer, type Server, type Socket } from "node:net"
import type { NetworkAttempt } from "./report.ts"

export interface Sinkhole {
  readonly attempts: () => NetworkAttempt[]
  readonly cut: () => boolean
  close(): void
}

export async function openSinkhole(hasCanary: (text: string) => boolean): Promise<Sinkhole> {
  const book = new Book(hasCanary)
  const names = new Names()
  const servers = await Promise.all(PORTS.flatMap((port) => ["0.0.0.0", "::"].map((host) => listen(port, host, { book, names }))))
  const resolvers = await Promise.all([resolver("udp4", "127.0.0.1", { book, names })])
  return {
    attempts: () => book.list,
    cut: () => book.cut,
    close: () => {
      for (const server of servers) server?.close()
      for (const socket of resolvers) socket?.close()
    },
  }
}

interface Parts {
  readonly book: Book
  readonly names: Names
}

class Book {
  readonly #found = new Map<string, NetworkAttempt>()
  readonly #hasCanary: (text: string) => boolean
  cut = false

  constructor(hasCanary: (text: string) => boolean) {
    this.#hasCanary = hasCanary
  }
  add(attempt: Omit<NetworkAttempt, "canary">, content: string): void {
    const key = `${attempt.kind} ${attempt.host} ${attempt.port} ${attempt.detail}`
    const canary = this.#hasCanary(content) || this.#found.get(key)?.canary === true
    if (!this.#found.has(key) && this.#found.size >= MAX_ATTEMPTS && !canary) this.cut = true
    else this.#found.set(key, { ...attempt, canary })
  }
  get list(): NetworkAttempt[] {
    return [...this.#found.values()]
  }
}

/** A name's address, so that a connection can be told by name. 198.18.0.0/15 is set aside for tests (RFC 2544). */
class Names {
  readonly #byName = new Map<string, string>()
  readonly #byAddress = new Map<string, string>()

  addressOf(name: string): string {
    const known = this.#byName.get(name)
    if (known !== undefined) return known
    const number = (this.#byName.size % 65_000) + 1
    const address = `198.18.${number >> 8}.${number & 255}`
    if (this.#byName.size < MAX_ATTEMPTS) {
      this.#byName.set(name, address)
      this.#byAddress.set(address, name)
    }
    return address
  }
  nameOf(address: string): string {
    return this.#byAddress.get(address) ?? address
  }
}

function listen(port: number, host: string, parts: Parts): Promise<Server | undefined> {
  const server = createServer((socket) => take(socket, port, parts))
  server.maxConnections = 64
  return new Promise((resolve) => {
    server.once("error", () => resolve(undefined))
    server.listen({ port, host, ipv6Only: host === "::" }, () => resolve(server))
  })
}

function take(socket: Socket, port: number, { book, names }: Parts): void {
  const asked = names.nameOf((socket.localAddress ?? "").replace(/^::ffff:/, ""))
  const chunks: Buffer[] = []
  let size = 0
  let answered = false
  const write = (): void => {
    const bytes = Buffer.concat(chunks)
    book.add(attemptOf(bytes, asked, port), bytes.toString("latin1"))
  }
  socket.setTimeout(SILENCE, () => socket.destroy())
  socket.on("error", () => socket.destroy())
  socket.on("close", write)
  socket.on("data", (chunk: Buffer) => {
    if (size < MAX_TAKEN) chunks.push(chunk.subarray(0, MAX_TAKEN - size))
    size += chunk.length
    const bytes = Buffer.concat(chunks)
    if (!answered && isWholeRequest(bytes)) {
      answered = true
      socket.end("HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
    } else if (bytes[0] === TLS_HANDSHAKE || size >= MAX_TAKEN) socket.end()
  })
}

function attemptOf(bytes: Buffer, asked: string, port: number): Omit<NetworkAttempt, "canary"> {
  const text = bytes.subarray(0, 4_096).toString("latin1")
  const request = /^([A-Z]{3,10}) (\S{1,400}) HTTP\/1\.[01]\r\n/.exec(text)
  if (request !== null) {
    const host = /\r\nhost:[ \t]{0,8}([^\r\n]{1,255})/i.exec(text)?.[1] ?? asked
    return { kind: "http", host: host.replace(/:\d+$/, ""), port, detail: `${request[1]} ${request[2]}`.slice(0, 200) }
  }
  const name = bytes[0] === TLS_HANDSHAKE ? serverName(bytes) : undefined
  if (bytes[0] === TLS_HANDSHAKE) return { kind: "tls", host: name ?? asked, port, detail: "" }
  return { kind: "tcp", host: asked, port, detail: bytes.length === 0 ? "" : `${bytes.length} bytes` }
}

function isWholeRequest(bytes: Buffer): boolean {
  const end = bytes.indexOf("\r\n\r\n")
  if (end < 0) return false
  const head = bytes.subarray(0, end).toString("latin1")
  const length = Number(/\r\ncontent-length:[ \t]{0,8}(\d{1,9})/i.exec(head)?.[1] ?? "0")
  if (/\r\ntransfer-encoding:[^\r\n]{0,100}chunked/i.test(head))
    return bytes.subarray(end).includes("\r\n0\r\n\r\n") || bytes.length >= MAX_TAKEN
  return bytes.length >= end + 4 + length || bytes.length >= MAX_TAKEN
}

/** server_name of a ClientHello (RFC 8446 4.1.2, RFC 6066 3), walked field by field; undefined where anything does not fit. */
export function serverName(bytes: Buffer): string | undefined {
  let at = 5 + 4 + 2 + 32
  const u16 = (): number => {
    const value = at + 2 <= bytes.length ? bytes.readUInt16BE(at) : 0
    at += 2
    return value
  }
  at += 1 + (bytes[at] ?? 0)
  at += u16()
  at += 1 + (bytes[at] ?? 0)
  const end = Math.min(bytes.length, u16() + at)
  while (at + 4 <= end) {
    const type = u16()
    const length = u16()
    if (type === 0) {
      const size = at + 5 <= bytes.length ? bytes.readUInt16BE(at + 3) : 0
      const name = bytes.subarray(at + 5, at + 5 + size).toString("latin1")
      return /^[\w.-]{1,255}$/.test(name) ? name : undefined
    }
    at += length
  }
  return undefined
}

function resolver(type: "udp4", host: string, { book, names }: Parts) {
  const socket = createSocket(type)
  socket.on("message", (message, from) => {
    const question = questionOf(message)
    if (question === undefined) return
    book.add({ kind: "dns", host: question.name, port: 53, detail: "" }, question.name.replaceAll(".", ""))
    book.add({ kind: "dns", host: question.name, port: 53, detail: "" }, question.name)
    socket.send(replyTo(message, question, names.addressOf(question.name)), from.port, from.address)
  })
  return new Promise<typeof socket | undefined>((resolve) => {
    socket.once("error", () => resolve(undefined))
    socket.bind(53, host, () => resolve(socket))
  })
}

interface Question {
  readonly name: string
  readonly type: number
  readonly end: number
}

/** Labels of the first question (RFC 1035 4.1.2); a query holds no pointers. */
function questionOf(message: Buffer): Question | undefined {
  const labels: string[] = []
  let at = 12
  for (let length = message[at] ?? 0; length !== 0; length = message[at] ?? 0) {
    if (length > 63 || at + 1 + length > message.length || labels.length > 127) return undefined
    labels.push(message.subarray(at + 1, at + 1 + length).toString("latin1"))
    at += 1 + length
  }
  if (at + 5 > message.length) return undefined
  return { name: labels.join(".").toLowerCase(), type: message.readUInt16BE(at + 1), end: at + 5 }
}

/** An address to a question for one; an empty answer to all others. */
function replyTo(message: Buffer, { type, end }: Question, address: string): Buffer {
  const head = Buffer.from(message.subarray(0, end))
  head.writeUInt16BE(0x8180, 2)
  head.writeUInt16BE(type === 1 ? 1 : 0, 6)
  head.writeUInt16BE(0, 8)
  head.writeUInt16BE(0, 10)
  if (type !== 1) return head
  return Buffer.concat([head, Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...address.split(".").map(Number)])])
}

// Where programs call to: web, mail, shells, chat, databases, common handlers of remote shells.
const PORTS = [
  21, 22, 23, 25, 53, 80, 110, 143, 389, 443, 445, 465, 587, 853, 993, 995, 1080, 1337, 1433, 1883, 2222, 3000, 3128, 3306, 3333, 4242,
  4433, 4443, 4444, 4445, 5000, 5222, 5432, 5555, 6379, 6660, 6666, 6667, 6697, 7000, 7777, 8000, 8080, 8081, 8083, 8088, 8333, 8443, 8545,
  8888, 9000, 9001, 9050, 9090, 9200, 9999, 11211, 12345, 14444, 27017, 31337, 50050, 54321,
]
const MAX_ATTEMPTS = 300
const MAX_TAKEN = 256 * 1024
const SILENCE = 4_000
const TLS_HANDSHAKE = 22
