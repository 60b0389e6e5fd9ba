// Ends TCP connections that the deny list names, by resets on an interface that sees their packets and takes packets back: the agent's own host, a router or
// bridge on its way, a switch port that may send. A mirror port or a cloud's mirror target is none of these.
//
// Against abuse of it: resets are bounded per second, answer captured packets only, and nothing is answered that carries a reset itself.

import { readDenyList } from "../../services/runtime/deny-list.ts"
import type { LivePacket } from "../capture/live-source.ts"
import { openPcapSource, type PcapLiveSource, type PcapSourceOptions } from "../capture/pcap-source.ts"
import { Condemned } from "./condemn.ts"
import { RST, readTcpFrame, resetFor } from "./tcp-frame.ts"

export interface ResetterOptions {
  readonly device: string
  /** The signed list as text, as it is now. */
  readonly read: () => Promise<string>
  /** PEM. */
  readonly publicKey: string
  readonly vnis: ReadonlySet<number>
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly tell: (news: ResetNews) => void
}

export type ResetNews =
  | { readonly is: "list"; readonly version: number; readonly entries: number }
  | { readonly is: "problem"; readonly problem: string }
  | { readonly is: "reset"; readonly from: string; readonly to: string }

export interface ResetCounts {
  readonly packets: number
  readonly resets: number
  /** Left out: more than MAX_A_SECOND. */
  readonly beyondLimit: number
  readonly refusedByInterface: number
}

export class Resetter {
  readonly #options: ResetterOptions
  readonly #condemned: Condemned
  readonly #counts = { packets: 0, resets: 0, beyondLimit: 0, refusedByInterface: 0 }
  readonly #told = new Map<string, number>()
  #newest = 0
  #filter: string | undefined
  #source: PcapLiveSource | undefined
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<void> = Promise.resolve()
  #second = { at: 0, resets: 0 }

  constructor(options: ResetterOptions) {
    this.#options = options
    this.#condemned = new Condemned({ vnis: options.vnis })
  }

  get counts(): ResetCounts {
    return this.#counts
  }

  /** Fails when the interface cannot be captured on. */
  async start(): Promise<void> {
    const probe = await openPcapSource({ ...this.#capture(), filter: "tcp port 0" }, () => undefined)
    await probe.close()
    await this.#look()
    this.#timer = setInterval(() => {
      this.#looking = this.#looking.then(() => this.#look())
    }, LOOK_EVERY)
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#looking
    await this.#source?.close()
  }

  async #look(): Promise<void> {
    const { read, publicKey, now, tell } = this.#options
    try {
      const taken = readDenyList(await read(), { publicKey, newest: this.#newest })
      // An old or forged list changes nothing: what was denied stays so until its time is over.
      if ("refused" in taken) tell({ is: "problem", problem: taken.refused })
      else if (taken.list.version !== this.#newest) {
        this.#newest = taken.list.version
        this.#condemned.take(taken.list)
        tell({ is: "list", version: taken.list.version, entries: taken.list.entries.filter(({ until }) => until > now()).length })
      }
    } catch (error) {
      tell({ is: "problem", problem: error instanceof Error ? error.message : String(error) })
    }
    await this.#follow(this.#condemned.filter(now()))
  }

  async #follow(filter: string | undefined): Promise<void> {
    if (filter === this.#filter) return
    const old = this.#source
    this.#source = filter === undefined ? undefined : await openPcapSource({ ...this.#capture(), filter }, (packet) => this.#answer(packet))
    this.#filter = filter
    await old?.close()
  }

  #answer({ bytes, start, captured, link }: LivePacket): void {
    const frame = readTcpFrame(bytes.subarray(start, start + captured), link === ETHERNET)
    const now = this.#options.now()
    this.#counts.packets += 1
    if (frame === undefined || frame.flags & RST || !this.#condemned.has(frame, now)) return
    if (now - this.#second.at >= 1_000) this.#second = { at: now, resets: 0 }
    if (this.#second.resets >= MAX_A_SECOND) {
      this.#counts.beyondLimit += 1
      return
    }
    this.#second.resets += 1
    try {
      for (const whom of ["sender", "receiver"] as const) this.#source?.inject(resetFor(frame, whom))
      this.#counts.resets += 1
      this.#tellOnce(frame, now)
    } catch {
      this.#counts.refusedByInterface += 1
    }
  }

  /** A connection is told once, however many packets it takes to end it. */
  #tellOnce({ from, to, fromPort, toPort }: { from: Uint8Array; to: Uint8Array; fromPort: number; toPort: number }, now: number): void {
    const text = (address: Uint8Array, port: number): string =>
      address.length === 4
        ? `${address.join(".")}:${port}`
        : `[${Buffer.from(address)
            .toString("hex")
            .replace(/(.{4})(?=.)/g, "$1:")}]:${port}`
    const [one, other] = [text(from, fromPort), text(to, toPort)]
    const flow = one < other ? `${one} ${other}` : `${other} ${one}`
    if (now - (this.#told.get(flow) ?? 0) < TOLD_FOR) return
    if (this.#told.size >= MAX_TOLD) this.#told.clear()
    this.#told.set(flow, now)
    this.#options.tell({ is: "reset", from: one, to: other })
  }

  #capture(): Omit<PcapSourceOptions, "filter"> {
    const { device } = this.#options
    return { device, snapLength: SNAP_LENGTH, bufferSize: RING_BYTES, promiscuous: true, lookEvery: HASTE, setting: "--device" }
  }
}

const LOOK_EVERY = 1_000
// Milliseconds: what is said before the reset arrives has been said.
const HASTE = 1
// Two packets each: a tenth of what a small machine sends. A flood of connections to a denied address must not become one of ours.
const MAX_A_SECOND = 2_000
const SNAP_LENGTH = 65_535
const RING_BYTES = 8_388_608
const TOLD_FOR = 60_000
const MAX_TOLD = 4_096
const ETHERNET = 1
