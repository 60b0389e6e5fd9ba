// Which packets belong to a connection that the deny list names. Addresses are compared as they are; a host name is looked for where a connection says
// it in the clear: in the TLS ClientHello (RFC 6066 §3), in an HTTP/1 request's target or Host. Host names hidden by ECH or inside HTTP/2 without TLS are not seen.
import { BlockList } from "node:net"
import type { DenyList } from "../../services/contracts/deny-list.ts"
import { deniedBy } from "../../services/runtime/deny-list.ts"
import { parseClientHello } from "../wire/tls/client-hello.ts"
import type { TcpFrame } from "./tcp-frame.ts"

export interface CondemnOptions {
  /** VNIs whose private addresses are those of this interface: a workload of another VNI may have the same address here and be somebody else. */
  readonly vnis: ReadonlySet<number>
}

export class Condemned {
  readonly #options: CondemnOptions
  #list: DenyList | undefined
  #addresses = new BlockList()
  #until = new Map<string, number>()
  /** Connections that named a denied host, by address pair: their packets carry the name only once. */
  readonly #flows = new Map<string, { readonly host: string }>()
  /** First bytes of connections whose greeting is longer than a packet. */
  readonly #openings = new Map<string, Uint8Array>()

  constructor(options: CondemnOptions) {
    this.#options = options
  }

  take(list: DenyList): void {
    this.#list = list
    this.#addresses = new BlockList()
    this.#until = new Map()
    for (const { kind, value, until } of list.entries) {
      const address = kind === "ip" ? value : kind === "workload" ? this.#local(value) : undefined
      if (address === undefined) continue
      const written = canonical(address)
      this.#addresses.addAddress(address, address.includes(":") ? "ipv6" : "ipv4")
      this.#until.set(written, Math.max(until, this.#until.get(written) ?? 0))
    }
    for (const [flow, { host }] of this.#flows) if (deniedBy(list, { host }, 0) === undefined) this.#flows.delete(flow)
  }

  /** As a capture filter: only what can be condemned is copied to us. Undefined: nothing is. */
  filter(now: number): string | undefined {
    const entries = this.#list?.entries.filter(({ until }) => until > now) ?? []
    const hosts = entries.some(({ kind }) => kind === "host")
    const addresses = [...this.#until].filter(([, until]) => until > now).map(([address]) => address)
    if (!hosts && addresses.length === 0) return undefined
    const tcp = hosts || addresses.length > MAX_FILTERED ? "tcp" : `tcp and (${addresses.map((each) => `host ${each}`).join(" or ")})`
    return `(${tcp}) or (vlan and ${tcp})`
  }

  /** Connections whose greeting is not whole yet. */
  get held(): number {
    return this.#openings.size
  }

  has(frame: TcpFrame, now: number): boolean {
    return this.#deniedAddress(frame.from, now) || this.#deniedAddress(frame.to, now) || this.#deniedHost(frame, now)
  }

  #local(workload: string): string | undefined {
    const slash = workload.indexOf("/")
    if (slash < 0) return workload
    return this.#options.vnis.has(Number(workload.slice(0, slash))) ? workload.slice(slash + 1) : undefined
  }

  #deniedAddress(bytes: Uint8Array, now: number): boolean {
    const address = written(bytes)
    if (!this.#addresses.check(address, bytes.length === 16 ? "ipv6" : "ipv4")) return false
    return (this.#until.get(canonical(address)) ?? 0) > now
  }

  #deniedHost(frame: TcpFrame, now: number): boolean {
    const list = this.#list
    if (list === undefined) return false
    const flow = flowOf(frame)
    const known = this.#flows.get(flow)
    if (known !== undefined) return deniedBy(list, known, now) !== undefined
    if (frame.payload.length === 0) return false
    const host = this.#hostNamed(flow, frame.payload)
    if (host === undefined || deniedBy(list, { host }, now) === undefined) return false
    bounded(this.#flows, MAX_FLOWS).set(flow, { host })
    return true
  }

  #hostNamed(flow: string, payload: Uint8Array): string | undefined {
    const earlier = this.#openings.get(flow)
    const opening = earlier === undefined ? payload : joined(earlier, payload)
    if (earlier === undefined && !beginsLikeOne(opening)) return undefined
    const host = opening[0] === HANDSHAKE ? serverNameOf(opening) : httpHostOf(opening)
    if (host === undefined && opening.length < MAX_OPENING) bounded(this.#openings, MAX_FLOWS).set(flow, Uint8Array.from(opening))
    else this.#openings.delete(flow)
    return host
  }
}

function beginsLikeOne(bytes: Uint8Array): boolean {
  if (bytes[0] === HANDSHAKE) return bytes[1] === 3
  return METHOD.test(latin(bytes.subarray(0, 8)))
}

/** TLSPlaintext = type(1) version(2) length(2); handshake = type(1) length(3). Records are only unwrapped; a hello over several is joined. */
function serverNameOf(bytes: Uint8Array): string | undefined {
  const parts: Uint8Array[] = []
  for (let at = 0; bytes[at] === HANDSHAKE && at + 5 < bytes.length; ) {
    const length = ((bytes[at + 3] ?? 0) << 8) | (bytes[at + 4] ?? 0)
    parts.push(bytes.subarray(at + 5, at + 5 + length))
    at += 5 + length
  }
  const message = parts.reduce(joined, new Uint8Array(0))
  return message[0] === CLIENT_HELLO ? parseClientHello(message.subarray(4))?.sni : undefined
}

function httpHostOf(bytes: Uint8Array): string | undefined {
  const text = latin(bytes)
  const target = /^[A-Z]+ (?:http:\/\/)?([a-z0-9.-]{1,253})(?::\d{1,5})?[ /]/i.exec(text)?.[1]
  const header = /\r\nhost:[ \t]*([a-z0-9.-]{1,253})/i.exec(text)?.[1]
  return (header ?? target)?.toLowerCase()
}

function flowOf({ from, to, fromPort, toPort }: TcpFrame): string {
  const [one, other] = [`${written(from)} ${fromPort}`, `${written(to)} ${toPort}`]
  return one < other ? `${one} ${other}` : `${other} ${one}`
}

function written(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join(".")
  const words = Array.from({ length: 8 }, (_, word) => (((bytes[word * 2] ?? 0) << 8) | (bytes[word * 2 + 1] ?? 0)).toString(16))
  return words.join(":")
}

/** IPv6 in eight plain words, whatever it was written like. */
function canonical(address: string): string {
  if (!address.includes(":")) return address
  const [head = "", tail] = address.split("::")
  const words = (text: string | undefined): string[] => (text === undefined || text === "" ? [] : text.split(":"))
  const [before, after] = [words(head), words(tail)]
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length
  return [...before, ...Array.from({ length: Math.max(0, zeros) }, () => "0"), ...after]
    .map((word) => Number.parseInt(word, 16).toString(16))
    .join(":")
}

/** Makes room for one more by forgetting the oldest. */
function bounded<V>(map: Map<string, V>, size: number): Map<string, V> {
  for (const key of map.keys()) {
    if (map.size < size) break
    map.delete(key)
  }
  return map
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  const out = new Uint8Array(one.length + other.length)
  out.set(one)
  out.set(other, one.length)
  return out
}

function latin(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1")
}

const HANDSHAKE = 22
const CLIENT_HELLO = 1
const METHOD = /^(?:GET|PUT|POST|HEAD|DELETE|PATCH|OPTIONS|CONNECT|TRACE) /
// A ClientHello with post-quantum shares takes two packets; who needs more to say a name hides it.
const MAX_OPENING = 8_192
const MAX_FLOWS = 4_096
// A filter of more terms costs the kernel more for each packet than it saves.
const MAX_FILTERED = 100
