// The packets of the last while on disk, so that a flow can be downloaded as evidence: a ring of pcapng segments, each a file that other tools open too.
// Beside the packets lie the key lines that opened them, in secrets blocks at the time of their use. One write a batch; nothing is indexed: who wants a
// flow reads the segments of its time (spooled-flow.ts). Packets and the secrets that open them lie here together, so it is off unless asked for.
import { closeSync, mkdirSync, openSync, readdirSync, rmSync, statSync, writeSync } from "node:fs"
import { join } from "node:path"
import { interfaceBlock, packetBlockLength, secretsBlock, sectionBlock, writePacketBlock } from "../../capture/pcapng-writer.ts"
import type { KeyLookup } from "../../wire/context.ts"
import { LINK_GENEVE, LINK_VXLAN } from "../../wire/link/link-types.ts"
import type { PacketBatch } from "../../wire/packet-batch.ts"
import { SESSION_TICKET } from "../../wire/tls/master-secret.ts"

export interface SpoolOptions {
  readonly folder: string
  /** Of all segments together. */
  readonly maxBytes: number
}

export class PacketSpool {
  readonly #options: SpoolOptions
  readonly #segmentBytes: number
  #file: number | undefined
  #written = 0
  #next: number
  readonly #interfaces = new Map<number, number>()
  #scratch = Buffer.alloc(1024 * 1024)
  #keyLines: string[] = []
  readonly #knownKeys = new Set<string>()
  /** Packets that could not be written: the disk was full. */
  lost = 0

  constructor(options: SpoolOptions) {
    this.#options = options
    this.#segmentBytes = Math.max(MIN_SEGMENT, Math.floor(options.maxBytes / SEGMENTS))
    mkdirSync(options.folder, { recursive: true, mode: 0o700 })
    this.#next = Number(segmentsOf(options.folder).at(-1)?.name.slice(0, DIGITS) ?? -1) + 1
  }

  write(batch: PacketBatch): void {
    if (batch.count === 0) return
    try {
      const file = this.#segment(batch.at[0] ?? 0)
      const length = this.#fill(batch, file)
      writeAll(file, this.#scratch.subarray(0, length))
      this.#written += length
    } catch {
      this.lost += batch.count
      this.#end()
    }
  }

  /** The same keys, and every one that is used is written down. */
  watching(keys: KeyLookup): KeyLookup {
    const used = (label: string, id: string, secret: Uint8Array): void => this.#use(label, id, secret)
    return {
      find: (label, id) => {
        const secret = keys.find(label, id)
        if (secret !== undefined && label !== SESSION_TICKET) used(label, id, secret)
        return secret
      },
      remember: (label, id, secret) => {
        keys.remember?.(label, id, secret)
        // A session that goes on under a random of its own: the download needs no more than this.
        if (label === "CLIENT_RANDOM") used(label, id, secret)
      },
      get generation() {
        return keys.generation
      },
      ...(keys.patience !== undefined && { patience: keys.patience }),
    }
  }

  /** After a batch was read: the keys that it took. */
  flushKeys(): void {
    if (this.#keyLines.length === 0 || this.#file === undefined) return
    const block = secretsBlock(this.#keyLines.join(""))
    this.#keyLines = []
    try {
      writeAll(this.#file, block)
      this.#written += block.length
    } catch {
      this.#end()
    }
  }

  close(): void {
    this.flushKeys()
    this.#end()
  }

  #use(label: string, id: string, secret: Uint8Array): void {
    const name = `${label} ${id}`
    if (this.#knownKeys.has(name)) return
    if (this.#knownKeys.size >= MAX_KNOWN_KEYS) this.#knownKeys.clear()
    this.#knownKeys.add(name)
    const hex = Buffer.from(secret.buffer, secret.byteOffset, secret.byteLength).toString("hex")
    this.#keyLines.push(label === "RSA_SESSION_ID" ? `RSA Session-ID:${id} Master-Key:${hex}\n` : `${name} ${hex}\n`)
  }

  #fill(batch: PacketBatch, file: number): number {
    let needed = 0
    for (let index = 0; index < batch.count; index += 1) needed += packetBlockLength(batch.captured[index] ?? 0)
    if (this.#scratch.length < needed) this.#scratch = Buffer.alloc(needed)
    let end = 0
    for (let index = 0; index < batch.count; index += 1) {
      const start = batch.offset[index] ?? 0
      end = writePacketBlock(this.#scratch, end, {
        interface: this.#interfaceOf(batch.link[index] ?? 0, file),
        at: batch.at[index] ?? 0,
        wire: batch.wire[index] ?? 0,
        bytes: batch.bytes.subarray(start, start + (batch.captured[index] ?? 0)),
      })
    }
    return end
  }

  #interfaceOf(link: number, file: number): number {
    const known = this.#interfaces.get(link)
    if (known !== undefined) return known
    const block = interfaceBlock(SPOOLED_LINKS.get(link) ?? link)
    writeAll(file, block)
    this.#written += block.length
    const number = this.#interfaces.size
    this.#interfaces.set(link, number)
    return number
  }

  #segment(at: number): number {
    if (this.#file !== undefined && this.#written < this.#segmentBytes) return this.#file
    this.#end()
    this.#makeRoom()
    const name = `${String(this.#next).padStart(DIGITS, "0")}-${at}${SUFFIX}`
    this.#next += 1
    const file = openSync(join(this.#options.folder, name), "wx", 0o600)
    this.#file = file
    const start = sectionBlock()
    writeAll(file, start)
    this.#written = start.length
    // Keys that were used before are written again when they are used again: the segment that holds them may be gone by then.
    this.#knownKeys.clear()
    return file
  }

  #makeRoom(): void {
    const segments = segmentsOf(this.#options.folder)
    let total = this.#segmentBytes
    for (const { path } of segments) total += statSync(path).size
    for (const { path } of segments) {
      if (total <= this.#options.maxBytes) return
      total -= statSync(path).size
      rmSync(path)
    }
  }

  #end(): void {
    if (this.#file !== undefined) closeSync(this.#file)
    this.#file = undefined
    this.#interfaces.clear()
  }
}

export interface Segment {
  readonly name: string
  readonly path: string
  /** Packet time of its first packet. */
  readonly from: number
}

/** In the order of writing. */
export function segmentsOf(folder: string): Segment[] {
  return readdirSync(folder)
    .filter((name) => SEGMENT_NAME.test(name))
    .sort()
    .map((name) => ({ name, path: join(folder, name), from: Number(SEGMENT_NAME.exec(name)?.[1] ?? 0) }))
}

/** Link types that are ours alone, under numbers that pcapng leaves to its users (LINKTYPE_USER0, USER1). */
export const SPOOLED_LINKS: ReadonlyMap<number, number> = new Map([
  [LINK_VXLAN, 147],
  [LINK_GENEVE, 148],
])

function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at)
}

const DIGITS = 8
const SUFFIX = ".pcapng"
const SEGMENT_NAME = /^\d{8}-(\d{1,16})\.pcapng$/
// The oldest sixteenth goes at a time.
const SEGMENTS = 16
const MIN_SEGMENT = 64 * 1024
// Only keeps a key from being written twice in a row; about 10 MB.
const MAX_KNOWN_KEYS = 50_000
