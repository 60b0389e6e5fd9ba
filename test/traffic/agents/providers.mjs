// A fake outside world for whole agent products: every host name ends here. Models answer as their vendors document, ask for a command first, then for a tool
// of the tool server, then for a skill, then say what came of it. The TLS secrets are logged by this side, so that clients of any build can be read.
import { appendFileSync } from "node:fs"
import http from "node:http"
import http2 from "node:http2"
import { decompress } from "fzstd"
import { WebSocketServer } from "ws"

/** Every name that a product asks for in a run: also the names in the certificate. */
export const hosts = [
  "api.openai.com",
  "chatgpt.com",
  "ab.chatgpt.com",
  "api.anthropic.com",
  "generativelanguage.googleapis.com",
  "play.googleapis.com",
  "dashscope.aliyuncs.com",
  "api.github.com",
  "github.com",
  "api.individual.githubcopilot.com",
  "telemetry.individual.githubcopilot.com",
  "llm.corp.example",
  "mcp.tools.example",
]
const SAID = "There are 4 pelicans."
const pause = (ms) => new Promise((done) => setTimeout(done, ms))

/** @param {{ key: Buffer, cert: Buffer, keys: string, log: (line: string) => void }} options */
export async function startWorld({ key, cert, keys, log }) {
  const handle = (request, response) =>
    void answer(request, response, log).catch((error) => {
      log(`error ${request.url}: ${error.stack}`)
      if (!response.headersSent) response.writeHead(500)
      response.end()
    })
  const tls = http2.createSecureServer({ key, cert, allowHTTP1: true }, handle)
  tls.on("keylog", (line) => appendFileSync(keys, line))
  const sockets = new WebSocketServer({ noServer: true })
  tls.on("upgrade", (request, socket, head) => {
    log(`socket ${request.headers.host}${request.url}`)
    sockets.handleUpgrade(request, socket, head, (ws) => {
      const told = { results: 0 }
      ws.on("message", (data) => void socketTurn(ws, JSON.parse(data.toString()), told))
    })
  })
  const plain = http.createServer(handle)
  await Promise.all([new Promise((done) => tls.listen(443, done)), new Promise((done) => plain.listen(80, done))])
}

async function answer(request, response, log) {
  const host = (request.headers[":authority"] ?? request.headers.host ?? "").replace(/:\d+$/, "")
  const url = new URL(request.url, `https://${host}`)
  const body = await read(request)
  log(`${request.method} ${host}${url.pathname}`)
  const found = routes.find(([pattern]) => pattern.test(`${host}${url.pathname}`))
  if (found === undefined) return json(response, {}, 404)
  await found[1]({ request, response, body, url, host })
}

async function read(request) {
  const parts = []
  for await (const part of request) parts.push(part)
  let bytes = Buffer.concat(parts)
  if (request.headers["content-encoding"] === "zstd") bytes = Buffer.from(decompress(bytes))
  const text = bytes.toString()
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function json(response, value, status = 200, headers = {}) {
  response.writeHead(status, { "content-type": "application/json", ...headers })
  response.end(JSON.stringify(value))
}

async function sse(response, events, { named = false, done = false } = {}) {
  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" })
  for (const event of events) {
    response.write(`${named ? `event: ${event.type}\n` : ""}data: ${JSON.stringify(event)}\n\n`)
    await pause(3)
  }
  response.end(done ? "data: [DONE]\n\n" : undefined)
}

const routes = [
  [/^mcp\.tools\.example\//, toolServer],
  [/\/chat\/completions$/, chat],
  [/\/responses$/, responses],
  [/\/messages\/count_tokens$/, ({ response }) => json(response, { input_tokens: 1_200 })],
  [/\/v1\/messages$/, messages],
  [/enerateContent$/, gemini],
  [/:countTokens$/, ({ response }) => json(response, { totalTokens: 1_200 })],
  [/\/codex\/models$/, ({ response }) => json(response, { models: [] })],
  [/\/models$/, ({ response }) => json(response, { object: "list", data: MODELS.map((id) => ({ id, object: "model", owned_by: "x" })) })],
  [/^api\.github\.com\/copilot_internal\/user/, ({ response }) => json(response, copilotUser)],
  [
    /^api\.github\.com\/copilot_internal\/v2\/token/,
    ({ response }) => json(response, { token: "tid=1", expires_at: 4e9, refresh_in: 1500, endpoints: copilotUser.endpoints }),
  ],
  [/^api\.github\.com\/user$/, ({ response }) => json(response, { login: "ada", id: 1 })],
  [/telemetry|event|metric|statsig|log|traces/i, ({ response }) => json(response, {})],
]
const MODELS = ["claude-sonnet-4.5", "gpt-5", "gpt-5-mini"]
const copilotUser = {
  login: "ada",
  copilot_plan: "individual",
  chat_enabled: true,
  cli_enabled: true,
  is_mcp_enabled: true,
  endpoints: { api: "https://api.individual.githubcopilot.com", telemetry: "https://telemetry.individual.githubcopilot.com" },
}

/** What to ask for next: each of these once, where the client offers it. */
function next(tools, results) {
  const wanted = [
    [
      /^(?:bash|shell|shell_command|exec_command|run_shell_command|execute_command|run_terminal_command|run_commands|Bash|runTerminalCommand)$/,
      commandFor,
    ],
    [/calculator|(?:^|_)add$/, () => ({ a: 2, b: 2 })],
    [
      /^(?:skill|Skill|activate_skill|use_skill|read_skill|skills)$/,
      () => ({ skill: "pelican-counting", name: "pelican-counting", skill_name: "pelican-counting" }),
    ],
  ]
  const steps = wanted.flatMap(([pattern, make]) => {
    const tool = tools.find((one) => pattern.test(one.name))
    return tool === undefined ? [] : [{ name: tool.name, input: only(tool.schema, make(tool)) }]
  })
  return steps[results]
}

/** Clients refuse arguments that their schema does not name. */
function only(schema, input) {
  const known = Object.keys(schema?.properties ?? {})
  return known.length === 0 ? input : Object.fromEntries(Object.entries(input).filter(([name]) => known.includes(name)))
}

function commandFor({ name, schema }) {
  const line = "echo 4 pelicans"
  const properties = schema?.properties ?? {}
  if (properties.commands !== undefined) return { commands: [line] }
  if (properties.cmd !== undefined) return { cmd: line }
  if (properties.command?.type === "array") return { command: ["bash", "-lc", line] }
  return {
    command: line,
    description: "Counts",
    requires_approval: false,
    is_background: false,
    ...(name === "bash" && { timeout: 5_000 }),
  }
}

async function chat({ response, body }) {
  const tools = (body.tools ?? []).map((one) => ({ name: one.function?.name ?? one.name, schema: one.function?.parameters }))
  const call = next(tools, body.messages.filter((one) => one.role === "tool").length)
  const base = { id: "chatcmpl-1", object: "chat.completion.chunk", created: 1_790_000_000, model: body.model }
  const usage = { prompt_tokens: 1_200, completion_tokens: 17, total_tokens: 1_217, prompt_tokens_details: { cached_tokens: 8 } }
  const toolCall = call && {
    id: `call_${body.messages.length}`,
    type: "function",
    function: { name: call.name, arguments: JSON.stringify(call.input) },
  }
  if (!body.stream) {
    const message = { role: "assistant", content: call ? null : SAID, ...(call && { tool_calls: [toolCall] }) }
    return json(response, {
      ...base,
      object: "chat.completion",
      choices: [{ index: 0, message, finish_reason: call ? "tool_calls" : "stop" }],
      usage,
    })
  }
  const chunk = (delta, finish_reason = null) => ({ ...base, choices: [{ index: 0, delta, finish_reason }] })
  const said = call
    ? [chunk({ tool_calls: [{ index: 0, ...toolCall }] })]
    : [chunk({ content: SAID.slice(0, 9) }), chunk({ content: SAID.slice(9) })]
  const events = [
    chunk({ role: "assistant", content: "" }),
    ...said,
    chunk({}, call ? "tool_calls" : "stop"),
    { ...base, choices: [], usage },
  ]
  await sse(response, events, { done: true })
}

async function messages({ response, body }) {
  const tools = (body.tools ?? []).map((one) => ({ name: one.name, schema: one.input_schema }))
  const results = body.messages.flatMap((one) =>
    Array.isArray(one.content) ? one.content.filter((block) => block.type === "tool_result") : [],
  )
  const call = next(tools, results.length)
  const usage = { input_tokens: 1_200, cache_creation_input_tokens: 100, cache_read_input_tokens: 20, output_tokens: 17 }
  const start = {
    id: `msg_01${body.messages.length}`,
    type: "message",
    role: "assistant",
    model: body.model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage,
  }
  const block = call ? { type: "tool_use", id: `toolu_01${body.messages.length}`, name: call.name, input: {} } : { type: "text", text: "" }
  const stop_reason = call ? "tool_use" : "end_turn"
  if (!body.stream)
    return json(response, { ...start, content: [call ? { ...block, input: call.input } : { type: "text", text: SAID }], stop_reason })
  const deltas = call
    ? [{ type: "input_json_delta", partial_json: JSON.stringify(call.input) }]
    : [
        { type: "text_delta", text: SAID.slice(0, 9) },
        { type: "text_delta", text: SAID.slice(9) },
      ]
  await sse(
    response,
    [
      { type: "message_start", message: start },
      { type: "content_block_start", index: 0, content_block: block },
      ...deltas.map((delta) => ({ type: "content_block_delta", index: 0, delta })),
      { type: "content_block_stop", index: 0 },
      { type: "message_delta", delta: { stop_reason, stop_sequence: null }, usage: { output_tokens: 17 } },
      { type: "message_stop" },
    ],
    { named: true },
  )
}

/** @param {number} before results that earlier turns of a socket brought: there only what is new is sent */
function responseEvents(body, before = 0) {
  const flat = (body.tools ?? []).flatMap((one) => (one.type === "namespace" ? (one.tools ?? []) : [one]))
  const tools = flat.map((one) => ({ name: one.name ?? one.type, schema: one.parameters }))
  const input = Array.isArray(body.input) ? body.input : []
  const call = body.generate === false ? undefined : next(tools, before + resultsIn(input))
  const id = `resp_${input.length}_${Date.now()}`
  const message = {
    id: "msg_1",
    type: "message",
    status: "completed",
    role: "assistant",
    content: [{ type: "output_text", annotations: [], text: SAID }],
  }
  const item = call
    ? {
        id: `fc_${input.length}`,
        type: "function_call",
        status: "completed",
        call_id: `call_${input.length}`,
        name: call.name,
        arguments: JSON.stringify(call.input),
      }
    : message
  const usage = {
    input_tokens: 1_200,
    input_tokens_details: { cached_tokens: 4 },
    output_tokens: 12,
    output_tokens_details: { reasoning_tokens: 3 },
    total_tokens: 1_212,
  }
  const whole = (status, output) => ({
    id,
    object: "response",
    created_at: 1_790_000_000,
    status,
    model: body.model,
    output,
    error: null,
    usage: status === "completed" ? usage : null,
  })
  return [
    { type: "response.created", response: whole("in_progress", []) },
    { type: "response.output_item.added", output_index: 0, item: call ? { ...item, arguments: "" } : { ...message, content: [] } },
    ...(call
      ? [{ type: "response.function_call_arguments.done", item_id: item.id, output_index: 0, arguments: item.arguments }]
      : [{ type: "response.output_text.delta", item_id: "msg_1", output_index: 0, content_index: 0, delta: SAID }]),
    { type: "response.output_item.done", output_index: 0, item },
    { type: "response.completed", response: whole("completed", [item]) },
  ].map((event, sequence_number) => ({ ...event, sequence_number }))
}

async function responses({ response, body }) {
  const events = responseEvents(body)
  if (!body.stream) return json(response, events.at(-1).response)
  await sse(response, events, { named: true })
}

const resultsIn = (input) => input.filter((one) => /_output$/.test(one.type ?? "")).length

async function socketTurn(ws, body, told) {
  if (body.type !== "response.create") return
  const before = body.previous_response_id === undefined ? 0 : told.results
  told.results = before + resultsIn(body.input ?? [])
  for (const event of responseEvents(body, before)) {
    ws.send(JSON.stringify(event))
    await pause(3)
  }
}

async function gemini({ response, body, url }) {
  const inner = body.request ?? body
  const tools = (inner.tools ?? []).flatMap((one) =>
    (one.functionDeclarations ?? []).map((fn) => ({ name: fn.name, schema: fn.parametersJsonSchema ?? fn.parameters })),
  )
  const results = (inner.contents ?? []).flatMap((one) => (one.parts ?? []).filter((part) => part.functionResponse !== undefined))
  const call = next(tools, results.length)
  const part = call
    ? { functionCall: { name: call.name, args: call.input } }
    : {
        text: inner.generationConfig?.responseJsonSchema
          ? '{"complexity_reasoning":"x","complexity_score":10,"reasoning":"x","model_choice":"flash"}'
          : SAID,
      }
  const reply = {
    candidates: [{ content: { role: "model", parts: [part] }, finishReason: "STOP", index: 0 }],
    usageMetadata: {
      promptTokenCount: 1_200,
      candidatesTokenCount: 7,
      thoughtsTokenCount: 4,
      totalTokenCount: 1_211,
      cachedContentTokenCount: 3,
    },
    modelVersion: "gemini-3-pro-001",
    responseId: "r-1",
  }
  if (!url.pathname.includes("stream")) return json(response, body.request === undefined ? reply : { response: reply })
  await sse(response, [body.request === undefined ? reply : { response: reply }])
}

function toolServer({ request, response, body }) {
  if (request.method !== "POST") return json(response, { error: "method not allowed" }, 405)
  if (body.id === undefined) {
    response.writeHead(202)
    return response.end()
  }
  const results = {
    initialize: () => ({
      protocolVersion: body.params.protocolVersion,
      capabilities: { tools: {} },
      serverInfo: { name: "calculator", version: "1.2.3" },
    }),
    "tools/list": () => ({
      tools: [
        {
          name: "add",
          description: "Adds two numbers",
          inputSchema: { type: "object", properties: { a: { type: "number" }, b: { type: "number" } } },
        },
      ],
    }),
    "tools/call": () => ({ content: [{ type: "text", text: "4" }] }),
    "prompts/list": () => ({ prompts: [] }),
    "resources/list": () => ({ resources: [] }),
    "resources/templates/list": () => ({ resourceTemplates: [] }),
    ping: () => ({}),
  }
  const make = results[body.method]
  json(response, {
    jsonrpc: "2.0",
    id: body.id,
    ...(make === undefined ? { error: { code: -32601, message: "Method not found" } } : { result: make() }),
  })
}
