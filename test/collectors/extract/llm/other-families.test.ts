import { describe, expect, it } from "vitest"
import { envelope } from "../../../../services/contracts/envelope.ts"
import { awsFrame } from "../event-stream.ts"
import { type ExchangeSketch, exchange, extract, json, ofKind, sse } from "../facts.ts"

function call(sketch: ExchangeSketch) {
  const rows = extract([exchange(sketch)])
  for (const row of rows) expect(envelope.safeParse(row).error).toBeUndefined()
  const [llm] = ofKind(rows, "llm")
  if (llm === undefined) throw new Error("no llm activity")
  return llm.data
}
const events = (...data: object[]) => data.map((one) => `data: ${JSON.stringify(one)}\n\n`).join("")
const lines = (...data: object[]) => data.map((one) => `${JSON.stringify(one)}\n`).join("")
const eventstream = [["content-type", "application/vnd.amazon.eventstream"]] as const

describe("Bedrock", () => {
  const host = "bedrock-runtime.us-east-1.amazonaws.com"
  const request = {
    system: [{ text: "S" }],
    messages: [{ role: "user", content: [{ toolResult: { toolUseId: "tooluse_1", content: [{ text: "ok" }], status: "success" } }] }],
    toolConfig: { tools: [{ toolSpec: { name: "ls", description: "lists", inputSchema: { json: { type: "object" } } } }] },
  }
  it("reads converse and takes the model from the encoded path", () => {
    const data = call({
      host,
      path: "/model/us.anthropic.claude-x%3A0/converse",
      request: { body: request },
      response: {
        headers: json,
        body: {
          output: {
            message: { role: "assistant", content: [{ text: "A" }, { toolUse: { toolUseId: "t2", name: "ls", input: { p: 1 } } }] },
          },
          stopReason: "tool_use",
          usage: { inputTokens: 5, outputTokens: 2, totalTokens: 7, cacheReadInputTokens: 3 },
          metrics: { latencyMs: 1 },
        },
      },
    })
    expect(data).toMatchObject({
      family: "bedrock.converse",
      provider: "aws.bedrock",
      region: "us-east-1",
      requestModel: "us.anthropic.claude-x:0",
      systemInstructions: ["S"],
      toolResults: [{ id: "tooluse_1", content: "ok" }],
      toolCalls: [{ id: "t2", name: "ls", arguments: '{"p":1}' }],
      usage: { inputTokens: 8, outputTokens: 2, cachedInputTokens: 3 },
      finishReasons: ["tool_use"],
    })
  })
  it("reads the frames of converse-stream, and the exception that ends one", () => {
    const body = Buffer.concat([
      awsFrame("messageStart", { role: "assistant" }),
      awsFrame("contentBlockDelta", { contentBlockIndex: 0, delta: { text: "He" } }),
      awsFrame("contentBlockDelta", { contentBlockIndex: 0, delta: { text: "y" } }),
      awsFrame("contentBlockStart", { contentBlockIndex: 1, start: { toolUse: { toolUseId: "t", name: "ls" } } }),
      awsFrame("contentBlockDelta", { contentBlockIndex: 1, delta: { toolUse: { input: '{"p":1}' } } }),
      awsFrame("messageStop", { stopReason: "tool_use" }),
      awsFrame("metadata", { usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 } }),
    ])
    expect(
      call({ host, path: "/model/m/converse-stream", request: { body: request }, response: { headers: eventstream, body } }),
    ).toMatchObject({
      stream: true,
      finished: true,
      outputMessages: [{ parts: [{ text: "Hey" }, { name: "ls", arguments: '{"p":1}' }] }],
      usage: { totalTokens: 3 },
    })
    const broken = Buffer.concat([
      awsFrame("contentBlockDelta", { contentBlockIndex: 0, delta: { text: "He" } }),
      awsFrame("throttlingException", { message: "slow" }, "exception"),
    ])
    expect(
      call({ host, path: "/model/m/converse-stream", request: { body: request }, response: { headers: eventstream, body: broken } }),
    ).toMatchObject({
      finished: false,
      error: { type: "throttlingException", message: "slow" },
      outputMessages: [{ parts: [{ text: "He" }] }],
    })
  })
  it("reads the native bodies that invoke carries", () => {
    const wrap = (event: object) => awsFrame("chunk", { bytes: Buffer.from(JSON.stringify(event)).toString("base64") })
    const claude = call({
      host,
      path: "/model/anthropic.claude/invoke-with-response-stream",
      request: {
        body: { anthropic_version: "bedrock-2023-05-31", max_tokens: 1, system: "S", messages: [{ role: "user", content: "U" }] },
      },
      response: {
        headers: eventstream,
        body: Buffer.concat([
          wrap({ type: "message_start", message: { id: "msg_bdrk_1", model: "claude", usage: { input_tokens: 2 } } }),
          wrap({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "A" } }),
          wrap({ type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 1 } }),
          wrap({ type: "message_stop" }),
        ]),
      },
    })
    expect(claude).toMatchObject({
      family: "bedrock.invoke",
      responseId: "msg_bdrk_1",
      systemInstructions: ["S"],
      outputMessages: [{ parts: [{ text: "A" }] }],
      finished: true,
    })
    const titan = call({
      host,
      path: "/model/amazon.titan/invoke",
      request: { body: { inputText: "U" } },
      response: { body: { inputTextTokenCount: 3, results: [{ outputText: "A", tokenCount: 2, completionReason: "FINISH" }] } },
    })
    expect(titan).toMatchObject({
      inputMessages: [{ parts: [{ text: "U" }] }],
      outputMessages: [{ parts: [{ text: "A" }] }],
      usage: { inputTokens: 3, outputTokens: 2 },
    })
    const llama = call({
      host,
      path: "/model/meta.llama3/invoke",
      request: { body: { prompt: "U", max_gen_len: 5 } },
      response: { body: { generation: "A", prompt_token_count: 1, generation_token_count: 2, stop_reason: "stop" } },
    })
    expect(llama).toMatchObject({ outputMessages: [{ parts: [{ text: "A" }] }], finishReasons: ["stop"], usage: { outputTokens: 2 } })
  })
})

describe("Ollama", () => {
  const request = {
    model: "q",
    messages: [
      { role: "system", content: "S" },
      { role: "user", content: "U", images: ["aGk="] },
    ],
    tools: [{ type: "function", function: { name: "ls", parameters: {} } }],
  }
  it("joins lines at any host, arguments being objects", () => {
    const body = lines(
      { model: "q", created_at: "t", message: { role: "assistant", content: "", thinking: "hm" }, done: false },
      { model: "q", created_at: "t", message: { role: "assistant", content: "He" }, done: false },
      {
        model: "q",
        created_at: "t",
        message: { role: "assistant", content: "y", tool_calls: [{ function: { name: "ls", arguments: { p: "." } } }] },
        done: false,
      },
      {
        model: "q",
        created_at: "t",
        message: { role: "assistant", content: "" },
        done: true,
        done_reason: "stop",
        prompt_eval_count: 4,
        eval_count: 6,
      },
    )
    const data = call({
      host: "10.0.0.9:11434",
      path: "/api/chat",
      request: { body: request },
      response: { headers: [["content-type", "application/x-ndjson"]], body },
    })
    expect(data).toMatchObject({
      family: "ollama",
      software: "ollama",
      stream: true,
      finished: true,
      systemInstructions: ["S"],
      toolCalls: [{ name: "ls", arguments: '{"p":"."}' }],
      usage: { inputTokens: 4, outputTokens: 6 },
      outputMessages: [{ parts: [{ type: "reasoning", text: "hm" }, { text: "Hey" }, {}] }],
    })
    expect(data.inputMessages[0]?.parts[1]).toMatchObject({ type: "blob", bytes: 2 })
  })
  it("reads generate and lists of models", () => {
    expect(
      call({
        host: "10.0.0.9:11434",
        path: "/api/generate",
        request: { body: { model: "q", prompt: "U", system: "S", stream: false } },
        response: { headers: json, body: { model: "q", created_at: "t", response: "A", done: true, done_reason: "stop" } },
      }),
    ).toMatchObject({
      operation: "text_completion",
      stream: false,
      inputMessages: [{ parts: [{ text: "U" }] }],
      outputMessages: [{ parts: [{ text: "A" }] }],
    })
    expect(
      call({
        host: "10.0.0.9",
        method: "GET",
        path: "/api/tags",
        response: { headers: json, body: { models: [{ name: "q", digest: "d", details: {} }] } },
      }),
    ).toMatchObject({ operation: "tags" })
  })
})

describe("the others", () => {
  it("reads Cohere's chat of both versions", () => {
    const two = call({
      host: "api.cohere.com",
      path: "/v2/chat",
      request: {
        body: {
          model: "c",
          messages: [
            { role: "system", content: "S" },
            { role: "user", content: "U" },
          ],
          stream: true,
        },
      },
      response: {
        headers: sse,
        body: events(
          { type: "message-start", id: "m1" },
          { type: "content-start", index: 0 },
          { type: "content-delta", index: 0, delta: { message: { content: { text: "A" } } } },
          { type: "tool-call-start", index: 0, delta: { message: { tool_calls: { id: "t", function: { name: "ls", arguments: "" } } } } },
          { type: "tool-call-delta", index: 0, delta: { message: { tool_calls: { function: { arguments: "{}" } } } } },
          { type: "message-end", delta: { finish_reason: "COMPLETE", usage: { tokens: { input_tokens: 1, output_tokens: 2 } } } },
        ),
      },
    })
    expect(two).toMatchObject({
      family: "cohere.chat",
      responseId: "m1",
      systemInstructions: ["S"],
      outputMessages: [{ parts: [{ text: "A" }, { name: "ls", arguments: "{}" }] }],
      usage: { inputTokens: 1, outputTokens: 2 },
      finished: true,
    })
    const one = call({
      host: "api.cohere.ai",
      path: "/v1/chat",
      request: { body: { message: "U", chat_history: [{ role: "CHATBOT", message: "old" }], preamble: "S" } },
      response: {
        body: { text: "A", generation_id: "g", meta: { tokens: { input_tokens: 1, output_tokens: 1 } }, finish_reason: "COMPLETE" },
      },
    })
    expect(one).toMatchObject({
      systemInstructions: ["S"],
      inputMessages: [{ role: "assistant" }, { parts: [{ text: "U" }] }],
      outputMessages: [{ parts: [{ text: "A" }] }],
    })
  })
  it("reads DashScope whether its stream adds or repeats", () => {
    const request = {
      model: "qwen",
      input: {
        messages: [
          { role: "system", content: "S" },
          { role: "user", content: "U" },
        ],
      },
      parameters: { result_format: "message", incremental_output: true },
    }
    const piece = (content: string, finish_reason = "null") => ({
      output: { choices: [{ message: { role: "assistant", content }, finish_reason }] },
      usage: { input_tokens: 1, output_tokens: 2, total_tokens: 3 },
      request_id: "r",
    })
    for (const pieces of [
      ["He", "llo"],
      ["He", "Hello"],
    ]) {
      const data = call({
        host: "dashscope.aliyuncs.com",
        path: "/api/v1/services/aigc/text-generation/generation",
        request: { body: request },
        response: { headers: sse, body: events(piece(pieces[0] ?? ""), piece(pieces[1] ?? "", "stop")) },
      })
      expect(data).toMatchObject({
        family: "dashscope",
        provider: "dashscope",
        responseId: "r",
        systemInstructions: ["S"],
        outputMessages: [{ parts: [{ text: "Hello" }] }],
        finishReasons: ["stop"],
      })
    }
  })
  it("reads signed cloud calls, Replicate, Hugging Face, watsonx and Oracle", () => {
    const hunyuan = call({
      host: "hunyuan.tencentcloudapi.com",
      path: "/",
      request: {
        headers: [["x-tc-action", "ChatCompletions"]],
        body: { Model: "hunyuan-x", Messages: [{ Role: "user", Content: "U" }], Stream: false },
      },
      response: {
        headers: json,
        body: {
          Response: {
            Id: "i",
            Choices: [{ Message: { Role: "assistant", Content: "A" }, FinishReason: "stop" }],
            Usage: { PromptTokens: 1 },
          },
        },
      },
    })
    expect(hunyuan).toMatchObject({
      family: "tencent.hunyuan",
      requestModel: "hunyuan-x",
      inputMessages: [{ role: "user", parts: [{ text: "U" }] }],
      outputMessages: [{ parts: [{ text: "A" }] }],
      finishReasons: ["stop"],
      usage: { inputTokens: 1 },
    })
    const wenxin = call({
      host: "aip.baidubce.com",
      path: "/rpc/2.0/ai_custom/v1/wenxinworkshop/chat/ernie?access_token=t",
      request: { body: { messages: [{ role: "user", content: "U" }], system: "S" } },
      response: { body: { id: "as-1", result: "A", usage: { prompt_tokens: 1, completion_tokens: 1 } } },
    })
    expect(wenxin).toMatchObject({
      family: "baidu.wenxin",
      requestModel: "ernie",
      systemInstructions: ["S"],
      outputMessages: [{ parts: [{ text: "A" }] }],
    })
    const replicate = call({
      host: "api.replicate.com",
      path: "/v1/models/meta/llama/predictions",
      request: { body: { input: { prompt: "U", system_prompt: "S" } } },
      response: { body: { id: "p", status: "succeeded", output: ["He", "y"] } },
    })
    expect(replicate).toMatchObject({
      family: "replicate",
      requestModel: "meta/llama",
      systemInstructions: ["S"],
      inputMessages: [{ parts: [{ text: "U" }] }],
      outputMessages: [{ parts: [{ text: "Hey" }] }],
    })
    const tgi = call({
      host: "x.endpoints.huggingface.cloud",
      path: "/generate_stream",
      request: { body: { inputs: "U", parameters: { temperature: 1 } } },
      response: { headers: sse, body: events({ token: { text: "He" } }, { token: { text: "y" }, generated_text: "Hey" }) },
    })
    expect(tgi).toMatchObject({
      provider: "huggingface",
      inputMessages: [{ parts: [{ text: "U" }] }],
      outputMessages: [{ parts: [{ text: "Hey" }] }],
      finished: true,
    })
    const watsonx = call({
      host: "eu-de.ml.cloud.ibm.com",
      path: "/ml/v1/text/generation?version=1",
      request: { body: { model_id: "granite", input: "U", project_id: "p" } },
      response: { body: { model_id: "granite", results: [{ generated_text: "A", input_token_count: 1, generated_token_count: 2 }] } },
    })
    expect(watsonx).toMatchObject({
      provider: "ibm.watsonx.ai",
      region: "eu-de",
      requestModel: "granite",
      outputMessages: [{ parts: [{ text: "A" }] }],
      usage: { inputTokens: 1, outputTokens: 2 },
    })
    const oracle = call({
      host: "inference.generativeai.us-chicago-1.oci.oraclecloud.com",
      path: "/20231130/actions/chat",
      request: {
        body: {
          servingMode: { modelId: "m" },
          chatRequest: { apiFormat: "GENERIC", messages: [{ role: "USER", content: [{ type: "TEXT", text: "U" }] }] },
        },
      },
      response: {
        body: {
          chatResponse: {
            apiFormat: "GENERIC",
            choices: [{ message: { role: "ASSISTANT", content: [{ type: "TEXT", text: "A" }] }, finishReason: "stop" }],
          },
        },
      },
    })
    expect(oracle).toMatchObject({
      provider: "oracle.oci",
      requestModel: "m",
      inputMessages: [{ role: "user", parts: [{ text: "U" }] }],
      outputMessages: [{ parts: [{ text: "A" }] }],
    })
  })
  it("keeps the texts of protobuf that has no schema", () => {
    const field = (number: number, value: Buffer | string) => {
      const bytes = Buffer.from(value)
      return Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), bytes])
    }
    const framed = (message: Buffer) => {
      const head = Buffer.alloc(5)
      head.writeUInt32BE(message.length, 1)
      return Buffer.concat([head, message])
    }
    const headers = [["content-type", "application/connect+proto"]] as const
    const ask = framed(field(1, Buffer.concat([field(2, "please delete everything"), Buffer.from([0x18, 0x05]), field(4, "short")])))
    const reply = Buffer.concat([framed(field(1, field(1, "I will "))), framed(field(1, field(1, "do it")))])
    const data = call({
      host: "api2.cursor.sh",
      path: "/aiserver.v1.ChatService/StreamUnifiedChatWithTools",
      request: { headers, body: ask },
      response: { headers, body: reply },
    })
    expect(data).toMatchObject({
      family: "connect.proto",
      provider: "cursor",
      operation: "StreamUnifiedChatWithTools",
      inputMessages: [{ parts: [{ text: "please delete everything" }] }],
      outputMessages: [{ parts: [{ text: "I will do it" }] }],
    })
  })
  it("names the vendor's other endpoints by what they do", () => {
    expect(
      call({
        host: "api.openai.com",
        path: "/v1/embeddings",
        request: { body: { model: "e", input: ["a", "b"] } },
        response: { headers: json, body: { object: "list", data: [{ embedding: [0.1] }], usage: { prompt_tokens: 2, total_tokens: 2 } } },
      }),
    ).toMatchObject({
      family: "openai.other",
      operation: "embeddings",
      inputMessages: [{ parts: [{ text: "a" }] }, { parts: [{ text: "b" }] }],
      usage: { inputTokens: 2 },
    })
    expect(
      call({
        host: "api.anthropic.com",
        path: "/v1/messages/count_tokens",
        request: { body: { model: "c", messages: [{ role: "user", content: "U" }] } },
        response: { headers: json, body: { input_tokens: 4 } },
      }),
    ).toMatchObject({ operation: "count_tokens" })
    expect(
      call({
        host: "api.openai.com",
        path: "/v1/organization/admin_api_keys",
        request: { headers: json, body: { name: "n" } },
        response: { headers: json, body: { id: "k" } },
      }),
    ).toMatchObject({ family: "openai.other", operation: "organization" })
  })
})

describe("what has no column", () => {
  it("goes on raw: credentials for hosted tools, prompt templates, predictions, settings too large to be settings", () => {
    const responses = call({
      host: "api.openai.com",
      path: "/v1/responses",
      request: {
        body: {
          model: "m",
          input: "U",
          prompt: { id: "pmpt_1", variables: { secret: "template words" } },
          tools: [{ type: "mcp", server_label: "crm", server_url: "https://crm.example/mcp", authorization: "third party token" }],
          metadata: { note: "n".repeat(3_000) },
        },
      },
      response: { headers: json, body: { id: "r", object: "response", status: "completed", output: [] } },
    })
    for (const text of ["template words", "third party token", "nnnn"]) expect(responses.raw).toContain(text)
    const messages = call({
      host: "api.anthropic.com",
      path: "/v1/messages",
      request: {
        body: {
          model: "c",
          max_tokens: 1,
          messages: [{ role: "user", content: "U" }],
          mcp_servers: [{ type: "url", name: "crm", url: "https://crm.example", authorization_token: "third party token" }],
        },
      },
      response: { headers: json, body: { type: "message", role: "assistant", content: [], usage: {} } },
    })
    expect(messages.raw).toContain("third party token")
    expect(messages.unknownFields).toBe(0)
    const azure = call({
      host: "acme.openai.azure.com",
      path: "/openai/deployments/prod-gpt/chat/completions?api-version=2026-06-01",
      request: { body: { messages: [{ role: "user", content: "U" }], prediction: { type: "content", content: "predicted words" } } },
      response: {
        headers: json,
        body: {
          id: "c",
          object: "chat.completion",
          choices: [{ message: { role: "assistant", content: "A" } }],
          usage: { prompt_tokens: 1 },
        },
      },
    })
    expect(azure).toMatchObject({ requestModel: "prod-gpt", tenant: "acme", provider: "azure.ai.openai" })
    expect(azure.raw).toContain("predicted words")
  })
})
