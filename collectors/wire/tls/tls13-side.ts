// Records of one side of TLS 1.3 (RFC 8446 section 7).
// Epochs follow each other: early data (client only), handshake, application, and application again after each KeyUpdate. What is read says when the
// next one begins (Finished, EndOfEarlyData, KeyUpdate); when that was lost, or its secret is not in the log, the tag says it: the record opens with
// the keys of a later epoch at its first sequence numbers. After a loss, sequence numbers are searched within Slack.
import { copyBytes } from "../bytes.ts"
import type { KeyLookup } from "../context.ts"
import type { Side } from "../stream.ts"
import { AeadOpener } from "./aead-opener.ts"
import { expandLabel } from "./derive.ts"
import { type Opened, type ProtectedSide, Slack } from "./side.ts"
import { type Suite, suiteOf } from "./suites.ts"

export type EpochName = "early" | "handshake" | "application"

export interface Tls13SideOptions {
  readonly side: Side
  readonly keys: KeyLookup
  /** Hexadecimal; with ECH the one of the inner hello. */
  readonly clientRandom: () => string
  /** The negotiated suite, or those offered while the choice is not known. */
  readonly suites: () => readonly number[]
  readonly earlyDataOffered: boolean
  /** Number of the draft, undefined for the RFC. */
  readonly draft: () => number | undefined
}

export class Tls13Side implements ProtectedSide {
  readonly #options: Tls13SideOptions
  readonly #slack = new Slack()
  readonly #openers: Record<EpochName, Epoch | undefined> = { early: undefined, handshake: undefined, application: undefined }
  #current: EpochName
  #seq = 0
  /** Something of this side was opened with application keys. */
  #reached = false

  constructor(options: Tls13SideOptions) {
    this.#options = options
    this.#current = options.side === "client" && options.earlyDataOffered ? "early" : "handshake"
  }

  get epoch(): EpochName {
    return this.#current
  }
  get bulkOpener(): AeadOpener | undefined {
    return this.#current === "application" && this.#slack.records === 0 ? this.#openers.application?.pinned : undefined
  }
  get seq(): number {
    return this.#seq
  }
  get overhead(): number | undefined {
    return this.#openers.application?.pinned?.overhead
  }

  advanced(count: number): void {
    this.#seq += count
  }

  lost(wireBytes: number | undefined, records: 1 | undefined): void {
    this.#slack.add(wireBytes, records)
  }

  /** The side has said that its next epoch begins (Finished, EndOfEarlyData). */
  enter(epoch: EpochName): void {
    this.#current = epoch
    this.#seq = 0
    this.#slack.clear()
  }

  /** KeyUpdate (RFC 8446 section 7.2). */
  update(): void {
    const epoch = this.#openers.application
    if (epoch === undefined) return
    this.#openers.application = epoch.next()
    epoch.wipe()
    this.#seq = 0
  }

  open(record: Uint8Array): Opened {
    for (const name of this.#following()) {
      const epoch = this.#epoch(name)
      if (epoch === undefined) {
        if (name === this.#current && !this.#worthTryingLater()) return "wait"
        continue
      }
      const start = name === this.#current ? this.#seq : 0
      const opened = this.#tryEpoch(epoch, record, start)
      if (opened === undefined) continue
      return this.#settled(name, opened, start)
    }
    return this.#afterLostUpdate(record) ?? this.#verdict()
  }

  wipe(): void {
    for (const name of EPOCHS) {
      this.#openers[name]?.wipe()
      this.#openers[name] = undefined
    }
  }

  #tryEpoch(epoch: Epoch, record: Uint8Array, start: number): { plain: Uint8Array; seq: number } | undefined {
    for (let seq = start; seq <= start + this.#slack.records; seq++) {
      const plain = epoch.open(record, seq)
      if (plain !== undefined) return { plain, seq }
    }
    return undefined
  }

  /** `expected` is given when the keys are the same as before. */
  #settled(name: EpochName, { plain, seq }: { plain: Uint8Array; seq: number }, expected?: number): Opened {
    const exact = expected !== undefined && name === this.#current && !this.#maybeTicket(expected)
    this.#current = name
    this.#seq = seq + 1
    this.#slack.clear()
    if (name === "application") this.#reached = true
    const inner = innerPlaintext(plain)
    return inner === undefined ? "bad" : { type: inner.type, plain: inner.plain, missing: seq - (expected ?? 0), exact }
  }

  /** The first records of a server are often session tickets: how much text was lost with them cannot be told. */
  #maybeTicket(seq: number): boolean {
    return this.#options.side === "server" && seq < 2
  }

  /** The KeyUpdate itself may have been among what was lost. */
  #afterLostUpdate(record: Uint8Array): Opened | undefined {
    const epoch = this.#openers.application
    if (!this.#reached || this.#slack.records === 0 || epoch === undefined) return undefined
    const next = epoch.next()
    const opened = this.#tryEpoch(next, record, 0)
    if (opened === undefined) return undefined
    this.#openers.application = next
    epoch.wipe()
    return this.#settled("application", opened)
  }

  /** Nothing fitted. Records of an epoch whose secret was never logged are no anomaly. */
  #verdict(): Opened {
    return this.#reached || this.#epoch(this.#current) !== undefined ? "bad" : "unreadable"
  }

  /** The current epoch has no secret: may one that follows have it, so that its records are passed over? */
  #worthTryingLater(): boolean {
    return this.#current !== "application" && this.#following().some((name) => name !== this.#current && this.#secretOf(name) !== undefined)
  }

  #following(): readonly EpochName[] {
    return EPOCHS.slice(EPOCHS.indexOf(this.#current))
  }

  #epoch(name: EpochName): Epoch | undefined {
    const known = this.#openers[name]
    if (known !== undefined) return known
    const secret = this.#secretOf(name)
    if (secret === undefined) return undefined
    const epoch = new Epoch(
      copyBytes(secret),
      this.#options
        .suites()
        .filter((id) => fits(suiteOf(id), secret))
        .map(suiteOf),
      this.#options.draft(),
    )
    // Only kept when the choice of suites is final or made by a tag: the ServerHello may still narrow it.
    if (!epoch.usable) return undefined
    this.#openers[name] = epoch
    return epoch
  }

  #secretOf(name: EpochName): Uint8Array | undefined {
    const { keys, side, clientRandom } = this.#options
    return keys.find(LABELS[side][name], clientRandom())
  }
}

/** The keys of one epoch; more than one pair while the suite is not known. */
class Epoch {
  readonly #secret: Uint8Array
  readonly #draft: number | undefined
  readonly #candidates: readonly { readonly suite: Suite; readonly opener: AeadOpener }[]
  #chosen: { readonly suite: Suite; readonly opener: AeadOpener } | undefined

  constructor(secret: Uint8Array, suites: readonly Suite[], draft: number | undefined) {
    this.#secret = secret
    this.#draft = draft
    const bareHeader = draft !== undefined && draft < 25
    this.#candidates = suites.flatMap((suite) => {
      const { cipher, prfHash } = suite
      if (cipher.kind !== "aead") return []
      const key = expandLabel(prfHash, secret, "key", cipher.keyLength)
      return [{ suite, opener: new AeadOpener({ cipher, key, iv: expandLabel(prfHash, secret, "iv", 12), tls13: true, bareHeader }) }]
    })
    if (this.#candidates.length === 1) this.#chosen = this.#candidates[0]
  }

  get usable(): boolean {
    return this.#candidates.length > 0
  }
  get pinned(): AeadOpener | undefined {
    return this.#chosen?.opener
  }

  open(record: Uint8Array, seq: number): Uint8Array | undefined {
    if (this.#chosen !== undefined) return this.#chosen.opener.open(record, seq)
    for (const candidate of this.#candidates) {
      const plain = candidate.opener.open(record, seq)
      if (plain === undefined) continue
      this.#chosen = candidate
      return plain
    }
    return undefined
  }

  next(): Epoch {
    const suite = this.#chosen?.suite ?? this.#candidates[0]?.suite
    if (suite === undefined) return this
    return new Epoch(expandLabel(suite.prfHash, this.#secret, "traffic upd", this.#secret.length), [suite], this.#draft)
  }

  wipe(): void {
    this.#secret.fill(0)
    for (const { opener } of this.#candidates) opener.wipe()
  }
}

/** TLSInnerPlaintext = content type(1) zeros[]; all zeros is an error (RFC 8446 section 5.4). */
export function innerPlaintext(bytes: Uint8Array): { readonly type: number; readonly plain: Uint8Array } | undefined {
  let end = bytes.length - 1
  while (end >= 0 && bytes[end] === 0) end--
  return end < 0 ? undefined : { type: bytes[end] ?? 0, plain: bytes.subarray(0, end) }
}

function fits(suite: Suite, secret: Uint8Array): boolean {
  return (suite.prfHash === "sha384") === (secret.length === 48)
}

const EPOCHS: readonly EpochName[] = ["early", "handshake", "application"]
const LABELS: Readonly<Record<Side, Readonly<Record<EpochName, string>>>> = {
  client: { early: "CLIENT_EARLY_TRAFFIC_SECRET", handshake: "CLIENT_HANDSHAKE_TRAFFIC_SECRET", application: "CLIENT_TRAFFIC_SECRET_0" },
  server: { early: "", handshake: "SERVER_HANDSHAKE_TRAFFIC_SECRET", application: "SERVER_TRAFFIC_SECRET_0" },
}
