import { createParser } from "eventsource-parser"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { parseSse, type SseEvent, SseParser } from "../../../collectors/wire/sse.ts"

function parsePieces(bytes: Uint8Array, sizes: () => number): SseEvent[] {
  const events: SseEvent[] = []
  const parser = new SseParser((event) => events.push(event))
  for (let from = 0; from < bytes.length; ) {
    const size = sizes()
    const lent = Buffer.from(bytes.subarray(from, from + size))
    parser.push(lent)
    lent.fill(0xaa)
    from += size
  }
  parser.finish()
  return events
}
const whole = (text: string) => parseSse(Buffer.from(text))
const plain = { event: "message", id: "", partial: false, truncated: false }

describe("SseParser", () => {
  it.each(["\n", "\r", "\r\n"])("reads lines that end with %j", (end) => {
    const text = ["event: delta", "id: 7", "data: one", "data:two", "", ": comment", "data", "", "retry: 10", ""].join(end)
    expect(whole(text)).toEqual([
      { ...plain, event: "delta", id: "7", data: "one\ntwo" },
      { ...plain, id: "7", data: "" },
    ])
  })
  it("gives an unfinished last event as partial, its unfinished line too", () => {
    expect(whole('data: {"a":1}\n\ndata: {"b"')).toEqual([
      { ...plain, data: '{"a":1}' },
      { ...plain, data: '{"b"', partial: true },
    ])
  })
  it("does not hold back an event that ends with CR, and swallows the LF that follows later", () => {
    const events: SseEvent[] = []
    const parser = new SseParser((event) => events.push(event))
    parser.push(Buffer.from("data: a\r\n\r"))
    expect(events).toHaveLength(1)
    parser.push(Buffer.from("\ndata: b\r\n\r\n"))
    expect(events.map((event) => event.data)).toEqual(["a", "b"])
  })
  it("strips one byte order mark and joins UTF-8 cut anywhere", () => {
    const bytes = Buffer.from("\ufeffdata: déjà 🦩\n\n")
    expect(parsePieces(bytes, () => 1)).toEqual([{ ...plain, data: "déjà 🦩" }])
  })
  it("ignores an id with NUL and keeps the name only for its own event", () => {
    expect(whole("id: a\0b\nevent: x\n\ndata: 1\n\n")).toEqual([{ ...plain, data: "1" }])
  })
  it("drops the event with a hole in it instead of joining two halves", () => {
    const events: SseEvent[] = []
    const parser = new SseParser((event) => events.push(event))
    parser.push(Buffer.from('data: 1\n\nevent: x\ndata: {"to'))
    parser.hole()
    parser.push(Buffer.from('ken":2}\ndata: rest\n\ndata: 3\n\n'))
    expect(events.map((event) => `${event.event} ${event.data}`)).toEqual(["message 1", "message 3"])
  })
  it("marks an event larger than its limit instead of growing", () => {
    const parser = new SseParser((event) => expect(event.truncated).toBe(true))
    for (let index = 0; index < 100; index++) parser.push(Buffer.alloc(100_000, 0x61))
    expect(parser.held).toBeLessThan(9 << 20)
    parser.push(Buffer.from(`\ndata: ${"x".repeat(9 << 20)}\ndata: y\n\n`))
  })
  it("agrees with eventsource-parser on any mixture of fields and line ends, however cut", () => {
    const line = fc.oneof(
      fc.constantFrom(
        "data: a",
        "data:b",
        "data",
        "data:  c",
        "event: e",
        "event:",
        "id: 1",
        "id",
        ": x",
        "",
        "",
        "foo: bar",
        "datax: 1",
        "data : 1",
      ),
      fc.string({ maxLength: 8, unit: "grapheme" }).map((value) => `data: ${value.replaceAll(/[\r\n\ufeff]/g, "")}`),
    )
    const stream = fc.array(fc.tuple(line, fc.constantFrom("\n", "\r", "\r\n")), { maxLength: 30 })
    fc.assert(
      fc.property(stream, fc.infiniteStream(fc.integer({ min: 1, max: 9 })), (lines, sizes) => {
        // The library holds back a CR until it sees what follows: a comment follows.
        const text = `${lines.map(([content, end]) => content + end).join("")}:\n`
        const wanted: unknown[] = []
        const oracle = createParser({ onEvent: (event) => wanted.push({ event: event.event ?? "message", data: event.data }) })
        oracle.feed(text)
        const got = parsePieces(Buffer.from(text), () => sizes.next().value ?? 1)
        expect(got.filter((event) => !event.partial).map(({ event, data }) => ({ event, data }))).toEqual(wanted)
      }),
      { numRuns: 200 },
    )
  })
})
