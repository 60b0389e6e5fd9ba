// Targets for what carries encryption: real handshakes whose secrets are known, mutated, cut, repeated, out of order, with gaps and ends at any place.
import { createCipheriv } from "node:crypto"
import { KeyLogReader } from "../../collectors/keys/key-log.ts"
import { KeyStore } from "../../collectors/keys/key-store.ts"
import type { LayerContext } from "../../collectors/wire/context.ts"
import type { DatagramContext, DatagramLayer } from "../../collectors/wire/datagram.ts"
import type { WireFact } from "../../collectors/wire/facts.ts"
import { QuicLayer } from "../../collectors/wire/quic/quic-layer.ts"
import { SocksLayer } from "../../collectors/wire/starttls/socks-layer.ts"
import { StarttlsLayer } from "../../collectors/wire/starttls/starttls-layer.ts"
import type { Layer, Side } from "../../collectors/wire/stream.ts"
import { DtlsLayer } from "../../collectors/wire/tls/dtls-layer.ts"
import { TlsLayer } from "../../collectors/wire/tls/tls-layer.ts"
import {
  clientHello,
  cryptoFrame,
  encryptedExtensions,
  initialKeys,
  keysOf,
  label,
  longPacket,
  message,
  serverHello,
  shortPacket,
  streamFrame,
} from "../support/quic/builder.ts"
import type { FuzzTarget } from "./fuzz.ts"
import { mutate, type Random } from "./random.ts"

type Turns = readonly (readonly [Side, Buffer])[]

const RANDOM = Buffer.alloc(32, 0x33)
const secrets = { ch: Buffer.alloc(32, 1), sh: Buffer.alloc(32, 2), ca: Buffer.alloc(32, 3), sa: Buffer.alloc(32, 4) }
const keyLog = Buffer.from(
  [
    ["CLIENT_HANDSHAKE_TRAFFIC_SECRET", secrets.ch],
    ["SERVER_HANDSHAKE_TRAFFIC_SECRET", secrets.sh],
    ["CLIENT_TRAFFIC_SECRET_0", secrets.ca],
    ["SERVER_TRAFFIC_SECRET_0", secrets.sa],
  ]
    .map(([name, secret]) => `${name} ${RANDOM.toString("hex")} ${secret?.toString("hex")}`)
    .join("\n"),
)

const plainRecord = (type: number, body: Buffer) => Buffer.concat([Buffer.from([type, 3, 3, body.length >> 8, body.length & 255]), body])
const record = (secret: Buffer, seq: number, type: number, text: Buffer) => {
  const inner = Buffer.concat([text, Buffer.from([type])])
  const size = inner.length + 16
  const header = Buffer.from([23, 3, 3, size >> 8, size & 255])
  const nonce = Buffer.from(label("sha256", secret, "iv", 12))
  nonce[11] = (nonce[11] ?? 0) ^ seq
  const cipher = createCipheriv("aes-128-gcm", label("sha256", secret, "key", 16), nonce).setAAD(header)
  return Buffer.concat([header, cipher.update(inner), cipher.final(), cipher.getAuthTag()])
}
const finished = message(20, Buffer.alloc(32))
const keyUpdate = message(24, Buffer.from([1]))

const tlsTurns: Turns = [
  ["client", plainRecord(22, clientHello(RANDOM))],
  ["server", plainRecord(22, serverHello())],
  ["server", plainRecord(20, Buffer.from([1]))],
  ["server", record(secrets.sh, 0, 22, Buffer.concat([encryptedExtensions("h3"), message(11, Buffer.alloc(40)), finished]))],
  ["client", record(secrets.ch, 0, 22, finished)],
  ...[0, 1, 2].map((seq) => ["client", record(secrets.ca, seq, 23, Buffer.alloc(100 + seq * 2_000, 0x61))] as const),
  ...[0, 1, 2].map((seq) => ["server", record(secrets.sa, seq, 23, Buffer.alloc(50 + seq * 3_000, 0x62))] as const),
  ["server", record(secrets.sa, 3, 22, Buffer.concat([message(4, Buffer.alloc(20)), keyUpdate]))],
  ["client", record(secrets.ca, 3, 21, Buffer.from([1, 0]))],
]
const legacyTurns: Turns = [
  ["client", plainRecord(22, clientHello(RANDOM, { suite: 0xc027 }))],
  ["client", Buffer.from("802e0103010015000000100100800300800700c0060040020080040080", "hex")],
  ["server", plainRecord(22, message(2, Buffer.concat([Buffer.from([3, 3]), Buffer.alloc(32, 9), Buffer.from([0, 0xc0, 0x27, 0])])))],
  ["server", plainRecord(22, message(2, Buffer.concat([Buffer.from([3, 1]), Buffer.alloc(32, 9), Buffer.from([0, 0, 0x2f, 0])])))],
  ["client", plainRecord(22, message(16, Buffer.alloc(130, 5)))],
  ["client", plainRecord(20, Buffer.from([1]))],
  ["server", plainRecord(20, Buffer.from([1]))],
  ["client", plainRecord(22, Buffer.alloc(80, 6))],
  ["server", plainRecord(23, Buffer.alloc(96, 7))],
]
const legacyLog = Buffer.from(`CLIENT_RANDOM ${RANDOM.toString("hex")} ${"5a".repeat(48)}`)

const [CLIENT_ID, SERVER_ID, FIRST_ID] = [Buffer.alloc(5, 0xc1), Buffer.alloc(8, 0x5e), Buffer.alloc(8, 0x01)]
const initial = initialKeys(FIRST_ID)
const quicTurns: Turns = [
  [
    "client",
    longPacket({
      type: "initial",
      keys: initial.client,
      destination: FIRST_ID,
      source: CLIENT_ID,
      number: 0,
      payload: cryptoFrame(0, clientHello(RANDOM)),
    }),
  ],
  [
    "server",
    longPacket({
      type: "initial",
      keys: initial.server,
      destination: CLIENT_ID,
      source: SERVER_ID,
      number: 0,
      payload: cryptoFrame(0, serverHello()),
    }),
  ],
  [
    "server",
    longPacket({
      type: "handshake",
      keys: keysOf(secrets.sh),
      destination: CLIENT_ID,
      source: SERVER_ID,
      number: 0,
      payload: cryptoFrame(0, encryptedExtensions("h3")),
    }),
  ],
  ...[1, 2, 3].map(
    (n) =>
      [
        "client",
        shortPacket({ keys: keysOf(secrets.ca), destination: SERVER_ID, number: n, payload: streamFrame(0, n * 9, "request", n === 3) }),
      ] as const,
  ),
  ...[1, 2, 3].map(
    (n) =>
      [
        "server",
        shortPacket({
          keys: keysOf(secrets.sa),
          destination: CLIENT_ID,
          number: n,
          payload: Buffer.concat([Buffer.from([2, 3, 0, 0, 0]), streamFrame(0, n * 9, "response")]),
        }),
      ] as const,
  ),
]
const dtlsTurns: Turns = [
  [
    "client",
    Buffer.concat([Buffer.from("16fefd0000000000000000002f0100002300000000000023fefd", "hex"), Buffer.alloc(33), Buffer.from([0, 0])]),
  ],
  ["server", Buffer.from("17fefd0001000000000001000401020304", "hex")],
]
const socksTurns: Turns = [
  ["client", Buffer.from("050100", "hex")],
  ["server", Buffer.from("0500", "hex")],
  ["client", Buffer.from("05010003086170692e7465737401bb", "hex")],
  ["server", Buffer.from("05000001000000000000", "hex")],
  ["client", Buffer.from("040101bb00000001610061706900", "hex")],
]
const mailTurns: Turns = [
  ["server", Buffer.from("220 a\r\n")],
  ["client", Buffer.from("STARTTLS\r\n")],
  ["client", plainRecord(22, clientHello(RANDOM))],
]

export const targets: readonly FuzzTarget[] = [
  {
    name: "tls13",
    maxHeld: 200_000,
    run: (random) => stream(random, tlsTurns, { log: keyLog, make: (context) => new TlsLayer(context, HINT) }),
  },
  {
    name: "tls12",
    maxHeld: 200_000,
    run: (random) => stream(random, legacyTurns, { log: legacyLog, make: (context) => new TlsLayer(context, HINT) }),
  },
  {
    name: "socks",
    maxHeld: 10_000,
    run: (random) => stream(random, socksTurns, { log: keyLog, make: (context) => new SocksLayer(context, HINT) }),
  },
  {
    name: "starttls",
    maxHeld: 10_000,
    run: (random) => stream(random, mailTurns, { log: keyLog, make: (context) => new StarttlsLayer(context, HINT) }),
  },
  {
    name: "quic",
    maxHeld: 200_000,
    run: (random) => datagrams(random, quicTurns, (context) => new QuicLayer(context, { clientPort: 5_000, serverPort: 443 })),
  },
  { name: "dtls", maxHeld: 1_000, run: (random) => datagrams(random, dtlsTurns, (context) => new DtlsLayer(context)) },
  { name: "key-log", maxHeld: 0, run: keyLines },
]

interface StreamSetup {
  readonly log: Buffer
  readonly make: (context: LayerContext) => Layer
}

/** In order as a rule, so that it gets far; sometimes any turn at any place. Keys before, in the middle or never. */
function stream(random: Random, turns: Turns, { log, make }: StreamSetup): number {
  const context = contextOf()
  const layer = make(context)
  const keysAt = random.below(turns.length * 2)
  const offset = { client: 0, server: 0 }
  let held = 0
  for (let index = 0; index < turns.length + random.below(6); index++) {
    if (index === keysAt || (keysAt > turns.length && index === 0)) context.keys.addText(log)
    const [side, good] = index < turns.length && !random.chance(5) ? (turns[index] ?? random.pick(turns)) : random.pick(turns)
    const bytes = random.chance(4) ? mutate(good, random) : good
    for (let from = 0; from < bytes.length; ) {
      const piece = bytes.subarray(from, from + 1 + random.below(random.pick([2, 30, 1_400, 70_000])))
      const borrowed = Buffer.from(piece)
      // A gap of unknown length has no length in the offsets either.
      const gap = random.chance(12) ? (random.chance(4) ? 0 : piece.length) : undefined
      if (gap === undefined) layer.handle({ type: "data", side, at: index, offset: offset[side], bytes: borrowed })
      else layer.handle({ type: "gap", side, at: index, offset: offset[side], length: gap })
      borrowed.fill(0xaa)
      offset[side] += gap ?? piece.length
      from += piece.length
      held = Math.max(held, layer.held ?? 0)
    }
    if (random.chance(3)) layer.flush?.()
  }
  for (const side of ["client", "server"] as const) {
    layer.handle({
      type: "end",
      side,
      at: 99,
      offset: offset[side],
      how: random.pick(["fin", "reset", "timeout", "evicted", "open"] as const),
    })
  }
  return held
}

function datagrams(random: Random, turns: Turns, make: (context: DatagramContext) => DatagramLayer): number {
  const context = contextOf()
  const layer = make(context)
  if (!random.chance(4)) context.keys.addText(keyLog)
  let held = 0
  for (let index = 0; index < turns.length + random.below(6); index++) {
    const [side, good] = index < turns.length && !random.chance(4) ? (turns[index] ?? random.pick(turns)) : random.pick(turns)
    const joined = random.chance(5) ? Buffer.concat([good, random.pick(turns)[1]]) : good
    const bytes = Buffer.from(random.chance(3) ? mutate(joined, random) : joined)
    layer.handle({ type: "datagram", side: random.chance(15) ? "server" : side, at: index * 1_000, bytes })
    bytes.fill(0xaa)
    held = Math.max(held, layer.held ?? 0)
    if (random.chance(3)) layer.flush?.()
  }
  for (const side of ["client", "server"] as const) layer.handle({ type: "end", side, at: 1_000_000, offset: 0, how: "timeout" })
  return held
}

function keyLines(random: Random): number {
  const reader = new KeyLogReader(({ id, secret }) => {
    if (!/^[0-9a-f]+$/.test(id) || secret.length === 0) throw new Error(`an entry of ${id}`)
  })
  const bytes = mutate(Buffer.concat([keyLog, Buffer.from("\r\n# x\r"), legacyLog]), random)
  for (let from = 0; from < bytes.length; ) {
    const piece = bytes.subarray(from, from + 1 + random.below(200))
    reader.push(piece)
    from += piece.length
  }
  reader.settle()
  return 0
}

function contextOf(): DatagramContext & { readonly keys: KeyStore } {
  return { emit: checkFact, keys: new KeyStore(), named: () => undefined, claim: () => undefined, route: () => ({ handle: checkOrder() }) }
}

/** The stream inside must be one stream for each side: every event begins where the last one ended. */
function checkOrder(): Layer["handle"] {
  const next = { client: 0, server: 0 }
  return (event) => {
    if (event.offset !== next[event.side]) throw new Error(`${event.type} of the ${event.side} at ${event.offset}, not ${next[event.side]}`)
    if (event.type === "data") next[event.side] += event.bytes.length
    if (event.type === "gap") next[event.side] += event.length
  }
}

function checkFact(fact: WireFact): void {
  if (fact.type === "anomaly" && !/^[a-z0-9-]+$/.test(fact.code)) throw new Error(`code ${fact.code}`)
  if (fact.type === "tls" && fact.decryption === "full" && fact.reason !== undefined) throw new Error(`full, and yet ${fact.reason}`)
}

const HINT = { inside: "tcp", serverPort: 443 } as const
