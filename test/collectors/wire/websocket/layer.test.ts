import { randomBytes } from "node:crypto"
import { once } from "node:events"
import { createServer } from "node:http"
import { deflateRawSync } from "node:zlib"
import { afterEach, describe, expect, it } from "vitest"
import { WebSocket, WebSocketServer } from "ws"
import type { LayerContext } from "../../../../collectors/wire/context.ts"
import type { HeaderList, WebSocketFact } from "../../../../collectors/wire/facts.ts"
import { Http1Layer } from "../../../../collectors/wire/http1/layer.ts"
import type { StreamEvent } from "../../../../collectors/wire/stream.ts"
import { WebSocketLayer } from "../../../../collectors/wire/websocket/layer.ts"
import { checkPlaybooks, factsOf, plain, play } from "../../../support/playbook.ts"
import { splitInvariant, survivesGarbage } from "../../../support/properties.ts"
import { listen, recordTo, recut } from "../../../support/record.ts"

afterEach(checkPlaybooks)

interface FrameParts {
  readonly opcode: number
  readonly payload?: string | Uint8Array
  readonly final?: boolean
  readonly rsv?: number
  readonly key?: number
}
function frame({ opcode, payload = "", final = true, rsv = 0, key }: FrameParts): Buffer {
  const bytes = Buffer.from(payload as Uint8Array)
  const first = Buffer.from([(final ? 0x80 : 0) | (rsv << 4) | opcode, (key === undefined ? 0 : 0x80) | Math.min(bytes.length, 126)])
  const length = Buffer.alloc(bytes.length < 126 ? 0 : 2)
  if (length.length > 0) length.writeUInt16BE(bytes.length)
  if (key === undefined) return Buffer.concat([first, length, bytes])
  const mask = Buffer.alloc(4)
  mask.writeUInt32BE(key)
  return Buffer.concat([first, length, mask, bytes.map((byte, index) => byte ^ (mask[index % 4] ?? 0))])
}
const deflated = (text: string, dictionary?: string) =>
  deflateRawSync(text, { finishFlush: 2, ...(dictionary === undefined ? {} : { dictionary: Buffer.from(dictionary) }) }).subarray(0, -4)
const layer =
  (extensions = "") =>
  (context: LayerContext) => {
    const responseHeaders: HeaderList = [
      ["sec-websocket-accept", "x"],
      ["sec-websocket-protocol", "mcp"],
      ...(extensions === "" ? [] : ([["sec-websocket-extensions", extensions]] as const)),
    ]
    return new WebSocketLayer(context, {
      stream: 3,
      authority: "a.test",
      path: "/ws",
      requestHeaders: [["host", "a.test"]],
      responseHeaders,
    })
  }
const deflate = layer("permessage-deflate")
const message = (payload: string, more: object = {}) => ({ type: "websocket" as const, payload, completeness: "full", ...more })

describe("WebSocketLayer", () => {
  it("reads both directions, masked and not, with the facts of the request that opened it", () => {
    play(layer())
      .client(frame({ opcode: 1, payload: "hello masked", key: 0x11223344 }))
      .expect(
        message("hello masked", {
          side: "client",
          opcode: "text",
          index: 0,
          stream: 3,
          authority: "a.test",
          path: "/ws",
          subprotocol: "mcp",
        }),
      )
      .server(frame({ opcode: 2, payload: "x".repeat(300) }))
      .expect(message("x".repeat(300), { side: "server", opcode: "binary", index: 0, length: 300 }))
      .done()
  })
  it("joins fragments, with control frames between them", () => {
    play(layer())
      .server(frame({ opcode: 1, payload: "one ", final: false }))
      .server(frame({ opcode: 9, payload: "ping" }))
      .expect(message("ping", { opcode: "ping", index: 0 }))
      .server(Buffer.concat([frame({ opcode: 0, payload: "two ", final: false }), frame({ opcode: 0, payload: "three" })]))
      .expect(message("one two three", { opcode: "text", index: 1 }))
      .server(frame({ opcode: 8, payload: "\x03\xe8bye" }))
      .expect({ type: "websocket", opcode: "close" })
      .done()
  })
  it("inflates messages that refer to earlier ones", () => {
    const first = "the same words again and again"
    play(deflate)
      .server(frame({ opcode: 1, rsv: 4, payload: deflated(first) }))
      .expect(message(first))
      .server(frame({ opcode: 1, rsv: 4, payload: deflated(first, first) }))
      .expect(message(first))
      .server(frame({ opcode: 1, payload: "plain between" }))
      .expect(message("plain between"))
      .done()
  })
  it("forgets the window after each message when it was agreed", () => {
    play(layer("permessage-deflate; server_no_context_takeover"))
      .server(frame({ opcode: 1, rsv: 4, payload: deflated("aaaaaaaa") }))
      .expect(message("aaaaaaaa"))
      .server(frame({ opcode: 1, rsv: 4, payload: deflated("aaaaaaaa", "aaaaaaaa") }))
      .expect({ type: "anomaly", code: "deflate-broken" }, { type: "websocket", completeness: "truncated" })
      .done()
  })
  it("after a loss gives only what is surely right of a compressed message", () => {
    const first = "words that the second message refers to, all of them"
    play(deflate)
      .gap("server", 100)
      .expect({ type: "anomaly", code: "frame-boundary-lost" })
      .server(frame({ opcode: 1, rsv: 4, payload: deflated(first, first) }))
      .expect({ type: "anomaly", code: "deflate-broken" }, { type: "websocket", completeness: "truncated", payload: "" })
      .server(frame({ opcode: 1, rsv: 4, payload: deflated(first) }))
      .expect(message(first))
      .done()
  })
  it("goes on behind a hole in a masked payload", () => {
    const bytes = frame({ opcode: 1, payload: "0123456789", key: 0x01020304 })
    play(layer())
      .client(bytes.subarray(0, 9))
      .gap("client", 4)
      .client(bytes.subarray(13))
      .expect({ type: "websocket", payload: "012789", length: 10, completeness: "gapped" })
      .done()
  })
  it("names what breaks the protocol and goes opaque only where nothing can be read", () => {
    play(layer())
      .client(frame({ opcode: 1, payload: "no mask" }))
      .expect({ type: "anomaly", code: "client-does-not-mask" }, message("no mask"))
      .server(frame({ opcode: 0, payload: "alone" }))
      .expect({ type: "anomaly", code: "continuation-alone" }, { type: "websocket", completeness: "gapped" })
      .server(frame({ opcode: 1, payload: "a", final: false }))
      .server(frame({ opcode: 1, payload: "b" }))
      .expect(
        { type: "anomaly", code: "message-interrupted" },
        { type: "websocket", payload: "a", completeness: "truncated" },
        message("b"),
      )
      .server(frame({ opcode: 3, payload: "?" }))
      .expect({ type: "anomaly", code: "opcode-unknown" }, { type: "anomaly", code: "frame-boundary-lost" })
      .server(frame({ opcode: 1, payload: "unread" }))
      .done()
  })
  it("stops a compressed bomb", () => {
    const bomb = deflateRawSync(Buffer.alloc(48 << 20), { finishFlush: 2, level: 9 })
    const head = Buffer.from([0xc1, 127, 0, 0, 0, 0, 0, 0, 0, 0])
    head.writeUInt32BE(bomb.length, 6)
    play(deflate)
      .server(Buffer.concat([head, bomb]))
      .expect({ type: "anomaly", code: "length-not-minimal" }, { type: "anomaly", code: "decompression-bomb" })
      .expect({ type: "websocket", completeness: "truncated" })
      .done()
  })
  it("gives an unfinished message at the end", () => {
    play(layer())
      .server(frame({ opcode: 1, payload: "half", final: false }))
      .close("open")
      .expect({ type: "websocket", payload: "half", completeness: "open" })
      .done()
  })

  const conversation = [
    ["client", frame({ opcode: 1, payload: "hello", key: 0x01020304 })],
    [
      "server",
      Buffer.concat([
        frame({ opcode: 1, rsv: 4, payload: deflated("abcabcabc"), final: false }),
        frame({ opcode: 9 }),
        frame({ opcode: 0, payload: "" }),
      ]),
    ],
    ["client", frame({ opcode: 2, payload: "z".repeat(500), key: 0x7fffffff })],
  ] as const
  splitInvariant(deflate, conversation as never)
  survivesGarbage(deflate, { maxHeld: 500_000, seeds: [conversation as never] })
})

describe("WebSocketLayer against ws", () => {
  it("sees every message of a compressed conversation behind a real upgrade, however cut", async () => {
    const http = createServer()
    const server = new WebSocketServer({ server: http, perMessageDeflate: { threshold: 0 }, handleProtocols: () => "mcp" })
    server.on("connection", (socket) => socket.on("message", (data, binary) => socket.send(data, { binary, compress: true })))
    const recorder = await recordTo(await listen(http))
    const client = new WebSocket(`ws://127.0.0.1:${recorder.port}/chat?x=1`, ["mcp"], { perMessageDeflate: { threshold: 0 } })
    await once(client, "open")
    const sent = Array.from({ length: 40 }, (_, index) =>
      index % 4 === 3 ? randomBytes(index * 300) : Buffer.from(`message ${index} of the same words `.repeat(index * 3)),
    )
    for (const [index, bytes] of sent.entries()) {
      client.send(bytes, { binary: index % 4 === 3, fin: true })
      await once(client, "message")
    }
    client.close(1000, "done")
    await once(client, "close")
    await recorder.close()
    server.close()
    http.close()

    const make = (context: LayerContext) => new Http1Layer(context, { inside: "tcp", serverPort: 80 })
    const events: readonly StreamEvent[] = recorder.connections[0] ?? []
    const facts = factsOf(make, events)
    expect(facts.filter((fact) => fact.type === "anomaly")).toEqual([])
    expect(facts[0]).toMatchObject({ type: "exchange", status: 101, path: "/chat?x=1" })
    for (const side of ["client", "server"]) {
      const messages = facts.filter(
        (fact): fact is WebSocketFact => fact.type === "websocket" && fact.side === side && fact.opcode !== "close",
      )
      expect(messages.map((one) => plain(one.payload))).toEqual(sent.map(plain))
      expect(new Set(messages.map((one) => `${one.path} ${one.subprotocol} ${one.completeness}`))).toEqual(new Set(["/chat?x=1 mcp full"]))
    }
    expect(
      factsOf(
        make,
        recut(events, () => 1),
      ).map(plain),
    ).toEqual(facts.map(plain))
  })
})
