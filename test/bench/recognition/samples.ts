// Exchanges of every family as its vendor documents them, made by chance within what the documents allow: streamed or not, with and without system
// prompt, tools, results, pictures. Written here, from the field names of the documents; no capture is quoted.
import type { ExchangeSketch } from "../../collectors/extract/facts.ts"

export interface Sample {
  readonly family: string
  readonly kind: "llm" | "mcp" | "a2a"
  /** What its bodies say where the path, which alone names the service, is another. */
  readonly bodyFamily?: string
  /** A host that the catalogue knows; absent where the family is told by shape alone. */
  readonly host?: string
  readonly sketch: ExchangeSketch
}

export type Random = () => number

export function chance(seed: number): Random {
  let state = seed >>> 0 || 1
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

const json = [["content-type", "application/json"]] as const
const sse = [["content-type", "text/event-stream"]] as const
const WORDS = "please read the file and tell me what it says about pelicans near harbour today with numbers from the table".split(" ")

export function makeSample(family: string, random: Random): Sample {
  const make = makers[family]
  if (make === undefined) throw new Error(`no samples of ${family}`)
  return make(new Dice(random))
}

export class Dice {
  readonly #random: Random
  constructor(random: Random) {
    this.#random = random
  }
  maybe(share = 0.5): boolean {
    return this.#random() < share
  }
  number(to: number): number {
    return Math.floor(this.#random() * to)
  }
  words(count = 3 + this.number(30)): string {
    return Array.from({ length: count }, () => WORDS[this.number(WORDS.length)]).join(" ")
  }
  id(prefix: string): string {
    return `${prefix}${Array.from({ length: 16 }, () => this.number(16).toString(16)).join("")}`
  }
  some<T extends object>(share: number, value: T): T | object {
    return this.maybe(share) ? value : {}
  }
  pieces(text: string): string[] {
    return text.split(/(?<= )/)
  }
}

const stream = (events: readonly object[], { named = false, done = false } = {}): string =>
  events.map((event) => `${named ? `event: ${(event as { type: string }).type}\n` : ""}data: ${JSON.stringify(event)}\n\n`).join("") +
  (done ? "data: [DONE]\n\n" : "")
const answer = (streamed: boolean, events: string, whole: object) =>
  streamed ? { headers: sse, body: events } : { headers: json, body: whole }
const schema = { type: "object", properties: { path: { type: "string" } } }

const makers: Readonly<Record<string, (dice: Dice) => Sample>> = {
  "openai.chat": (dice) => {
    const streamed = dice.maybe()
    const said = dice.words()
    const base = { id: dice.id("chatcmpl-"), created: 1, model: "m-1" }
    const usage = { prompt_tokens: 9, completion_tokens: 4, total_tokens: 13 }
    const call = { id: "call_1", type: "function", function: { name: "read", arguments: '{"path":"."}' } }
    const calls = dice.maybe(0.3)
    const chunks = calls ? [{ tool_calls: [{ index: 0, ...call }] }] : dice.pieces(said).map((content) => ({ content }))
    const events = [
      ...chunks.map((delta) => ({ ...base, object: "chat.completion.chunk", choices: [{ index: 0, delta, finish_reason: null }] })),
      { ...base, object: "chat.completion.chunk", choices: [{ index: 0, delta: {}, finish_reason: "stop" }], ...dice.some(0.5, { usage }) },
    ]
    const message = calls ? { role: "assistant", content: null, tool_calls: [call] } : { role: "assistant", content: said }
    return {
      family: "openai.chat",
      kind: "llm",
      host: "api.openai.com",
      sketch: {
        path: "/v1/chat/completions",
        request: {
          headers: json,
          body: {
            model: "m-1",
            messages: [
              ...(dice.maybe() ? [{ role: dice.maybe() ? "system" : "developer", content: dice.words() }] : []),
              {
                role: "user",
                content: dice.maybe(0.8)
                  ? dice.words()
                  : [
                      { type: "text", text: dice.words() },
                      { type: "image_url", image_url: { url: "https://x.example/a.png" } },
                    ],
              },
              ...(dice.maybe(0.3)
                ? [
                    { role: "assistant", content: null, tool_calls: [call] },
                    { role: "tool", tool_call_id: "call_1", content: dice.words() },
                  ]
                : []),
            ],
            ...dice.some(0.4, { tools: [{ type: "function", function: { name: "read", description: dice.words(), parameters: schema } }] }),
            ...(streamed && { stream: true }),
            ...dice.some(0.3, { temperature: 0.1 }),
          },
        },
        response: answer(streamed, stream(events, { done: dice.maybe(0.8) }), {
          ...base,
          object: "chat.completion",
          choices: [{ index: 0, message, finish_reason: "stop" }],
          usage,
        }),
      },
    }
  },
  "openai.responses": (dice) => {
    const streamed = dice.maybe()
    const item = {
      type: "message",
      id: "msg_1",
      role: "assistant",
      status: "completed",
      content: [{ type: "output_text", text: dice.words(), annotations: [] }],
    }
    const response = {
      id: dice.id("resp_"),
      object: "response",
      status: "completed",
      model: "m-1",
      output: [item],
      usage: { input_tokens: 3, output_tokens: 4, total_tokens: 7 },
    }
    const events = [
      { type: "response.created", response: { ...response, status: "in_progress", output: [] } },
      { type: "response.output_item.added", output_index: 0, item: { ...item, content: [] } },
      { type: "response.output_text.delta", item_id: "msg_1", output_index: 0, content_index: 0, delta: dice.words() },
      { type: "response.completed", response },
    ]
    return {
      family: "openai.responses",
      kind: "llm",
      host: "api.openai.com",
      sketch: {
        path: "/v1/responses",
        request: {
          headers: json,
          body: {
            model: "m-1",
            input: dice.maybe() ? dice.words() : [{ type: "message", role: "user", content: [{ type: "input_text", text: dice.words() }] }],
            ...dice.some(0.5, { instructions: dice.words() }),
            ...dice.some(0.3, { previous_response_id: "resp_0" }),
            ...(streamed && { stream: true }),
          },
        },
        response: answer(streamed, stream(events, { named: true }), response),
      },
    }
  },
  "anthropic.messages": (dice) => {
    const streamed = dice.maybe()
    const message = {
      id: dice.id("msg_01"),
      type: "message",
      role: "assistant",
      model: "m-1",
      content: [],
      stop_reason: null,
      usage: { input_tokens: 3, output_tokens: 1 },
    }
    const said = dice.words()
    const events = [
      { type: "message_start", message },
      { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
      ...dice.pieces(said).map((text) => ({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text } })),
      { type: "content_block_stop", index: 0 },
      { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 7 } },
      { type: "message_stop" },
    ]
    return {
      family: "anthropic.messages",
      kind: "llm",
      host: "api.anthropic.com",
      sketch: {
        path: dice.maybe() ? "/v1/messages" : "/v1/messages?beta=true",
        request: {
          headers: [...json, ...(dice.maybe(0.9) ? ([["anthropic-version", "2023-06-01"]] as const) : [])],
          body: {
            model: "m-1",
            max_tokens: 100,
            messages: [
              { role: "user", content: dice.maybe() ? dice.words() : [{ type: "text", text: dice.words() }] },
              ...(dice.maybe(0.3)
                ? [
                    { role: "assistant", content: [{ type: "tool_use", id: "toolu_1", name: "read", input: {} }] },
                    { role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_1", content: dice.words() }] },
                  ]
                : []),
            ],
            ...dice.some(0.5, { system: dice.maybe() ? dice.words() : [{ type: "text", text: dice.words() }] }),
            ...dice.some(0.5, { tools: [{ name: "read", description: dice.words(), input_schema: schema }] }),
            ...(streamed && { stream: true }),
          },
        },
        response: answer(streamed, stream(events, { named: true }), {
          ...message,
          content: [{ type: "text", text: said }],
          stop_reason: "end_turn",
        }),
      },
    }
  },
  "gemini.generate": (dice) => {
    const streamed = dice.maybe()
    const piece = (text: string) => ({
      candidates: [{ content: { role: "model", parts: [{ text }] }, index: 0, finishReason: "STOP" }],
      usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 4, totalTokenCount: 7 },
      modelVersion: "m-1",
    })
    const asArray = streamed && dice.maybe(0.3)
    return {
      family: "gemini.generate",
      kind: "llm",
      host: "generativelanguage.googleapis.com",
      sketch: {
        path: `/v1beta/models/m-1:${streamed ? "streamGenerateContent" : "generateContent"}${streamed && !asArray ? "?alt=sse" : ""}`,
        request: {
          headers: json,
          body: {
            contents: [{ ...dice.some(0.8, { role: "user" }), parts: [{ text: dice.words() }] }],
            ...dice.some(0.4, { systemInstruction: { parts: [{ text: dice.words() }] } }),
            ...dice.some(0.4, { tools: [{ functionDeclarations: [{ name: "read", description: dice.words(), parameters: schema }] }] }),
            ...dice.some(0.4, { generationConfig: { temperature: 0.2 } }),
          },
        },
        response: asArray
          ? { headers: json, body: [piece(dice.words()), piece(dice.words())] }
          : answer(streamed, stream([piece(dice.words()), piece(dice.words())]), piece(dice.words())),
      },
    }
  },
  "gemini.interactions": (dice) => {
    const streamed = dice.maybe()
    const whole = {
      id: dice.id("v1_"),
      object: "interaction",
      model: "m-1",
      status: "completed",
      steps: [{ type: "model_output", content: [{ type: "text", text: dice.words() }] }],
      usage: { total_input_tokens: 3, total_output_tokens: 4 },
    }
    const events = [
      { event_type: "interaction.created", interaction: { id: whole.id, model: "m-1", status: "in_progress" } },
      { event_type: "step.start", index: 0, step: { type: "model_output" } },
      { event_type: "step.delta", index: 0, delta: { type: "text", text: dice.words() } },
      { event_type: "step.stop", index: 0 },
      { event_type: "interaction.completed", interaction: whole },
    ]
    return {
      family: "gemini.interactions",
      kind: "llm",
      host: "generativelanguage.googleapis.com",
      sketch: {
        path: "/v1beta/interactions",
        request: {
          headers: json,
          body: {
            model: "m-1",
            input: dice.words(),
            ...dice.some(0.5, { system_instruction: dice.words() }),
            ...(streamed && { stream: true }),
          },
        },
        response: answer(streamed, stream(events), whole),
      },
    }
  },
  "bedrock.converse": (dice) => ({
    family: "bedrock.converse",
    kind: "llm",
    host: "bedrock-runtime.eu-central-1.amazonaws.com",
    sketch: {
      path: "/model/eu.anthropic.m-1-v1%3A0/converse",
      request: {
        headers: json,
        body: {
          messages: [{ role: "user", content: [{ text: dice.words() }] }],
          ...dice.some(0.5, { system: [{ text: dice.words() }] }),
          ...dice.some(0.6, { inferenceConfig: { maxTokens: 50 } }),
          ...dice.some(0.5, { toolConfig: { tools: [{ toolSpec: { name: "read", inputSchema: { json: schema } } }] } }),
        },
      },
      response: {
        headers: json,
        body: {
          output: { message: { role: "assistant", content: [{ text: dice.words() }] } },
          stopReason: "end_turn",
          usage: { inputTokens: 3, outputTokens: 4, totalTokens: 7 },
        },
      },
    },
  }),
  ollama: (dice) => {
    const lines = dice
      .pieces(dice.words())
      .map((content) => ({ model: "q", created_at: "2026-01-01T00:00:00Z", message: { role: "assistant", content }, done: false }))
    const last = {
      model: "q",
      created_at: "2026-01-01T00:00:00Z",
      message: { role: "assistant", content: "" },
      done: true,
      done_reason: "stop",
      prompt_eval_count: 3,
      eval_count: 4,
    }
    const streamed = dice.maybe()
    return {
      family: "ollama",
      kind: "llm",
      sketch: {
        path: "/api/chat",
        request: {
          headers: json,
          body: { model: "q", messages: [{ role: "user", content: dice.words() }], ...(!streamed && { stream: false }) },
        },
        response: streamed
          ? { headers: [["content-type", "application/x-ndjson"]], body: [...lines, last].map((line) => JSON.stringify(line)).join("\n") }
          : { headers: json, body: { ...last, message: { role: "assistant", content: dice.words() } } },
      },
    }
  },
  dashscope: (dice) => ({
    family: "dashscope",
    kind: "llm",
    host: "dashscope.aliyuncs.com",
    sketch: {
      path: "/api/v1/services/aigc/text-generation/generation",
      request: {
        headers: json,
        body: { model: "qwen-x", input: { messages: [{ role: "user", content: dice.words() }] }, parameters: { result_format: "message" } },
      },
      response: {
        headers: json,
        body: {
          output: { choices: [{ finish_reason: "stop", message: { role: "assistant", content: dice.words() } }] },
          usage: { input_tokens: 3, output_tokens: 4 },
          request_id: "r",
        },
      },
    },
  }),
  "cohere.chat": (dice) => {
    const streamed = dice.maybe()
    const said = dice.words()
    const usage = { billed_units: { input_tokens: 3, output_tokens: 4 }, tokens: { input_tokens: 3, output_tokens: 4 } }
    const call = { id: "read_1", type: "function", function: { name: "read", arguments: '{"path":"."}' } }
    const calls = dice.maybe(0.3)
    const content = [{ type: "text", text: said }]
    const message = { role: "assistant", ...(calls ? { tool_plan: dice.words(), tool_calls: [call] } : { content }) }
    const events = [
      {
        type: "message-start",
        id: "c-1",
        delta: { message: { role: "assistant", content: [], tool_plan: "", tool_calls: [], citations: [] } },
      },
      ...(calls
        ? [
            { type: "tool-plan-delta", delta: { message: { tool_plan: said } } },
            { type: "tool-call-start", index: 0, delta: { message: { tool_calls: call } } },
            { type: "tool-call-end", index: 0 },
          ]
        : [
            { type: "content-start", index: 0, delta: { message: { content: { type: "text", text: "" } } } },
            ...dice.pieces(said).map((text) => ({ type: "content-delta", index: 0, delta: { message: { content: { text } } } })),
            { type: "content-end", index: 0 },
          ]),
      { type: "message-end", id: "c-1", delta: { finish_reason: calls ? "TOOL_CALL" : "COMPLETE", usage } },
    ]
    return {
      family: "cohere.chat",
      kind: "llm",
      host: "api.cohere.com",
      sketch: {
        path: "/v2/chat",
        request: {
          headers: json,
          body: {
            model: "command-x",
            messages: [
              ...(dice.maybe() ? [{ role: "system", content: dice.words() }] : []),
              { role: "user", content: dice.maybe(0.8) ? dice.words() : [{ type: "text", text: dice.words() }] },
            ],
            ...(streamed && { stream: true }),
            ...dice.some(0.4, { tools: [{ type: "function", function: { name: "read", description: dice.words(), parameters: schema } }] }),
          },
        },
        response: answer(streamed, stream(events, { named: true }), {
          id: dice.id(""),
          message,
          finish_reason: calls ? "TOOL_CALL" : "COMPLETE",
          usage,
        }),
      },
    }
  },
  replicate: (dice) => {
    const version = dice.maybe(0.3)
    const waited = dice.maybe()
    const input = { prompt: dice.words(), ...dice.some(0.4, { system_prompt: dice.words() }), ...dice.some(0.4, { max_tokens: 100 }) }
    return {
      family: "replicate",
      kind: "llm",
      host: "api.replicate.com",
      sketch: {
        path: version ? "/v1/predictions" : "/v1/models/acme/m-1/predictions",
        status: waited ? 200 : 201,
        request: { headers: json, body: { ...(version && { version: "acme/m-1:5c7d5dc6" }), input, ...dice.some(0.2, { stream: true }) } },
        response: {
          headers: json,
          body: {
            id: dice.id(""),
            model: "acme/m-1",
            version: "hidden",
            input,
            logs: "",
            ...(waited && {
              output: dice.pieces(dice.words()),
              metrics: { input_token_count: 3, output_token_count: 4, predict_time: 0.5 },
            }),
            data_removed: false,
            error: null,
            status: waited ? "succeeded" : "starting",
            created_at: "2026-11-01T00:00:00Z",
            urls: { get: "https://r.example/v1/predictions/p", cancel: "https://r.example/v1/predictions/p/cancel" },
          },
        },
      },
    }
  },
  "aws.sagemaker": (dice) => ({
    family: "aws.sagemaker",
    bodyFamily: "huggingface",
    kind: "llm",
    host: "runtime.sagemaker.us-east-1.amazonaws.com",
    sketch: {
      path: "/endpoints/e-1/invocations",
      request: {
        headers: json,
        body: { inputs: dice.words(), parameters: { max_new_tokens: 64, ...dice.some(0.4, { temperature: 0.1 }) } },
      },
      response: { headers: json, body: dice.maybe() ? [{ generated_text: dice.words() }] : { generated_text: dice.words() } },
    },
  }),
  mcp: (dice) => {
    const methods = [
      {
        method: "tools/call",
        params: { name: "find", arguments: { q: dice.words(4) } },
        result: { content: [{ type: "text", text: dice.words() }] },
      },
      { method: "tools/list", params: {}, result: { tools: [{ name: "find", description: dice.words(), inputSchema: schema }] } },
      {
        method: "initialize",
        params: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "c", version: "1" } },
        result: { protocolVersion: "2025-06-18", capabilities: {}, serverInfo: { name: "s", version: "1" } },
      },
      { method: "resources/read", params: { uri: "file:///a" }, result: { contents: [{ uri: "file:///a", text: dice.words() }] } },
    ]
    const one = methods[dice.number(methods.length)] ?? methods[0]
    const reply = { jsonrpc: "2.0", id: 1, result: one?.result }
    return {
      family: "mcp",
      kind: "mcp",
      sketch: {
        path: dice.maybe() ? "/mcp" : `/x/${dice.number(99)}`,
        request: {
          headers: [...json, ["accept", "application/json, text/event-stream"]],
          body: { jsonrpc: "2.0", id: 1, method: one?.method, params: one?.params },
        },
        response: dice.maybe()
          ? { headers: json, body: reply }
          : { headers: sse, body: `event: message\ndata: ${JSON.stringify(reply)}\n\n` },
      },
    }
  },
  a2a: (dice) => {
    const modern = dice.maybe()
    return {
      family: "a2a",
      kind: "a2a",
      sketch: {
        path: "/a2a",
        request: {
          headers: json,
          body: {
            jsonrpc: "2.0",
            id: 1,
            method: modern ? "SendMessage" : "message/send",
            params: {
              message: modern
                ? { messageId: "m", role: "ROLE_USER", parts: [{ text: dice.words() }] }
                : { kind: "message", messageId: "m", role: "user", parts: [{ kind: "text", text: dice.words() }] },
            },
          },
        },
        response: { headers: json, body: { jsonrpc: "2.0", id: 1, result: { id: "t", contextId: "c", status: { state: "completed" } } } },
      },
    }
  },
}

export const families: readonly string[] = Object.keys(makers)
