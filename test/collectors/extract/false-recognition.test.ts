// Ordinary traffic that looks a little like model calls or MCP. None of it may be named so.
import { describe, expect, it } from "vitest"
import { type ExchangeSketch, exchange, extract, frame, json, ofKind, sse } from "./facts.ts"

const page = "<!doctype html><html><body>hello</body></html>"
const corpus: readonly (readonly [string, ExchangeSketch])[] = [
  ["a web page", { method: "GET", path: "/", response: { headers: [["content-type", "text/html"]], body: page } }],
  [
    "a REST list",
    { method: "GET", path: "/v1/models/cars", response: { headers: json, body: { object: "list", data: [{ id: 1, name: "T" }] } } },
  ],
  [
    "a CRUD write",
    {
      path: "/api/users",
      request: { headers: json, body: { name: "a", model: "T1", email: "x" } },
      response: { headers: json, body: { id: 1 } },
    },
  ],
  [
    "GraphQL",
    {
      path: "/graphql",
      request: {
        headers: json,
        body: {
          query: "query Q { messages { role content } model }",
          variables: { model: "m", messages: [{ role: "user", content: "x" }] },
          operationName: "Q",
        },
      },
      response: { headers: json, body: { data: { messages: [] } } },
    },
  ],
  [
    "GraphQL with messages at the top",
    {
      path: "/graphql",
      request: { headers: json, body: { query: "mutation", variables: {}, messages: [{ role: "user", content: "x" }], model: "m" } },
      response: { headers: json, body: { data: {} } },
    },
  ],
  [
    "a team chat post",
    {
      host: "slack.example.com",
      path: "/api/chat.postMessage",
      request: { headers: json, body: { channel: "C1", text: "hi", messages: [{ role: "user", content: "quoted" }] } },
      response: { headers: json, body: { ok: true, ts: "1" } },
    },
  ],
  [
    "a team chat history",
    {
      path: "/api/conversations.history",
      response: { headers: json, body: { ok: true, messages: [{ type: "message", user: "U", text: "hi", role: "user", content: "x" }] } },
    },
  ],
  [
    "a bot API",
    {
      path: "/bot123/sendMessage",
      request: { headers: json, body: { chat_id: 5, text: "x", message: "y" } },
      response: { headers: json, body: { ok: true, result: { message_id: 1 } } },
    },
  ],
  [
    "traces",
    {
      path: "/v1/traces",
      request: {
        headers: json,
        body: {
          resourceSpans: [{ scopeSpans: [{ spans: [{ attributes: [{ key: "gen_ai.request.model", value: { stringValue: "gpt" } }] }] }] }],
        },
      },
      response: { headers: json, body: {} },
    },
  ],
  [
    "a batch of analytics with a transcript inside",
    {
      path: "/v1/batch",
      request: {
        headers: json,
        body: { batch: [{ event: "llm", properties: { model: "m", messages: [{ role: "user", content: "x" }] } }], api_key: "k" },
      },
      response: { headers: json, body: { status: 1 } },
    },
  ],
  [
    "a tracing product that stores transcripts",
    {
      host: "cloud.langfuse.com",
      path: "/api/public/ingestion",
      request: {
        headers: json,
        body: {
          batch: [
            {
              type: "generation-create",
              body: { model: "m", input: [{ role: "user", content: "x" }], output: { role: "assistant", content: "y" } },
            },
          ],
        },
      },
      response: { headers: json, body: { successes: [] } },
    },
  ],
  [
    "a support desk",
    {
      path: "/api/v2/tickets",
      request: { headers: json, body: { messages: [{ role: "agent", content: "x", body: "y" }], status: "open" } },
      response: { headers: json, body: { id: 4 } },
    },
  ],
  [
    "an e-mail API",
    {
      path: "/v3/mail/send",
      request: { headers: json, body: { personalizations: [], content: [{ type: "text/plain", value: "x" }], model: "none" } },
      response: { status: 202 } as never,
    },
  ],
  [
    "a machine learning metrics API",
    {
      path: "/api/runs/log",
      request: { headers: json, body: { model: "resnet", temperature: 0.1, metrics: { loss: 1 }, usage: { prompt_tokens: 1 } } },
      response: { headers: json, body: { ok: true } },
    },
  ],
  [
    "a car configurator",
    {
      path: "/configure",
      request: { headers: json, body: { model: "X", prompt: "colour?", stream: false, top_p: 1 } },
      response: { headers: json, body: { choices: ["red", "blue"] } },
    },
  ],
  [
    "a survey with choices",
    {
      method: "GET",
      path: "/polls/1",
      response: {
        headers: json,
        body: {
          id: "p",
          question: "q",
          choices: [
            { text: "a", votes: 1 },
            { text: "b", votes: 2 },
          ],
          usage: {},
        },
      },
    },
  ],
  [
    "an election",
    { method: "GET", path: "/candidates", response: { headers: json, body: { candidates: [{ name: "A", content: "speech" }] } } },
  ],
  [
    "server-sent prices",
    {
      method: "GET",
      path: "/prices",
      response: { headers: sse, body: 'event: message\ndata: {"type":"price","delta":0.5}\n\ndata: {"type":"price","delta":0.7}\n\n' },
    },
  ],
  [
    "server-sent build logs",
    { method: "GET", path: "/events", response: { headers: sse, body: 'data: {"type":"message_start","build":1}\n\ndata: [DONE]\n\n' } },
  ],
  [
    "lines of a watch",
    {
      method: "GET",
      path: "/watch",
      response: { headers: [["content-type", "application/x-ndjson"]], body: '{"done":false,"object":{}}\n{"done":true}\n' },
    },
  ],
  [
    "a chain node",
    {
      path: "/",
      request: { headers: json, body: { jsonrpc: "2.0", id: 1, method: "eth_call", params: [{}] } },
      response: { headers: json, body: { jsonrpc: "2.0", id: 1, result: "0x" } },
    },
  ],
  [
    "a downloader",
    {
      path: "/jsonrpc",
      request: { headers: json, body: { jsonrpc: "2.0", id: "q", method: "aria2.addUri", params: [["x"]] } },
      response: { headers: json, body: { jsonrpc: "2.0", id: "q", result: "gid" } },
    },
  ],
  [
    "a media player",
    {
      path: "/jsonrpc",
      request: { headers: json, body: { jsonrpc: "2.0", id: 1, method: "Player.GetItem", params: { properties: [] } } },
      response: { headers: json, body: { jsonrpc: "2.0", id: 1, result: { item: {} } } },
    },
  ],
  [
    "a monitoring server",
    {
      path: "/api_jsonrpc.php",
      request: { headers: json, body: { jsonrpc: "2.0", id: 1, method: "host.get", params: {}, auth: "x" } },
      response: { headers: json, body: { jsonrpc: "2.0", id: 1, result: [] } },
    },
  ],
  [
    "an ERP",
    {
      path: "/jsonrpc",
      request: { headers: json, body: { jsonrpc: "2.0", id: 1, method: "call", params: { service: "object", method: "execute" } } },
      response: { headers: json, body: { jsonrpc: "2.0", id: 1, result: [] } },
    },
  ],
  [
    "a tool shop with a tools list",
    { method: "GET", path: "/tools", response: { headers: json, body: { result: { tools: [{ name: "hammer", inputSchema: {} }] } } } },
  ],
  [
    "a form that quotes MCP in a string",
    {
      path: "/paste",
      request: { headers: json, body: { content: '{"jsonrpc":"2.0","id":1,"method":"tools/list"}' } },
      response: { headers: json, body: { ok: true } },
    },
  ],
  [
    "a form that quotes a model call in a string",
    {
      path: "/paste",
      request: { headers: json, body: { content: '{"model":"m","messages":[{"role":"user","content":"x"}]}' } },
      response: { headers: json, body: { ok: true } },
    },
  ],
  [
    "a file called completions",
    { method: "GET", path: "/static/completions", response: { headers: [["content-type", "text/html"]], body: page } },
  ],
  [
    "a shop's chat path",
    { path: "/api/chat", request: { headers: json, body: { room: "1", text: "hello" } }, response: { headers: json, body: { ok: true } } },
  ],
  [
    "a generator of passwords",
    { path: "/api/generate", request: { headers: json, body: { length: 12 } }, response: { headers: json, body: { password: "x" } } },
  ],
  ["tags of a blog", { method: "GET", path: "/api/tags", response: { headers: json, body: { tags: ["a"], models: ["b"] } } }],
  [
    "survey responses",
    {
      path: "/surveys/1/responses",
      request: { headers: json, body: { answers: [1, 2], input: "x" } },
      response: { headers: json, body: { id: "r" } },
    },
  ],
  [
    "an inbox",
    {
      path: "/v1/messages",
      request: { headers: json, body: { to: "+1", body: "hi" } },
      response: { headers: json, body: { sid: "SM1", type: "message", content: "hi" } },
    },
  ],
  [
    "a vendor's web page",
    { host: "chatgpt.com", method: "GET", path: "/", response: { headers: [["content-type", "text/html"]], body: page } },
  ],
  [
    "a vendor's asset",
    {
      host: "claude.ai",
      method: "GET",
      path: "/assets/models/x.js",
      response: { headers: [["content-type", "text/javascript"]], body: "x" },
    },
  ],
  ["a preflight to a vendor", { host: "api.openai.com", method: "OPTIONS", path: "/v1/chat/completions" }],
  [
    "DNS of a cloud",
    {
      host: "api.cloudflare.com",
      path: "/client/v4/zones/z/dns_records",
      request: { headers: json, body: { type: "A", content: "1.2.3.4" } },
      response: { headers: json, body: { success: true } },
    },
  ],
]

describe("ordinary traffic", () => {
  it.each(corpus)("takes %s for neither model call nor MCP nor agents' talk", (_, sketch) => {
    const rows = extract([exchange(sketch)])
    expect([...ofKind(rows, "llm"), ...ofKind(rows, "mcp"), ...ofKind(rows, "a2a")].map((row) => row.data)).toEqual([])
    expect(ofKind(rows, "http")).toHaveLength(1)
  })
  it.each([
    ["a chat", { type: "message", role: "user", content: "x" }],
    ["a game", { op: 1, d: {} }],
    ["a terminal", { type: "session.start" }],
    ["prices", { jsonrpc: "2.0", method: "subscription", params: { channel: "x" } }],
  ])("takes a socket of %s for nothing else", (_, payload) => {
    const rows = extract([frame({ payload }), frame({ payload, side: "server" })])
    expect(rows.map((row) => row.kind)).toEqual(["websocket", "websocket"])
  })
})

describe("model APIs at hosts that nobody knows", () => {
  const chat = { model: "m", messages: [{ role: "user", content: "x" }], stream: true }
  it.each<readonly [string, string, ExchangeSketch]>([
    [
      "a proxy's own path",
      "openai.chat",
      {
        host: "llm.internal",
        path: "/proxy/7",
        request: { body: chat },
        response: {
          headers: sse,
          body: 'data: {"choices":[{"index":0,"delta":{"content":"a"}}]}\n\ndata: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n',
        },
      },
    ],
    [
      "an answer without a stream",
      "openai.chat",
      {
        host: "gpu-7.lan",
        path: "/v1/chat/completions",
        request: { body: { ...chat, stream: false } },
        response: {
          headers: json,
          body: {
            id: "x",
            object: "chat.completion",
            choices: [{ message: { role: "assistant", content: "a" } }],
            usage: { prompt_tokens: 1 },
          },
        },
      },
    ],
    [
      "a call that was refused",
      "openai.chat",
      {
        host: "reseller.example",
        path: "/v1/chat/completions",
        status: 401,
        request: { body: chat },
        response: { headers: json, body: { error: { message: "bad key" } } },
      },
    ],
    [
      "a call whose answer was not seen",
      "openai.chat",
      { host: "reseller.example", path: "/v1/chat/completions", status: 0, request: { body: chat } },
    ],
    [
      "Anthropic's shape",
      "anthropic.messages",
      {
        host: "relay.example",
        path: "/v1/messages",
        request: { headers: [["anthropic-version", "2023-06-01"]], body: { ...chat, max_tokens: 5 } },
        response: {
          headers: sse,
          body: 'event: message_start\ndata: {"type":"message_start","message":{"id":"msg_1","usage":{"input_tokens":1}}}\n\nevent: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"}}\n\n',
        },
      },
    ],
    [
      "Gemini's shape",
      "gemini.generate",
      {
        host: "relay.example",
        path: "/g",
        request: { body: { contents: [{ role: "user", parts: [{ text: "x" }] }] } },
        response: {
          headers: json,
          body: { candidates: [{ content: { parts: [{ text: "a" }] } }], usageMetadata: { promptTokenCount: 1 } },
        },
      },
    ],
    [
      "the responses shape",
      "openai.responses",
      {
        host: "relay.example",
        path: "/r",
        request: { body: { model: "m", input: "x" } },
        response: {
          headers: json,
          body: {
            id: "resp_1",
            object: "response",
            status: "completed",
            output: [{ type: "message", role: "assistant", content: [{ type: "output_text", text: "a" }] }],
          },
        },
      },
    ],
    [
      "DashScope's own shape",
      "dashscope",
      {
        host: "relay.example",
        path: "/d",
        request: { body: { model: "q", input: { messages: [{ role: "user", content: "x" }] }, parameters: {} } },
        response: {
          headers: json,
          body: { output: { choices: [{ message: { role: "assistant", content: "a" } }] }, usage: { output_tokens: 1 }, request_id: "r" },
        },
      },
    ],
    [
      "Cohere's shape",
      "cohere.chat",
      {
        host: "relay.example",
        path: "/c",
        request: { body: { model: "c", messages: [{ role: "user", content: "x" }] } },
        response: {
          headers: json,
          body: {
            id: "1",
            message: { role: "assistant", content: [{ type: "text", text: "a" }] },
            finish_reason: "COMPLETE",
            usage: { tokens: { input_tokens: 1, output_tokens: 1 } },
          },
        },
      },
    ],
    [
      "an interaction",
      "gemini.interactions",
      {
        host: "relay.example",
        path: "/i",
        request: { body: { model: "g", input: "x" } },
        response: {
          headers: json,
          body: {
            id: "i",
            object: "interaction",
            status: "completed",
            steps: [{ type: "model_output", content: [{ type: "text", text: "a" }] }],
          },
        },
      },
    ],
    [
      "the shape of converse",
      "bedrock.converse",
      {
        host: "relay.example",
        path: "/b",
        request: { body: { messages: [{ role: "user", content: [{ text: "x" }] }] } },
        response: {
          headers: json,
          body: {
            output: { message: { role: "assistant", content: [{ text: "a" }] } },
            stopReason: "end_turn",
            usage: { inputTokens: 1, outputTokens: 1 },
          },
        },
      },
    ],
  ])("recognises %s as %s, with its reasons", (_, family, sketch) => {
    const [llm] = ofKind(extract([exchange(sketch)]), "llm")
    expect(llm?.data).toMatchObject({ family, provider: "unknown", recognition: { by: "shape" } })
    expect(llm?.data.recognition.score).toBeGreaterThanOrEqual(6)
    expect(llm?.data.recognition.reasons.length).toBeGreaterThan(0)
    expect(JSON.stringify(llm?.data.inputMessages)).toContain('"x"')
  })
})
