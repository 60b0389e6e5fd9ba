// Joins questions to their answers: one fact for each lookup. A question without an answer is told at the end, an answer whose question was not seen
// by itself; a repeated answer only once.
import type { LayerContext } from "../context.ts"
import type { DnsFact } from "../facts.ts"
import type { Micros, Side } from "../stream.ts"
import { type DnsMessage, type DnsQuestion, readDnsMessage } from "./message.ts"

export class DnsLookups {
  readonly #context: LayerContext
  readonly #over: DnsFact["over"]
  readonly #asked = new Map<string, Asked>()
  readonly #answered: string[] = []
  #index = 0

  constructor(context: LayerContext, over: DnsFact["over"]) {
    this.#context = context
    this.#over = over
  }

  message(bytes: Uint8Array, { side, at }: { side: Side; at: Micros }): void {
    const message = readDnsMessage(bytes)
    if (message === undefined || message.problem !== undefined) {
      this.#context.emit({ type: "anomaly", at, layer: "dns", code: message?.problem ?? "dns-too-short", side, detail: undefined })
    }
    // Notifications and updates name a zone where lookups have their question; other opcodes are obsolete or have other sections (RFC 1035, 1996, 2136).
    if (message === undefined || !OPCODES.has(message.opcode)) return
    if (message.response) this.#answer(message, bytes.length, at)
    else for (const question of message.questions) this.#ask(message.id, question, { at, bytes: bytes.length })
  }

  end(): void {
    for (const asked of this.#asked.values()) this.#tell(asked, undefined, 0)
    this.#asked.clear()
  }

  #ask(id: number, question: DnsQuestion, { at, bytes }: { at: Micros; bytes: number }): void {
    const key = keyOf(id, question)
    if (this.#asked.has(key)) return
    this.#asked.set(key, { ...question, at, bytes, index: this.#index++ })
    if (this.#asked.size <= MAX_OPEN) return
    for (const [oldest, asked] of this.#asked) {
      this.#asked.delete(oldest)
      this.#tell(asked, undefined, 0)
      return
    }
  }

  #answer(message: DnsMessage, bytes: number, at: Micros): void {
    const [first] = message.answers
    // Announcements of multicast DNS have no question: they are told by the name they announce.
    const questions = message.questions.length > 0 || first === undefined ? message.questions : [{ name: first.name, type: first.type }]
    for (const question of questions) {
      const key = keyOf(message.id, question)
      const asked = this.#asked.get(key)
      if (asked === undefined && this.#answered.includes(key)) continue
      this.#asked.delete(key)
      this.#answered.push(key)
      if (this.#answered.length > MAX_ANSWERED) this.#answered.shift()
      this.#tell(asked ?? { ...question, at, bytes: 0, index: this.#index++ }, message, bytes)
    }
  }

  #tell(asked: Asked, message: DnsMessage | undefined, answerBytes: number): void {
    this.#context.emit({
      type: "dns",
      at: asked.at,
      name: asked.name,
      qtype: asked.type,
      rcode: message?.rcode,
      answers: message?.answers ?? [],
      over: this.#over,
      questionBytes: asked.bytes,
      answerBytes,
      index: asked.index,
    })
  }
}

interface Asked extends DnsQuestion {
  readonly at: Micros
  readonly bytes: number
  readonly index: number
}

/** Resolvers randomise the case of names (0x20); answers may change it. */
function keyOf(id: number, { name, type }: DnsQuestion): string {
  return `${id} ${type} ${name.toLowerCase()}`
}

const OPCODES = new Set([0, 4, 5])
// One address pair and port asks few questions at a time; a resolver that reuses its port may have hundreds open.
const MAX_OPEN = 1_024
const MAX_ANSWERED = 64
