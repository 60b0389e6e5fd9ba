import { describe, expect, it } from "vitest"
import type { HeaderList, SseFact, WireFact } from "../../../../collectors/wire/facts.ts"
import { envelope } from "../../../../services/contracts/envelope.ts"
import { type ExchangeSketch, exchange, extract, frame, json, ofKind, sse } from "../facts.ts"

const meta = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientInfo": { name: "demo", version: "1" },
}
const rpc = (id: number | string | undefined, method: string, params?: object) => ({
  jsonrpc: "2.0",
  ...(id !== undefined && { id }),
  method,
  ...(params && { params }),
})
const ok = (id: number | string, result: object) => ({ jsonrpc: "2.0", id, result })
const events = (...data: object[]) => data.map((one) => `event: message\ndata: ${JSON.stringify(one)}\n\n`).join("")
let stream = 0
const post = (body: object, reply: object | string, more: ExchangeSketch = {}) =>
  exchange({
    host: "tools.example.com",
    path: "/mcp",
    stream: stream++,
    ...more,
    request: { headers: json, body, ...more.request },
    response: { headers: typeof reply === "string" ? sse : json, body: reply, ...more.response },
  })

function mcp(...facts: WireFact[]) {
  const rows = extract(facts)
  for (const row of rows) expect(envelope.safeParse(row).error).toBeUndefined()
  return ofKind(rows, "mcp").map((row) => row.data)
}
function event(
  data: object | string,
  {
    index = 0,
    name = "message",
    path = "/sse",
    method = "GET",
    flowStream = 0,
  }: { index?: number; name?: string; path?: string; method?: string; flowStream?: number } = {},
): SseFact {
  return {
    type: "sse",
    stream: flowStream,
    at: 5_000 + index,
    authority: "tools.example.com",
    path,
    method,
    requestHeaders: [],
    responseHeaders: sse,
    index,
    event: name,
    data: typeof data === "string" ? data : JSON.stringify(data),
    id: "",
  }
}

describe("Streamable HTTP with sessions", () => {
  const initialize = post(
    rpc(0, "initialize", { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "cursor-vscode", version: "1" } }),
    ok(0, {
      protocolVersion: "2025-06-18",
      capabilities: { tools: {} },
      serverInfo: { name: "srv", version: "2" },
      instructions: "Be kind.",
    }),
    {
      response: { headers: [...json, ["mcp-session-id", "S1"]] },
    },
  )
  const session = { request: { headers: [...json, ["mcp-session-id", "S1"] as const] } }

  it("remembers who talks and joins a call with the event that answers it", () => {
    const call = post(
      rpc(1, "tools/call", { name: "find", arguments: { q: "x" }, _meta: { traceparent: "00-a-b-01" } }),
      events(
        rpc(undefined, "notifications/progress", { progress: 1 }),
        ok(1, { content: [{ type: "text", text: '{"n":1}' }], structuredContent: { n: 1 }, isError: false }),
      ),
    )
    const rows = mcp(initialize, { ...call, request: { ...call.request, headers: session.request.headers } as never })
    expect(rows.map((row) => row.method)).toEqual(["initialize", "notifications/progress", "tools/call"])
    expect(rows[0]).toMatchObject({
      certainty: "certain",
      sessionId: "S1",
      client: { name: "cursor-vscode" },
      server: { name: "srv", version: "2" },
      protocolVersion: "2025-06-18",
      instructions: "Be kind.",
    })
    expect(rows[1]).toMatchObject({ sender: "server", direction: "inbound", notification: true })
    expect(rows[2]).toMatchObject({
      toolName: "find",
      arguments: '{"q":"x"}',
      structuredResult: '{"n":1}',
      isError: false,
      client: { name: "cursor-vscode" },
      server: { name: "srv" },
      traceparent: "00-a-b-01",
      requestId: "1",
      completeness: "full",
    })
    expect(rows[2]?.result).toBeUndefined()
  })

  it("puts an inventory together over its pages, whatever the order of keys and tools", () => {
    const a = { name: "a", description: "A", inputSchema: { type: "object", properties: {} } }
    const b = { inputSchema: { properties: {}, type: "object" }, name: "b", description: "B" }
    const rows = mcp(
      initialize,
      post(rpc(1, "tools/list"), ok(1, { tools: [a], nextCursor: "n" }), session),
      post(rpc(2, "tools/list", { cursor: "n" }), ok(2, { tools: [b] }), session),
      post(rpc(3, "tools/list"), ok(3, { tools: [{ ...b, inputSchema: { type: "object", properties: {} } }, a] }), session),
      post(rpc(4, "tools/list"), ok(4, { tools: [{ ...a, description: "changed" }, b] }), session),
    ).slice(1)
    expect(rows[0]?.inventory).toBeUndefined()
    expect(rows[1]?.inventory).toMatchObject({ items: 2 })
    expect(rows[2]?.inventory).toEqual(rows[1]?.inventory)
    expect(rows[3]?.inventory?.hash).not.toBe(rows[2]?.inventory?.hash)
    expect(rows[3]?.tools[0]?.hash).not.toBe(rows[0]?.tools[0]?.hash)
  })

  it("joins a question of the server with the answer that the client posts later", () => {
    const asks = event(
      rpc(9, "sampling/createMessage", { messages: [{ role: "user", content: { type: "text", text: "hi" } }], maxTokens: 5 }),
      { path: "/mcp" },
    )
    const answer = post(ok(9, { role: "assistant", content: { type: "text", text: "yo" }, model: "m" }), "", { status: 202 })
    const rows = mcp(initialize, asks, answer)
    expect(rows.at(-1)).toMatchObject({ method: "sampling/createMessage", sender: "server", result: "yo", completeness: "full" })
    expect(rows.at(-1)?.arguments).toContain('"text":"hi"')
  })

  it("reads a batch and an error", () => {
    const rows = mcp(
      post([rpc(1, "tools/call", { name: "x", arguments: {} }), rpc(undefined, "notifications/initialized")], [
        { jsonrpc: "2.0", id: 1, error: { code: -32602, message: "no", data: { d: 1 } } },
      ] as never),
    )
    expect(rows.map((row) => row.method)).toEqual(["tools/call", "notifications/initialized"])
    expect(rows[0]).toMatchObject({ error: { code: -32602, message: "no" }, raw: '{"errorData":{"d":1}}' })
  })

  it("keeps a call that was never answered", () => {
    const lost = post(rpc(1, "tools/call", { name: "slow" }), "")
    expect(mcp({ ...lost, response: undefined })).toMatchObject([{ method: "tools/call", toolName: "slow", completeness: "open" }])
  })
})

describe("the old pair of connections", () => {
  it("joins what is posted with what comes back on the event stream", () => {
    const call = post(rpc(4, "tools/call", { name: "ls", arguments: {} }), "", { path: "/messages?sessionId=abc", status: 202 })
    const answer = event(ok(4, { content: [{ type: "text", text: "a.txt" }] }), { index: 1 })
    const rows = mcp(event("/messages?sessionId=abc", { name: "endpoint" }), call, answer)
    expect(rows).toMatchObject([{ transport: "http-sse", method: "tools/call", result: "a.txt", certainty: "certain" }])
    const overtaken = mcp(event("/messages?sessionId=abc", { name: "endpoint" }), answer, call)
    expect(overtaken).toMatchObject([{ method: "tools/call", result: "a.txt" }])
  })
})

describe("the stateless revision", () => {
  const headers = [...json, ["mcp-protocol-version", "2026-07-28"], ["mcp-method", "tools/call"], ["mcp-name", "search"]] as const
  it("reads identity from every request and sees header and body disagree", () => {
    const body = rpc(7, "tools/call", { name: "delete_all", arguments: { region: "eu" }, _meta: meta })
    const rows = mcp(
      post(
        body,
        { jsonrpc: "2.0", id: 7, error: { code: -32020, message: "HeaderMismatch" } },
        { status: 400, request: { headers: [...headers, ["mcp-param-region", "=?base64?dXM=?="]] } },
      ),
    )
    expect(rows).toMatchObject([
      {
        client: { name: "demo" },
        protocolVersion: "2026-07-28",
        mismatch: [
          { field: "mcp-name", header: "search", body: "delete_all" },
          { field: "mcp-param-region", header: "us", body: "eu" },
        ],
        error: { code: -32020 },
      },
    ])
  })
  it("compares the decoded sentinel and finds arguments by the schema's mark", () => {
    const listed = post(
      rpc(1, "tools/list", { _meta: meta }),
      ok(1, {
        resultType: "complete",
        tools: [
          {
            name: "search",
            inputSchema: {
              type: "object",
              properties: { where: { type: "object", properties: { r: { type: "string", "x-mcp-header": "Region" } } } },
            },
          },
        ],
      }),
    )
    const call = post(
      rpc(2, "tools/call", { name: "search", arguments: { where: { r: "zürich" } }, _meta: meta }),
      ok(2, { content: [] }),
      { request: { headers: [...headers, ["mcp-param-region", `=?base64?${Buffer.from("zürich").toString("base64")}?=`]] } },
    )
    expect(mcp(listed, call)[1]?.mismatch).toEqual([])
  })
  it("links the input that a server asks for with the retry that gives it", () => {
    const first = post(
      rpc(1, "tools/call", { name: "pay", arguments: {}, _meta: meta }),
      ok(1, {
        resultType: "input_required",
        requestState: "opaque",
        inputRequests: { k: { method: "elicitation/create", params: { message: "Card number?" } } },
      }),
    )
    const retry = post(
      rpc(2, "tools/call", {
        name: "pay",
        arguments: {},
        requestState: "opaque",
        inputResponses: { k: { action: "accept", content: { card: "4" } } },
        _meta: meta,
      }),
      ok(2, { content: [{ type: "text", text: "paid" }] }),
    )
    const rows = mcp(first, retry)
    expect(rows.map((row) => [row.sender, row.method])).toEqual([
      ["client", "tools/call"],
      ["server", "elicitation/create"],
      ["client", "tools/call"],
    ])
    expect(rows[1]).toMatchObject({ requestId: "1/k", arguments: '{"message":"Card number?"}', completeness: "full" })
    expect(rows[1]?.result).toContain('"card":"4"')
    expect(rows[0]?.requestState).toBe(rows[2]?.requestState)
  })
  it("links input and retry where the server keeps no state, tells what the user decided, and takes neither for a mismatch", () => {
    const headers: HeaderList = [
      ["mcp-protocol-version", "2026-07-28"],
      ["mcp-method", "tools/call"],
      ["mcp-name", "pay"],
    ]
    const first = post(
      rpc(1, "tools/call", { name: "pay", arguments: { sum: 4 }, _meta: meta }),
      ok(1, { resultType: "input_required", inputRequests: { k: { method: "elicitation/create", params: { message: "Pay 4?" } } } }),
      { request: { headers: [...json, ...headers], body: rpc(1, "tools/call", { name: "pay", arguments: { sum: 4 }, _meta: meta }) } },
    )
    const retry = post(
      rpc(2, "tools/call", { name: "pay", arguments: { sum: 4 }, inputResponses: { k: { action: "decline" } }, _meta: meta }),
      ok(2, { content: [{ type: "text", text: "not paid" }] }),
      {
        request: {
          headers: [...json, ...headers],
          body: rpc(2, "tools/call", { name: "pay", arguments: { sum: 4 }, inputResponses: { k: { action: "decline" } }, _meta: meta }),
        },
      },
    )
    const [, asked, answered] = mcp(first, retry)
    expect(asked).toMatchObject({ sender: "server", method: "elicitation/create", result: '{"action":"decline"}', mismatch: [] })
    expect(answered).toMatchObject({ toolName: "pay", result: "not paid", mismatch: [] })
  })
  it("tells notifications of a long stream as they come, once", () => {
    const changed = rpc(undefined, "notifications/tools/list_changed", { _meta: { "io.modelcontextprotocol/subscriptionId": "3" } })
    const listen = post(rpc(3, "subscriptions/listen", { notifications: { toolsListChanged: true }, _meta: meta }), events(changed), {
      stream: 77,
    })
    const rows = mcp(event(changed, { path: "/mcp", method: "POST", flowStream: 77 }), listen)
    expect(rows.map((row) => row.method)).toEqual(["notifications/tools/list_changed", "subscriptions/listen"])
  })
})

describe("WebSocket", () => {
  it("joins frames of both sides", () => {
    const opened = { subprotocol: "mcp", path: "/ws" }
    const rows = mcp(
      frame({ ...opened, payload: rpc(1, "tools/call", { name: "t", arguments: { a: 1 } }), index: 0 }),
      frame({ ...opened, side: "server", payload: rpc(1, "roots/list"), index: 0, at: 1_500 }),
      frame({ ...opened, side: "server", payload: ok(1, { content: [{ type: "text", text: "r" }] }), index: 1, at: 2_000 }),
      frame({ ...opened, payload: ok(1, { roots: [{ uri: "file:///x" }] }), index: 1, at: 2_500 }),
    )
    expect(rows).toMatchObject([
      { transport: "websocket", method: "tools/call", result: "r", sender: "client", durationMicros: 1_000 },
      { method: "roots/list", sender: "server", result: '{"roots":[{"uri":"file:///x"}]}' },
    ])
  })
})

describe("MCP inside model calls", () => {
  const ask = (index: number, messages: object[], answer: object) =>
    exchange({
      host: "api.anthropic.com",
      path: "/v1/messages",
      stream: index,
      at: 1_000 + index * 10_000,
      request: {
        headers: json,
        body: {
          model: "c",
          max_tokens: 1,
          messages,
          tools: [{ name: "mcp__git__log", description: "logs", input_schema: { type: "object" } }],
        },
      },
      response: { headers: json, body: { type: "message", role: "assistant", id: `m${index}`, content: [answer], usage: {} } },
    })
  it("sees stdio servers by their tool names and joins the result of the next request", () => {
    const use = { type: "tool_use", id: "toolu_1", name: "mcp__git__log", input: { n: 1 } }
    const user = { role: "user", content: "U" }
    const rows = mcp(
      ask(0, [user], use),
      ask(
        1,
        [
          user,
          { role: "assistant", content: [use] },
          { role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_1", content: "abc" }] },
        ],
        { type: "text", text: "done" },
      ),
    )
    expect(rows).toMatchObject([
      { transport: "inside-llm", method: "tools/list", server: { name: "git" }, tools: [{ name: "log" }], inventory: { items: 1 } },
      { transport: "inside-llm", method: "tools/call", server: { name: "git" }, toolName: "log", arguments: '{"n":1}', result: "abc" },
    ])
  })
})

describe("what is not MCP", () => {
  it.each([
    ["ACP", rpc(0, "initialize", { protocolVersion: 1, clientCapabilities: {} })],
    ["LSP", rpc(0, "initialize", { processId: 1, rootUri: null, capabilities: {} })],
    ["an editor", rpc(1, "textDocument/didOpen", { textDocument: {} })],
    ["a chain", rpc(1, "eth_getBalance", { a: 1 })],
    ["a downloader", rpc(1, "aria2.addUri", {})],
    ["A2A", rpc(1, "tasks/get", { id: "t1" })],
    ["A2A of today", rpc(1, "SendMessage", { message: { messageId: "m", role: "ROLE_USER", parts: [{ text: "U" }] } })],
    ["ping alone", rpc(1, "ping")],
    ["monitoring", { ...rpc(1, "host.get", {}), auth: "x" }],
  ])("takes %s for something else", (_, body) => {
    expect(mcp(post(body, ok(1, {}), { path: "/rpc" }))).toEqual([])
    expect(
      mcp(
        post(body, ok(1, {}), { path: "/mcp", request: { headers: [...json, ["accept", "application/json, text/event-stream"]] } }),
      ).filter((row) => row.certainty === "certain"),
    ).toEqual([])
  })
  it("does not read MCP that is quoted inside a string", () => {
    expect(mcp(post({ note: JSON.stringify(rpc(1, "tools/list")) }, {}))).toEqual([])
  })
})

describe("OAuth discovery", () => {
  it("says where a client is sent for its tokens, and keeps secrets out", () => {
    const challenge = exchange({
      path: "/mcp",
      status: 401,
      request: { body: rpc(1, "x") },
      response: {
        headers: [
          ["www-authenticate", 'Bearer resource_metadata="https://h.example/.well-known/oauth-protected-resource/mcp", scope="a b"'],
        ],
      },
    })
    const register = exchange({
      path: "/register",
      request: { headers: json, body: { redirect_uris: ["http://localhost:1/cb"], client_name: "x" } },
      response: { headers: json, body: { client_id: "c1", client_secret: "hush" } },
    })
    const rows = mcp(challenge, register)
    expect(rows.map((row) => row.method)).toEqual(["oauth/challenge", "oauth/register"])
    expect(rows[0]?.raw).toContain("oauth-protected-resource/mcp")
    expect(JSON.stringify(rows)).not.toContain("hush")
  })
})

describe("methods that others have too", () => {
  it("takes a list whose answer is no list of that name for somebody else's", () => {
    expect(mcp(post(rpc(1, "resources/list", { folder: "/" }), ok(1, { resources: "none" }), { path: "/jsonrpc" }))).toEqual([])
    expect(mcp(post(rpc(1, "resources/list", {}), ok(1, { resources: [] }), { path: "/jsonrpc" }))).toHaveLength(1)
  })
})

describe("requests that are refused before MCP is spoken", () => {
  it("gives the status as the answer, so that no request seems to be still open", () => {
    const [row] = mcp(
      post(
        rpc(0, "initialize", { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "c", version: "1" } }),
        { error: "invalid_token" },
        { status: 401 },
      ),
    )
    expect(row).toMatchObject({ method: "initialize", error: { code: 401, message: "HTTP 401" }, completeness: "full" })
  })
})
