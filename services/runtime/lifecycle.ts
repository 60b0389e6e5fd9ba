// A role is a recipe: open its parts in order, wait, close them in reverse order. Opening later parts first to close means that the door
// (capture) shuts before what works on the packets (sensor), and that before what keeps the result (bus, store): nothing accepted is lost.
//
//   const life = new Lifecycle({ logger, health })
//   const store = await life.open("store", () => openStore(config.store), (it) => it.close())
//   const bus = await life.open("bus", () => openBus(config.bus), (it) => it.close())
//   await life.open("sensor", () => startSensor({ bus }), (it) => it.close())
//   await life.run({ exitNow })
import type { Health } from "./health.ts"
import type { Logger } from "./logger.ts"

interface OpenPart {
  readonly name: string
  close(): Promise<void>
}

export class Lifecycle {
  readonly #logger: Logger
  readonly #health: Health
  readonly #closeMillis: number
  readonly #parts: OpenPart[] = []
  readonly #ended: Promise<string>
  #end: (reason: string) => void = () => {}
  #failure: unknown
  #closing: Promise<void> | undefined

  constructor({ logger, health, closeMillis = CLOSE_MILLIS }: { logger: Logger; health: Health; closeMillis?: number }) {
    this.#logger = logger
    this.#health = health
    this.#closeMillis = closeMillis
    this.#ended = new Promise((resolve) => {
      this.#end = resolve
    })
  }

  /** Opens a part and remembers how to close it. When it fails, what is open is closed again and the error goes on. */
  async open<T>(name: string, open: () => Promise<T> | T, close: (part: T) => Promise<void> | void = () => {}): Promise<T> {
    if (this.#closing !== undefined) throw new Error(`${name} cannot open: stopping`)
    this.#health.set(name, "starting")
    try {
      const part = await open()
      this.#parts.push({ name, close: async () => close(part) })
      this.#health.set(name, "ready")
      return part
    } catch (error) {
      this.#health.set(name, "failed", error instanceof Error ? error.message : String(error))
      await this.close()
      throw error
    }
  }

  /** Ends `run` in good order: end of input, the last packet of a file. */
  stop(reason: string): void {
    this.#end(reason)
  }

  /** A part that cannot go on takes the role down in good order; `run` then throws this error. */
  fail(part: string, error: unknown): void {
    this.#failure ??= error
    this.#health.set(part, "failed", error instanceof Error ? error.message : String(error))
    this.#end(`${part} failed`)
  }

  /** Waits for SIGTERM, SIGINT, `stop` or `fail`, then closes everything. A second signal calls `exitNow`. */
  async run({ exitNow }: { exitNow: () => void }): Promise<void> {
    let signals = 0
    const onSignal = (signal: NodeJS.Signals): void => {
      signals += 1
      if (signals > 1) exitNow()
      else this.#end(signal)
    }
    for (const signal of SIGNALS) process.on(signal, onSignal)
    try {
      const reason = await this.#ended
      this.#logger.info({ reason }, "stopping")
      await this.close()
      this.#logger.info("stopped")
    } finally {
      for (const signal of SIGNALS) process.off(signal, onSignal)
    }
    if (this.#failure !== undefined) throw this.#failure
  }

  /** Closes in reverse order. A part that throws or hangs is told in the log and does not keep the others from closing. */
  close(): Promise<void> {
    this.#closing ??= this.#closeAll()
    return this.#closing
  }

  async #closeAll(): Promise<void> {
    for (const part of this.#parts.splice(0).reverse()) {
      this.#health.set(part.name, "stopping")
      try {
        await within(part.close(), this.#closeMillis)
      } catch (error) {
        this.#failure ??= error
        this.#logger.error({ part: part.name, err: error }, "a part did not close well")
      }
    }
  }
}

async function within(promise: Promise<void>, millis: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not closed after ${millis} ms`)), millis)
  })
  try {
    await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

const SIGNALS = ["SIGTERM", "SIGINT"] as const
// Kubernetes kills after 30 s by default; a part that needs longer than this to drain would be cut anyway.
const CLOSE_MILLIS = 25_000
