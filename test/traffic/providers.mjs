// Fake providers on loopback that answer as the vendors document. One TLS server for all hosts: the clients are unmodified and think they are outside.

import http from "node:http"
import http2 from "node:http2"
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js"
import { SSEServerTransport } from "@modelcontextprotocol/sdk/server/sse.js"
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js"
import { WebSocketServer } from "ws"
import { eventFrame, json, pause } from "./answering.mjs"
import { liveSocket, otherHandlers } from "./other-providers.mjs"
import { realtimeSocket } from "./realtime-provider.mjs"

const id = "0123456789abcdef"
const SOCKETS = [
  ["BidiGenerateContent", liveSocket],
  ["/v1/realtime", realtimeSocket],
]

export async function startProviders({ key, cert, hosts = {} }) {
  const route = (request, response) => answer(request, response, hosts)
  const tls = http2.createSecureServer(
    { key, cert, allowHTTP1: true },
    (request, response) => void route(request, response).catch((error) => fail(response, error)),
  )
  const sockets = new WebSocketServer({ noServer: true })
  tls.on("upgrade", (request, socket, head) =>
    sockets.handleUpgrade(request, socket, head, SOCKETS.find(([path]) => request.url.includes(path))?.[1] ?? responsesSocket),
  )
  const plain = http.createServer((request, response) => void route(request, response).catch((error) => fail(response, error)))
  await Promise.all([
    new Promise((done) => tls.listen(443, "127.0.0.1", done)),
    new Promise((done) => plain.listen(11434, "127.0.0.1", done)),
  ])
  return {
    close: () => {
      tls.close()
      plain.close()
    },
  }
}

function fail(response, error) {
  console.error(error)
  if (!response.headersSent) response.writeHead(500)
  response.end(String(error))
}

async function answer(request, response, hosts) {
  const host = (request.headers[":authority"] ?? request.headers.host ?? "").replace(/:\d+$/, "")
  const url = new URL(request.url, `https://${host}`)
  if (hosts[host] !== undefined) return hosts[host](request, response, url)
  if (host === "mcp.tools.example") return mcp(request, response, url)
  const body = await read(request)
  const handler = handlers.find(([pattern]) => pattern.test(`${host}${url.pathname}`))
  if (handler === undefined) {
    response.writeHead(404, { "content-type": "application/json" })
    return response.end(JSON.stringify({ error: { message: `no ${host}${url.pathname}`, type: "not_found" } }))
  }
  if (body.model === "overloaded" || url.pathname.includes("overloaded")) return refuse(response, `${host}${url.pathname}`)
  await handler[1](response, body, url)
}

/** Each vendor refuses in its own words. */
function refuse(response, target) {
  const [, status, value, headers] = refusals.find(([pattern]) => pattern.test(target))
  json(response, value, { status, headers })
}

const refusals = [
  [/\/v1\/messages$/, 529, { type: "error", error: { type: "overloaded_error", message: "Overloaded" }, request_id: "req_02" }],
  [/enerateContent$/, 503, { error: { code: 503, message: "The model is overloaded.", status: "UNAVAILABLE" } }],
  [/\/interactions$/, 400, { error: { code: "invalid_request", message: "Model overloaded is not known." } }],
  [
    /\/converse(?:-stream)?$/,
    429,
    { message: "Too many requests" },
    { "x-amzn-errortype": "ThrottlingException:http://internal.amazon.com/" },
  ],
  [/\/api\/chat$/, 404, { error: "model 'overloaded' not found" }],
  [/./, 429, { error: { message: "Rate limit reached", type: "rate_limit_error", param: null, code: "rate_limit_exceeded" } }],
]

async function read(request) {
  const parts = []
  for await (const part of request) parts.push(part)
  const text = Buffer.concat(parts).toString()
  return text.startsWith("{") ? JSON.parse(text) : text
}

async function sse(response, events, { named = false, done = false } = {}) {
  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" })
  for (const event of events) {
    const name = event.type ?? event.event_type
    response.write(`${named ? `event: ${name}\n` : ""}data: ${JSON.stringify(event)}\n\n`)
    await pause(4)
  }
  response.end(done ? "data: [DONE]\n\n" : undefined)
}

const handlers = [
  ...otherHandlers,
  [/\/chat\/completions$/, chat],
  [/\/v1\/responses$/, responses],
  [/\/v1\/messages$/, messages],
  [/:generateContent$/, (response) => json(response, gemini([{ text: "The sum is 4." }], "STOP"))],
  [
    /:streamGenerateContent$/,
    (response) =>
      sse(response, [
        gemini([{ text: "Thinking.", thought: true }]),
        gemini([{ text: "The sum " }]),
        gemini([{ text: "is 4." }, { functionCall: { name: "add", args: { a: 2, b: 2 } } }], "STOP"),
      ]),
  ],
  [/\/interactions$/, interactions],
  [/\/api\/chat$/, ollama],
  [/\/converse-stream$/, converseStream],
  [
    /\/converse$/,
    (response) =>
      json(response, {
        output: {
          message: {
            role: "assistant",
            content: [{ text: "The sum is 4." }, { toolUse: { toolUseId: "tooluse_1", name: "add", input: { a: 2, b: 2 } } }],
          },
        },
        stopReason: "tool_use",
        usage: { inputTokens: 20, outputTokens: 9, totalTokens: 29 },
        metrics: { latencyMs: 12 },
      }),
  ],
]

async function chat(response, body) {
  if (body.model === "overloaded")
    return json(
      response,
      { error: { message: "Rate limit reached", type: "rate_limit_error", param: null, code: "rate_limit_exceeded" } },
      { status: 429 },
    )
  const base = {
    id: `chatcmpl-${id}`,
    object: "chat.completion.chunk",
    created: 1_790_000_000,
    model: "gpt-5-2026-08-07",
    service_tier: "default",
    system_fingerprint: "fp_1",
  }
  const usage = {
    prompt_tokens: 42,
    completion_tokens: 17,
    total_tokens: 59,
    prompt_tokens_details: { cached_tokens: 8, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 5, audio_tokens: 0, accepted_prediction_tokens: 0, rejected_prediction_tokens: 0 },
  }
  const call = { id: "call_1", type: "function", function: { name: "add", arguments: '{"a":2,"b":2}' } }
  const answered = body.messages.some((one) => one.role === "tool")
  const tools = body.tools !== undefined && !answered
  if (!body.stream) {
    const message = {
      role: "assistant",
      content: tools ? null : "The sum is 4.",
      refusal: null,
      annotations: [],
      ...(tools && { tool_calls: [call] }),
    }
    return json(
      response,
      {
        ...base,
        object: "chat.completion",
        choices: [{ index: 0, message, logprobs: null, finish_reason: tools ? "tool_calls" : "stop" }],
        usage,
      },
      { headers: { "openai-processing-ms": "5", "x-request-id": "req_1" } },
    )
  }
  const chunk = (delta, finish_reason = null) => ({ ...base, choices: [{ index: 0, delta, logprobs: null, finish_reason }], usage: null })
  const words = tools
    ? [
        chunk({ tool_calls: [{ index: 0, id: "call_1", type: "function", function: { name: "add", arguments: "" } }] }),
        chunk({ tool_calls: [{ index: 0, function: { arguments: '{"a":2,' } }] }),
        chunk({ tool_calls: [{ index: 0, function: { arguments: '"b":2}' } }] }),
      ]
    : [chunk({ content: "The sum " }), chunk({ content: "is 4." })]
  await sse(
    response,
    [
      chunk({ role: "assistant", content: "", refusal: null }),
      ...words,
      chunk({}, tools ? "tool_calls" : "stop"),
      { ...base, choices: [], usage },
    ],
    { done: true },
  )
}

function responseObject(body, output, status = "completed") {
  return {
    id: `resp_${body.previous_response_id === undefined || body.previous_response_id === null ? "1" : "2"}${id}`,
    object: "response",
    created_at: 1_790_000_000,
    status,
    background: false,
    error: null,
    incomplete_details: null,
    instructions: body.instructions ?? null,
    max_output_tokens: null,
    model: "gpt-5-2026-08-07",
    output,
    parallel_tool_calls: true,
    previous_response_id: body.previous_response_id ?? null,
    reasoning: { effort: "medium", summary: null },
    store: true,
    temperature: 1,
    text: { format: { type: "text" } },
    tool_choice: "auto",
    tools: body.tools ?? [],
    top_p: 1,
    truncation: "disabled",
    usage:
      status === "completed"
        ? {
            input_tokens: 36,
            input_tokens_details: { cached_tokens: 4 },
            output_tokens: 12,
            output_tokens_details: { reasoning_tokens: 3 },
            total_tokens: 48,
          }
        : null,
    user: null,
    metadata: {},
  }
}

function responseEvents(body) {
  const message = {
    id: "msg_1",
    type: "message",
    status: "completed",
    role: "assistant",
    content: [{ type: "output_text", annotations: [], logprobs: [], text: "The sum is 4." }],
  }
  const mcpTools = (body.tools ?? []).filter((tool) => tool.type === "mcp")
  const hosted = mcpTools.flatMap((tool) => [
    {
      id: "mcpl_1",
      type: "mcp_list_tools",
      server_label: tool.server_label,
      tools: [
        {
          name: "find",
          description: "Finds customers",
          input_schema: { type: "object", properties: { q: { type: "string" } } },
          annotations: null,
        },
      ],
    },
    {
      id: "mcp_1",
      type: "mcp_call",
      server_label: tool.server_label,
      name: "find",
      arguments: '{"q":"ada"}',
      output: "Ada Lovelace",
      error: null,
      approval_request_id: null,
      status: "completed",
    },
  ])
  const output = [{ id: "rs_1", type: "reasoning", summary: [{ type: "summary_text", text: "Adding numbers." }] }, ...hosted, message]
  const at = output.length - 1
  return [
    { type: "response.created", response: responseObject(body, [], "in_progress") },
    { type: "response.in_progress", response: responseObject(body, [], "in_progress") },
    { type: "response.output_item.added", output_index: at, item: { ...message, status: "in_progress", content: [] } },
    {
      type: "response.content_part.added",
      item_id: "msg_1",
      output_index: at,
      content_index: 0,
      part: { type: "output_text", annotations: [], text: "" },
    },
    { type: "response.output_text.delta", item_id: "msg_1", output_index: at, content_index: 0, delta: "The sum ", logprobs: [] },
    { type: "response.output_text.delta", item_id: "msg_1", output_index: at, content_index: 0, delta: "is 4.", logprobs: [] },
    { type: "response.output_text.done", item_id: "msg_1", output_index: at, content_index: 0, text: "The sum is 4.", logprobs: [] },
    { type: "response.output_item.done", output_index: at, item: message },
    { type: "response.completed", response: responseObject(body, output) },
  ].map((event, sequence_number) => ({ ...event, sequence_number }))
}

async function responses(response, body) {
  const events = responseEvents(body)
  if (!body.stream) return json(response, events.at(-1).response)
  await sse(response, events, { named: true })
}

function responsesSocket(ws) {
  ws.on("message", async (data) => {
    const body = JSON.parse(data.toString())
    if (body.type !== "response.create") return
    for (const event of responseEvents(body)) {
      ws.send(JSON.stringify(event))
      await pause(3)
    }
  })
}

async function messages(response, body) {
  const usage = {
    input_tokens: 12,
    cache_creation_input_tokens: 100,
    cache_read_input_tokens: 2_000,
    cache_creation: { ephemeral_5m_input_tokens: 100, ephemeral_1h_input_tokens: 0 },
    output_tokens: 3,
    service_tier: "standard",
  }
  const start = {
    id: `msg_01${id}`,
    type: "message",
    role: "assistant",
    model: "claude-sonnet-5",
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage,
  }
  const answered = body.messages.some((one) => Array.isArray(one.content) && one.content.some((block) => block.type === "tool_result"))
  const tools = body.tools !== undefined && !answered
  const use = { type: "tool_use", id: "toolu_01A", name: "add", input: { a: 2, b: 2 } }
  if (!body.stream)
    return json(
      response,
      {
        ...start,
        content: [{ type: "text", text: "The sum is 4." }, ...(tools ? [use] : [])],
        stop_reason: tools ? "tool_use" : "end_turn",
        usage: { ...usage, output_tokens: 30 },
      },
      { headers: { "request-id": "req_01", "anthropic-organization-id": "org" } },
    )
  await sse(
    response,
    [
      { type: "message_start", message: start },
      { type: "content_block_start", index: 0, content_block: { type: "thinking", thinking: "", signature: "" } },
      { type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: "Adding numbers." } },
      { type: "content_block_delta", index: 0, delta: { type: "signature_delta", signature: "c2ln" } },
      { type: "content_block_stop", index: 0 },
      { type: "content_block_start", index: 1, content_block: { type: "text", text: "" } },
      { type: "ping" },
      { type: "content_block_delta", index: 1, delta: { type: "text_delta", text: "The sum " } },
      { type: "content_block_delta", index: 1, delta: { type: "text_delta", text: "is 4." } },
      { type: "content_block_stop", index: 1 },
      ...(tools
        ? [
            { type: "content_block_start", index: 2, content_block: { ...use, input: {} } },
            { type: "content_block_delta", index: 2, delta: { type: "input_json_delta", partial_json: '{"a":2,' } },
            { type: "content_block_delta", index: 2, delta: { type: "input_json_delta", partial_json: '"b":2}' } },
            { type: "content_block_stop", index: 2 },
          ]
        : []),
      { type: "message_delta", delta: { stop_reason: tools ? "tool_use" : "end_turn", stop_sequence: null }, usage: { output_tokens: 30 } },
      { type: "message_stop" },
    ],
    { named: true },
  )
}

function gemini(parts, finishReason) {
  return {
    candidates: [{ content: { role: "model", parts }, ...(finishReason && { finishReason }), index: 0 }],
    usageMetadata: {
      promptTokenCount: 15,
      candidatesTokenCount: 7,
      thoughtsTokenCount: 4,
      totalTokenCount: 26,
      cachedContentTokenCount: 3,
    },
    modelVersion: "gemini-3-pro-001",
    responseId: "r-1",
  }
}

async function interactions(response, body) {
  const whole = {
    id: "interactions/i1",
    object: "interaction",
    model: body.model,
    status: "completed",
    steps: [
      { type: "thought", summary: [{ type: "text", text: "Adding numbers." }] },
      { type: "model_output", content: [{ type: "text", text: "The sum is 4." }] },
      ...(body.tools === undefined ? [] : [{ type: "function_call", id: "call_1", name: "add", arguments: { a: 2, b: 2 } }]),
    ],
    usage: { total_input_tokens: 15, total_output_tokens: 7, total_thought_tokens: 4, total_cached_tokens: 3, total_tokens: 26 },
    created: "2026-11-01T00:00:00Z",
    updated: "2026-11-01T00:00:01Z",
  }
  if (!body.stream) return json(response, whole)
  await sse(
    response,
    [
      { event_type: "interaction.created", interaction: { id: whole.id, model: body.model, object: "interaction", status: "in_progress" } },
      { event_type: "step.start", index: 0, step: { type: "thought" } },
      { event_type: "step.delta", index: 0, delta: { type: "thought_summary", content: { type: "text", text: "Adding numbers." } } },
      { event_type: "step.stop", index: 0 },
      { event_type: "step.start", index: 1, step: { type: "model_output" } },
      { event_type: "step.delta", index: 1, delta: { type: "text", text: "The sum " } },
      { event_type: "step.delta", index: 1, delta: { type: "text", text: "is 4." } },
      { event_type: "step.stop", index: 1 },
      {
        event_type: "interaction.completed",
        interaction: { id: whole.id, model: body.model, object: "interaction", status: "completed", usage: whole.usage },
      },
    ],
    { named: true },
  )
}

async function ollama(response, body) {
  const base = { model: body.model, created_at: "2026-11-01T00:00:00Z" }
  const last = {
    ...base,
    message: { role: "assistant", content: "" },
    done: true,
    done_reason: "stop",
    total_duration: 5,
    load_duration: 1,
    prompt_eval_count: 26,
    prompt_eval_duration: 1,
    eval_count: 9,
    eval_duration: 2,
  }
  if (body.stream === false) return json(response, { ...last, message: { role: "assistant", content: "The sum is 4." } })
  response.writeHead(200, { "content-type": "application/x-ndjson" })
  for (const message of [
    { role: "assistant", content: "", thinking: "Adding numbers." },
    { role: "assistant", content: "The sum " },
    { role: "assistant", content: "is 4.", tool_calls: [{ function: { name: "add", arguments: { a: 2, b: 2 } } }] },
  ]) {
    response.write(`${JSON.stringify({ ...base, message, done: false })}\n`)
    await pause(4)
  }
  response.end(`${JSON.stringify(last)}\n`)
}

async function converseStream(response) {
  response.writeHead(200, { "content-type": "application/vnd.amazon.eventstream" })
  const frames = [
    ["messageStart", { role: "assistant" }],
    ["contentBlockDelta", { contentBlockIndex: 0, delta: { text: "The sum " } }],
    ["contentBlockDelta", { contentBlockIndex: 0, delta: { text: "is 4." } }],
    ["contentBlockStop", { contentBlockIndex: 0 }],
    ["contentBlockStart", { contentBlockIndex: 1, start: { toolUse: { toolUseId: "tooluse_1", name: "add" } } }],
    ["contentBlockDelta", { contentBlockIndex: 1, delta: { toolUse: { input: '{"a":2,"b":2}' } } }],
    ["contentBlockStop", { contentBlockIndex: 1 }],
    ["messageStop", { stopReason: "tool_use" }],
    ["metadata", { usage: { inputTokens: 20, outputTokens: 9, totalTokens: 29 }, metrics: { latencyMs: 12 } }],
  ]
  for (const [type, payload] of frames) {
    response.write(eventFrame(type, payload))
    await pause(4)
  }
  response.end()
}

const old = new Map()
const sessions = new Map()

function toolServer() {
  const server = new McpServer({ name: "calculator", version: "1.2.3" }, { instructions: "Adds numbers." })
  server.registerTool("add", { title: "Add", description: "Adds two numbers", annotations: { readOnlyHint: true } }, async () => ({
    content: [{ type: "text", text: "4" }],
  }))
  server.registerTool("divide", { description: "Divides two numbers" }, async () => ({
    content: [{ type: "text", text: "cannot divide by zero" }],
    structuredContent: { reason: "zero" },
    isError: true,
  }))
  server.registerResource("readme", "file:///readme.md", { description: "How to add", mimeType: "text/markdown" }, async () => ({
    contents: [{ uri: "file:///readme.md", text: "# Adding" }],
  }))
  server.registerPrompt("sum", { description: "Sums up" }, () => ({
    messages: [{ role: "user", content: { type: "text", text: "Sum it up." } }],
  }))
  return server
}

async function mcp(request, response, url) {
  if (url.pathname === "/sse") {
    const transport = new SSEServerTransport("/messages", response)
    old.set(transport.sessionId, transport)
    return toolServer().connect(transport)
  }
  if (url.pathname === "/messages") return old.get(url.searchParams.get("sessionId")).handlePostMessage(request, response)
  const known = sessions.get(request.headers["mcp-session-id"])
  if (known !== undefined) return known.handleRequest(request, response)
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: () => crypto.randomUUID(),
    onsessioninitialized: (session) => sessions.set(session, transport),
  })
  await toolServer().connect(transport)
  return transport.handleRequest(request, response)
}
