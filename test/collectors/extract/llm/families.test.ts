import { describe, expect, it } from "vitest"
import { envelope } from "../../../../services/contracts/envelope.ts"
import { type ExchangeSketch, exchange, extract, json, ofKind, sse } from "../facts.ts"

function call(sketch: ExchangeSketch) {
  const rows = extract([exchange(sketch)])
  for (const row of rows) expect(envelope.safeParse(row).error).toBeUndefined()
  const [llm] = ofKind(rows, "llm")
  if (llm === undefined) throw new Error("no llm activity")
  return llm.data
}
const events = (...data: (object | string)[]) =>
  data.map((one) => `data: ${typeof one === "string" ? one : JSON.stringify(one)}\n\n`).join("")
const named = (...data: { readonly type?: string; readonly event_type?: string }[]) =>
  data.map((one) => `event: ${one.type ?? one.event_type}\ndata: ${JSON.stringify(one)}\n\n`).join("")

describe("OpenAI chat completions", () => {
  const request = {
    model: "m1",
    messages: [
      { role: "system", content: "S" },
      {
        role: "user",
        content: [
          { type: "text", text: "U" },
          { type: "image_url", image_url: { url: "data:image/png;base64,aGVsbG8=" } },
        ],
      },
      { role: "assistant", tool_calls: [{ id: "call_1", type: "function", function: { name: "ls", arguments: '{"p":"."}' } }] },
      { role: "tool", tool_call_id: "call_1", content: "a.txt" },
    ],
    tools: [{ type: "function", function: { name: "ls", description: "lists", parameters: { type: "object" } } }],
    stream: true,
    temperature: 0.5,
    brand_new_field: { x: 1 },
  }

  it("puts a stream together, arguments by index, and times the first token", () => {
    const chunk = (delta: object, finish_reason: string | null = null) => ({
      id: "chatcmpl-1",
      object: "chat.completion.chunk",
      model: "m1-0613",
      choices: [{ index: 0, delta, finish_reason }],
    })
    const head = events(chunk({ role: "assistant", content: "" }))
    const body =
      head +
      events(
        chunk({ reasoning_content: "think" }),
        chunk({ content: "Hel" }),
        chunk({ content: "lo" }),
        chunk({ tool_calls: [{ index: 0, id: "call_2", type: "function", function: { name: "ls", arguments: "" } }] }),
        chunk({ tool_calls: [{ index: 1, id: "call_3", type: "function", function: { name: "mcp__git__log", arguments: "{}" } }] }),
        chunk({ tool_calls: [{ index: 0, function: { arguments: '{"p' } }] }),
        chunk({ tool_calls: [{ index: 0, function: { arguments: '":1}' } }] }),
        chunk({}, "tool_calls"),
        {
          id: "chatcmpl-1",
          object: "chat.completion.chunk",
          choices: [],
          usage: {
            prompt_tokens: 9,
            completion_tokens: 5,
            total_tokens: 14,
            prompt_tokens_details: { cached_tokens: 4 },
            completion_tokens_details: { reasoning_tokens: 2 },
          },
        },
        "[DONE]",
      )
    const data = call({
      host: "api.openai.com",
      path: "/v1/chat/completions",
      request: { headers: json, body: request, endedAt: 1_500 },
      response: {
        headers: sse,
        body,
        marks: [
          { offset: 0, at: 3_000 },
          { offset: head.length, at: 4_500 },
        ],
      },
    })
    expect(data).toMatchObject({
      family: "openai.chat",
      operation: "chat",
      provider: "openai",
      recognition: { by: "catalogue" },
      responseId: "chatcmpl-1",
      requestModel: "m1",
      responseModel: "m1-0613",
      stream: true,
      finished: true,
      finishReasons: ["tool_calls"],
      usage: { inputTokens: 9, outputTokens: 5, totalTokens: 14, cachedInputTokens: 4, reasoningTokens: 2 },
      timeToFirstTokenMicros: 3_000,
      systemInstructions: ["S"],
      toolsProvided: ["ls"],
      toolCalls: [
        { id: "call_2", name: "ls", arguments: '{"p":1}' },
        { id: "call_3", name: "mcp__git__log", arguments: "{}", server: "git" },
      ],
      toolResults: [{ id: "call_1", content: "a.txt" }],
      parameters: { temperature: 0.5 },
      unknownFields: 1,
      raw: '{"request":{"brand_new_field":{"x":1}}}',
    })
    expect(data.inputMessages[0]?.parts[1]).toMatchObject({
      type: "blob",
      mediaType: "image/png",
      bytes: 5,
      sha256: expect.stringMatching(/^2cf24dba/),
    })
    expect(data.outputMessages).toEqual([
      {
        role: "assistant",
        parts: [
          { type: "reasoning", text: "think" },
          { type: "text", text: "Hello" },
          expect.objectContaining({ name: "ls" }),
          expect.anything(),
        ],
      },
    ])
    expect(data.tools[0]).toMatchObject({
      name: "ls",
      description: "lists",
      inputSchema: '{"type":"object"}',
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
  })

  it("keeps what came of a stream that broke off and marks it unfinished", () => {
    const body =
      'data: {"id":"c","choices":[{"index":0,"delta":{"content":"par"},"finish_reason":null}]}\n\ndata: {"id":"c","choices":[{"delta":{"content":"tial'
    const data = call({
      host: "api.groq.com",
      path: "/openai/v1/chat/completions",
      request: { body: request },
      response: { headers: sse, body, completeness: "open" },
    })
    expect(data).toMatchObject({
      provider: "groq",
      finished: false,
      completeness: "open",
      outputMessages: [{ parts: [{ type: "text", text: "partial" }] }],
    })
  })

  it("reads a request that a limit cut in the middle of a string", () => {
    const whole = JSON.stringify(request)
    const data = call({
      host: "api.openai.com",
      path: "/v1/chat/completions",
      request: { body: whole.slice(0, whole.indexOf("lists") + 3), completeness: "truncated" },
      response: { body: { id: "x", choices: [] } },
    })
    expect(data).toMatchObject({
      requestModel: "m1",
      systemInstructions: ["S"],
      completeness: "truncated",
      tools: [{ name: "ls", description: "lis" }],
    })
    expect(data.inputMessages).toHaveLength(3)
  })

  it("reads errors, refusals and legacy completions", () => {
    const error = call({
      host: "api.openai.com",
      path: "/v1/chat/completions",
      status: 429,
      request: { body: request },
      response: { body: { error: { message: "slow down", type: "rate_limit", code: null } } },
    })
    expect(error).toMatchObject({ status: 429, error: { type: "rate_limit", message: "slow down" }, outputMessages: [] })
    const refusal = call({
      host: "api.openai.com",
      path: "/v1/chat/completions",
      request: { body: request },
      response: {
        body: {
          id: "c",
          model: "m",
          choices: [{ message: { role: "assistant", content: null, refusal: "no" }, finish_reason: "stop" }],
          usage: {},
        },
      },
    })
    expect(refusal.outputMessages[0]?.parts).toEqual([{ type: "refusal", text: "no" }])
    const legacy = call({
      host: "api.openai.com",
      path: "/v1/completions",
      request: { body: { model: "m", prompt: "P" } },
      response: { body: { id: "c", object: "text_completion", choices: [{ text: "A", finish_reason: "length" }] } },
    })
    expect(legacy).toMatchObject({
      operation: "text_completion",
      inputMessages: [{ parts: [{ text: "P" }] }],
      outputMessages: [{ parts: [{ text: "A" }] }],
      finishReasons: ["length"],
    })
  })
})

describe("OpenAI responses", () => {
  const request = {
    model: "m1",
    instructions: "S",
    input: [
      { type: "message", role: "user", content: [{ type: "input_text", text: "U" }] },
      { type: "function_call_output", call_id: "c1", output: "ok" },
    ],
    tools: [
      { type: "mcp", server_label: "crm", server_url: "https://crm.example/mcp", headers: { Authorization: "x" } },
      { type: "function", name: "ls", parameters: { type: "object" } },
    ],
    previous_response_id: "resp_0",
    stream: true,
  }
  it("reads items, hosted MCP and the closing event", () => {
    const output = [
      { type: "mcp_list_tools", server_label: "crm", tools: [{ name: "find", description: "finds", input_schema: { type: "object" } }] },
      { type: "reasoning", id: "rs_1", summary: [{ type: "summary_text", text: "why" }] },
      { type: "mcp_call", id: "mcp_1", server_label: "crm", name: "find", arguments: '{"q":"x"}', output: "found" },
      { type: "message", id: "msg_1", role: "assistant", content: [{ type: "output_text", text: "Hi" }] },
      { type: "shell_call", call_id: "sh_1", action: { commands: ["ls"] } },
    ]
    const response = {
      id: "resp_1",
      object: "response",
      model: "m1-x",
      status: "completed",
      output,
      usage: {
        input_tokens: 3,
        output_tokens: 4,
        total_tokens: 7,
        input_tokens_details: { cached_tokens: 1 },
        output_tokens_details: { reasoning_tokens: 2 },
      },
    }
    const body = named(
      { type: "response.created", response: { id: "resp_1", status: "in_progress", output: [] } } as never,
      { type: "response.output_text.delta", output_index: 3, delta: "Hi" } as never,
      { type: "response.completed", response } as never,
    )
    const data = call({ host: "api.openai.com", path: "/v1/responses", request: { body: request }, response: { headers: sse, body } })
    expect(data).toMatchObject({
      family: "openai.responses",
      responseId: "resp_1",
      previousResponseId: "resp_0",
      systemInstructions: ["S"],
      finishReasons: ["completed"],
      finished: true,
      usage: { inputTokens: 3, outputTokens: 4, cachedInputTokens: 1, reasoningTokens: 2 },
      mcpServers: [{ name: "crm", url: "https://crm.example/mcp" }],
      toolCalls: [
        { name: "find", server: "crm", arguments: '{"q":"x"}' },
        { id: "sh_1", name: "shell", arguments: '{"commands":["ls"]}' },
      ],
      toolResults: [
        { id: "c1", content: "ok" },
        { id: "mcp_1", name: "find", content: "found" },
      ],
    })
    expect(data.toolsProvided).toEqual(["crm", "ls", "find"])
  })
  it("builds the items of a stream without its end from the pieces", () => {
    const body = named(
      { type: "response.created", response: { id: "resp_9", status: "in_progress", output: [] } } as never,
      {
        type: "response.output_item.added",
        output_index: 0,
        item: { type: "function_call", call_id: "c9", name: "rm", arguments: "" },
      } as never,
      { type: "response.function_call_arguments.delta", output_index: 0, item_id: "fc_1", delta: '{"a' } as never,
      { type: "response.output_text.delta", output_index: 1, content_index: 0, delta: "so far" } as never,
    )
    const data = call({
      host: "api.openai.com",
      path: "/v1/responses",
      request: { body: request },
      response: { headers: sse, body, completeness: "gapped" },
    })
    expect(data).toMatchObject({
      finished: false,
      completeness: "gapped",
      toolCalls: [{ id: "c9", name: "rm", arguments: '{"a' }],
      outputMessages: [{}, { parts: [{ type: "text", text: "so far" }] }],
    })
  })
})

describe("Anthropic messages", () => {
  const request = {
    model: "claude-x",
    max_tokens: 64,
    system: [{ type: "text", text: "S" }],
    messages: [
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "toolu_01A", content: [{ type: "text", text: "ok" }], is_error: false },
          { type: "text", text: "go on" },
        ],
      },
    ],
    tools: [
      { name: "ls", input_schema: { type: "object" } },
      { type: "bash_20250124", name: "bash" },
    ],
    mcp_servers: [{ type: "url", name: "crm", url: "https://crm.example/mcp", authorization_token: "t" }],
    metadata: { user_id: "user_ab_account_cd_session_01234567-89ab-cdef-0123-456789abcdef" },
  }
  it("puts content blocks together and adds the input counters up", () => {
    const body = named(
      {
        type: "message_start",
        message: {
          id: "msg_01",
          type: "message",
          role: "assistant",
          model: "claude-x-1",
          content: [],
          usage: { input_tokens: 3, cache_read_input_tokens: 10, cache_creation_input_tokens: 2, output_tokens: 1 },
        },
      } as never,
      { type: "content_block_start", index: 0, content_block: { type: "thinking", thinking: "" } } as never,
      { type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: "hm" } } as never,
      { type: "content_block_start", index: 1, content_block: { type: "tool_use", id: "toolu_01B", name: "ls", input: {} } } as never,
      { type: "content_block_delta", index: 1, delta: { type: "input_json_delta", partial_json: '{"p"' } } as never,
      { type: "ping" } as never,
      { type: "content_block_delta", index: 1, delta: { type: "input_json_delta", partial_json: ':"."}' } } as never,
      { type: "content_block_stop", index: 1 } as never,
      {
        type: "content_block_start",
        index: 2,
        content_block: { type: "mcp_tool_use", id: "mcptoolu_1", name: "find", server_name: "crm", input: { q: 1 } },
      } as never,
      {
        type: "content_block_start",
        index: 3,
        content_block: { type: "mcp_tool_result", tool_use_id: "mcptoolu_1", is_error: false, content: [{ type: "text", text: "hit" }] },
      } as never,
      { type: "message_delta", delta: { stop_reason: "tool_use" }, usage: { output_tokens: 20 } } as never,
      { type: "message_stop" } as never,
    )
    const data = call({
      host: "api.anthropic.com",
      path: "/v1/messages?beta=true",
      request: { body: request },
      response: { headers: sse, body },
    })
    expect(data).toMatchObject({
      family: "anthropic.messages",
      provider: "anthropic",
      responseId: "msg_01",
      responseModel: "claude-x-1",
      sessionId: "01234567-89ab-cdef-0123-456789abcdef",
      finishReasons: ["tool_use"],
      usage: { inputTokens: 15, outputTokens: 20, cachedInputTokens: 10, cacheCreationInputTokens: 2 },
      systemInstructions: ["S"],
      toolCalls: [
        { id: "toolu_01B", name: "ls", arguments: '{"p":"."}' },
        { name: "find", server: "crm", arguments: '{"q":1}' },
      ],
      toolResults: [
        { id: "toolu_01A", content: "ok", isError: false },
        { id: "mcptoolu_1", content: "hit" },
      ],
      toolsProvided: ["ls", "bash"],
      mcpServers: [{ name: "crm", url: "https://crm.example/mcp" }],
      finished: true,
    })
    expect(data.inputMessages.map((one) => one.role)).toEqual(["tool", "user"])
    expect(data.outputMessages[0]?.parts[0]).toEqual({ type: "reasoning", text: "hm" })
  })
  it("reads a whole answer and an error inside a stream", () => {
    const whole = call({
      host: "api.anthropic.com",
      path: "/v1/messages",
      request: { body: request },
      response: {
        headers: json,
        body: {
          id: "msg_02",
          type: "message",
          role: "assistant",
          model: "c",
          content: [{ type: "text", text: "A" }],
          stop_reason: "end_turn",
          usage: { input_tokens: 1, output_tokens: 2 },
        },
      },
    })
    expect(whole).toMatchObject({ outputMessages: [{ parts: [{ text: "A" }] }], usage: { totalTokens: 3 } })
    const failed = call({
      host: "api.anthropic.com",
      path: "/v1/messages",
      request: { body: request },
      response: { headers: sse, body: named({ type: "error", error: { type: "overloaded_error", message: "Overloaded" } } as never) },
    })
    expect(failed).toMatchObject({ error: { type: "overloaded_error", message: "Overloaded" }, finished: false })
  })
})

describe("Gemini", () => {
  const request = {
    systemInstruction: { parts: [{ text: "S" }] },
    contents: [
      { role: "user", parts: [{ text: "U" }] },
      { role: "model", parts: [{ functionCall: { name: "ls", args: { p: "." } } }] },
      { role: "user", parts: [{ functionResponse: { name: "ls", response: { output: "r" } } }] },
    ],
    tools: [{ functionDeclarations: [{ name: "ls" }] }, { googleSearch: {} }],
    generationConfig: { temperature: 1 },
  }
  const answer = {
    candidates: [
      {
        content: { role: "model", parts: [{ text: "mu", thought: true }, { functionCall: { name: "ls", args: {} } }] },
        finishReason: "STOP",
      },
    ],
    usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 1, thoughtsTokenCount: 1, totalTokenCount: 5 },
    modelVersion: "gemini-x-001",
    responseId: "r1",
  }
  it("takes the model from the path and reads a plain answer", () => {
    const data = call({
      host: "generativelanguage.googleapis.com",
      path: "/v1beta/models/gemini-x:generateContent?key=k",
      request: { body: request },
      response: { body: answer },
    })
    expect(data).toMatchObject({
      family: "gemini.generate",
      operation: "generate_content",
      provider: "gcp.gemini",
      requestModel: "gemini-x",
      responseModel: "gemini-x-001",
      stream: false,
      systemInstructions: ["S"],
      toolsProvided: ["ls", "googleSearch"],
      toolResults: [{ name: "ls", content: "r" }],
      toolCalls: [{ name: "ls", arguments: "{}" }],
      usage: { inputTokens: 3, outputTokens: 2, reasoningTokens: 1, totalTokens: 5 },
      finishReasons: ["STOP"],
    })
  })
  it("joins the pieces of SSE, of a JSON array, and of Code Assist's envelope", () => {
    const piece = (text: string, last = false) => ({
      candidates: [{ content: { role: "model", parts: [{ text }] }, ...(last && { finishReason: "STOP" }) }],
      usageMetadata: { promptTokenCount: 3, totalTokenCount: 5 },
    })
    const path = "/v1beta/models/gemini-x:streamGenerateContent"
    const streamed = call({
      host: "generativelanguage.googleapis.com",
      path: `${path}?alt=sse`,
      request: { body: request },
      response: { headers: sse, body: events(piece("He"), piece("llo", true)) },
    })
    const array = call({
      host: "us-central1-aiplatform.googleapis.com",
      path: `/v1/projects/p/locations/us-central1/publishers/google/models/gemini-x:streamGenerateContent`,
      request: { body: request },
      response: { headers: json, body: [piece("He"), piece("llo", true)] },
    })
    const assist = call({
      host: "cloudcode-pa.googleapis.com",
      path: "/v1internal:streamGenerateContent?alt=sse",
      request: { body: { model: "gemini-y", project: "p", request } },
      response: { headers: sse, body: events({ response: piece("He") }, { response: piece("llo", true), traceId: "t" }) },
    })
    for (const data of [streamed, array, assist])
      expect(data).toMatchObject({
        stream: true,
        finished: true,
        outputMessages: [{ parts: [{ type: "text", text: "Hello" }] }],
        finishReasons: ["STOP"],
      })
    expect(array).toMatchObject({ provider: "gcp.vertex_ai", region: "us-central1" })
    expect(assist).toMatchObject({ requestModel: "gemini-y", systemInstructions: ["S"] })
  })
  it("reads interactions and their step events", () => {
    const body = named(
      { event_type: "interaction.created", interaction: { id: "i1", model: "gemini-x", status: "in_progress" } } as never,
      { event_type: "step.start", index: 0, step: { type: "model_output" } } as never,
      { event_type: "step.delta", index: 0, delta: { type: "text", text: "h" } } as never,
      { event_type: "step.delta", index: 0, delta: { type: "text", text: "i" } } as never,
      { event_type: "step.start", index: 1, step: { type: "function_call", id: "f1", name: "ls", arguments: {} } } as never,
      { event_type: "step.delta", index: 1, delta: { type: "arguments_delta", arguments: '{"p":1}' } } as never,
      {
        event_type: "interaction.completed",
        interaction: { id: "i1", status: "completed", usage: { total_input_tokens: 2, total_output_tokens: 3, total_tokens: 5 } },
      } as never,
    )
    const data = call({
      host: "generativelanguage.googleapis.com",
      path: "/v1beta/interactions",
      request: {
        body: {
          model: "gemini-x",
          input: "U",
          system_instruction: "S",
          previous_interaction_id: "i0",
          stream: true,
          tools: [{ type: "mcp_server", name: "crm", url: "https://crm.example/mcp" }],
        },
      },
      response: { headers: sse, body },
    })
    expect(data).toMatchObject({
      family: "gemini.interactions",
      responseId: "i1",
      previousResponseId: "i0",
      systemInstructions: ["S"],
      inputMessages: [{ parts: [{ text: "U" }] }],
      outputMessages: [
        {
          parts: [
            { type: "text", text: "hi" },
            { type: "tool_call", name: "ls", arguments: '{"p":1}' },
          ],
        },
      ],
      usage: { inputTokens: 2, outputTokens: 3 },
      mcpServers: [{ name: "crm" }],
      finished: true,
    })
  })
})
