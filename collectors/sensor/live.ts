// A live sensor: a capture thread, one or more sensor threads, and here what starts them, hands them keys, takes their envelopes and adds up the counts.

import { randomInt } from "node:crypto"
import { join } from "node:path"
import { MessageChannel, type Worker } from "node:worker_threads"
import type { TrustedIssuer } from "../../services/contracts/activity/principal.ts"
import { ConfigError } from "../../services/contracts/errors.ts"
import type { FileBytes } from "../../services/contracts/file-part.ts"
import type { WorkloadMap } from "../../services/contracts/workload-map.ts"
import type { KeyStoreLimits } from "../keys/key-store.ts"
import type { WireLimits } from "../wire/wire.ts"
import type { FileLimits } from "./file-outlet.ts"
import type { SpoolOptions } from "./spool/packet-spool.ts"
import type { SensorSummary } from "./summary.ts"
import {
  type CaptureSettings,
  type FromCapture,
  type FromSensorThread,
  startThread,
  type ToCapture,
  type ToSensorThread,
} from "./threads.ts"

export interface LiveOptions {
  readonly sensor: string
  readonly capture: CaptureSettings
  readonly workers: number
  readonly limits?: Partial<WireLimits>
  readonly keyLimits?: KeyStoreLimits
  /** What mirroring knows of the machines behind the egress IPs. */
  readonly workloads?: WorkloadMap
  /** Keep the packets of the last while; shared by the workers. */
  readonly spool?: SpoolOptions | undefined
  /** Envelopes of one batch: JSON lines with the workload each belongs to. The next come when this has resolved for enough of the earlier ones. */
  readonly publish: (lines: readonly Uint8Array[], keys: readonly string[]) => Promise<void>
  /** What may become of the bytes of files. Absent: only their names and hashes are told. */
  readonly files?: FileLimits
  /** Issuers of tokens whose keys the operator gave. */
  readonly issuers?: readonly TrustedIssuer[]
  readonly publishFile?: (file: FileBytes) => Promise<void>
  readonly onNote: (note: string) => void
  /** A thread died, or publishing failed: the sensor can not go on. */
  readonly onFailure: (error: unknown) => void
}

export class LiveSensor {
  readonly #options: LiveOptions
  readonly #capture: Worker
  readonly #captureClosed: Promise<void>
  readonly #threads: Worker[] = []
  readonly #summaries: (SensorSummary | undefined)[] = []
  #drops: Readonly<Record<string, number>> = {}
  #received = 0
  #ports: readonly number[] = []
  #publishing: Promise<void> = Promise.resolve()
  #publishingFiles: Promise<void> = Promise.resolve()
  #stopping = false
  #done: () => void = () => undefined
  #ended: () => void = () => undefined
  readonly #allDone: Promise<void>
  /** The input ended by itself. */
  readonly ended: Promise<void>

  /** Resolves when packets are being taken. */
  static async start(options: LiveOptions): Promise<LiveSensor> {
    const sensor = new LiveSensor(options)
    await sensor.#ready()
    return sensor
  }

  private constructor(options: LiveOptions) {
    this.#options = options
    const channels = Array.from({ length: options.workers }, () => new MessageChannel())
    this.#allDone = new Promise((resolve) => {
      this.#done = resolve
    })
    this.ended = new Promise((resolve) => {
      this.#ended = resolve
    })
    const seed = randomInt(2 ** 31)
    channels.forEach(({ port1 }, number) => {
      this.#startSensorThread(number, {
        role: "sensor",
        sensor: options.sensor,
        seed,
        limits: options.limits ?? {},
        keyLimits: options.keyLimits ?? {},
        workloads: options.workloads ?? { v: 1, entries: [] },
        issuers: options.issuers ?? [],
        files: options.publishFile === undefined ? undefined : options.files,
        spool:
          options.spool === undefined
            ? undefined
            : {
                folder: join(options.spool.folder, `worker-${number}`),
                maxBytes: Math.floor(options.spool.maxBytes / options.workers),
              },
        capture: port1,
      })
    })
    const ports = channels.map(({ port2 }) => port2)
    this.#capture = startThread("capture-thread", { role: "capture", capture: options.capture, sensors: ports }, ports)
    this.#captureClosed = new Promise((closed) => {
      this.#capture.on("message", (message: FromCapture) => message.type === "closed" && closed())
      this.#capture.once("exit", () => closed())
    })
  }

  /** Ports that UDP sockets are bound to: asked for as 0, the system chose. */
  get ports(): readonly number[] {
    return this.#ports
  }

  /** Key log text for every worker; the caller's bytes are copied. */
  addKeys(text: Uint8Array): void {
    for (const thread of this.#threads) thread.postMessage({ type: "keys", text: new Uint8Array(text) } satisfies ToSensorThread)
  }

  /** Connections that begin from now on carry what this says; those under way keep who they were. */
  setWorkloads(workloads: WorkloadMap): void {
    for (const thread of this.#threads) thread.postMessage({ type: "workloads", workloads } satisfies ToSensorThread)
  }

  /** Of all workers together, with what was lost before them. About a second old. */
  summary(): SensorSummary {
    const known = this.#summaries.filter((one) => one !== undefined)
    const sum = (pick: (one: SensorSummary) => number): number => known.reduce((total, one) => total + pick(one), 0)
    return {
      packets: this.#received,
      bytes: sum(({ bytes }) => bytes),
      flows: sum(({ flows }) => flows),
      activities: sum(({ activities }) => activities),
      findings: 0,
      decode: {
        tcp: sum(({ decode }) => decode.tcp),
        udp: sum(({ decode }) => decode.udp),
        other: sum(({ decode }) => decode.other),
        duplicates: sum(({ decode }) => decode.duplicates),
        gapBytes: sum(({ decode }) => decode.gapBytes),
        tls: {
          full: sum(({ decode }) => decode.tls.full),
          partial: sum(({ decode }) => decode.tls.partial),
          none: sum(({ decode }) => decode.tls.none),
        },
        activities: merged(known.map(({ decode }) => decode.activities)),
        anomalies: merged(known.map(({ decode }) => decode.anomalies)),
      },
      drops: merged([this.#drops, ...known.map(({ drops }) => drops)]),
      filesLeftOut: merged(known.map(({ filesLeftOut }) => filesLeftOut)),
      seconds: Math.max(0, ...known.map(({ seconds }) => seconds)),
    }
  }

  /** Takes no more packets, works off what was taken, publishes it, ends the threads. */
  async close(): Promise<void> {
    if (!this.#stopping) {
      this.#stopping = true
      this.#capture.postMessage({ type: "stop" } satisfies ToCapture)
    }
    await this.#allDone
    // Its last word is what was received and lost in all.
    await this.#captureClosed
    await this.#publishing
    await this.#publishingFiles
  }

  #ready(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#capture.on("message", (message: FromCapture) => {
        switch (message.type) {
          case "ready":
            this.#ports = message.ports
            for (const note of message.notes) this.#options.onNote(note)
            resolve()
            return
          case "failed":
            for (const thread of this.#threads) void thread.terminate()
            reject(message.operator ? operatorError(message.message) : new Error(message.message))
            return
          case "drops":
            this.#drops = message.drops
            this.#received = message.received
            return
          case "ended":
            if (message.problem !== undefined) this.#options.onFailure(operatorError(message.problem))
            this.#ended()
            return
          case "closed":
            return
        }
      })
      this.#capture.on("error", (error) => {
        reject(error)
        this.#options.onFailure(error)
      })
    })
  }

  #startSensorThread(number: number, data: Parameters<typeof startThread>[1]): void {
    if (data.role !== "sensor") return
    const thread = startThread("sensor-thread", data, [data.capture])
    this.#threads.push(thread)
    let done = false
    thread.on("message", (message: FromSensorThread) => {
      if (message.type === "summary") this.#summaries[number] = message.summary
      else if (message.type === "done") {
        done = true
        if (this.#threads.every((one) => one === thread || this.#finished.has(one))) this.#done()
        this.#finished.add(thread)
      } else if (message.type === "files") this.#publishFiles(thread, message.files)
      else this.#publish(thread, message)
    })
    thread.on("error", (error) => this.#options.onFailure(error))
    thread.on("exit", (code) => {
      if (!done && !this.#stopping) this.#options.onFailure(new Error(`a sensor thread ended with code ${code}`))
      if (!done) this.#done()
    })
  }
  readonly #finished = new Set<Worker>()

  /** In the order they came, so that the events of a workload stay in order. */
  #publish(thread: Worker, { lines, ends, keys }: Extract<FromSensorThread, { type: "envelopes" }>): void {
    const list = Array.from(ends, (end, at) => lines.subarray(at === 0 ? 0 : ends[at - 1], end))
    this.#publishing = this.#publishing
      .then(() => this.#options.publish(list, keys))
      .then(() => thread.postMessage({ type: "published", bytes: lines.length } satisfies ToSensorThread))
      .catch((error: unknown) => this.#options.onFailure(error))
  }

  /** Apart from the envelopes: slow readers of files must not hold up what was said. A thread without credit leaves files out and counts them. */
  #publishFiles(thread: Worker, files: readonly FileBytes[]): void {
    this.#publishingFiles = this.#publishingFiles
      .then(async () => {
        for (const file of files) {
          await this.#options.publishFile?.(file)
          thread.postMessage({ type: "files-published", bytes: file.bytes.length } satisfies ToSensorThread)
        }
      })
      .catch((error: unknown) => this.#options.onFailure(error))
  }
}

/** The error of the capture thread, whose class did not survive the crossing. */
function operatorError(message: string): ConfigError {
  const [path = "sensor.capture", ...rest] = message.split(": got ")
  const [got = "", want = ""] = rest.join(": got ").split(", want ")
  return new ConfigError({ path, got, want })
}

function merged(lists: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const all: Record<string, number> = {}
  for (const list of lists) for (const [name, count] of Object.entries(list)) all[name] = (all[name] ?? 0) + count
  return all
}
