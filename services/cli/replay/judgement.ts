// The detectors over a replayed capture: the same runner, pool, correlation and policy as the detect role, over a bus of its own.
import { createHash } from "node:crypto"
import { availableParallelism } from "node:os"
import { MemoryBus } from "../../bus/memory-bus.ts"
import type { BusBatch, BusEvent } from "../../contracts/bus.ts"
import type { StoreConfig } from "../../contracts/config/store.ts"
import type { Envelope } from "../../contracts/envelope.ts"
import type { SecurityEvent } from "../../contracts/event.ts"
import { type FileBytes, fileParts } from "../../contracts/file-part.ts"
import type { Finding } from "../../contracts/finding.ts"
import { topics } from "../../contracts/topics.ts"
import { Correlation } from "../../detect/correlate/correlation.ts"
import { type InspectionPool, openPool, poolDefaults } from "../../detect/pool.ts"
import { type DetectRunner, startDetect } from "../../detect/runner.ts"
import type { Policy } from "../../policy/decide.ts"
import type { Logger } from "../../runtime/logger.ts"
import { Metrics } from "../../runtime/metrics.ts"

import { startIngestor } from "../../store/ingestor.ts"
import { openStore } from "../../store/open-store.ts"
import { storeOptions } from "../../store/options.ts"

export interface JudgementOptions {
  readonly policy: Policy
  readonly logger: Logger
  /** Hex key of the evidence fingerprints; the same capture must give the same findings. */
  readonly fingerprintKey?: string
  /** False: nothing is judged, only stored. */
  readonly detect: boolean
  /** Rows go here too. */
  readonly store?: StoreConfig
}

export interface Judged {
  readonly findings: readonly Finding[]
  readonly events: readonly SecurityEvent[]
}

export class Judgement {
  readonly #metrics = new Metrics()
  readonly #bus: MemoryBus
  readonly #pool: InspectionPool | undefined
  readonly #correlation = new Correlation()
  readonly #findings = new Map<string, Finding>()
  readonly #events = new Map<string, SecurityEvent>()
  #runner: DetectRunner | undefined
  #closeStore: () => Promise<void> = () => Promise.resolve()
  readonly #stores: boolean
  /** Of one capture file: bounded by it. */
  readonly #stored = new Set<string>()
  #pending: BusEvent[] = []
  #pendingFiles: BusEvent[] = []

  static async open(options: JudgementOptions): Promise<Judgement> {
    const judgement = new Judgement(options)
    await judgement.#start(options)
    return judgement
  }

  private constructor({ logger, detect, store, fingerprintKey = FINGERPRINT_KEY }: JudgementOptions) {
    this.#stores = store !== undefined
    this.#bus = new MemoryBus({ maxBytes: MAX_QUEUED, logger, metrics: this.#metrics })
    if (detect) this.#pool = openPool({ ...poolDefaults, workers: Math.max(1, availableParallelism() - 1), fingerprintKey })
  }

  take(envelope: Envelope, line: string): void {
    this.#pending.push({ key: envelope.agent.workload.id, value: Buffer.from(line) })
  }

  /** The bytes of a file that an envelope names: kept where rows are kept. */
  takeFile(file: FileBytes): void {
    if (!this.#stores || this.#stored.has(file.sha256)) return
    this.#stored.add(file.sha256)
    this.#pendingFiles.push(...fileParts({ ...file, bytes: new Uint8Array(file.bytes) }))
  }

  /** Hands on what was taken; waits while the detectors are behind. */
  async flush(): Promise<void> {
    const files = this.#pendingFiles
    this.#pendingFiles = []
    if (files.length > 0) await this.#bus.publish(topics.file, files)
    const pending = this.#pending
    if (pending.length === 0) return
    this.#pending = []
    await this.#bus.publish(topics.activity, pending)
  }

  async end(): Promise<Judged> {
    await this.flush()
    await this.#bus.close()
    await this.#runner?.close()
    await this.#pool?.close()
    await this.#closeStore()
    return { findings: [...this.#findings.values()].sort(byTime), events: [...this.#events.values()] }
  }

  async #start({ policy, store, logger }: JudgementOptions): Promise<void> {
    const bus = this.#bus
    if (this.#pool !== undefined) {
      await bus.subscribe(topics.finding, "replay", (batch) =>
        collect<Finding>(batch, (finding) => this.#findings.set(finding.id, finding)),
      )
      await bus.subscribe(topics.event, "replay", (batch) => collect<SecurityEvent>(batch, (event) => this.#keepNewest(event)))
      this.#runner = await startDetect({ bus, pool: this.#pool, policy: () => policy, correlation: this.#correlation })
    }
    if (store === undefined) return
    const opened = await openStore(storeOptions(store))
    const ingestor = await startIngestor({ bus, store: opened, writer: store.writer, logger, metrics: this.#metrics })
    this.#closeStore = async () => {
      await ingestor.close()
      await opened.close()
    }
  }

  #keepNewest(event: SecurityEvent): void {
    if ((this.#events.get(event.id)?.revision ?? -1) <= event.revision) this.#events.set(event.id, event)
  }
}

function collect<T>(batch: BusBatch, keep: (value: T) => void): Promise<void> {
  for (const { value } of batch.events) keep(JSON.parse(Buffer.from(value).toString()) as T)
  return Promise.resolve()
}

function byTime(one: Finding, other: Finding): number {
  return one.at - other.at || (one.id < other.id ? -1 : 1)
}

const MAX_QUEUED = 64 * 1024 * 1024
const FINGERPRINT_KEY = createHash("sha256").update("egret replay").digest("hex")
