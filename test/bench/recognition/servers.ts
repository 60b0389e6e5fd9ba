// Model servers, gateways and clouds as their documents describe them: paths, bodies and headers of each, and what the audit row must say of the call.
// Written here from field names of the documents; no capture is quoted.
import type { HeaderList } from "../../../collectors/wire/facts.ts"
import type { BodySketch, ExchangeSketch } from "../../collectors/extract/facts.ts"
import { eventStream } from "./event-stream.ts"

export interface ServerCase {
  readonly name: string
  readonly sketch: ExchangeSketch
  /** Absent: this API does not say it. */
  readonly wants: {
    readonly family?: string
    readonly model?: string
    readonly said?: string
    readonly inputTokens?: number
    readonly software?: string
  }
}

const json: HeaderList = [["content-type", "application/json"]]
const sse: HeaderList = [["content-type", "text/event-stream"]]
const SAID = "Two pelicans."
const messages = [
  { role: "system", content: "Count birds." },
  { role: "user", content: "How many?" },
]
const usage = { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 }
const chatWants = { family: "openai.chat", said: SAID, inputTokens: 9 }

const chatReply = (more: object = {}) => ({
  id: "chatcmpl-1",
  object: "chat.completion",
  created: 1,
  model: "m-1",
  choices: [{ index: 0, message: { role: "assistant", content: SAID }, finish_reason: "stop" }],
  usage,
  ...more,
})
const chunk = (delta: object, more: object = {}) => ({
  id: "chatcmpl-1",
  object: "chat.completion.chunk",
  created: 1,
  model: "m-1",
  choices: [{ index: 0, delta, finish_reason: null }],
  ...more,
})
const events = (list: readonly object[], head = "") =>
  `${head}${list.map((one) => `data: ${JSON.stringify(one)}\n\n`).join("")}data: [DONE]\n\n`
const chatEvents = (head = "") =>
  events([chunk({ role: "assistant" }), chunk({ content: SAID }), { ...chunk({}), choices: [], usage }], head)
const claude = (model = "claude-1") => ({
  id: "msg_01",
  type: "message",
  role: "assistant",
  model,
  content: [{ type: "text", text: SAID }],
  stop_reason: "end_turn",
  usage: { input_tokens: 9, output_tokens: 3 },
})
const claudeEvents = [
  { type: "message_start", message: { ...claude(), content: [], stop_reason: null } },
  { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
  { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: SAID } },
  { type: "content_block_stop", index: 0 },
  { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 3 } },
  { type: "message_stop" },
]
const named = (list: readonly { readonly type: string }[]) =>
  list.map((one) => `event: ${one.type}\ndata: ${JSON.stringify(one)}\n\n`).join("")
const geminiReply = {
  candidates: [{ content: { role: "model", parts: [{ text: SAID }] }, finishReason: "STOP" }],
  usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 3, totalTokenCount: 12 },
  modelVersion: "g-1",
}
const claudeBody = { max_tokens: 10, system: "Count birds.", messages: [{ role: "user", content: "How many?" }] }
const geminiBody = { contents: [{ role: "user", parts: [{ text: "How many?" }] }] }
const converseBody = { messages: [{ role: "user", content: [{ text: "How many?" }] }], inferenceConfig: { maxTokens: 9 } }
const responseReply = {
  id: "resp_1",
  object: "response",
  status: "completed",
  model: "m-1",
  output: [{ type: "message", role: "assistant", content: [{ type: "output_text", text: SAID }] }],
  usage: { input_tokens: 9, output_tokens: 3, total_tokens: 12 },
}

function at(
  host: string,
  path: string,
  body: object,
  answer: object | string,
  more: { request?: HeaderList; response?: HeaderList; media?: string } = {},
): ExchangeSketch {
  const media: HeaderList = more.media === undefined ? (typeof answer === "string" ? sse : json) : [["content-type", more.media]]
  const response: BodySketch = { headers: [...media, ...(more.response ?? [])], body: answer }
  return { host, path, request: { headers: [...json, ...(more.request ?? [])], body }, response }
}

const chat = (host: string, path: string, more: Parameters<typeof at>[4] = {}, extra: object = {}) =>
  at(host, path, { model: "m-1", messages, ...extra }, chatReply(), more)
const streamed = (host: string, path: string, head = "", more: Parameters<typeof at>[4] = {}) =>
  at(host, path, { model: "m-1", messages, stream: true }, chatEvents(head), more)

const litellm: HeaderList = [
  ["x-litellm-call-id", "1"],
  ["x-litellm-model-id", "2"],
  ["x-litellm-model-api-base", "https://api.openai.com"],
]

export const serverCases: readonly ServerCase[] = [
  {
    name: "LiteLLM",
    sketch: chat("llm.corp.example", "/chat/completions", { response: litellm }),
    wants: { ...chatWants, model: "m-1", software: "litellm" },
  },
  {
    name: "LiteLLM, Anthropic's API",
    sketch: at("llm.corp.example", "/v1/messages", { model: "m-1", ...claudeBody }, named(claudeEvents), { response: litellm }),
    wants: { family: "anthropic.messages", said: SAID, inputTokens: 9, software: "litellm" },
  },
  {
    name: "LiteLLM, pass-through of Vertex",
    sketch: at(
      "llm.corp.example",
      "/vertex_ai/v1/projects/p/locations/l/publishers/google/models/g-1:generateContent",
      geminiBody,
      geminiReply,
      { response: litellm },
    ),
    wants: { family: "gemini.generate", model: "g-1", said: SAID, inputTokens: 9 },
  },
  {
    name: "LiteLLM, pass-through of Bedrock",
    sketch: at("llm.corp.example", "/bedrock/model/claude-1/converse", converseBody, {
      output: { message: { role: "assistant", content: [{ text: SAID }] } },
      stopReason: "end_turn",
      usage: { inputTokens: 9, outputTokens: 3, totalTokens: 12 },
    }),
    wants: { family: "bedrock.converse", model: "claude-1", said: SAID, inputTokens: 9 },
  },
  {
    name: "OpenRouter",
    sketch: streamed("openrouter.ai", "/api/v1/chat/completions", ": OPENROUTER PROCESSING\n\n"),
    wants: { ...chatWants, model: "m-1" },
  },
  {
    name: "OpenRouter behind a name of its own",
    sketch: streamed("router.corp.example", "/api/v1/chat/completions", ": OPENROUTER PROCESSING\n\n"),
    wants: chatWants,
  },
  {
    name: "vLLM",
    sketch: at(
      "10.1.2.3:8000",
      "/v1/chat/completions",
      { model: "m-1", messages, chat_template_kwargs: {} },
      chatReply({ kv_transfer_params: null, prompt_logprobs: null }),
      { response: [["server", "uvicorn"]] },
    ),
    wants: { ...chatWants, software: "vllm" },
  },
  {
    name: "vLLM, responses",
    sketch: at("10.1.2.3:8000", "/v1/responses", { model: "m-1", input: "How many?" }, responseReply, {
      response: [["server", "uvicorn"]],
    }),
    wants: { family: "openai.responses", said: SAID, inputTokens: 9 },
  },
  {
    name: "llama.cpp, chat",
    sketch: at("10.1.2.3:8080", "/v1/chat/completions", { messages }, chatReply({ timings: { prompt_n: 9, predicted_n: 3 } }), {
      response: [["server", "llama.cpp"]],
    }),
    wants: { ...chatWants, software: "llama.cpp" },
  },
  {
    name: "llama.cpp, its own",
    sketch: at(
      "10.1.2.3:8080",
      "/completion",
      { prompt: "How many?", n_predict: 9 },
      { content: SAID, stop: true, model: "m-1", tokens_predicted: 3, tokens_evaluated: 9, timings: { prompt_n: 9, predicted_n: 3 } },
      { response: [["server", "llama.cpp"]] },
    ),
    wants: { said: SAID, inputTokens: 9, software: "llama.cpp" },
  },
  {
    name: "LM Studio",
    sketch: at(
      "10.1.2.3:1234",
      "/api/v0/chat/completions",
      { model: "m-1", messages },
      chatReply({ stats: {}, model_info: {}, runtime: {} }),
    ),
    wants: { ...chatWants, software: "lm-studio" },
  },
  {
    name: "Ollama, generate",
    sketch: at(
      "10.1.2.3:11434",
      "/api/generate",
      { model: "m-1", prompt: "How many?", stream: false },
      {
        model: "m-1",
        created_at: "2026-01-01T00:00:00Z",
        response: SAID,
        done: true,
        done_reason: "stop",
        prompt_eval_count: 9,
        eval_count: 3,
      },
    ),
    wants: { family: "ollama", model: "m-1", said: SAID, inputTokens: 9 },
  },
  { name: "Ollama, OpenAI's API", sketch: chat("10.1.2.3:11434", "/v1/chat/completions"), wants: chatWants },
  {
    name: "TGI",
    sketch: at(
      "10.1.2.3",
      "/generate",
      { inputs: "How many?", parameters: { max_new_tokens: 9 } },
      { generated_text: SAID, details: { finish_reason: "length", prefill: [], generated_tokens: 3 } },
      {
        response: [
          ["x-compute-type", "gpu"],
          ["x-inference-time", "12"],
        ],
      },
    ),
    wants: { family: "huggingface", said: SAID },
  },
  {
    name: "SGLang",
    sketch: at(
      "10.1.2.3:30000",
      "/generate",
      { text: "How many?", sampling_params: { max_new_tokens: 9 } },
      { text: SAID, meta_info: { id: "1", prompt_tokens: 9, completion_tokens: 3, finish_reason: { type: "stop" } } },
    ),
    wants: { said: SAID, inputTokens: 9 },
  },
  {
    name: "Azure OpenAI, deployment",
    sketch: at(
      "acme.openai.azure.com",
      "/openai/deployments/gpt5-prod/chat/completions?api-version=2026-01-01",
      { messages },
      chatReply({ prompt_filter_results: [] }),
      { request: [["api-key", "k"]] },
    ),
    wants: { ...chatWants, model: "gpt5-prod" },
  },
  {
    name: "Azure OpenAI behind API Management",
    sketch: at(
      "apim.corp.example",
      "/ai/openai/deployments/gpt5-prod/chat/completions?api-version=2026-01-01",
      { messages },
      chatReply({ prompt_filter_results: [] }),
      { request: [["ocp-apim-subscription-key", "k"]] },
    ),
    wants: { ...chatWants, model: "gpt5-prod" },
  },
  {
    name: "Azure OpenAI, v1",
    sketch: at("acme.openai.azure.com", "/openai/v1/responses", { model: "m-1", input: "How many?" }, responseReply),
    wants: { family: "openai.responses", model: "m-1", said: SAID, inputTokens: 9 },
  },
  {
    name: "Azure Foundry, Anthropic's API",
    sketch: at("acme.services.ai.azure.com", "/anthropic/v1/messages", { model: "claude-1", ...claudeBody }, claude()),
    wants: { family: "anthropic.messages", model: "claude-1", said: SAID, inputTokens: 9 },
  },
  {
    name: "Azure Foundry, inference",
    sketch: chat("acme.services.ai.azure.com", "/models/chat/completions?api-version=2026-05-01"),
    wants: { ...chatWants, model: "m-1" },
  },
  {
    name: "Vertex, Gemini",
    sketch: at(
      "europe-west4-aiplatform.googleapis.com",
      "/v1/projects/p/locations/europe-west4/publishers/google/models/g-1:generateContent",
      geminiBody,
      geminiReply,
    ),
    wants: { family: "gemini.generate", model: "g-1", said: SAID, inputTokens: 9 },
  },
  {
    name: "Vertex, Claude by streamRawPredict",
    sketch: at(
      "us-east5-aiplatform.googleapis.com",
      "/v1/projects/p/locations/us-east5/publishers/anthropic/models/claude-1:streamRawPredict",
      { anthropic_version: "vertex-2023-10-16", stream: true, ...claudeBody },
      named(claudeEvents),
    ),
    wants: { family: "anthropic.messages", model: "claude-1", said: SAID, inputTokens: 9 },
  },
  {
    name: "Vertex over Private Service Connect",
    sketch: at(
      "aiplatform-psc.corp.example",
      "/v1/projects/p/locations/l/publishers/anthropic/models/claude-1:rawPredict",
      { anthropic_version: "vertex-2023-10-16", ...claudeBody },
      claude(),
    ),
    wants: { family: "anthropic.messages", model: "claude-1", said: SAID, inputTokens: 9 },
  },
  {
    name: "Vertex, OpenAI's API",
    sketch: chat("aiplatform.googleapis.com", "/v1/projects/p/locations/global/endpoints/openapi/chat/completions"),
    wants: { ...chatWants, model: "m-1" },
  },
  {
    name: "Gemini, OpenAI's API",
    sketch: chat("generativelanguage.googleapis.com", "/v1beta/openai/chat/completions"),
    wants: { ...chatWants, model: "m-1" },
  },
  {
    name: "Bedrock, invoke with Claude",
    sketch: at(
      "bedrock-runtime.us-east-1.amazonaws.com",
      "/model/us.anthropic.claude-1-v1%3A0/invoke",
      { anthropic_version: "bedrock-2023-05-31", ...claudeBody },
      claude(),
    ),
    wants: { family: "bedrock.invoke", model: "us.anthropic.claude-1-v1:0", said: SAID, inputTokens: 9 },
  },
  {
    name: "Bedrock, invoke with Nova",
    sketch: at(
      "bedrock-runtime.us-east-1.amazonaws.com",
      "/model/amazon.nova-pro-v1%3A0/invoke",
      { schemaVersion: "messages-v1", ...converseBody },
      {
        output: { message: { role: "assistant", content: [{ text: SAID }] } },
        stopReason: "end_turn",
        usage: { inputTokens: 9, outputTokens: 3 },
      },
    ),
    wants: { said: SAID, inputTokens: 9 },
  },
  {
    name: "Bedrock, invoke with Llama",
    sketch: at(
      "bedrock-runtime.us-east-1.amazonaws.com",
      "/model/meta.llama-1/invoke",
      { prompt: "How many?", max_gen_len: 9 },
      { generation: SAID, prompt_token_count: 9, generation_token_count: 3, stop_reason: "stop" },
    ),
    wants: { model: "meta.llama-1", said: SAID, inputTokens: 9 },
  },
  {
    name: "Bedrock, invoke stream",
    sketch: at(
      "bedrock-runtime.us-east-1.amazonaws.com",
      "/model/anthropic.claude-1/invoke-with-response-stream",
      { anthropic_version: "bedrock-2023-05-31", ...claudeBody },
      eventStream(claudeEvents.map((one) => ["chunk", { bytes: Buffer.from(JSON.stringify(one)).toString("base64") }])),
      { media: "application/vnd.amazon.eventstream" },
    ),
    wants: { said: SAID, inputTokens: 9 },
  },
  {
    name: "Bedrock, converse stream at a VPC endpoint",
    sketch: at(
      "vpce-0a1b2c-x1y2.bedrock-runtime.us-east-1.vpce.amazonaws.com",
      "/model/anthropic.claude-1/converse-stream",
      converseBody,
      eventStream([
        ["messageStart", { role: "assistant" }],
        ["contentBlockDelta", { contentBlockIndex: 0, delta: { text: SAID } }],
        ["contentBlockStop", { contentBlockIndex: 0 }],
        ["messageStop", { stopReason: "end_turn" }],
        ["metadata", { usage: { inputTokens: 9, outputTokens: 3, totalTokens: 12 } }],
      ]),
      { media: "application/vnd.amazon.eventstream" },
    ),
    wants: { family: "bedrock.converse", model: "anthropic.claude-1", said: SAID, inputTokens: 9 },
  },
  {
    name: "Bedrock, OpenAI's API",
    sketch: chat("bedrock-mantle.us-east-1.api.aws", "/openai/v1/chat/completions"),
    wants: { ...chatWants, model: "m-1" },
  },
  {
    name: "SageMaker",
    sketch: at("runtime.sagemaker.us-east-1.amazonaws.com", "/endpoints/e-1/invocations", { inputs: "How many?", parameters: {} }, [
      { generated_text: SAID },
    ]),
    wants: { model: "e-1", said: SAID },
  },
  {
    name: "Databricks",
    sketch: at("acme.cloud.databricks.com", "/serving-endpoints/m-1/invocations", { messages }, chatReply()),
    wants: { ...chatWants, model: "m-1" },
  },
  { name: "Snowflake", sketch: streamed("acme.snowflakecomputing.com", "/api/v2/cortex/inference:complete"), wants: { said: SAID } },
  {
    name: "Cloudflare gateway, OpenAI",
    sketch: chat("gateway.ai.cloudflare.com", "/v1/acct/gw/openai/chat/completions"),
    wants: { ...chatWants, model: "m-1" },
  },
  {
    name: "Cloudflare gateway, Anthropic",
    sketch: at("gateway.ai.cloudflare.com", "/v1/acct/gw/anthropic/v1/messages", { model: "claude-1", ...claudeBody }, claude()),
    wants: { family: "anthropic.messages", said: SAID, inputTokens: 9 },
  },
  {
    name: "Cloudflare gateway, Google",
    sketch: at("gateway.ai.cloudflare.com", "/v1/acct/gw/google-ai-studio/v1/models/g-1:generateContent", geminiBody, geminiReply),
    wants: { family: "gemini.generate", model: "g-1", said: SAID },
  },
  {
    name: "Cloudflare gateway, compat",
    sketch: chat("gateway.ai.cloudflare.com", "/v1/acct/gw/compat/chat/completions"),
    wants: { ...chatWants, model: "m-1" },
  },
  {
    name: "Cloudflare Workers AI",
    sketch: at(
      "api.cloudflare.com",
      "/client/v4/accounts/a/ai/run/@cf/meta/llama-1",
      { messages },
      { result: { response: SAID, usage }, success: true, errors: [], messages: [] },
    ),
    wants: { model: "@cf/meta/llama-1", said: SAID, inputTokens: 9 },
  },
  {
    name: "Helicone",
    sketch: chat("oai.helicone.ai", "/v1/chat/completions", { request: [["helicone-auth", "Bearer k"]] }),
    wants: { ...chatWants, model: "m-1" },
  },
  {
    name: "Portkey",
    sketch: chat("api.portkey.ai", "/v1/chat/completions", { request: [["x-portkey-provider", "openai"]] }),
    wants: { ...chatWants, model: "m-1" },
  },
  { name: "Vercel AI gateway", sketch: chat("ai-gateway.vercel.sh", "/v1/chat/completions"), wants: { ...chatWants, model: "m-1" } },
  { name: "GitHub Models", sketch: chat("models.github.ai", "/inference/chat/completions"), wants: { ...chatWants, model: "m-1" } },
  { name: "Groq", sketch: chat("api.groq.com", "/openai/v1/chat/completions"), wants: { ...chatWants, model: "m-1" } },
  { name: "DeepSeek without a version", sketch: streamed("api.deepseek.com", "/chat/completions"), wants: { ...chatWants, model: "m-1" } },
  {
    name: "Mistral, fill in the middle",
    sketch: at("codestral.mistral.ai", "/v1/fim/completions", { model: "m-1", prompt: "def f(", suffix: "return a" }, chatReply()),
    wants: { said: SAID, inputTokens: 9 },
  },
  {
    name: "Perplexity",
    sketch: at("api.perplexity.ai", "/chat/completions", { model: "m-1", messages }, chatReply({ citations: [], search_results: [] })),
    wants: { ...chatWants, model: "m-1" },
  },
  { name: "MiniMax", sketch: chat("api.minimax.io", "/v1/text/chatcompletion_v2"), wants: { ...chatWants, model: "m-1" } },
  {
    name: "watsonx",
    sketch: at(
      "us-south.ml.cloud.ibm.com",
      "/ml/v1/text/chat?version=2026-01-01",
      { model_id: "m-1", project_id: "p", messages },
      chatReply(),
    ),
    wants: { model: "m-1", said: SAID, inputTokens: 9 },
  },
  {
    name: "Oracle",
    sketch: at(
      "inference.generativeai.eu-frankfurt-1.oci.oraclecloud.com",
      "/20231130/actions/chat",
      {
        compartmentId: "c",
        servingMode: { servingType: "ON_DEMAND", modelId: "m-1" },
        chatRequest: { apiFormat: "GENERIC", messages: [{ role: "USER", content: [{ type: "TEXT", text: "How many?" }] }] },
      },
      {
        modelId: "m-1",
        chatResponse: {
          apiFormat: "GENERIC",
          choices: [{ index: 0, message: { role: "ASSISTANT", content: [{ type: "TEXT", text: SAID }] }, finishReason: "stop" }],
          usage: { promptTokens: 9, completionTokens: 3, totalTokens: 12 },
        },
      },
    ),
    wants: { model: "m-1", said: SAID, inputTokens: 9 },
  },
  {
    name: "Replicate",
    sketch: at(
      "api.replicate.com",
      "/v1/models/meta/llama-1/predictions",
      { input: { prompt: "How many?" } },
      {
        id: "p1",
        model: "meta/llama-1",
        status: "succeeded",
        output: ["Two ", "pelicans."],
        urls: {},
        metrics: { input_token_count: 9, output_token_count: 3 },
      },
    ),
    wants: { model: "meta/llama-1", said: SAID },
  },
  { name: "Hugging Face router", sketch: chat("router.huggingface.co", "/v1/chat/completions"), wants: { ...chatWants, model: "m-1" } },
  {
    name: "Cohere, first API",
    sketch: at(
      "api.cohere.com",
      "/v1/chat",
      { model: "m-1", message: "How many?", preamble: "Count birds." },
      { text: SAID, generation_id: "g", finish_reason: "COMPLETE", meta: { tokens: { input_tokens: 9, output_tokens: 3 } } },
    ),
    wants: { family: "cohere.chat", model: "m-1", said: SAID, inputTokens: 9 },
  },
  { name: "A proxy at a path of its own", sketch: chat("intranet.corp.example", "/llm"), wants: { ...chatWants, model: "m-1" } },
  {
    name: "A proxy at a path of its own, streamed",
    sketch: streamed("intranet.corp.example", "/api/ai/complete"),
    wants: { ...chatWants, model: "m-1" },
  },
  {
    name: "A proxy of Claude at a path of its own",
    sketch: at("intranet.corp.example", "/assist", { model: "claude-1", ...claudeBody }, named(claudeEvents)),
    wants: { family: "anthropic.messages", model: "claude-1", said: SAID, inputTokens: 9 },
  },
  {
    name: "A proxy of Gemini at a path of its own",
    sketch: at("intranet.corp.example", "/gemini", geminiBody, geminiReply),
    wants: { family: "gemini.generate", said: SAID, inputTokens: 9 },
  },
  {
    name: "A proxy of responses at a path of its own",
    sketch: at("intranet.corp.example", "/r", { model: "m-1", input: "How many?", instructions: "Count." }, responseReply),
    wants: { family: "openai.responses", model: "m-1", said: SAID, inputTokens: 9 },
  },
]
