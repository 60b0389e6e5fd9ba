// Laws for the reader of every family, over samples made by chance within what the vendors document.
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { type Envelope, envelope } from "../../../services/contracts/envelope.ts"
import { chance, families, makeSample } from "../../bench/recognition/samples.ts"
import { type BodySketch, type ExchangeSketch, exchange, extract, frame, ofKind, sse } from "./facts.ts"

const sampled = fc.record({ family: fc.constantFrom(...families), seed: fc.integer({ min: 1, max: 1_000_000 }) })
const share = fc.double({ min: 0, max: 1, noNaN: true })

describe("the reader of every family", () => {
  it("says the same however the answer came in pieces", () => {
    fc.assert(
      fc.property(sampled, fc.array(share, { maxLength: 12 }), ({ family, seed }, cuts) => {
        const { sketch } = makeSample(family, chance(seed))
        const bytes = bytesOf(sketch.response?.body)
        const offsets = [...cuts, 1].map((cut) => Math.round(cut * bytes.length)).sort((a, b) => a - b)
        const marks = offsets.map((offset, index) => ({ offset, at: 2_000 + index * 10 }))
        const whole = { ...sketch, response: { ...sketch.response, body: bytes } }
        const pieces = { ...sketch, response: { ...sketch.response, body: bytes, marks } }
        expect(withoutTimes(extract([exchange(pieces)]))).toEqual(withoutTimes(extract([exchange(whole)])))
      }),
      { numRuns: 120 },
    )
  })

  it("keeps the name of an answer that is cut anywhere at the vendor's host, and of what was said a beginning", () => {
    fc.assert(
      fc.property(sampled, share, ({ family, seed }, cut) => {
        const { sketch, host, kind } = makeSample(family, chance(seed))
        if (host === undefined) return
        const bytes = bytesOf(sketch.response?.body)
        const short = { ...sketch.response, body: bytes.subarray(0, Math.floor(cut * bytes.length)), completeness: "truncated" as const }
        const rows = extract([exchange({ ...sketch, host, response: short })])
        expect(rows.some((row) => row.kind === kind && (row.kind !== "llm" || row.data.family === family))).toBe(true)
        // JSON that stops inside an escape loses its last letter, a stream never does.
        expect(saidIn(extract([exchange({ ...sketch, host })])).startsWith(saidIn(rows).replace(/\ufffd+$/, ""))).toBe(true)
        expect(ofKind(rows, "anomaly")).toEqual([])
      }),
      { numRuns: 150 },
    )
  })

  it("keeps the name of a request that is cut anywhere at the vendor's host", () => {
    fc.assert(
      fc.property(sampled, share, ({ family, seed }, cut) => {
        const { sketch, host } = makeSample(family, chance(seed))
        if (host === undefined) return
        const bytes = bytesOf(sketch.request?.body)
        const short = { ...sketch.request, body: bytes.subarray(0, Math.floor(cut * bytes.length)), completeness: "truncated" as const }
        const rows = extract([exchange({ ...sketch, host, request: short, response: { completeness: "open" } })])
        expect(ofKind(rows, "llm").map(({ data }) => data.completeness)).toEqual([expect.not.stringMatching("full")])
      }),
      { numRuns: 100 },
    )
  })
})

const realtime = [
  { side: "server", payload: { type: "session.created", session: { model: "m", tools: [] } } },
  { side: "client", payload: { type: "session.update", session: { instructions: "S", tools: [{ type: "function", name: "ls" }] } } },
  {
    side: "client",
    payload: { type: "conversation.item.create", item: { type: "message", role: "user", content: [{ type: "input_text", text: "U" }] } },
  },
  { side: "client", payload: { type: "response.create" } },
  { side: "server", payload: { type: "response.created", response: { id: "resp_1", status: "in_progress", output: [] } } },
  {
    side: "server",
    payload: { type: "response.output_item.added", output_index: 0, item: { type: "message", role: "assistant", content: [] } },
  },
  { side: "server", payload: { type: "response.output_audio_transcript.delta", output_index: 0, content_index: 0, delta: "A" } },
  {
    side: "server",
    payload: { type: "response.done", response: { id: "resp_1", status: "completed", output: [], usage: { input_tokens: 1 } } },
  },
] as const
const live = [
  { side: "client", payload: { setup: { model: "models/g", systemInstruction: { parts: [{ text: "S" }] } } } },
  { side: "server", payload: { setupComplete: {} } },
  { side: "client", payload: { clientContent: { turns: [{ role: "user", parts: [{ text: "U" }] }], turnComplete: true } } },
  { side: "server", payload: { toolCall: { functionCalls: [{ id: "f", name: "ls", args: {} }] } } },
  { side: "client", payload: { toolResponse: { functionResponses: [{ id: "f", name: "ls", response: {} }] } } },
  {
    side: "server",
    payload: { serverContent: { modelTurn: { parts: [{ text: "A" }] }, turnComplete: true }, usageMetadata: { promptTokenCount: 1 } },
  },
] as const
const many = [
  { side: "client", payload: { type: "response.create", stream_id: "a", model: "m", input: "U" } },
  { side: "client", payload: { type: "response.create", stream_id: "b", model: "m", input: "V" } },
  { side: "server", payload: { type: "response.output_text.delta", stream_id: "a", output_index: 0, content_index: 0, delta: "A" } },
  { side: "server", payload: { type: "response.output_text.delta", stream_id: "b", output_index: 0, content_index: 0, delta: "B" } },
  { side: "server", payload: { type: "response.completed", stream_id: "b", response: { id: "resp_b", status: "completed", output: [] } } },
  { side: "client", payload: { type: "response.steer", stream_id: "a", input: "W" } },
  { side: "server", payload: { type: "error", stream_id: "a", error: { message: "no" } } },
] as const

describe("sockets to models", () => {
  it.each([
    ["/v1/realtime?model=m", realtime],
    ["/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent", live],
    ["/v1/responses", many],
  ] as const)("%s: frames lost, doubled, cut or out of order make rows that keep the contract", (path, frames) => {
    const picked = fc.array(fc.record({ at: fc.nat(frames.length - 1), cut: fc.option(share, { nil: undefined, freq: 4 }) }), {
      maxLength: 20,
    })
    fc.assert(
      fc.property(picked, (order) => {
        const facts = order.map(({ at, cut }, index) => {
          const { side, payload } = frames[at] ?? frames[0]
          const text = JSON.stringify(payload)
          return frame({
            host: "m.example",
            path,
            side,
            index,
            at: 1_000 + index,
            payload: cut === undefined ? text : text.slice(0, Math.floor(cut * text.length)),
          })
        })
        const rows = extract(facts)
        for (const row of rows) expect(envelope.safeParse(row).error).toBeUndefined()
        expect(ofKind(rows, "anomaly")).toEqual([])
        expect(ofKind(rows, "websocket")).toHaveLength(order.length)
      }),
      { numRuns: 60 },
    )
  })
})

describe("streams of agents", () => {
  const types = [
    ...[
      "agent.message",
      "agent.tool_use",
      "agent.mcp_tool_result",
      "user.message",
      "span.model_request_end",
      "session.status_idle",
      "session.error",
    ],
    ...["thread.run.created", "thread.message.delta", "thread.run.requires_action", "RUN_STARTED", "TOOL_CALL_CHUNK", "MESSAGES_SNAPSHOT"],
    ...[
      "TEXT_MESSAGE_CHUNK",
      "values",
      "updates",
      "messages",
      "messages/partial",
      "REASONING_MESSAGE_CONTENT",
      "TOOL_CALL_RESULT",
      "statusUpdate",
      "artifactUpdate",
    ],
  ]
  const words = [
    "content",
    "text",
    "value",
    "delta",
    "toolCallId",
    "messages",
    "role",
    "status",
    "id",
    "input",
    "name",
    "usage",
    "model_usage",
    "input_tokens",
  ]
  const value = fc.letrec<{ any: unknown }>((tie) => ({
    any: fc.oneof(
      { depthSize: "small" },
      fc.constantFrom<unknown>("a", 1, -1, null, true, "text", "agent"),
      fc.array(tie("any"), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...words), tie("any"), { maxKeys: 4 }),
    ),
  })).any
  const event = fc.tuple(fc.constantFrom(...types), fc.dictionary(fc.constantFrom(...words), value, { maxKeys: 5 }))

  const graph = { assistant_id: "a", input: { messages: [{ type: "human", content: "U" }] } }
  const sketches: readonly (readonly ["llm" | "a2a", ExchangeSketch])[] = [
    ["llm", { host: "api.anthropic.com", path: "/v1/sessions/sesn_01/events/stream", method: "GET" }],
    ["llm", { host: "agents.example", path: "/threads/t/runs/stream", request: { body: graph } }],
    ["a2a", { host: "ui.example", path: "/run", request: { body: { threadId: "t", runId: "r", messages: [] } } }],
  ]

  it("make rows that keep the contract, whatever their events hold", () => {
    fc.assert(
      fc.property(
        fc.array(event, { minLength: 1, maxLength: 8 }),
        fc.boolean(),
        fc.constantFrom(...sketches),
        (events, inList, [kind, sketch]) => {
          const body = events
            .map(([type, fields]) => `event: ${type}\ndata: ${JSON.stringify(inList ? [{ ...fields, type }] : { ...fields, type })}\n\n`)
            .join("")
          const rows = extract([exchange({ ...sketch, response: { headers: sse, body } })])
          for (const row of rows) expect(envelope.safeParse(row).error).toBeUndefined()
          expect(ofKind(rows, "anomaly")).toEqual([])
          expect(ofKind(rows, kind)).toHaveLength(1)
        },
      ),
      { numRuns: 150 },
    )
  })
})

function bytesOf(body: BodySketch["body"]): Uint8Array {
  if (body instanceof Uint8Array) return body
  return Buffer.from(typeof body === "string" ? body : JSON.stringify(body ?? ""))
}

function withoutTimes(rows: readonly Envelope[]): unknown {
  return JSON.parse(JSON.stringify(rows, (key, inner: unknown) => (/Micros$|^at$|^marks$/.test(key) ? undefined : inner)))
}

function saidIn(rows: readonly Envelope[]): string {
  return ofKind(rows, "llm")
    .flatMap(({ data }) => data.outputMessages.flatMap(({ parts }) => parts.map((part) => (part.type === "text" ? part.text : ""))))
    .join("")
}
