// What naming costs, beside the least that anyone must do with such an exchange: decode its text and parse its JSON.
import { createHash } from "node:crypto"
import { createExtractor } from "../../collectors/extract/extractor.ts"
import type { HttpExchange } from "../../collectors/wire/facts.ts"
import { SseParser } from "../../collectors/wire/sse.ts"
import type { FlowRef } from "../../services/contracts/envelope.ts"
import { type Benchmark, perSecond } from "./benchmark.ts"

export const benchmarks: readonly Benchmark[] = [
  {
    name: "extract-turns",
    title: "40 turns of a coding agent (30 tools, growing history, streamed answers) to audit rows, against parsing their JSON",
    unit: "exchanges/s",
    better: "higher",
    goal: 0.15,
    floor: 0.08,
    setup: () => {
      const turns = session(TURNS)
      // Both warm: what is compared is the work, not the compiler.
      for (let round = 0; round < WARM; round++) if (name(turns) + parseOnly(turns) === 0) break
      return Promise.resolve({
        ours: () => perSecond(turns.length, () => name(turns)),
        yardstick: () => perSecond(turns.length, () => parseOnly(turns)),
      })
    },
  },
  {
    name: "extract-web",
    title: "ordinary JSON exchanges of 2 KB, which are no model calls, against parsing their JSON",
    unit: "exchanges/s",
    better: "higher",
    goal: 0.1,
    floor: 0.05,
    setup: () => {
      const pages = Array.from({ length: WEB }, (_, index) => webExchange(index))
      for (let round = 0; round < WARM; round++) if (name(pages) + parseOnly(pages) === 0) break
      return Promise.resolve({
        ours: () => perSecond(pages.length, () => name(pages)),
        yardstick: () => perSecond(pages.length, () => parseOnly(pages)),
      })
    },
  },
  {
    name: "extract-growth",
    title: "bytes of rows for turn 200 of a session, against those for turn 10",
    unit: "bytes",
    better: "lower",
    goal: 1.05,
    floor: 1.1,
    bound: "at-most",
    rounds: 1,
    setup: () => {
      const sizes = rowBytes(session(200))
      return Promise.resolve({ ours: () => sizes.at(-1) ?? 0, yardstick: () => sizes[9] ?? 0 })
    },
  },
]

function name(exchanges: readonly HttpExchange[]): number {
  let rows = 0
  const extractor = createExtractor({ sensor: "bench" })
  for (const exchange of exchanges)
    extractor.handle(exchange, flow, () => {
      rows += 1
    })
  return rows
}

function rowBytes(exchanges: readonly HttpExchange[]): number[] {
  const extractor = createExtractor({ sensor: "bench" })
  return exchanges.map((exchange) => {
    let bytes = 0
    extractor.handle(exchange, flow, (row) => {
      bytes += JSON.stringify(row).length
    })
    return bytes
  })
}

function parseOnly(exchanges: readonly HttpExchange[]): number {
  let parsed = 0
  for (const { request, response } of exchanges) {
    parsed += Object.keys(JSON.parse(decoder.decode(request?.body.bytes)) as object).length
    const bytes = response?.body.bytes ?? new Uint8Array(0)
    if (bytes[0] === BRACE) parsed += Object.keys(JSON.parse(decoder.decode(bytes)) as object).length
    else {
      const parser = new SseParser(({ data }) => {
        parsed += Object.keys(JSON.parse(data) as object).length
      })
      parser.push(bytes)
    }
  }
  return parsed
}

function session(turns: number): HttpExchange[] {
  const tools = Array.from({ length: 30 }, (_, index) => ({
    name: `tool_${index}`,
    description: WORDS,
    input_schema: { type: "object", properties: { path: { type: "string", description: WORDS } } },
  }))
  const messages: object[] = [{ role: "user", content: WORDS }]
  return Array.from({ length: turns }, (_, turn) => {
    const use = { type: "tool_use", id: `toolu_${turn}`, name: "tool_1", input: { path: `/src/${turn}.ts` } }
    const events: object[] = [
      {
        type: "message_start",
        message: { id: `msg_${turn}`, type: "message", role: "assistant", model: "claude", usage: { input_tokens: 9, output_tokens: 1 } },
      },
      ...WORDS.split(" ").map((word) => ({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text: `${word} ` } })),
      { type: "content_block_start", index: 1, content_block: { ...use, input: {} } },
      { type: "content_block_delta", index: 1, delta: { type: "input_json_delta", partial_json: JSON.stringify(use.input) } },
      { type: "message_delta", delta: { stop_reason: "tool_use" }, usage: { output_tokens: 99 } },
      { type: "message_stop" },
    ]
    const fact = exchange(turn, {
      path: "/v1/messages",
      host: "api.anthropic.com",
      request: JSON.stringify({ model: "claude", max_tokens: 1_000, stream: true, system: WORDS.repeat(20), tools, messages }),
      response: events.map((event) => `event: x\ndata: ${JSON.stringify(event)}\n\n`).join(""),
      media: "text/event-stream",
    })
    messages.push(
      { role: "assistant", content: [{ type: "text", text: `${WORDS} ` }, use] },
      { role: "user", content: [{ type: "tool_result", tool_use_id: use.id, content: `${turn} ${WORDS.repeat(4)}` }] },
    )
    return fact
  })
}

function webExchange(index: number): HttpExchange {
  const body = JSON.stringify({ id: index, name: WORDS, items: Array.from({ length: 10 }, (_, at) => ({ at, note: WORDS.slice(0, 100) })) })
  return exchange(index, { path: `/api/items/${index}`, host: "shop.example", request: body, response: body, media: "application/json" })
}

interface Sketch {
  readonly path: string
  readonly host: string
  readonly request: string
  readonly response: string
  readonly media: string
}

function exchange(stream: number, { path, host, request, response, media }: Sketch): HttpExchange {
  const at = 1_000_000 + stream * 10_000
  return {
    type: "exchange",
    version: "1.1",
    scheme: "https",
    method: "POST",
    authority: host,
    path,
    status: 200,
    stream,
    request: message(request, "application/json", at),
    response: message(response, media, at + 500),
  }
}

function message(text: string, media: string, at: number): NonNullable<HttpExchange["request"]> {
  const bytes = Buffer.from(text)
  const sha256 = createHash("sha256").update(bytes).digest("hex")
  return {
    headers: [["content-type", media]],
    trailers: [],
    body: { bytes, length: bytes.length, sha256, completeness: "full", encodedLength: bytes.length, marks: [{ offset: 0, at }] },
    startedAt: at,
    headAt: at,
    endedAt: at + 100,
  }
}

const flow: FlowRef = { id: "bench", vni: 0, client: { ip: "10.0.0.1", port: 1 }, server: { ip: "1.1.1.1", port: 443 }, transport: "tcp" }
const decoder = new TextDecoder()
const WORDS = "read the file and change what the test says is wrong then run it again and tell what happened ".repeat(3).trim()
const TURNS = 40
const WEB = 2_000
const WARM = 8
const BRACE = 0x7b
