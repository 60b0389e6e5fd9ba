// What the Python SDKs and OpenAI's Realtime client said to fake providers over TLS, recorded by test/traffic/record.mjs.
import { describe, expect, it } from "vitest"
import { ofKind } from "./facts.ts"
import { replayed } from "./golden.ts"

const sum = [{ parts: [{ type: "text", text: "The sum is 4." }] }]
const add = { name: "add", arguments: '{"a":2,"b":2}' }
const callsOf = async (name: string) => {
  const rows = await replayed(name)
  expect(ofKind(rows, "anomaly").map((row) => row.data.code)).toEqual([])
  return { rows, calls: ofKind(rows, "llm").map((row) => row.data) }
}
const clientsOf = (rows: Awaited<ReturnType<typeof replayed>>): string[] => [
  ...new Set(
    ofKind(rows, "llm").flatMap(({ agent }) => agent.signals.flatMap(({ source, value }) => (source === "client" ? [value] : []))),
  ),
]

describe("recorded traffic of Realtime", () => {
  it("is one conversation: a tool asked for, its answer said, and speech answered unasked", async () => {
    const { calls } = await callsOf("openai-realtime")
    expect(calls).toMatchObject([
      {
        family: "openai.realtime",
        provider: "openai",
        status: 101,
        stream: true,
        finished: true,
        finishReasons: ["completed"],
        responseId: "resp_1",
        requestModel: "gpt-realtime",
        systemInstructions: ["You add numbers."],
        inputMessages: [{ role: "user", parts: [{ text: "2 and 2?" }] }],
        toolsProvided: ["add"],
        toolCalls: [{ id: "call_1", ...add }],
        usage: { inputTokens: 40, cachedInputTokens: 8, outputTokens: 20, totalTokens: 60 },
        timeToFirstTokenMicros: expect.any(Number),
        unknownFields: 0,
      },
      { inputMessages: [{ role: "tool" }], toolResults: [{ id: "call_1", content: "4" }], outputMessages: sum },
      { inputMessages: [{ role: "user", parts: [{ text: "And three?" }] }], outputMessages: [{ parts: [{ text: "The sum is 7." }] }] },
    ])
    expect(new Set(calls.map(({ conversationId }) => conversationId)).size).toBe(1)
  })
})

describe("recorded traffic of Python SDKs", () => {
  it("OpenAI, both clients: chat, responses, embeddings", async () => {
    const { rows, calls } = await callsOf("python-openai")
    expect(calls).toMatchObject([
      { family: "openai.chat", stream: true, finished: true, toolCalls: [{ id: "call_1", ...add }], usage: { totalTokens: 59 } },
      { family: "openai.chat", stream: false, toolResults: [{ content: "4" }], outputMessages: sum, history: { messages: 2 } },
      { family: "openai.responses", stream: false, toolsProvided: ["shell"] },
      { family: "openai.responses", stream: true, finished: true, systemInstructions: ["You add numbers."] },
      { family: "openai.other", operation: "embeddings", inputMessages: [{ parts: [{ text: "two" }] }, { parts: [{ text: "four" }] }] },
    ])
    expect(clientsOf(rows)).toEqual([expect.stringMatching(/^OpenAI\/Python /), expect.stringMatching(/^AsyncOpenAI\/Python /)])
  })

  it("OpenAI: the skill in base64 inside a request is one skill with its files, though the answer repeats it", async () => {
    const { rows } = await callsOf("python-openai")
    expect(ofKind(rows, "skill").map(({ data }) => data)).toMatchObject([
      {
        name: "adder",
        version: "1.0.0",
        route: "inline-skill",
        source: "api.openai.com",
        how: "uploaded",
        files: [{ path: "SKILL.md" }, { path: "scripts/add.sh", mediaType: "text/x-shellscript" }],
        completeness: "full",
      },
    ])
    expect(ofKind(rows, "file").map(({ data }) => data.name)).toEqual(["inline.zip", "adder/SKILL.md", "adder/scripts/add.sh"])
  })

  it("Anthropic: stream, tool result, hosted MCP, a skill uploaded as a folder", async () => {
    const { rows, calls } = await callsOf("python-anthropic")
    expect(calls).toMatchObject([
      {
        family: "anthropic.messages",
        stream: true,
        finished: true,
        toolCalls: [{ id: "toolu_01A", ...add }],
        usage: { inputTokens: 2112 },
      },
      { stream: false, toolResults: [{ id: "toolu_01A", content: "4" }], outputMessages: sum, history: { messages: 2 } },
      { mcpServers: [{ name: "crm", url: "https://crm.example/mcp" }] },
      { family: "anthropic.other", operation: "skills", path: "/v1/skills" },
    ])
    expect(clientsOf(rows)).toEqual([expect.stringMatching(/^Anthropic\/Python /)])
    expect(ofKind(rows, "skill").map(({ data }) => data)).toMatchObject([
      {
        name: "adder",
        route: "vendor-upload",
        source: "api.anthropic.com",
        how: "uploaded",
        files: [{ path: "SKILL.md" }, { path: "scripts/add.sh" }],
      },
    ])
  })

  it("Google: a function as a tool, a chat that resends its history, interactions", async () => {
    const { rows, calls } = await callsOf("python-google-genai")
    expect(calls).toMatchObject([
      {
        family: "gemini.generate",
        stream: true,
        finished: true,
        toolsProvided: ["add"],
        toolCalls: [add],
        parameters: { generationConfig: { temperature: 0.2 } },
      },
      { inputMessages: [{ parts: [{ text: "2 and 2?" }] }], outputMessages: sum },
      { inputMessages: [{ parts: [{ text: "And again?" }] }], history: { messages: 2 } },
      { family: "gemini.interactions", systemInstructions: ["You add numbers."], finishReasons: ["completed"] },
      { family: "gemini.generate", operation: "embeddings" },
    ])
    expect(clientsOf(rows)).toEqual([expect.stringMatching(/^google-genai-sdk\/.* gl-python\//)])
  })

  it("Cohere, Boto3 and LiteLLM: tool calls of a stream, then their results", async () => {
    const cohere = await callsOf("python-cohere")
    expect(cohere.calls).toMatchObject([
      { family: "cohere.chat", stream: true, finishReasons: ["TOOL_CALL"], toolCalls: [add], usage: { inputTokens: 80 } },
      { stream: false, toolResults: [{ id: "add_1", content: "4" }], outputMessages: sum, history: { messages: 2 } },
    ])
    const bedrock = await callsOf("python-boto3")
    expect(bedrock.calls).toMatchObject([
      { family: "bedrock.converse", provider: "aws.bedrock", stream: true, requestModel: "eu.amazon.nova-pro-v1:0", toolCalls: [add] },
      { stream: false, toolResults: [{ id: "tooluse_1", content: "4" }], usage: { totalTokens: 29 } },
    ])
    expect(clientsOf(bedrock.rows)).toEqual([expect.stringMatching(/^Boto3\//)])
    const { rows, calls } = await callsOf("python-litellm")
    expect(calls.map(({ family, stream }) => [family, stream])).toEqual([
      ["openai.chat", true],
      ["anthropic.messages", false],
      ["gemini.generate", false],
    ])
    expect(clientsOf(rows)).toContainEqual(expect.stringMatching(/^litellm\//))
  })

  it("MCP: the stateless revision, and how the client falls back to a session where a server refuses it", async () => {
    const rows = ofKind(await replayed("python-mcp"), "mcp").map(({ data }) => data)
    expect(rows.map(({ host, method, protocolVersion }) => `${host} ${method} ${protocolVersion}`)).toEqual([
      "modern.tools.example server/discover 2026-07-28",
      "modern.tools.example tools/list 2026-07-28",
      "modern.tools.example tools/call 2026-07-28",
      "modern.tools.example resources/read 2026-07-28",
      "mcp.tools.example server/discover 2026-07-28",
      "mcp.tools.example initialize 2025-11-25",
      "mcp.tools.example notifications/initialized 2025-11-25",
      "mcp.tools.example tools/list 2025-11-25",
      "mcp.tools.example tools/call 2025-11-25",
      "mcp.tools.example prompts/get 2025-11-25",
    ])
    // The server says why without saying to whom.
    expect(rows[4]?.error).toMatchObject({ code: -32_000, message: expect.stringContaining("Server not initialized") })
    expect(rows[2]).toMatchObject({ toolName: "add", result: "4", client: { name: "mcp" }, server: { name: "modern-calculator" } })
  })
})
