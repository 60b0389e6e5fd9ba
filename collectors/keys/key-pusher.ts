// Pushes key lines to sensors over mutual TLS. Only what decryption needs leaves the host: exporter secrets and garbage are dropped at the source.
// Lines wait a moment so that the five of one handshake travel together, are sent again when a sensor is away, and are wiped when sent or given up.
import { Agent, request } from "node:https"
import { type KeyLogCounts, KeyLogReader, keyLogLine } from "./key-log.ts"

export interface KeyPusherOptions {
  readonly sensors: readonly SensorAccess[]
  readonly onProblem: (message: string) => void
}

/** What enrolment leaves on a host, PEM; a token instead of a client certificate for hosts that are not enrolled. */
export interface SensorAccess {
  readonly url: string
  readonly authority: string
  readonly key?: string
  readonly certificate?: string
  readonly token?: string
}

export class KeyPusher {
  readonly #readers: KeyLogReader[] = []
  readonly #sensors: readonly SensorQueue[]

  constructor({ sensors, onProblem }: KeyPusherOptions) {
    this.#sensors = sensors.map((access) => new SensorQueue(access, onProblem))
  }

  get counts(): KeyLogCounts {
    const total: KeyLogCounts = { lines: 0, keys: 0, comments: 0, garbage: 0, unknownLabels: 0, exportersRefused: 0 }
    for (const { counts } of this.#readers) for (const name of Object.keys(total) as (keyof KeyLogCounts)[]) total[name] += counts[name]
    return total
  }
  get sent(): number {
    return Math.min(...this.#sensors.map((sensor) => sensor.sent))
  }
  get dropped(): number {
    return Math.max(...this.#sensors.map((sensor) => sensor.dropped))
  }

  /** Each source has its own, because lines come in pieces. */
  newSource(): (bytes: Uint8Array) => void {
    const reader = new KeyLogReader((entry) => {
      for (const sensor of this.#sensors) sensor.add(Buffer.from(keyLogLine(entry)))
      entry.secret.fill(0)
    })
    this.#readers.push(reader)
    return (bytes) => reader.push(bytes)
  }

  /** Sends what is left; gives up after `millis`. */
  async close(millis = 5_000): Promise<void> {
    for (const reader of this.#readers) reader.settle()
    await Promise.all(this.#sensors.map((sensor) => sensor.close(millis)))
  }
}

class SensorQueue {
  readonly #access: SensorAccess
  readonly #onProblem: (message: string) => void
  readonly #agent: Agent
  #lines: Buffer[] = []
  #bytes = 0
  #timer: NodeJS.Timeout | undefined
  #sending: Promise<void> | undefined
  #failures = 0
  #closed = false
  sent = 0
  dropped = 0

  constructor(access: SensorAccess, onProblem: (message: string) => void) {
    this.#access = access
    this.#onProblem = onProblem
    const { authority, key, certificate } = access
    this.#agent = new Agent({
      keepAlive: true,
      ca: authority,
      minVersion: "TLSv1.2",
      ...(key === undefined ? {} : { key }),
      ...(certificate === undefined ? {} : { cert: certificate }),
    })
  }

  add(line: Buffer): void {
    this.#lines.push(line)
    this.#bytes += line.length
    while (this.#bytes > MAX_WAITING) this.#dropOldest()
    this.#schedule(GATHER_MILLIS)
  }

  async close(millis: number): Promise<void> {
    const deadline = Date.now() + millis
    clearTimeout(this.#timer)
    while (this.#lines.length > 0 && Date.now() < deadline) {
      await this.#send()
      if (this.#lines.length > 0) await new Promise((resolve) => setTimeout(resolve, 100))
    }
    await this.#sending
    this.#closed = true
    while (this.#lines.length > 0) this.#dropOldest()
    this.#agent.destroy()
  }

  #schedule(millis: number): void {
    if (this.#closed || this.#timer !== undefined) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      void this.#send()
    }, millis)
  }

  async #send(): Promise<void> {
    if (this.#sending !== undefined) {
      await this.#sending
      return
    }
    this.#sending = this.#sendBatch()
    await this.#sending
    this.#sending = undefined
    if (this.#lines.length > 0) this.#schedule(Math.min(GATHER_MILLIS * 2 ** this.#failures, MAX_BACKOFF_MILLIS))
  }

  async #sendBatch(): Promise<void> {
    const count = Math.min(this.#lines.length, MAX_LINES)
    const batch = this.#lines.slice(0, count)
    const body = Buffer.concat(batch)
    try {
      const { status, text } = await this.#post(body)
      if (status !== 200) throw new Error(status === 401 ? `${text} (was this host enrolled with this sensor?)` : `HTTP ${status} ${text}`)
      this.#failures = 0
      this.sent += count
      this.#forget(batch)
    } catch (error) {
      if (this.#failures === 0)
        this.#onProblem(`${this.#access.url}: ${error instanceof Error ? error.message : String(error)}; trying again`)
      this.#failures = Math.min(this.#failures + 1, 16)
    } finally {
      body.fill(0)
    }
  }

  /** Lines may have been dropped from the front meanwhile. */
  #forget(batch: readonly Buffer[]): void {
    for (const line of batch) {
      if (this.#lines[0] !== line) continue
      this.#lines.shift()
      this.#bytes -= line.length
      line.fill(0)
    }
  }

  #dropOldest(): void {
    const line = this.#lines.shift()
    if (line === undefined) return
    this.#bytes -= line.length
    line.fill(0)
    this.dropped++
  }

  #post(body: Buffer): Promise<{ status: number; text: string }> {
    const { url, token } = this.#access
    return new Promise((resolve, reject) => {
      const headers = {
        "content-type": "application/sslkeylogfile",
        "content-length": body.length,
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      }
      const asking = request(
        new URL("/v1/keys", url),
        { method: "POST", agent: this.#agent, headers, timeout: REQUEST_MILLIS },
        (answer) => {
          let text = ""
          answer.setEncoding("utf8")
          answer.on("data", (part: string) => {
            text = (text + part).slice(0, 1_000)
          })
          answer.on("end", () => resolve({ status: answer.statusCode ?? 0, text }))
          answer.on("error", reject)
        },
      )
      asking.on("timeout", () => asking.destroy(new Error("no answer in time")))
      asking.on("error", reject)
      asking.end(body)
    })
  }
}

// The lines of one handshake come within a few milliseconds; the flow they belong to waits.
const GATHER_MILLIS = 20
const MAX_BACKOFF_MILLIS = 5_000
const REQUEST_MILLIS = 10_000
const MAX_LINES = 2_000
// Some 8,000 handshakes without a sensor.
const MAX_WAITING = 8_388_608
