// Small records that are put off to the end of a batch and opened side by side: the stream inside must be as if each had been opened when it came.
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { StreamEvent } from "../../../../collectors/wire/stream.ts"
import { TlsPlayer } from "../../../support/tls/play-tls.ts"
import { KEY_LOG, SealedSession } from "../../../support/tls/sealed.ts"

/** Every piece lies in memory that is used again at once, as in a packet slab. */
function play(events: readonly StreamEvent[], { flushAfter = () => false }: { flushAfter?: (index: number) => boolean } = {}) {
  const player = new TlsPlayer({ keyLog: KEY_LOG })
  for (const [index, event] of events.entries()) {
    const borrowed = event.type === "data" ? { ...event, bytes: Buffer.from(event.bytes) } : event
    player.layer.handle(borrowed)
    if (borrowed.type === "data") borrowed.bytes.fill(0xaa)
    if (flushAfter(index)) player.layer.flush()
  }
  for (const side of ["client", "server"] as const) player.layer.handle({ type: "end", side, at: 2_000_000, offset: 0, how: "fin" })
  return player.result
}
const text = (events: readonly StreamEvent[]): string[] =>
  events.flatMap((event) => (event.type === "data" ? [`${event.side} ${Buffer.from(event.bytes).toString()}`] : []))

describe("records put off", () => {
  it("keep their order across both sides, whatever is flushed when, through key updates, padding and empty records", () => {
    const step = fc.record({
      side: fc.constantFrom("client" as const, "server" as const),
      kind: fc.constantFrom("text", "text", "text", "padded", "empty", "update"),
      size: fc.integer({ min: 1, max: 900 }),
      flush: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const session = new SealedSession()
        const events = session.handshake()
        const wanted: string[] = []
        for (const [index, { side, kind, size }] of steps.entries()) {
          const words = `${index}-`.repeat(size).slice(0, size)
          if (kind === "update") events.push(session.keyUpdate(side))
          else if (kind === "empty") events.push(session.text(side, ""))
          else {
            events.push(session.text(side, words, kind === "padded" ? size : 0))
            wanted.push(`${side} ${words}`)
          }
        }
        const played = play(events, { flushAfter: (index) => steps[index - 4]?.flush === true })
        expect(text(played.inner)).toEqual(wanted)
        expect(played.anomalies).toEqual([])
      }),
      { numRuns: 60 },
    )
  })

  it("may be more, and longer, than one store holds", () => {
    const session = new SealedSession()
    const words = Array.from({ length: 500 }, (_, index) => `${index}.`.repeat(1 + (index % 300)))
    const played = play([...session.handshake(), ...words.map((one) => session.text("server", one))])
    expect(played.plain.server.toString()).toBe(words.join(""))
    expect(played.anomalies).toEqual([])
  })

  it("stop the side whose record is all zeros, and only what comes behind it is lost", () => {
    const session = new SealedSession()
    const events = [
      ...session.handshake(),
      session.text("server", "before"),
      session.zeros("server", 40),
      session.text("client", "still here"),
      session.text("server", "behind"),
    ]
    const played = play(events)
    expect(text(played.inner)).toEqual(["server before", "client still here"])
    expect(played.anomalies.map(({ code, side }) => `${code} ${side}`)).toEqual(["bad-tag server"])
    expect(played.tls).toMatchObject({ decryption: "partial", reason: "bad-tag" })
  })

  it("stop the side of a changed record and read the other on", () => {
    const session = new SealedSession()
    const events = session.handshake()
    for (let index = 0; index < 20; index++) {
      const { bytes, ...event } = session.text("server", `s${index}`) as StreamEvent & { bytes: Buffer }
      if (index === 12) bytes[9] = (bytes[9] ?? 0) ^ 1
      events.push({ ...event, bytes } as StreamEvent, session.text("client", `c${index}`))
    }
    const played = play(events)
    expect(played.plain.client.toString()).toBe(Array.from({ length: 20 }, (_, index) => `c${index}`).join(""))
    expect(played.plain.server.toString()).toBe(Array.from({ length: 12 }, (_, index) => `s${index}`).join(""))
    expect(played.anomalies.map(({ code, side }) => `${code} ${side}`)).toEqual(["bad-tag server"])
  })
})
