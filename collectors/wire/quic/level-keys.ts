// Which keys open a packet: of the Initial level anyone can make them, the others come from the key log (RFC 9001 section 4, 5 and 6).
import type { KeyLookup } from "../context.ts"
import type { Side } from "../stream.ts"
import type { Handshake } from "../tls/handshake.ts"
import { isTls13Suite, type Suite, suiteOf } from "../tls/suites.ts"
import type { QuicKind } from "./packet.ts"
import { initialSecrets, type OpenedPacket, PacketKeys } from "./packet-keys.ts"

export type KeyedLevel = "0rtt" | "handshake" | "1rtt"
export type OpenedQuic = OpenedPacket | "wait" | "unreadable" | "bad"

export interface ProtectedPacket {
  readonly bytes: Uint8Array
  readonly numberAt: number
  /** Of the packets read so far in its number space. */
  readonly largest: number
}

/** Initial keys of a connection; they change with a Retry and differ by version. */
export class InitialKeys {
  readonly destination: Uint8Array
  readonly #made = new Map<QuicKind, Readonly<Record<Side, PacketKeys>>>()

  constructor(destination: Uint8Array) {
    this.destination = destination
  }

  open(kind: QuicKind, side: Side, packet: ProtectedPacket): OpenedPacket | undefined {
    return openWith(this.#of(kind)[side], packet)
  }

  #of(kind: QuicKind): Readonly<Record<Side, PacketKeys>> {
    const known = this.#made.get(kind)
    if (known !== undefined) return known
    const { client, server } = initialSecrets(kind, this.destination)
    const suite = suiteOf(AES_128_GCM_SHA256)
    const made = { client: new PacketKeys(kind, suite, { secret: client }), server: new PacketKeys(kind, suite, { secret: server }) }
    this.#made.set(kind, made)
    return made
  }
}

/** Keys of one side beyond the Initial level. */
export class LevelKeys {
  readonly #side: Side
  readonly #keys: KeyLookup
  readonly #handshake: Handshake
  readonly #levels = new Map<KeyedLevel, readonly PacketKeys[]>()
  #phase: 0 | 1 = 0
  #previous: PacketKeys | undefined

  constructor(side: Side, keys: KeyLookup, handshake: Handshake) {
    this.#side = side
    this.#keys = keys
    this.#handshake = handshake
  }

  open(level: KeyedLevel, kind: QuicKind, packet: ProtectedPacket): OpenedQuic {
    const candidates = this.#candidates(level, kind)
    if (candidates === undefined) return this.#laterKnown(level) ? "unreadable" : "wait"
    for (const keys of candidates) {
      const opened = level === "1rtt" ? this.#openPhase(keys, packet) : openWith(keys, packet)
      if (opened === undefined) continue
      if (candidates.length > 1) this.#levels.set(level, [keys])
      return opened
    }
    return "bad"
  }

  wipe(): void {
    for (const candidates of this.#levels.values()) for (const keys of candidates) keys.wipe()
    this.#levels.clear()
    this.#previous?.wipe()
  }

  /** The key phase bit says that the keys were updated, or that the packet is a late one from before. */
  #openPhase(current: PacketKeys, packet: ProtectedPacket): OpenedPacket | undefined {
    const bare = current.bare(packet.bytes, packet.numberAt, packet.largest)
    if (bare === undefined) return undefined
    const opened = (keys: PacketKeys): OpenedPacket | undefined => {
      const payload = keys.open(packet.bytes, bare)
      return payload === undefined ? undefined : { number: bare.number, payload, phase: bare.phase }
    }
    if (bare.phase === this.#phase) return opened(current)
    const before = this.#previous === undefined ? undefined : opened(this.#previous)
    if (before !== undefined) return before
    const next = current.next()
    const after = opened(next)
    if (after === undefined) return undefined
    this.#previous?.wipe()
    this.#previous = current
    this.#phase = bare.phase
    this.#levels.set("1rtt", [next])
    return after
  }

  #candidates(level: KeyedLevel, kind: QuicKind): readonly PacketKeys[] | undefined {
    const known = this.#levels.get(level)
    if (known !== undefined) return known
    const secret = this.#secret(level)
    const hello = this.#handshake.first
    if (secret === undefined || hello === undefined) return undefined
    const { answer } = this.#handshake
    const ids = answer === undefined || level === "0rtt" ? hello.ciphers.filter(isTls13Suite) : [answer.cipher]
    const fitting = ids.map(suiteOf).filter((suite) => suite.cipher.kind === "aead" && fits(suite, secret))
    const made = fitting.map((suite) => new PacketKeys(kind, suite, { secret }))
    this.#levels.set(level, made)
    return made
  }

  /** Keys of a level that comes after are there: the log will not give these any more. */
  #laterKnown(level: KeyedLevel): boolean {
    if (level === "1rtt") return false
    if (this.#secret("1rtt") !== undefined) return true
    return level === "0rtt" && this.#secret("handshake") !== undefined
  }

  #secret(level: KeyedLevel): Uint8Array | undefined {
    const random = this.#handshake.clientRandom
    return random === "" ? undefined : this.#keys.find(LABELS[this.#side][level], random)
  }
}

function openWith(keys: PacketKeys, { bytes, numberAt, largest }: ProtectedPacket): OpenedPacket | undefined {
  const bare = keys.bare(bytes, numberAt, largest)
  const payload = bare === undefined ? undefined : keys.open(bytes, bare)
  return bare === undefined || payload === undefined ? undefined : { number: bare.number, payload, phase: bare.phase }
}

function fits(suite: Suite, secret: Uint8Array): boolean {
  return (suite.prfHash === "sha384") === (secret.length === 48)
}

const AES_128_GCM_SHA256 = 0x1301
const LABELS: Readonly<Record<Side, Readonly<Record<KeyedLevel, string>>>> = {
  client: { "0rtt": "CLIENT_EARLY_TRAFFIC_SECRET", handshake: "CLIENT_HANDSHAKE_TRAFFIC_SECRET", "1rtt": "CLIENT_TRAFFIC_SECRET_0" },
  server: { "0rtt": "", handshake: "SERVER_HANDSHAKE_TRAFFIC_SECRET", "1rtt": "SERVER_TRAFFIC_SECRET_0" },
}
