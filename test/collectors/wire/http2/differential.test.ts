import { createHash, randomBytes } from "node:crypto"
import { once } from "node:events"
import http2, { type ClientHttp2Session, type OutgoingHttpHeaders } from "node:http2"
import { gzipSync } from "node:zlib"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { LayerContext } from "../../../../collectors/wire/context.ts"
import type { HttpExchange, WireFact } from "../../../../collectors/wire/facts.ts"
import { Http2Layer } from "../../../../collectors/wire/http2/layer.ts"
import type { StreamEvent } from "../../../../collectors/wire/stream.ts"
import { factsOf, plain } from "../../../support/playbook.ts"
import { listen, type Recorder, recordTo, recut } from "../../../support/record.ts"

interface Wanted {
  readonly path: string
  readonly method: string
  readonly sent: Buffer
  readonly status: number
  readonly answer: Buffer
  readonly requestHeader: string
  readonly responseHeader: string
}

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex")
const make = (context: LayerContext) => new Http2Layer(context, { inside: "tcp", serverPort: 80 })
const exchangesOf = (facts: readonly WireFact[]) => facts.filter((fact): fact is HttpExchange => fact.type === "exchange")

const server = http2.createServer({ settings: { enableConnectProtocol: true } })
server.on("stream", (stream, headers) => {
  const chunks: Buffer[] = []
  stream.on("data", (chunk: Buffer) => chunks.push(chunk))
  stream.on("error", () => undefined)
  stream.on("end", () => {
    const body = Buffer.concat(chunks)
    const size = Number(headers["x-answer"] ?? 0)
    const answer = Buffer.alloc(size, body.length === 0 ? "y" : body)
    const status = Number(headers["x-status"] ?? 200)
    if (headers["x-early"] !== undefined) stream.additionalHeaders({ ":status": 103, link: "</a>" })
    const packed = headers["x-gzip"] !== undefined ? gzipSync(answer) : answer
    stream.respond(
      {
        ":status": status,
        "x-echo": String(headers["x-random"] ?? ""),
        ...(packed === answer ? {} : { "content-encoding": "gzip" }),
        "set-cookie": ["a=1", "b=2"],
      },
      { waitForTrailers: headers["x-trailers"] !== undefined },
    )
    stream.on("wantTrailers", () => stream.sendTrailers({ "x-check": "sum" }))
    stream.end(packed)
  })
})

async function ask(
  client: ClientHttp2Session,
  headers: OutgoingHttpHeaders,
  body: Buffer,
): Promise<{ status: number; answer: Buffer; echo: string }> {
  const stream = client.request(headers, { endStream: body.length === 0 })
  if (body.length > 0) stream.end(body)
  const chunks: Buffer[] = []
  stream.on("data", (chunk: Buffer) => chunks.push(chunk))
  const ended = once(stream, "end")
  const [response] = await once(stream, "response")
  await ended
  return { status: Number(response[":status"]), answer: Buffer.concat(chunks), echo: String(response["x-echo"]) }
}

describe("Http2Layer against node:http2", () => {
  let recorder: Recorder
  let events: readonly StreamEvent[]
  const wanted: Wanted[] = []

  beforeAll(async () => {
    recorder = await recordTo(await listen(server))
    const client = http2.connect(`http://127.0.0.1:${recorder.port}`)
    // Several at once, with headers that come back (dynamic table), are evicted, and are longer than one frame (CONTINUATION).
    for (let round = 0; round < 12; round++) {
      const batch = Array.from({ length: 6 }, async (_, index) => {
        const random = randomBytes(index === 5 ? 3000 : 12)
          .toString(index % 2 === 0 ? "base64" : "latin1")
          .replaceAll(/[^\x21-\x7e\xa1-\xff]/g, "~")
        const sent = index % 3 === 0 ? Buffer.alloc(0) : randomBytes(index * (round === 2 ? 7001 : 301))
        const path = `/r${round}/${index}?q=${random.length}`
        const method = sent.length === 0 ? "GET" : "POST"
        const headers: OutgoingHttpHeaders = {
          ":method": method,
          ":path": path,
          "x-random": random,
          "x-answer": String(index * 900),
          "x-status": String([200, 201, 202, 203, 206, 404][index]),
          [`x-round-${round}`]: "same",
          "user-agent": "differential/1.0",
          ...(round === 3 ? { cookie: "long ".repeat(3500) } : {}),
          ...(index === 1 ? { "x-trailers": "1", "x-early": "1" } : {}),
          ...(index === 2 ? { "x-gzip": "1" } : {}),
        }
        const got = await ask(client, headers, sent)
        const answer = index === 2 ? Buffer.alloc(index * 900, sent) : got.answer
        wanted.push({ path, method, sent, status: got.status, answer, requestHeader: random, responseHeader: got.echo })
      })
      await Promise.all(batch)
    }
    client.close()
    await once(client, "close")
    await recorder.close()
    events = recorder.connections[0] ?? []
  })
  afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())))

  it("sees the requests and answers the endpoints saw, to the last byte", () => {
    const facts = factsOf(make, events)
    expect(facts.filter((fact) => fact.type === "anomaly")).toEqual([])
    const exchanges = exchangesOf(facts)
    expect(exchanges).toHaveLength(wanted.length)
    for (const one of wanted) {
      const got = exchanges.find((exchange) => exchange.path === one.path)
      expect(got).toMatchObject({ version: "2", method: one.method, status: one.status, authority: `127.0.0.1:${recorder.port}` })
      expect(got?.request?.body).toMatchObject({ length: one.sent.length, sha256: sha256(one.sent), completeness: "full" })
      expect(got?.response?.body).toMatchObject({ length: one.answer.length, sha256: sha256(one.answer), completeness: "full" })
      expect(got?.request?.headers).toContainEqual(["x-random", one.requestHeader])
      expect(got?.response?.headers.filter(([name]) => name === "set-cookie")).toEqual([
        ["set-cookie", "a=1"],
        ["set-cookie", "b=2"],
      ])
      if (one.path.includes("/1?")) expect(got?.response?.trailers).toEqual([["x-check", "sum"]])
    }
  })

  it("gives the same whatever the cuts", () => {
    const whole = factsOf(make, events).map(plain)
    expect(
      factsOf(
        make,
        recut(events, () => 1),
      ).map(plain),
    ).toEqual(whole)
    let seed = 7
    const next = () => {
      seed = (seed * 48271) % 0x7fffffff
      return seed % 1500
    }
    expect(factsOf(make, recut(events, next)).map(plain)).toEqual(whole)
  })

  it("never gives a wrong header or a wrong whole body when the beginning or any piece is missing", () => {
    const byPath = new Map(wanted.map((one) => [one.path, one]))
    let seen = 0
    for (let drop = 0; drop < events.length; drop += 3) {
      const lossy = events.flatMap((event, index): StreamEvent[] => {
        if (index !== drop || event.type !== "data") return [event]
        return [{ type: "gap", side: event.side, at: event.at, offset: event.offset, length: event.bytes.length }]
      })
      for (const exchange of exchangesOf(factsOf(make, lossy))) {
        if (exchange.path === "") continue
        const one = byPath.get(exchange.path)
        expect(one, exchange.path).toBeDefined()
        if (one === undefined) continue
        seen++
        const random = exchange.request?.headers.find(([name]) => name === "x-random")?.[1]
        if (random !== undefined) expect(random).toBe(one.requestHeader)
        if (exchange.request?.body.completeness === "full") expect(exchange.request.body.sha256).toBe(sha256(one.sent))
        if (exchange.response?.body.completeness === "full") expect(exchange.response.body.sha256).toBe(sha256(one.answer))
      }
    }
    expect(seen).toBeGreaterThan(1000)
  })

  it("reads most of a connection whose first half was not captured", () => {
    const rest = events.slice(Math.floor(events.length / 2))
    const start: StreamEvent[] = (["client", "server"] as const).map((side) => ({ type: "gap", side, at: 1, offset: 0, length: 0 }))
    const exchanges = exchangesOf(factsOf(make, [...start, ...rest]))
    expect(exchanges.filter((exchange) => exchange.path !== "" && exchange.status !== 0).length).toBeGreaterThan(wanted.length / 4)
  })
})
