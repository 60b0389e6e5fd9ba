import { describe, expect, it } from "vitest"
import { type ExchangeSketch, exchange, extract, json, ofKind, sse } from "../facts.ts"

const named = (...events: readonly { readonly type: string }[]) =>
  events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join("")
const calls = (...sketches: readonly ExchangeSketch[]) =>
  ofKind(extract(sketches.map((sketch, index) => exchange({ at: 1_000 + index * 10_000, stream: index, ...sketch }))), "llm").map(
    ({ data }) => data,
  )
const anthropic = (path: string, request: object, response: object = {}): ExchangeSketch => ({
  host: "api.anthropic.com",
  path,
  request: { headers: json, body: request },
  response: { headers: json, body: response },
})

describe("agents that live at the vendor", () => {
  it("a managed session is one conversation: what the user sends, and what the agent does with tools of its own and of MCP servers", () => {
    const events = [
      { type: "session.status_running" },
      { type: "agent.thinking", id: "e0", content: [{ type: "text", text: "Let me look." }] },
      { type: "agent.tool_use", id: "t1", name: "bash", input: { command: "ls" } },
      { type: "agent.tool_result", id: "e2", tool_use_id: "t1", content: [{ type: "text", text: "a.txt" }] },
      { type: "agent.mcp_tool_use", id: "m1", mcp_server_name: "crm", name: "find", input: { q: "ada" } },
      {
        type: "agent.mcp_tool_result",
        id: "e4",
        mcp_tool_use_id: "m1",
        content: [{ type: "text", text: "Ada Lovelace" }],
        is_error: false,
      },
      { type: "span.model_request_end", model_usage: { input_tokens: 5, output_tokens: 6 } },
      { type: "span.model_request_end", model_usage: { input_tokens: 7, output_tokens: 1 } },
      { type: "agent.message", id: "e5", content: [{ type: "text", text: "Done." }] },
      { type: "session.status_idle", stop_reason: { type: "end_turn" } },
    ]
    const facts = [
      anthropic("/v1/sessions/sesn_01/events?beta=true", {
        events: [{ type: "user.message", content: [{ type: "text", text: "Who is Ada?" }] }],
      }),
      {
        host: "api.anthropic.com",
        path: "/v1/sessions/sesn_01/events/stream?beta=true",
        method: "GET",
        response: { headers: sse, body: named(...events) },
      },
    ]
    const [asked, did] = calls(...facts)
    expect(asked).toMatchObject({
      family: "anthropic.other",
      operation: "sessions",
      inputMessages: [{ role: "user", parts: [{ text: "Who is Ada?" }] }],
    })
    expect(did).toMatchObject({
      outputMessages: [
        { role: "assistant", parts: [{ type: "reasoning", text: "Let me look." }] },
        { role: "assistant", parts: [{ type: "tool_call", name: "bash" }] },
        { role: "tool", parts: [{ content: "a.txt" }] },
        { role: "assistant", parts: [{ type: "tool_call", name: "find", server: "crm" }] },
        { role: "tool", parts: [{ content: "Ada Lovelace" }] },
        { role: "assistant", parts: [{ text: "Done." }] },
      ],
      usage: { inputTokens: 12, outputTokens: 7 },
      finishReasons: ["end_turn"],
      finished: true,
    })
    expect(did?.conversationId).toBe(asked?.conversationId)
    const rows = extract(facts.map((sketch) => exchange(sketch)))
    expect(ofKind(rows, "mcp").map(({ data }) => data)).toMatchObject([
      { transport: "inside-llm", toolName: "find", result: "Ada Lovelace" },
    ])
  })

  it("a list of a session's events says what the agent did", () => {
    const [row] = calls({
      ...anthropic(
        "/v1/sessions/sesn_01/events",
        {},
        { data: [{ type: "agent.tool_use", id: "t", name: "bash", input: { command: "id" } }] },
      ),
      method: "GET",
    })
    expect(row?.toolCalls).toEqual([{ id: "t", name: "bash", arguments: '{"command":"id"}' }])
  })

  it("an agent's definition shows its prompt, tools and MCP servers", () => {
    const [row] = calls(
      anthropic("/v1/agents", {
        name: "Clerk",
        model: "claude-opus-5",
        system: "You book.",
        tools: [
          { type: "agent_toolset_20260401" },
          { type: "custom", name: "book", description: "Books", input_schema: { type: "object" } },
        ],
        mcp_servers: [{ type: "url", name: "crm", url: "https://crm.example/mcp" }],
      }),
    )
    expect(row).toMatchObject({
      requestModel: "claude-opus-5",
      systemInstructions: ["You book."],
      toolsProvided: ["agent_toolset_20260401", "book"],
      mcpServers: [{ name: "crm", url: "https://crm.example/mcp" }],
    })
  })

  it("OpenAI's conversations, threads and their runs hold what was said", () => {
    const openai = (path: string, request: object, response: ExchangeSketch["response"] = { headers: json, body: {} }): ExchangeSketch => ({
      host: "api.openai.com",
      path,
      request: { headers: json, body: request },
      response,
    })
    const delta = (value: string) =>
      `event: thread.message.delta\ndata: ${JSON.stringify({ delta: { content: [{ index: 0, type: "text", text: { value } }] } })}\n\n`
    const [item, said, run] = calls(
      openai("/v1/conversations/conv_1/items", {
        items: [{ type: "message", role: "user", content: [{ type: "input_text", text: "Item" }] }],
      }),
      openai("/v1/threads/thread_1/messages", { role: "user", content: "Said" }),
      openai(
        "/v1/threads/thread_1/runs",
        { assistant_id: "asst_1", instructions: "Be brief.", stream: true, tools: [{ type: "function", function: { name: "ls" } }] },
        {
          headers: sse,
          body: `event: thread.run.created\ndata: {"id":"run_1","model":"m"}\n\n${delta("Hel")}${delta("lo")}event: thread.run.completed\ndata: {"id":"run_1","usage":{"prompt_tokens":3,"completion_tokens":2}}\n\nevent: done\ndata: [DONE]\n\n`,
        },
      ),
    )
    expect(item?.inputMessages).toMatchObject([{ role: "user", parts: [{ text: "Item" }] }])
    expect(said?.inputMessages).toMatchObject([{ role: "user", parts: [{ text: "Said" }] }])
    expect(run).toMatchObject({
      systemInstructions: ["Be brief."],
      toolsProvided: ["ls"],
      responseId: "run_1",
      responseModel: "m",
      outputMessages: [{ parts: [{ text: "Hello" }] }],
      usage: { inputTokens: 3, outputTokens: 2 },
      finishReasons: ["completed"],
      finished: true,
    })
    expect(run?.conversationId).toBe(said?.conversationId)
  })

  it("an endpoint that no one knew yet keeps what it said, at the API of a vendor and not at its sign-in", () => {
    const [dream] = calls(anthropic("/v1/dreams", { topic: "sheep" }, { data: [{ type: "dream", text: "electric" }] }))
    expect(dream).toMatchObject({ family: "anthropic.other", operation: "dreams", unknownFields: 2 })
    expect(dream?.raw).toContain("sheep")
    expect(dream?.raw).toContain("electric")
    expect(calls(anthropic("/v1/oauth/token", { grant_type: "refresh_token" }))).toEqual([])
  })
})
