import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { Http3Layer } from "../../../../collectors/wire/http3/layer.ts"
import type { Side } from "../../../../collectors/wire/stream.ts"
import { hex, plain, TestContext } from "../../../support/playbook.ts"

const literal = (name: string, value: string) =>
  Buffer.concat([Buffer.from([0x27, name.length - 7]), Buffer.from(name), Buffer.from([value.length]), Buffer.from(value)])
/** Header block of literals alone: prefix 00 00, then 001 N=0 H=0 name(3). */
const block = (...fields: readonly (readonly [string, string])[]) =>
  Buffer.concat([Buffer.from([0, 0]), ...fields.map(([name, value]) => shortOrLong(name, value))])
const shortOrLong = (name: string, value: string) =>
  name.length < 7
    ? Buffer.concat([Buffer.from([0x20 | name.length]), Buffer.from(name), Buffer.from([value.length]), Buffer.from(value)])
    : literal(name, value)
const frame = (type: number, payload: Uint8Array | string) =>
  Buffer.concat([Buffer.from([type, 0x40 | (payload.length >> 8), payload.length & 0xff]), Buffer.from(payload as Uint8Array)])
const request = frame(1, block([":method", "POST"], [":scheme", "https"], [":authority", "a.test"], [":path", "/x"]))
const answer = frame(1, block([":status", "200"], ["server", "s"]))

class Connection {
  readonly context = new TestContext()
  readonly layer = new Http3Layer(this.context, { inside: "quic", serverPort: 443, alpn: "h3" })
  readonly #offset = new Map<string, number>()
  #at = 1000
  send(streamId: number, side: Side, bytes: Uint8Array, fin = false, size = Number.MAX_SAFE_INTEGER): this {
    const key = `${streamId} ${side}`
    this.#at++
    for (let from = 0; from === 0 || from < bytes.length; from += size) {
      const piece = bytes.subarray(from, Math.min(bytes.length, from + size))
      const offset = this.#offset.get(key) ?? 0
      this.layer.onStreamData({ streamId, side, at: this.#at, offset, bytes: Buffer.from(piece), fin: fin && from + size >= bytes.length })
      this.#offset.set(key, offset + piece.length)
    }
    return this
  }
  gap(streamId: number, side: Side, length: number): this {
    this.layer.onStreamGap({ streamId, side, at: this.#at++, offset: this.#offset.get(`${streamId} ${side}`) ?? 0, length })
    return this
  }
  get facts(): unknown[] {
    return this.context.facts.map(plain)
  }
}

describe("Http3Layer", () => {
  it.each([1, 3, Number.MAX_SAFE_INTEGER])("joins a request and its answer in pieces of %d", (size) => {
    const connection = new Connection()
    connection
      .send(2, "client", hex("00 04 06 01 40dc 07 40 10"), false, size)
      .send(0, "client", Buffer.concat([request, frame(0, "hello "), frame(0x21, "grease"), frame(0, "you")]), true, size)
      .send(
        0,
        "server",
        Buffer.concat([frame(1, block([":status", "103"])), answer, frame(0, "answer"), frame(1, block(["x-sum", "1"]))]),
        true,
        size,
      )
    expect(connection.facts).toMatchObject([
      {
        type: "exchange",
        version: "3",
        scheme: "https",
        method: "POST",
        authority: "a.test",
        path: "/x",
        status: 200,
        stream: 0,
        request: { body: { bytes: "hello you", completeness: "full" } },
        response: { headers: [["server", "s"]], body: { bytes: "answer" }, trailers: [["x-sum", "1"]] },
      },
    ])
  })
  it("holds back a block that refers to entries still to come, and all behind it", () => {
    const connection = new Connection()
    // The server's SETTINGS allow the client a table of 220 bytes.
    connection.send(3, "server", hex("00 04 03 01 40dc"))
    connection.send(0, "client", Buffer.concat([frame(1, hex("0381 d1 d7 10 11")), frame(0, "body")]), true)
    connection.send(0, "server", answer, true)
    expect(connection.facts).toEqual([])
    connection.send(6, "client", Buffer.concat([hex("02"), hex("3fbd01 c00f7777772e6578616d706c652e636f6d")]))
    expect(connection.facts).toEqual([])
    connection.send(6, "client", hex("c10c2f73616d706c652f70617468"))
    expect(connection.facts).toMatchObject([
      { method: "GET", authority: "www.example.com", path: "/sample/path", request: { body: { bytes: "body", completeness: "full" } } },
    ])
  })
  it("gives what is known of blocks that wait in vain", () => {
    const connection = new Connection()
    connection.send(3, "server", hex("00 04 03 01 40dc")).send(0, "client", frame(1, hex("0381 d1 10")), true)
    connection.layer.end(9999, "open")
    expect(connection.facts).toMatchObject([
      { type: "anomaly", code: "qpack-unknown-entry" },
      { type: "exchange", method: "GET", authority: "", request: { body: { completeness: "gapped" } } },
    ])
  })
  it("goes on behind a hole inside DATA, and ends a side at any other hole", () => {
    const connection = new Connection()
    connection.send(0, "client", request, true)
    connection
      .send(0, "server", Buffer.concat([answer, frame(0, "0123456789").subarray(0, 7)]))
      .gap(0, "server", 3)
      .send(0, "server", Buffer.from("789"), true)
    connection.send(4, "client", request, true).send(4, "server", answer).gap(4, "server", 50).send(4, "server", Buffer.from("lost"), true)
    connection.layer.end(9999, "open")
    expect(connection.facts).toMatchObject([
      { stream: 0, response: { body: { bytes: "0123789", length: 10, completeness: "gapped" } } },
      { type: "anomaly", code: "gap-in-frames" },
      { stream: 4, response: { body: { bytes: "", completeness: "gapped" } } },
    ])
  })
  it("emits what was there at a reset", () => {
    const connection = new Connection()
    connection.send(0, "client", request, true).send(0, "server", Buffer.concat([answer, frame(0, "part")]))
    connection.layer.onStreamReset({ streamId: 0, side: "server", at: 5000, errorCode: 0x10c })
    expect(connection.facts).toMatchObject([{ status: 200, response: { body: { bytes: "part", completeness: "truncated" } } }])
  })
  it("survives any bytes on any stream", () => {
    const good = [request, answer, frame(0, "data"), hex("02 3fbd01 c00f7777772e6578616d706c652e636f6d"), hex("00 04 03 01 40dc")]
    const bytes = fc.oneof(
      fc.constantFrom(...good),
      fc.uint8Array({ minLength: 1, maxLength: 60 }).map((value) => Buffer.from(value)),
    )
    const step = fc.record({
      id: fc.integer({ min: 0, max: 11 }),
      side: fc.constantFrom<Side>("client", "server"),
      bytes,
      fin: fc.boolean(),
      gap: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const connection = new Connection()
        for (const { id, side, bytes: sent, fin, gap } of steps) {
          if (gap) connection.gap(id, side, sent.length)
          connection.send(id, side, sent, fin)
          expect(connection.layer.held).toBeLessThan(1 << 20)
        }
        connection.layer.end(99_999, "open")
      }),
      { numRuns: 200 },
    )
  })
})
