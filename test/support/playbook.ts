// Conversations as tests: `play(layer)` feeds a layer and checks what it emits, in order.
//
//   play((context) => new Http1Layer(context, HINT))
//     .client("GET / HTTP/1.1\r\n\r\n")
//     .server("HTTP/1.1 204 No Content\r\n\r\n")
//     .expect({ type: "exchange", method: "GET", status: 204 })
//     .done()
//
// Each expectation is a partial fact: fields it names must be equal (Uint8Array by content), the others are free. `done()` fails when facts were not
// expected; a playbook that is never finished fails too (checkPlaybooks in afterEach does it for those who forget).

import { expect } from "vitest"
import { copyBytes } from "../../collectors/wire/bytes.ts"
import type { KeyLookup, LayerContext, RouteHint } from "../../collectors/wire/context.ts"
import type { WireFact } from "../../collectors/wire/facts.ts"
import type { EndEvent, Layer, Side, StreamEvent } from "../../collectors/wire/stream.ts"

export type PartialFact = { readonly type: WireFact["type"] } & Readonly<Record<string, unknown>>
export type MakeLayer = (context: LayerContext) => Layer

export const noKeys: KeyLookup = { find: () => undefined, generation: 0 }

/** A context that collects. `route` gives what the test says, or a layer that only records what it was given. */
export class TestContext implements LayerContext {
  readonly facts: WireFact[] = []
  readonly names: string[] = []
  readonly routed: { readonly hint: RouteHint; readonly layer: RecordingLayer }[] = []
  readonly keys: KeyLookup = noKeys
  emit = (fact: WireFact): void => {
    this.facts.push(fact)
  }
  named = (layer: string): void => {
    if (!this.names.includes(layer)) this.names.push(layer)
  }
  route = (hint: RouteHint): Layer => {
    const layer = new RecordingLayer()
    this.routed.push({ hint, layer })
    return layer
  }
}

export class RecordingLayer implements Layer {
  readonly events: StreamEvent[] = []
  handle(event: StreamEvent): void {
    this.events.push(event.type === "data" ? { ...event, bytes: copyBytes(event.bytes) } : event)
  }
  text(side: Side): string {
    const parts = this.events.flatMap((event) => (event.type === "data" && event.side === side ? [Buffer.from(event.bytes)] : []))
    return Buffer.concat(parts).toString("latin1")
  }
}

export class Playbook {
  readonly context = new TestContext()
  readonly layer: Layer
  readonly #offset = { client: 0, server: 0 }
  readonly #log: string[] = []
  #at = 1_000_000
  #checked = 0

  constructor(make: MakeLayer) {
    this.layer = make(this.context)
    open.add(this)
  }

  client(bytes: string | Uint8Array): this {
    return this.data("client", bytes)
  }
  server(bytes: string | Uint8Array): this {
    return this.data("server", bytes)
  }
  data(side: Side, input: string | Uint8Array): this {
    const bytes = typeof input === "string" ? Buffer.from(input, "latin1") : input
    this.#log.push(`${side === "client" ? ">" : "<"} ${JSON.stringify(Buffer.from(bytes).toString("latin1").slice(0, 120))}`)
    this.#handle({ type: "data", side, at: this.#at, offset: this.#offset[side], bytes })
    this.#offset[side] += bytes.length
    return this
  }
  gap(side: Side, length: number): this {
    this.#log.push(`${side} gap ${length}`)
    this.#handle({ type: "gap", side, at: this.#at, offset: this.#offset[side], length })
    this.#offset[side] += length
    return this
  }
  end(side: Side, how: EndEvent["how"] = "fin"): this {
    this.#log.push(`${side} ${how}`)
    this.#handle({ type: "end", side, at: this.#at, offset: this.#offset[side], how })
    return this
  }
  /** Both sides end. */
  close(how: EndEvent["how"] = "fin"): this {
    return this.end("client", how).end("server", how)
  }
  /** Packet time goes on by `micros`; each event takes 1,000 by itself. */
  later(micros: number): this {
    this.#at += micros
    return this
  }
  expect(...facts: readonly PartialFact[]): this {
    for (const wanted of facts) {
      const got = this.context.facts[this.#checked]
      this.#log.push(`= ${wanted.type} ${"code" in wanted ? String(wanted["code"]) : ""}`)
      expect(got, `after\n${this.#log.join("\n")}\na fact was expected`).toBeDefined()
      expect(plain(got), `conversation:\n${this.#log.join("\n")}`).toMatchObject(plain(wanted) as object)
      this.#checked += 1
    }
    return this
  }
  expectNothing(): this {
    expect(this.context.facts.slice(this.#checked).map(plain), `conversation:\n${this.#log.join("\n")}`).toEqual([])
    return this
  }
  /** Ends a playbook whose facts the test looks at itself. */
  ignoreRest(): this {
    open.delete(this)
    return this
  }
  done(): this {
    open.delete(this)
    return this.expectNothing()
  }

  #handle(event: StreamEvent): void {
    this.layer.handle(event)
    this.#at += 1000
  }
}

export function play(make: MakeLayer): Playbook {
  return new Playbook(make)
}

/** For afterEach: no playbook may be left without done(). */
export function checkPlaybooks(): void {
  const unfinished = open.size
  open.clear()
  expect(unfinished, "unfinished playbooks: end each with done()").toBe(0)
}

/** The facts of a whole conversation, given as sides and bytes. */
export function factsOf(make: MakeLayer, events: readonly StreamEvent[]): WireFact[] {
  const context = new TestContext()
  const layer = make(context)
  for (const event of events) {
    // Borrowed bytes are overwritten after the call, as a packet slab would be.
    const bytes = event.type === "data" ? copyBytes(event.bytes) : undefined
    layer.handle(bytes === undefined || event.type !== "data" ? event : { ...event, bytes })
    bytes?.fill(0xaa)
  }
  return context.facts
}

/** Bytes as Latin-1 text, so that differences can be read. */
export function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("latin1")
  if (Array.isArray(value)) return value.map(plain)
  if (value !== null && typeof value === "object")
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, field]) => field !== undefined)
        .map(([key, field]) => [key, plain(field)]),
    )
  return value
}

/** "16 0301 0002 aabb" as bytes. */
export function hex(text: string): Buffer {
  return Buffer.from(text.replaceAll(/\s+/g, ""), "hex")
}

const open = new Set<Playbook>()
