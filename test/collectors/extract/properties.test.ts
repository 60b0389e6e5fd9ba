import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { canonicalJson } from "../../../collectors/extract/json/canonical.ts"
import { parseJson } from "../../../collectors/extract/json/parse.ts"
import type { Json } from "../../../collectors/extract/json/read.ts"
import { envelope } from "../../../services/contracts/envelope.ts"
import { exchange, extract, frame, json, ofKind, sse } from "./facts.ts"

const paths = [
  "/v1/chat/completions",
  "/v1/responses",
  "/v1/messages",
  "/v1beta/models/m:streamGenerateContent",
  "/v1beta/interactions",
  "/model/m/converse-stream",
  "/model/m/invoke",
  "/v2/chat",
  "/api/v1/services/aigc/text-generation/generation",
  "/api/chat",
  "/v1/predictions",
  "/mcp",
  "/message:send",
  "/aiserver.v1.ChatService/X",
]
const hosts = [
  "api.openai.com",
  "api.anthropic.com",
  "generativelanguage.googleapis.com",
  "bedrock-runtime.us-east-1.amazonaws.com",
  "api.cohere.com",
  "dashscope.aliyuncs.com",
  "api.replicate.com",
  "x.example",
]
const medias = [
  "application/json",
  "text/event-stream",
  "application/x-ndjson",
  "application/vnd.amazon.eventstream",
  "application/connect+proto",
  "application/connect+json",
  "application/grpc",
  "text/plain",
]
const types = [
  "message_start",
  "content_block_delta",
  "content_block_start",
  "response.created",
  "response.output_text.delta",
  "response.completed",
  "step.delta",
  "text",
  "tool_use",
  "tool_result",
  "function_call",
  "image_url",
  "mcp_call",
  "shell_call",
]
const words = [
  "model",
  "messages",
  "role",
  "content",
  "parts",
  "tools",
  "choices",
  "delta",
  "index",
  "type",
  "text",
  "input",
  "output",
  "usage",
  "id",
  "name",
  "function",
  "arguments",
  "candidates",
  "contents",
  "system",
  "jsonrpc",
  "method",
  "params",
  "result",
  "error",
  "message",
  "item",
  "response",
  "content_block",
  "tool_calls",
  "source",
  "data",
  "status",
  "item",
  "stream_id",
  "steps",
  "step",
  "_meta",
  "serverContent",
  "setup",
  "toolConfig",
  "toolSpec",
]
const leaf = fc.oneof(
  fc.constantFrom(...types, ...words, "user", "assistant", "2.0", "tools/call", "initialize", "data:image/png;base64,AAAA"),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.string({ maxLength: 8 }),
)
/** JSON of the words that the parsers look for, put together without sense. */
const nonsense = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    leaf,
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...words), tie("value"), { maxKeys: 6 }),
  ),
})).value
const body = fc.oneof(
  nonsense.map((value) => JSON.stringify(value)),
  fc
    .array(nonsense, { maxLength: 5 })
    .map((all) => all.map((one) => `event: ${types[all.length]}\ndata: ${JSON.stringify(one)}\n\n`).join("")),
  fc.uint8Array({ maxLength: 200 }),
)

describe("whatever crosses the wire", () => {
  it("makes rows that keep the contract and never throws", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...paths),
        fc.constantFrom(...hosts),
        fc.constantFrom(...medias),
        fc.constantFrom(...medias),
        body,
        body,
        (path, host, asked, answered, request, response) => {
          const rows = extract([
            exchange({
              path,
              host,
              request: { headers: [["content-type", asked]], body: request },
              response: { headers: [["content-type", answered]], body: response },
            }),
            frame({ host, path, payload: request }),
            frame({ host, path, payload: response, side: "server" }),
          ])
          expect(rows.some((row) => row.kind === "http")).toBe(true)
          for (const row of rows) expect(envelope.safeParse(row).error).toBeUndefined()
          expect(ofKind(rows, "anomaly")).toEqual([])
        },
      ),
      { numRuns: 400 },
    )
  })

  it("survives JSON nested a hundred thousand deep", () => {
    const deep = `{"model":"m","messages":${"[".repeat(100_000)}${"]".repeat(100_000)}}`
    const rows = extract([
      exchange({
        host: "api.openai.com",
        path: "/v1/chat/completions",
        request: { headers: json, body: deep },
        response: { headers: json, body: deep },
      }),
    ])
    expect(ofKind(rows, "http")).toHaveLength(1)
    expect(ofKind(rows, "anomaly")).toMatchObject([{ data: { layer: "extract", code: "extract-failed" } }])
  })
})

describe("a body cut anywhere", () => {
  const request = JSON.stringify({
    model: "m1",
    system: "S\u00e9\ud83d\ude00\\n",
    messages: [
      { role: "user", content: 'quote " and \\ end' },
      { role: "assistant", content: [{ type: "tool_use", id: "t", name: "ls", input: { a: [1, 2.5, true, null] } }] },
    ],
  })
  it("gives a row at every cut, with the model as soon as it was said", () => {
    for (let cut = 1; cut < request.length; cut++) {
      const [row] = ofKind(
        extract([
          exchange({
            host: "api.anthropic.com",
            path: "/v1/messages",
            request: { headers: json, body: request.slice(0, cut), completeness: "truncated" },
          }),
        ]),
        "llm",
      )
      expect(row).toBeDefined()
      if (cut > 14) expect(row?.data.requestModel).toBe("m1")
      expect(row?.data.completeness).not.toBe("full")
    }
  })
  it("reads from broken JSON a beginning of what the whole says", () => {
    fc.assert(
      fc.property(
        fc.json({ maxDepth: 4 }).map((text) => `[${text}]`),
        fc.nat(),
        (text, at) => {
          const cut = text.slice(0, at % (text.length + 1))
          const whole = parseJson(text)
          expect(whole).toEqual({ value: JSON.parse(text), whole: true })
          const part = parseJson(cut)
          if (part !== undefined) expect(isBeginning(part.value, JSON.parse(text) as Json)).toBe(true)
        },
      ),
      { numRuns: 300 },
    )
  })
  it("has one canonical text whatever the order of keys", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ maxLength: 5 }), fc.jsonValue({ maxDepth: 2 })), (value) => {
        const turned = Object.fromEntries(Object.entries(value).reverse())
        expect(canonicalJson(turned as Json)).toBe(canonicalJson(value as Json))
        expect(JSON.parse(canonicalJson(value as Json))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
      { numRuns: 100 },
    )
  })
})

describe("a stream cut anywhere", () => {
  const chunk = (delta: object, finish_reason: string | null = null) =>
    `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", choices: [{ index: 0, delta, finish_reason }] })}\n\n`
  const stream = [
    chunk({ content: "Hé" }),
    chunk({ content: "llo 😀" }),
    chunk({ tool_calls: [{ index: 0, id: "t", function: { name: "ls", arguments: '{"a":1}' } }] }),
    chunk({}, "tool_calls"),
    "data: [DONE]\n\n",
  ].join("")
  it("keeps a beginning of what was said", () => {
    const bytes = Buffer.from(stream)
    for (let cut = 0; cut < bytes.length; cut++) {
      const [row] = ofKind(
        extract([
          exchange({
            host: "api.openai.com",
            path: "/v1/chat/completions",
            request: { body: { model: "m", messages: [{ role: "user", content: "x" }] } },
            response: { headers: sse, body: bytes.subarray(0, cut), completeness: "open" },
          }),
        ]),
        "llm",
      )
      const said =
        row?.data.outputMessages.flatMap((one) => one.parts.map((part) => (part.type === "text" ? part.text : ""))).join("") ?? ""
      expect("Héllo 😀".startsWith(said.replace(/\ufffd+$/, ""))).toBe(true)
      if (cut < stream.indexOf('tool_calls"}')) expect(row?.data.finished).toBe(false)
    }
  })
})

function isBeginning(part: Json, whole: Json): boolean {
  if (typeof part === "string" && typeof whole === "string") return whole.startsWith(part) || part.includes("\\")
  if (Array.isArray(part) && Array.isArray(whole))
    return part.length <= whole.length && part.every((one: Json, index) => isBeginning(one, whole[index] as Json))
  if (typeof part === "object" && part !== null && typeof whole === "object" && whole !== null) {
    return Object.entries(part).every(
      ([key, value]) => Object.hasOwn(whole, key) && isBeginning(value as Json, (whole as Record<string, Json>)[key] as Json),
    )
  }
  return Object.is(part, whole)
}
