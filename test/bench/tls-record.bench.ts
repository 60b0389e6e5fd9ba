import { execFileSync } from "node:child_process"
import { createCipheriv } from "node:crypto"
import { AeadOpener } from "../../collectors/wire/tls/aead-opener.ts"
import { loadBatch, MAX_FAST, unloadBatch } from "../../collectors/wire/tls/gcm.ts"
import { giveBack, takeStore } from "../../collectors/wire/tls/record-store.ts"
import { suiteOf } from "../../collectors/wire/tls/suites.ts"
import { requires } from "../support/requires.ts"
import type { Benchmark } from "./benchmark.ts"

export const benchmarks: readonly Benchmark[] = [
  recordRow({ name: "tls-record-200", size: 200, goal: 0.7, floor: 0.5 }),
  recordRow({ name: "tls-record-1400", size: 1_400, goal: 0.15, floor: 0.12 }),
  recordRow({ name: "tls-record-16k", size: 16_384, goal: 0.25, floor: 0.2 }),
]

function recordRow({ name, size, goal, floor }: { name: string; size: number; goal: number; floor: number }): Benchmark {
  return {
    name,
    title: `TLS 1.3 records of ${size} B, AES-128-GCM, tags verified, in batches of 64 as a sensor has them, against openssl speed at that size; CPU time of both`,
    unit: "MB/s",
    better: "higher",
    goal,
    floor,
    setup: () => {
      const openssl = requires("openssl")
      if (openssl.missing) return Promise.resolve({ unavailable: openssl.reason })
      const records = sealed(size)
      const opener = openerOf()
      const open = size + OVERHEAD <= MAX_FAST ? () => openTogether(opener, records) : () => openEach(opener, records)
      return Promise.resolve({
        ours: () => megabytesPerCpuSecond(size * records.length, open),
        yardstick: () => opensslSpeed(size),
      })
    },
  }
}

function openTogether(opener: AeadOpener, records: readonly Buffer[]): void {
  const store = takeStore()
  for (let at = 0; at < records.length; ) {
    store.used = store.count = 0
    for (let record = records[at]; record !== undefined && store.fits(record.length); record = records[++at]) store.add(record, 0, 0)
    for (let item = 0; item < store.count; item++) opener.prepare(store, item, at - store.count + item)
    store.good.fill(0)
    loadBatch(store)
    opener.gcm?.openLoaded(store, 0)
    unloadBatch(store, store.bytes)
    for (let item = 0; item < store.count; item++) {
      const start = store.text[item] ?? 0
      if (store.good[item] !== 1 || store.bytes.subarray(start, start + (store.textLength[item] ?? 0)).length === 0)
        throw new Error(`record ${at - store.count + item} did not open`)
    }
  }
  giveBack(store)
}

function openEach(opener: AeadOpener, records: readonly Buffer[]): void {
  for (const [seq, record] of records.entries()) if (opener.open(record, seq) === undefined) throw new Error(`record ${seq} did not open`)
}

function openerOf(): AeadOpener {
  const { cipher } = suiteOf(0x1301)
  if (cipher.kind !== "aead") throw new Error("TLS_AES_128_GCM_SHA256 is an AEAD")
  return new AeadOpener({ cipher, key: Buffer.from(KEY), iv: IV, tls13: true })
}

function sealed(size: number): Buffer[] {
  return Array.from({ length: RECORDS }, (_, seq) => {
    const nonce = Buffer.from(IV)
    nonce.writeUInt32BE((nonce.readUInt32BE(8) ^ seq) >>> 0, 8)
    const header = Buffer.from([23, 3, 3, (size + 17) >> 8, (size + 17) & 255])
    const cipher = createCipheriv("aes-128-gcm", KEY, nonce).setAAD(header)
    const text = Buffer.alloc(size + 1, seq)
    text[size] = 23
    return Buffer.concat([header, cipher.update(text), cipher.final(), cipher.getAuthTag()])
  })
}

function megabytesPerCpuSecond(bytes: number, work: () => void): number {
  const before = process.cpuUsage()
  let done = 0
  for (let spent = 0; spent < MEASURED_MICROS; ) {
    work()
    done += bytes
    const { user, system } = process.cpuUsage(before)
    spent = user + system
    if (spent >= MEASURED_MICROS) return done / spent
  }
  return 0
}

/** Its last line ends in thousands of bytes in a second of CPU time: "AES-128-GCM     498975.15k". */
function opensslSpeed(size: number): number {
  const text = execFileSync("openssl", ["speed", "-seconds", "1", "-bytes", String(size), "-evp", "aes-128-gcm"], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  })
  const rate = /([0-9.]+)k\s*$/.exec(text)?.[1]
  if (rate === undefined) throw new Error(`openssl speed said ${text}`)
  return Number(rate) / 1_000
}

const KEY = Buffer.alloc(16, 0x51)
const IV = Buffer.alloc(12, 0x2a)
const RECORDS = 64
const OVERHEAD = 22
const MEASURED_MICROS = 500_000
