import { createRequire } from "node:module"
import type { LayerContext } from "../../collectors/wire/context.ts"
import { decideFraming } from "../../collectors/wire/http1/framing.ts"
import { parseRequestHead, parseResponseHead } from "../../collectors/wire/http1/head.ts"
import { Http1Layer } from "../../collectors/wire/http1/layer.ts"
import { MessageReader } from "../../collectors/wire/http1/reader.ts"
import type { Side } from "../../collectors/wire/stream.ts"
import type { Benchmark } from "./benchmark.ts"
import { perCpuSecond } from "./cpu.ts"

const SEGMENT = 1400
const ANSWER =
  "HTTP/1.1 200 OK\r\nDate: Sat, 21 Nov 2026 08:00:00 GMT\r\nServer: bench\r\nX-Request-Id: 7d7c6a7e\r\nCache-Control: no-store\r\nVary: Origin\r\n"

const ONE_KB = { request: withLength(1000), response: answerOf(1000) }

export const benchmarks: readonly Benchmark[] = [
  row({ name: "http1-small", title: "POST of 1 KB, answer of 1 KB", messages: 60_000, ...ONE_KB, ours: parse }),
  row({
    name: "http1-upload",
    title: "POST of 64 KB, answer of 1 KB",
    messages: 6_000,
    ...ONE_KB,
    request: withLength(65_536),
    ours: parse,
  }),
  row({
    name: "http1-stream",
    title: "POST of 1 KB, chunked answer of 50 x 200 B",
    messages: 10_000,
    ...ONE_KB,
    response: chunked(50, 200),
    ours: parse,
  }),
  {
    ...row({
      name: "http1-exchange",
      title: "the same 1 KB messages joined to exchanges, bodies kept and hashed",
      messages: 60_000,
      ...ONE_KB,
      ours: exchanges,
    }),
    goal: 0.8,
    floor: 0.4,
  },
]

interface Shape {
  readonly name: string
  readonly title: string
  readonly messages: number
  readonly request: Buffer
  readonly response: Buffer
  readonly ours: (client: readonly Buffer[], server: readonly Buffer[], messages: number) => void
}

/** Both sides in segments of 1,400 bytes, as they come out of reassembly. llhttp only parses, so ours in these rows parses too, with all its checks. */
function row({ name, title, messages, request, response, ours }: Shape): Benchmark {
  return {
    name,
    title: `${title}, against node's own llhttp; CPU time of both`,
    unit: "exchanges/s",
    better: "higher",
    goal: 2,
    floor: 1.5,
    setup: () => {
      const parser = llhttp()
      if (parser === undefined) return Promise.resolve({ unavailable: "this Node hides its HTTP parser" })
      const client = segments(request)
      const server = segments(response)
      return Promise.resolve({
        ours: () => perCpuSecond(messages, () => ours(client, server, messages)),
        yardstick: () => perCpuSecond(messages, () => parser(client, server, messages)),
      })
    },
  }
}

/** Strict heads, framing, chunks; bodies handed on and counted. */
function parse(client: readonly Buffer[], server: readonly Buffer[], messages: number): void {
  const seen = { headers: 0, bytes: 0, done: 0 }
  const make = (side: Side) =>
    new MessageReader(side, {
      head: (text) => {
        const head = side === "client" ? parseRequestHead(text) : parseResponseHead(text)
        if (head === undefined) return undefined
        const { fields, version } = head
        seen.headers += fields.headers.length
        const status = head.kind === "response" ? { status: head.status } : {}
        return {
          framing: decideFraming({ headers: fields.headers, version, method: "", ...status, anomaly: () => undefined }),
          end: fields.end,
        }
      },
      data: (bytes) => {
        seen.bytes += bytes.length
      },
      finished: () => {
        seen.done++
      },
      bodyGap: () => undefined,
      trailer: () => undefined,
      cutHead: () => undefined,
      simpleAnswer: () => false,
      mayLackBody: () => false,
      lost: () => undefined,
      tunnel: () => undefined,
      anomaly: (code) => {
        throw new Error(code)
      },
    })
  const request = make("client")
  const response = make("server")
  for (let index = 0; index < messages; index++) {
    for (const bytes of client) request.data({ type: "data", side: "client", at: index, offset: 0, bytes })
    for (const bytes of server) response.data({ type: "data", side: "server", at: index, offset: 0, bytes })
  }
  if (seen.done !== 2 * messages) throw new Error(`${seen.done} of ${2 * messages} messages`)
}

/** The whole layer. */
function exchanges(client: readonly Buffer[], server: readonly Buffer[], messages: number): void {
  let seen = 0
  const context: LayerContext = {
    emit: (fact) => {
      if (fact.type === "exchange") seen++
    },
    keys: { find: () => undefined, generation: 0 },
    named: () => undefined,
    route: () => ({ handle: () => undefined }),
  }
  const layer = new Http1Layer(context, { inside: "tcp", serverPort: 80 })
  const offset: Record<Side, number> = { client: 0, server: 0 }
  let at = 0
  const feed = (side: Side, pieces: readonly Buffer[]) => {
    for (const bytes of pieces) {
      layer.handle({ type: "data", side, at: at++, offset: offset[side], bytes })
      offset[side] += bytes.length
    }
  }
  for (let index = 0; index < messages; index++) {
    feed("client", client)
    feed("server", server)
  }
  if (seen !== messages) throw new Error(`${seen} of ${messages} exchanges`)
}

interface Parser {
  initialize(type: number, resource: object): void
  execute(bytes: Buffer): number | Error
  [slot: number]: (...values: never[]) => unknown
}

/** The parser under node:http: `_http_common` shows its class, node itself uses it the same way. */
function llhttp(): ((client: readonly Buffer[], server: readonly Buffer[], messages: number) => void) | undefined {
  const { HTTPParser } = createRequire(import.meta.url)("_http_common") as {
    HTTPParser?: { new (): Parser; REQUEST: number; RESPONSE: number } & Record<string, number>
  }
  if (HTTPParser === undefined) return undefined
  const make = (type: number) => {
    const parser = new HTTPParser()
    parser.initialize(type, {})
    const state = { done: 0, bytes: 0, headers: 0 }
    const onHeaders: number = HTTPParser["kOnHeadersComplete"] ?? 2
    parser[onHeaders] = ((_major: never, _minor: never, headers: readonly string[]) => {
      state.headers += headers.length
      return 0
    }) as (...values: never[]) => unknown
    parser[HTTPParser["kOnBody"] ?? 3] = ((bytes: Buffer) => {
      state.bytes += bytes.length
    }) as (...values: never[]) => unknown
    parser[HTTPParser["kOnMessageComplete"] ?? 4] = (() => {
      state.done++
    }) as (...values: never[]) => unknown
    return { parser, state }
  }
  return (client, server, messages) => {
    const request = make(HTTPParser.REQUEST)
    const response = make(HTTPParser.RESPONSE)
    for (let index = 0; index < messages; index++) {
      for (const bytes of client) request.parser.execute(bytes)
      for (const bytes of server) response.parser.execute(bytes)
    }
    if (request.state.done !== messages || response.state.done !== messages) throw new Error("the yardstick lost messages")
  }
}

function withLength(length: number): Buffer {
  const head = [
    "POST /v1/messages HTTP/1.1",
    "Host: api.example.test",
    "User-Agent: bench/1.0 (linux; x64)",
    "Accept: application/json",
    "Accept-Encoding: gzip, deflate, br",
    "Content-Type: application/json",
    "Authorization: Bearer 0123456789abcdef0123456789abcdef",
    "X-Request-Id: 7d7c6a7e-8d3a-4c60-9b1f-1a2b3c4d5e6f",
    "Connection: keep-alive",
    `Content-Length: ${length}`,
  ]
  return Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`), Buffer.alloc(length, "p")])
}

function answerOf(length: number): Buffer {
  return Buffer.concat([
    Buffer.from(`${ANSWER}Content-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`),
    Buffer.alloc(length, "a"),
  ])
}

function chunked(count: number, length: number): Buffer {
  const chunk = Buffer.concat([Buffer.from(`${length.toString(16)}\r\n`), Buffer.alloc(length, "c"), Buffer.from("\r\n")])
  return Buffer.concat([
    Buffer.from(`${ANSWER}Content-Type: application/octet-stream\r\nTransfer-Encoding: chunked\r\n\r\n`),
    ...Array.from({ length: count }, () => chunk),
    Buffer.from("0\r\n\r\n"),
  ])
}

function segments(bytes: Buffer): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / SEGMENT) }, (_, index) => bytes.subarray(index * SEGMENT, (index + 1) * SEGMENT))
}
