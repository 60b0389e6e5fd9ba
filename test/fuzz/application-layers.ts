// Targets for the application layers: good conversations, mutated, cut, with gaps and ends at any place.
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib"
import { parseCodings } from "../../collectors/wire/body/coding.ts"
import { BodyCollector } from "../../collectors/wire/body/collector.ts"
import type { LayerContext } from "../../collectors/wire/context.ts"
import type { WireFact } from "../../collectors/wire/facts.ts"
import { Http1Layer } from "../../collectors/wire/http1/layer.ts"
import { HpackDecoder } from "../../collectors/wire/http2/hpack.ts"
import { Http2Layer } from "../../collectors/wire/http2/layer.ts"
import { Http3Layer } from "../../collectors/wire/http3/layer.ts"
import { QpackDecoder } from "../../collectors/wire/http3/qpack.ts"
import { parseMultipart } from "../../collectors/wire/multipart.ts"
import { SseParser } from "../../collectors/wire/sse.ts"
import type { Layer, Side } from "../../collectors/wire/stream.ts"
import { WebSocketLayer } from "../../collectors/wire/websocket/layer.ts"
import { dataFrame, h2Frame, literals, PREFACE, requestHeaders, responseHeaders, settings } from "../support/h2-frames.ts"
import type { FuzzTarget } from "./fuzz.ts"
import { mutate, type Random } from "./random.ts"

const text = Buffer.from("words of a body that is packed, words of a body ".repeat(20))
const packed = { gzip: gzipSync(text), deflate: deflateSync(text), raw: deflateRawSync(text), br: brotliCompressSync(text) }
type Turns = readonly (readonly [Side, Buffer])[]

const http1Turns: Turns = [
  ["client", Buffer.from("POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\nT: 1\r\n\r\n")],
  ["client", Buffer.from("GET http://b/c HTTP/1.0\r\nX: a\r\n b\r\nContent-Length: 3\r\n\r\nabcGET /old\r\n")],
  ["client", Buffer.from("GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")],
  ["client", Buffer.from("GET /up HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n")],
  ["client", Buffer.from("CONNECT a:443 HTTP/1.1\r\n\r\n")],
  ["server", Buffer.from("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")],
  [
    "server",
    Buffer.from(
      "HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n",
    ),
  ],
  ["server", Buffer.from("HTTP/1.1 101 Switching\r\nUpgrade: h2c\r\n\r\n")],
  ["server", Buffer.from("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n9\r\ndata: 1\n\n\r\n")],
  [
    "server",
    Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${packed.gzip.length}\r\n\r\n`), packed.gzip]),
  ],
  ["server", Buffer.concat([Buffer.from("HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\n"), packed.br])],
]
const http2Turns: Turns = [
  ["client", Buffer.concat([PREFACE, settings, requestHeaders(1, "/a", { end: false }), dataFrame(1, "body")])],
  [
    "client",
    Buffer.concat([
      h2Frame({ type: 1, stream: 3, payload: literals([":method", "GET"]) }),
      h2Frame({ type: 9, flags: 4, stream: 3, payload: literals([":path", "/b"]) }),
    ]),
  ],
  ["client", requestHeaders(5, "/ws", { method: "CONNECT", end: false, fields: [[":protocol", "websocket"]] })],
  [
    "client",
    Buffer.concat([
      dataFrame(5, Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69]), false),
      h2Frame({ type: 3, stream: 1, payload: Buffer.alloc(4) }),
    ]),
  ],
  ["server", Buffer.concat([settings, responseHeaders(1, 200, { fields: [["content-encoding", "gzip"]] }), dataFrame(1, packed.gzip)])],
  [
    "server",
    Buffer.concat([
      h2Frame({ type: 5, flags: 4, stream: 1, payload: Buffer.concat([Buffer.from([0, 0, 0, 2]), literals([":method", "GET"])]) }),
      responseHeaders(2, 200, { end: true }),
    ]),
  ],
  [
    "server",
    Buffer.concat([
      responseHeaders(5, 200),
      dataFrame(5, Buffer.from([0xc1, 2, 1, 2]), false),
      h2Frame({ type: 7, payload: Buffer.alloc(8) }),
    ]),
  ],
]
const webSocketTurns: Turns = [
  ["client", Buffer.from([0x81, 0x85, 1, 2, 3, 4, 0x69, 0x67, 0x6f, 0x68, 0x6e])],
  ["server", Buffer.concat([Buffer.from([0xc1, 126, packed.raw.length >> 8, packed.raw.length & 0xff]), packed.raw])],
  ["server", Buffer.from([0x01, 2, 0x61, 0x62, 0x89, 0, 0x80, 1, 0x63, 0x88, 2, 3, 0xe8])],
]
const h3Frames = [
  Buffer.concat([Buffer.from([1, 16, 0, 0, 0xd1, 0xd7, 0x50, 4]), Buffer.from("host"), Buffer.from([0x51, 2]), Buffer.from("/x")]),
  Buffer.from("0004030140dc", "hex"),
  Buffer.from("023fbd01c00f7777772e6578616d706c652e636f6dc10c2f73616d706c652f70617468", "hex"),
  Buffer.from("010503811011d1000568656c6c6f", "hex"),
]

export const targets: readonly FuzzTarget[] = [
  {
    name: "http1",
    maxHeld: 8 << 20,
    run: (random) => talk((context) => new Http1Layer(context, { inside: "tcp", serverPort: 80 }), http1Turns, random),
  },
  {
    name: "http2",
    maxHeld: 8 << 20,
    run: (random) => talk((context) => new Http2Layer(context, { inside: "tls", serverPort: 443 }), http2Turns, random),
  },
  { name: "websocket", maxHeld: 8 << 20, run: (random) => talk(webSocket, webSocketTurns, random) },
  { name: "http3", maxHeld: 8 << 20, run: http3 },
  { name: "body", maxHeld: 2 << 20, run: body },
  { name: "fields", maxHeld: 2 << 20, run: fields },
  { name: "texts", maxHeld: 16 << 20, run: texts },
]

function webSocket(context: LayerContext): Layer {
  return new WebSocketLayer(context, {
    stream: 0,
    authority: "a",
    path: "/",
    requestHeaders: [],
    responseHeaders: [["sec-websocket-extensions", "permessage-deflate"]],
  })
}

/** Turns in any order, most of them mutated, cut anywhere, with gaps; ends come last, or not at all. */
function talk(make: (context: LayerContext) => Layer, turns: Turns, random: Random): number {
  const layer = make(contextOf())
  const offset = { client: 0, server: 0 }
  let held = 0
  for (let count = 1 + random.below(12); count > 0; count--) {
    const [side, good] = random.pick(turns)
    const bytes = random.chance(3) ? good : mutate(good, random)
    for (let from = 0; from < bytes.length; ) {
      const piece = bytes.subarray(from, from + 1 + random.below(random.pick([3, 40, 70_000])))
      layer.handle({ type: "data", side, at: count, offset: offset[side], bytes: Buffer.from(piece) })
      offset[side] += piece.length
      from += piece.length
      held = Math.max(held, layer.held ?? 0)
    }
    if (!random.chance(6)) continue
    const length = random.pick([0, 1, 3, 100, 100_000])
    layer.handle({ type: "gap", side, at: count, offset: offset[side], length })
    offset[side] += length
  }
  for (const side of ["client", "server"] as const)
    layer.handle({
      type: "end",
      side,
      at: 99,
      offset: offset[side],
      how: random.pick(["fin", "reset", "timeout", "evicted", "open"] as const),
    })
  return held
}

function contextOf(): LayerContext {
  const context: LayerContext = {
    emit: checkFact,
    keys: { find: () => undefined, generation: 0 },
    named: () => undefined,
    route: () => ({ handle: () => undefined }),
  }
  return context
}

/** What every fact promises, whatever came in. */
function checkFact(fact: WireFact): void {
  if (fact.type === "anomaly" && !/^[a-z0-9-]+$/.test(fact.code)) throw new Error(`code ${fact.code}`)
  if (fact.type !== "exchange") return
  for (const message of [fact.request, fact.response]) {
    if (message === undefined) continue
    const { bytes, length, completeness, sha256 } = message.body
    if (sha256.length !== 64 || length < bytes.length) throw new Error(`body of ${bytes.length}, length ${length}`)
    if (completeness === "full" && length !== bytes.length) throw new Error("a full body is not all there")
    if (message.endedAt < message.headAt) throw new Error("a message ended before its head")
  }
}

function http3(random: Random): number {
  const layer = new Http3Layer(contextOf(), { inside: "quic", serverPort: 443, alpn: "h3" })
  let held = 0
  for (let count = 1 + random.below(20); count > 0; count--) {
    const at = { streamId: random.below(12), side: random.pick(["client", "server"] as const), at: count, offset: 0 }
    if (random.chance(8)) layer.onStreamGap({ ...at, length: random.below(50) })
    if (random.chance(12)) layer.onStreamReset({ ...at, errorCode: 1 })
    layer.onStreamData({ ...at, bytes: mutate(random.pick(h3Frames), random), fin: random.chance(4) })
    held = Math.max(held, layer.held)
  }
  layer.end(99, "open")
  return held
}

function body(random: Random): number {
  const codings = parseCodings(random.pick(["gzip", "deflate", "br", "zstd", "gzip, br", "aws-chunked", "deflate, gzip, gzip"]))
  const collector = new BodyCollector({ codings, limit: 1 << 20, anomaly: () => undefined })
  const zstd = Buffer.from("28b52ffd2005290000776f726473", "hex")
  const bytes = mutate(random.pick([packed.gzip, packed.deflate, packed.raw, packed.br, zstd, text, gzipSync(packed.gzip)]), random)
  for (let from = 0; from < bytes.length; ) {
    const piece = bytes.subarray(from, from + 1 + random.below(random.pick([2, 300, 5000])))
    collector.push(Buffer.from(piece), from)
    from += piece.length
    if (random.chance(30)) collector.gap(random.below(100), from)
  }
  const held = collector.held
  collector.finish(random.pick(["full", "truncated", "gapped", "open"] as const), bytes.length)
  return held
}

function fields(random: Random): number {
  const hpack = new HpackDecoder()
  const qpack = new QpackDecoder()
  qpack.maxCapacity = random.pick([0, 220, 4096])
  for (let count = random.below(8); count > 0; count--) {
    hpack.decode(
      mutate(random.pick([Buffer.from("828684418cf1e3c2e5f23a6ba0ab90f4ff", "hex"), literals(["a", "b"]), random.bytes(40)]), random),
    )
    if (random.chance(5)) hpack.lose()
    qpack.encoderData(mutate(random.pick(h3Frames), random))
    qpack.decode(mutate(Buffer.from("03811011d1", "hex"), random))
  }
  return qpack.held
}

function texts(random: Random): number {
  const stream = mutate(Buffer.from("\ufeffevent: a\r\nid: 1\r\ndata: x\n\ndata: é🦩\r\r: c\ndata\n\n"), random)
  const parser = new SseParser(() => undefined)
  for (let from = 0; from < stream.length; from += 3) parser.push(stream.subarray(from, from + 3))
  const { held } = parser
  parser.finish()
  const form = mutate(
    Buffer.from('--b\r\nContent-Disposition: form-data; name="f"; filename="x"\r\n\r\ndata\r\n--b\r\n\r\nmore\r\n--b--\r\n'),
    random,
  )
  parseMultipart(form, random.pick(["multipart/form-data; boundary=b", 'multipart/mixed; boundary="b"', "multipart/form-data"]))
  return held
}
