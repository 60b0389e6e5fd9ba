// Targets below the application layers: capture files, packets, and whole captures with their keys, through everything that a sensor runs.
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { openFormat } from "../../collectors/capture/open-format.ts"
import { KeyStore } from "../../collectors/keys/key-store.ts"
import { readDnsMessage } from "../../collectors/wire/dns/message.ts"
import { emptyBatch, newBatch, type PacketBatch } from "../../collectors/wire/packet-batch.ts"
import { Wire } from "../../collectors/wire/wire.ts"
import { ConfigError } from "../../services/contracts/errors.ts"
import { packetOf, segmentsOf, timed } from "../support/conversation.ts"
import { pcapFile, type TimedPacket } from "../support/packets.ts"
import type { FuzzTarget } from "./fuzz.ts"
import { mutate, type Random } from "./random.ts"

interface Seed {
  readonly file: Buffer
  readonly keys: Buffer
  readonly packets: readonly TimedPacket[]
}

const golden = join(import.meta.dirname, "../golden")
const MAX_SEED = 300_000
const MAX_HELD = 8 * 1024 * 1024
const DNS = Buffer.from(
  "000181800001000200000001037777770765786d61706c6503636f6d0000010001c00c0005000100000e10000603777777c010c02d0001000100000e100004c00002010000290500000000000000",
  "hex",
)
const seeds: readonly Seed[] = readSeeds()

export const targets: readonly FuzzTarget[] = [
  {
    name: "capture-file",
    maxHeld: 2 * MAX_HELD,
    run(random) {
      const { file, keys } = random.pick(seeds)
      const from = random.below(2) * random.below(file.length)
      // The mutator works on small pieces: one somewhere in the file is enough.
      const piece = mutate(file.subarray(from, from + 4_096), random)
      return throughWire(Buffer.concat([file.subarray(0, from), piece, file.subarray(from + 4_096)]), keys)
    },
  },
  {
    name: "packets",
    maxHeld: 2 * MAX_HELD,
    run(random) {
      const { packets, keys } = random.pick(seeds)
      return throughWire(pcapFile(distort(packets, random)), keys)
    },
  },
  {
    name: "dns",
    maxHeld: 0,
    run(random) {
      readDnsMessage(mutate(DNS, random))
      return 0
    },
  },
]

function throughWire(file: Uint8Array, keyLog: Uint8Array): number {
  const keys = new KeyStore()
  keys.addText(keyLog)
  const failures: string[] = []
  const wire = new Wire({
    keys,
    limits: {
      maxFlows: 200,
      maxHeld: MAX_HELD,
      maxHeldPerFlow: MAX_HELD / 4,
      maxReassembly: MAX_HELD,
      maxReassemblyPerDirection: MAX_HELD / 8,
    },
    sink: {
      fact: (_, fact) => {
        if (fact.type === "anomaly" && fact.code === "layer-failed") failures.push(fact.detail ?? "")
      },
      closed() {},
      problem() {},
    },
  })
  for (const batch of batchesOf(file)) wire.read(batch)
  const { held } = wire
  wire.end()
  if (failures[0] !== undefined) throw new Error(failures[0])
  return held
}

function* batchesOf(file: Uint8Array): Generator<PacketBatch> {
  const batch = newBatch()
  batch.bytes = new Uint8Array(file)
  let at = 0
  try {
    const { format, skip } = openFormat(file.subarray(0, 28), "fuzz")
    at = skip
    for (let rounds = 0; rounds < 1_000; rounds += 1) {
      emptyBatch(batch)
      const stopped = format.read(at, file.length, batch)
      yield batch
      if (stopped === at || format.broken) return
      at = stopped
    }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
  }
}

/** Packets dropped, doubled, moved, and changed: some anywhere, most behind their addresses, so that flows stay flows. */
function distort(packets: readonly TimedPacket[], random: Random): TimedPacket[] {
  const result = [...packets]
  for (let times = 1 + random.below(6); times > 0 && result.length > 0; times -= 1) {
    const at = random.below(result.length)
    const packet = result[at] as TimedPacket
    switch (random.below(6)) {
      case 0:
        result.splice(at, 1)
        break
      case 1:
        result.splice(random.below(result.length), 0, packet)
        break
      case 2:
        result.splice(at, 1)
        result.splice(random.below(result.length + 1), 0, packet)
        break
      case 3:
        result[at] = { at: packet.at, bytes: mutate(Buffer.from(packet.bytes), random) }
        break
      default:
        result[at] = { at: packet.at, bytes: changePayload(packet.bytes, random) }
    }
  }
  return result
}

/** The size stays, so that what the headers say of it stays true. */
function changePayload(bytes: Uint8Array, random: Random): Uint8Array {
  const result = new Uint8Array(bytes)
  const from = 54
  for (let times = 1 + random.below(8); times > 0 && result.length > from; times -= 1) {
    result[from + random.below(result.length - from)] = random.pick([random.below(256), 0, 0xff, 0x80])
  }
  return result
}

function readSeeds(): Seed[] {
  const names = existsSync(golden)
    ? readdirSync(golden)
        .filter((name) => /\.pcap(ng)?$/.test(name))
        .sort()
    : []
  const files = names
    .map((name) => ({ file: readFileSync(join(golden, name)), keys: keysOf(name) }))
    .filter(({ file }) => file.length < MAX_SEED)
  return [...files, { file: Buffer.from(pcapFile(ownConversation())), keys: Buffer.alloc(0) }].map((seed) => ({
    ...seed,
    packets: packetsOf(seed.file),
  }))
}

function keysOf(name: string): Buffer {
  const path = join(golden, name.replace(/\.pcap(ng)?$/, ".keys"))
  return existsSync(path) ? readFileSync(path) : Buffer.alloc(0)
}

function packetsOf(file: Uint8Array): TimedPacket[] {
  const packets: TimedPacket[] = []
  for (const batch of batchesOf(file)) {
    for (let index = 0; index < batch.count && packets.length < 300; index += 1) {
      const from = batch.offset[index] ?? 0
      packets.push({ at: batch.at[index] ?? 0, bytes: batch.bytes.slice(from, from + (batch.captured[index] ?? 0)) })
    }
  }
  return packets
}

function ownConversation(): TimedPacket[] {
  const turns = [
    {
      side: "client" as const,
      bytes: Buffer.from("POST /a HTTP/1.1\r\nHost: fuzz\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\nT: v\r\n\r\n"),
    },
    {
      side: "server" as const,
      bytes: Buffer.from(
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 27\r\n\r\nevent: a\ndata: 1\n\nid: 7\n\n\n\n",
      ),
    },
  ]
  return timed(segmentsOf(turns, { size: 40 }).map(packetOf))
}
