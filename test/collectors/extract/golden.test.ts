// What real SDK clients said to fake providers over TLS, recorded by test/traffic/record.mjs, comes out whole. Each family: every field of the row.
import { describe, expect, it } from "vitest"
import { ofKind } from "./facts.ts"
import { replayed } from "./golden.ts"

const sum = { type: "text", text: "The sum is 4." }
const timed = {
  timeToFirstTokenMicros: expect.any(Number),
  durationMicros: expect.any(Number),
  requestBytes: expect.any(Number),
  responseBytes: expect.any(Number),
  completeness: "full",
  finished: true,
  status: 200,
}
const add = { name: "add", hash: expect.stringMatching(/^[0-9a-f]{64}$/), description: expect.stringContaining("Adds") }
const flowOf = async (name: string) => {
  const rows = await replayed(name)
  expect(ofKind(rows, "anomaly").map((row) => row.data.code)).toEqual([])
  return rows
}

describe("recorded traffic", () => {
  it("reads the OpenAI SDK's chat completions: stream, tool result, error", async () => {
    const rows = await flowOf("openai-chat")
    const calls = ofKind(rows, "llm").map((row) => row.data)
    expect(calls).toMatchObject([
      {
        ...timed,
        family: "openai.chat",
        operation: "chat",
        provider: "openai",
        host: "api.openai.com",
        path: "/v1/chat/completions",
        recognition: { by: "catalogue" },
        stream: true,
        responseId: expect.stringMatching(/^chatcmpl-/),
        requestModel: "gpt-5",
        responseModel: "gpt-5-2026-08-07",
        finishReasons: ["tool_calls"],
        usage: { inputTokens: 42, outputTokens: 17, totalTokens: 59, cachedInputTokens: 8, reasoningTokens: 5 },
        systemInstructions: ["You add numbers."],
        inputMessages: [
          { role: "user", parts: [{ text: "2 and 2?" }, { type: "blob", mediaType: "image/png", bytes: 8, sha256: expect.any(String) }] },
        ],
        toolsProvided: ["add"],
        tools: [add],
        toolCalls: [{ id: "call_1", name: "add", arguments: '{"a":2,"b":2}' }],
        parameters: { temperature: 0.2 },
        history: { messages: 0 },
        unknownFields: 0,
      },
      {
        stream: false,
        finishReasons: ["stop"],
        inputMessages: [{ role: "tool" }],
        toolResults: [{ id: "call_1", content: "4" }],
        outputMessages: [{ parts: [sum] }],
        history: { messages: 2 },
        tools: [],
        systemInstructions: [],
      },
      { status: 429, error: { type: "rate_limit_error", message: "Rate limit reached" }, outputMessages: [] },
    ])
    expect(calls[1]?.conversationId).toBe(calls[0]?.conversationId)
    expect(ofKind(rows, "file")).toHaveLength(1)
    expect(ofKind(rows, "http").map((row) => [row.data.named?.[0]?.kind, row.data.request.text])).toEqual([
      ["llm", undefined],
      ["llm", undefined],
      ["llm", undefined],
    ])
    expect(ofKind(rows, "llm")[0]?.id).toBe(ofKind(rows, "http")[0]?.data.named?.[0]?.id)
  })

  it("reads the OpenAI SDK's responses: hosted MCP inside, history at the server", async () => {
    const rows = await flowOf("openai-responses")
    const calls = ofKind(rows, "llm")
      .map((row) => row.data)
      .slice(0, 2)
    expect(calls).toMatchObject([
      {
        ...timed,
        family: "openai.responses",
        stream: true,
        responseId: expect.stringMatching(/^resp_1/),
        finishReasons: ["completed"],
        usage: { inputTokens: 36, outputTokens: 12, cachedInputTokens: 4, reasoningTokens: 3, totalTokens: 48 },
        systemInstructions: ["You add numbers."],
        mcpServers: [{ name: "crm", url: "https://crm.example/mcp" }],
        toolsProvided: ["crm", "find"],
        toolCalls: [{ server: "crm", name: "find", arguments: '{"q":"ada"}' }],
        toolResults: [{ name: "find", content: "Ada Lovelace" }],
      },
      { previousResponseId: expect.stringMatching(/^resp_1/), stream: false, inputMessages: [{ parts: [{ text: "And again?" }] }] },
    ])
    expect(calls[0]?.outputMessages.flatMap((one) => one.parts)).toMatchObject([
      { type: "reasoning", text: "Adding numbers." },
      { type: "tool_call" },
      { type: "tool_call_response" },
      sum,
    ])
    expect(calls[1]?.conversationId).toBe(calls[0]?.conversationId)
    expect(ofKind(rows, "mcp").map((row) => row.data)).toMatchObject([
      { transport: "inside-llm", method: "tools/list", server: { name: "crm" }, inventory: { items: 1 } },
      { transport: "inside-llm", method: "tools/call", toolName: "find", arguments: '{"q":"ada"}', result: "Ada Lovelace" },
    ])
  })

  it("reads responses over WebSocket, and who speaks", async () => {
    const rows = await flowOf("openai-responses-ws")
    const calls = ofKind(rows, "llm")
    expect(calls.map((row) => row.data)).toMatchObject([
      {
        family: "openai.responses",
        provider: "openai",
        status: 101,
        stream: true,
        finished: true,
        timeToFirstTokenMicros: expect.any(Number),
        systemInstructions: ["You are Codex, based on GPT-5."],
        usage: { totalTokens: 48 },
      },
      { previousResponseId: expect.stringMatching(/^resp_1/), inputMessages: [{ parts: [{ text: "And again?" }] }] },
    ])
    expect(calls[1]?.data.conversationId).toBe(calls[0]?.data.conversationId)
    expect(calls[0]?.agent).toMatchObject({ name: "Codex", version: "0.60.0" })
  })

  it("reads the Anthropic SDK: thinking, tool use, cache counters", async () => {
    const calls = ofKind(await flowOf("anthropic"), "llm")
      .map((row) => row.data)
      .slice(0, 2)
    expect(calls).toMatchObject([
      {
        ...timed,
        family: "anthropic.messages",
        provider: "anthropic",
        stream: true,
        responseId: expect.stringMatching(/^msg_01/),
        requestModel: "claude-sonnet-5",
        responseModel: "claude-sonnet-5",
        finishReasons: ["tool_use"],
        usage: { inputTokens: 2112, outputTokens: 30, cachedInputTokens: 2000, cacheCreationInputTokens: 100, totalTokens: 2142 },
        systemInstructions: ["You add numbers."],
        tools: [add],
        toolCalls: [{ id: "toolu_01A", name: "add", arguments: '{"a":2,"b":2}' }],
        outputMessages: [{ parts: [{ type: "reasoning", text: "Adding numbers." }, sum, { type: "tool_call" }] }],
        unknownFields: 0,
      },
      {
        stream: false,
        inputMessages: [{ role: "tool" }],
        toolResults: [{ id: "toolu_01A", content: "4" }],
        history: { messages: 2 },
        outputMessages: [{ parts: [sum] }],
      },
    ])
    expect(calls[1]?.conversationId).toBe(calls[0]?.conversationId)
  })

  it("reads the Google SDK: generateContent of both kinds and interactions", async () => {
    const calls = ofKind(await flowOf("google-genai"), "llm")
      .map((row) => row.data)
      .slice(0, 3)
    expect(calls).toMatchObject([
      {
        ...timed,
        family: "gemini.generate",
        operation: "generate_content",
        provider: "gcp.gemini",
        stream: true,
        requestModel: "gemini-3-pro",
        responseModel: "gemini-3-pro-001",
        responseId: "r-1",
        usage: { inputTokens: 15, outputTokens: 11, cachedInputTokens: 3, reasoningTokens: 4, totalTokens: 26 },
        systemInstructions: ["You add numbers."],
        tools: [add],
        toolCalls: [{ name: "add", arguments: '{"a":2,"b":2}' }],
        outputMessages: [{ parts: [{ type: "reasoning", text: "Thinking." }, sum, {}] }],
        finishReasons: ["STOP"],
      },
      { stream: false, toolResults: [{ name: "add", content: "4" }], history: { messages: 2 } },
      {
        family: "gemini.interactions",
        stream: true,
        responseId: "interactions/i1",
        usage: { inputTokens: 15, reasoningTokens: 4 },
        outputMessages: [{ parts: [{ type: "reasoning", text: "Adding numbers." }, sum] }],
        finishReasons: ["completed"],
        finished: true,
      },
    ])
    expect(calls[1]?.conversationId).toBe(calls[0]?.conversationId)
  })

  it("reads the AWS SDK: converse over its event stream", async () => {
    const calls = ofKind(await flowOf("bedrock"), "llm")
      .map((row) => row.data)
      .slice(0, 2)
    expect(calls).toMatchObject([
      {
        ...timed,
        family: "bedrock.converse",
        provider: "aws.bedrock",
        region: "eu-central-1",
        requestModel: "eu.anthropic.claude-sonnet-5-v1:0",
        stream: true,
        systemInstructions: ["You add numbers."],
        usage: { inputTokens: 20, outputTokens: 9, totalTokens: 29 },
        toolCalls: [{ id: "tooluse_1", name: "add", arguments: '{"a":2,"b":2}' }],
        outputMessages: [{ parts: [sum, {}] }],
        finishReasons: ["tool_use"],
        parameters: { inferenceConfig: { maxTokens: 50 } },
      },
      { stream: false, outputMessages: [{ parts: [sum, {}] }] },
    ])
  })

  it("reads the Ollama client at a host that no catalogue knows", async () => {
    expect(
      ofKind(await flowOf("ollama"), "llm")
        .map((row) => row.data)
        .slice(0, 1),
    ).toMatchObject([
      {
        ...timed,
        family: "ollama",
        provider: "unknown",
        software: "ollama",
        host: "gpu.internal",
        recognition: { by: "shape" },
        usage: { inputTokens: 26, outputTokens: 9 },
        toolCalls: [{ name: "add", arguments: '{"a":2,"b":2}' }],
        outputMessages: [{ parts: [{ type: "reasoning", text: "Adding numbers." }, sum, {}] }],
      },
    ])
  })

  it("reads LangChain, the Vercel AI SDK and curl", async () => {
    expect(ofKind(await flowOf("langchain"), "llm").map((row) => row.data)).toMatchObject([
      { ...timed, systemInstructions: ["You add numbers."], outputMessages: [{ parts: [sum] }] },
    ])
    expect(ofKind(await flowOf("vercel-ai"), "llm").map((row) => row.data)).toMatchObject([
      { family: "openai.chat", toolCalls: [{ name: "add" }], tools: [add] },
      { family: "anthropic.messages", outputMessages: [{ parts: [sum] }] },
    ])
    expect(ofKind(await flowOf("curl"), "llm").map((row) => row.data)).toMatchObject([
      { ...timed, outputMessages: [{ parts: [sum] }], usage: { totalTokens: 59 } },
    ])
  })

  it("reads the newest MCP SDK over Streamable HTTP", async () => {
    const rows = ofKind(await flowOf("mcp-new"), "mcp").map((row) => row.data)
    expect(rows).toMatchObject([
      {
        transport: "streamable-http",
        certainty: "certain",
        method: "initialize",
        client: { name: "traffic", version: "9.9.9" },
        server: { name: "calculator", version: "1.2.3" },
        instructions: "Adds numbers.",
        protocolVersion: "2025-11-25",
        sessionId: expect.any(String),
      },
      { method: "notifications/initialized", notification: true },
      {
        method: "tools/list",
        tools: [{ name: "add", title: "Add", description: "Adds two numbers", annotations: '{"readOnlyHint":true}' }, { name: "divide" }],
        inventory: { items: 2 },
      },
      {
        method: "tools/call",
        toolName: "add",
        arguments: "{}",
        result: "4",
        client: { name: "traffic" },
        durationMicros: expect.any(Number),
      },
      { method: "resources/read", resourceUri: "file:///readme.md", result: "# Adding" },
      { method: "prompts/get", promptName: "sum", result: "Sum it up." },
      { method: "resources/list", resources: [{ uri: "file:///readme.md", mimeType: "text/markdown" }], inventory: { items: 1 } },
      { method: "prompts/list", prompts: [{ name: "sum", description: "Sums up" }], inventory: { items: 1 } },
      {
        method: "tools/call",
        toolName: "divide",
        isError: true,
        result: "cannot divide by zero",
        structuredResult: '{"reason":"zero"}',
        traceparent: expect.stringMatching(/^00-/),
      },
      { method: "completion/complete", error: { code: -32601 } },
    ])
  })

  it("joins the two connections of an old MCP SDK", async () => {
    const rows = ofKind(await flowOf("mcp-old"), "mcp").map((row) => row.data)
    expect(rows.map((row) => [row.transport, row.method, row.completeness])).toEqual([
      ["http-sse", "initialize", "full"],
      ["http-sse", "notifications/initialized", "full"],
      ["http-sse", "tools/list", "full"],
      ["http-sse", "tools/call", "full"],
    ])
    expect(rows[3]).toMatchObject({ toolName: "add", result: "4", server: { name: "calculator" }, client: { name: "traffic-old" } })
  })

  it("reads the SDK of MCP's stateless revision: identity on every request, input asked for in an answer", async () => {
    const rows = await flowOf("mcp-2026")
    const [evasion, ...rest] = ofKind(rows, "mcp")
      .map((row) => row.data)
      .reverse()
    const messages = rest.reverse()
    expect(evasion).toMatchObject({ mismatch: [{ field: "mcp-name", header: "add", body: "book" }], error: { code: -32_020 } })
    expect(messages[3]?.requestState).toBe(messages[5]?.requestState)
    expect(messages.map(({ method, sender }) => [method, sender])).toEqual([
      ["server/discover", "client"],
      ["tools/list", "client"],
      ["tools/call", "client"],
      ["tools/call", "client"],
      ["elicitation/create", "server"],
      ["tools/call", "client"],
      ["resources/read", "client"],
    ])
    for (const message of messages)
      expect(message).toMatchObject({
        transport: "streamable-http",
        certainty: "certain",
        host: "modern.tools.example",
        protocolVersion: "2026-07-28",
        client: { name: "traffic-modern", version: "2.0.0" },
        server: { name: "modern-calculator", version: "2.0.0" },
        mismatch: [],
        completeness: "full",
        durationMicros: expect.any(Number),
      })
    expect(messages[0]).toMatchObject({ instructions: "Adds numbers, asks before it books." })
    expect(messages[1]).toMatchObject({ tools: [{ name: "add" }, { name: "book" }], inventory: { items: 2 } })
    expect(messages[2]).toMatchObject({ toolName: "add", arguments: '{"a":2,"b":2}', result: "4" })
    expect(messages[4]).toMatchObject({
      direction: "inbound",
      arguments: expect.stringContaining("Book it?"),
      result: expect.stringContaining("accept"),
    })
    expect(messages[5]).toMatchObject({ toolName: "book", result: "booked" })
    expect(messages[6]).toMatchObject({ resourceUri: "file:///readme.md", result: "# Adding" })
    expect(ofKind(rows, "mcp")[0]?.agent).toMatchObject({ name: "traffic-modern", version: "2.0.0", confidence: 0.3 })
  })

  it("reads the A2A SDK: card, message and stream, each thing said once", async () => {
    const rows = ofKind(await flowOf("a2a"), "a2a").map((row) => row.data)
    expect(rows).toMatchObject([
      { protocol: "a2a", method: "agent/card", card: { name: "Summer", url: "https://agent.example/a2a", skills: [{ id: "add" }] } },
      {
        version: "1.0",
        method: "SendMessage",
        taskId: "t1",
        contextId: "c1",
        state: "TASK_STATE_COMPLETED",
        status: 200,
        completeness: "full",
      },
      { version: "1.0", method: "SendStreamingMessage", state: "TASK_STATE_COMPLETED" },
    ])
    const said = (text: string, role: string) => ({ role, parts: [{ type: "text", text }] })
    expect(rows[1]?.messages).toEqual([said("2 and 2?", "user"), said("The sum is 4.", "assistant")])
    expect(rows[2]?.messages).toEqual([said("2 and 2?", "user"), said("The sum is 4.", "assistant"), said("2 + 2 = 4", "assistant")])
  })

  it("reads the AG-UI client: a run with its text and call", async () => {
    const [run] = ofKind(await flowOf("ag-ui"), "a2a").map((row) => row.data)
    expect(run).toMatchObject({
      protocol: "ag-ui",
      method: "run",
      contextId: "thread-1",
      state: "RUN_FINISHED",
      status: 200,
      completeness: "full",
    })
    expect(run?.messages).toMatchObject([
      { role: "user", parts: [{ text: "2 and 2?" }] },
      { role: "assistant", parts: [sum] },
      { role: "assistant", parts: [{ type: "tool_call", id: "call_1", name: "add", arguments: '{"a":2,"b":2}' }] },
    ])
  })

  it("reads the Cohere SDK: plan, call, result, usage", async () => {
    const calls = ofKind(await flowOf("cohere"), "llm")
      .map((row) => row.data)
      .slice(0, 2)
    expect(calls).toMatchObject([
      {
        ...timed,
        family: "cohere.chat",
        operation: "chat",
        provider: "cohere",
        recognition: { by: "catalogue" },
        host: "api.cohere.com",
        path: "/v2/chat",
        stream: true,
        responseId: "c-1",
        requestModel: "command-a-03-2025",
        finishReasons: ["TOOL_CALL"],
        usage: { inputTokens: 80, outputTokens: 7 },
        systemInstructions: ["You add numbers."],
        inputMessages: [{ role: "user", parts: [{ text: "2 and 2?" }] }],
        outputMessages: [{ parts: [{ type: "reasoning", text: "I will add them." }, { type: "tool_call" }] }],
        tools: [add],
        toolsProvided: ["add"],
        toolCalls: [{ id: "add_1", name: "add", arguments: '{"a":2,"b":2}' }],
        parameters: { temperature: 0.2 },
        unknownFields: 0,
      },
      {
        stream: false,
        finishReasons: ["COMPLETE"],
        toolResults: [{ id: "add_1", content: "4" }],
        outputMessages: [{ parts: [sum] }],
        history: { messages: 2 },
      },
    ])
  })

  it("reads git: a clone is its pack, its files and the skill in it", async () => {
    const rows = await flowOf("git")
    const files = ofKind(rows, "file").map((row) => row.data)
    expect(files.map(({ name, source, completeness }) => [name, source.route, completeness])).toEqual([
      ["pack", "git", "full"],
      ["table.txt", "git", "full"],
      ["skills/adder/SKILL.md", "git", "full"],
      ["skills/adder/scripts/add.sh", "git", "full"],
    ])
    expect(files[0]).toMatchObject({ archive: { format: "git-pack", entries: 11, problems: [] }, mediaType: "application/x-git-pack" })
    expect(files[3]).toMatchObject({ mediaType: "text/x-shellscript", bytes: 30, source: { ref: expect.stringMatching(/^[0-9a-f]{40}$/) } })
    expect(ofKind(rows, "skill").map((row) => row.data)).toMatchObject([
      {
        name: "adder",
        version: "1.0.0",
        route: "git",
        source: "git.example/acme/skills",
        host: "git.example",
        how: "fetched",
        ref: expect.stringMatching(/^[0-9a-f]{40}$/),
        files: [{ path: "SKILL.md" }, { path: "scripts/add.sh", executable: true }],
        frontMatter: { name: "adder" },
        references: ["scripts/add.sh"],
        problems: [],
        completeness: "full",
      },
    ])
  })

  it("reads npm: a package by the shape of its path, held to the digest that the registry promised, and the skill in it", async () => {
    const rows = await flowOf("npm")
    expect(ofKind(rows, "file").map((row) => row.data)).toMatchObject([
      {
        name: "adder-skill-1.0.0.tgz",
        mediaType: "application/gzip",
        source: { url: "https://registry.example/adder-skill/-/adder-skill-1.0.0.tgz" },
        digest: { claimed: expect.stringMatching(/^sha512-/), matches: true },
      },
      { name: "package/skills/adder/SKILL.md", source: { inside: ["adder-skill-1.0.0.tgz"] } },
      { name: "package/package.json" },
    ])
    expect(ofKind(rows, "skill").map((row) => row.data)).toMatchObject([
      { name: "adder", route: "npm", source: "npm:adder-skill", how: "fetched", digest: { matches: true } },
    ])
  })
})
