// Which family a path speaks. A path alone proves nothing at an unknown host: `anywhere` says where the shape must agree.
import { maybe } from "../json/read.ts"
import type { ExchangeView } from "../view.ts"

export interface Route {
  readonly family: string
  readonly operation: string
  readonly model?: string
  /** Telling enough to look at the shape of bodies at hosts that nobody knows. */
  readonly anywhere: boolean
}

export function routeOf(view: ExchangeView): Route | undefined {
  const action = view.requestHeader("x-tc-action")
  if (action !== undefined && /^(?:ChatCompletions|GetEmbedding|ChatTranslations|TextToImage)/.test(action)) {
    return { family: "tencent.hunyuan", operation: action.startsWith("Chat") ? "chat" : action, anywhere: true }
  }
  const target = view.requestHeader("x-amz-target")
  if (target !== undefined && /(?:CodeWhisperer|QDeveloper)[A-Za-z]{0,60}\.(?:GenerateAssistantResponse|SendMessage)/.test(target)) {
    return { family: "amazon_q", operation: "chat", anywhere: true }
  }
  for (const rule of RULES) {
    const found = rule.pattern.exec(view.path)
    if (found === null || (rule.hosts !== undefined && !rule.hosts.test(view.host))) continue
    const { model, op } = found.groups ?? {}
    return {
      family: rule.family,
      operation: op === undefined ? rule.operation : (OPERATIONS[op] ?? op),
      ...maybe("model", model === undefined ? undefined : decode(model)),
      anywhere: rule.anywhere ?? false,
    }
  }
  return undefined
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

interface Rule {
  readonly pattern: RegExp
  readonly family: string
  readonly operation: string
  readonly hosts?: RegExp
  readonly anywhere?: boolean
}

// The first that matches wins. Group `model`: the model named in the path; `op`: the API's own word for the operation.
const RULES: readonly Rule[] = [
  // Azure names the deployment in the path, and the body may name no model.
  { pattern: /\/openai\/deployments\/(?<model>[^/]+)\/chat\/completions$/, family: "openai.chat", operation: "chat", anywhere: true },
  { pattern: /\/chat\/completions\/?$/, family: "openai.chat", operation: "chat", anywhere: true },
  { pattern: /\/chatcompletion(?:_v2|_pro)?$/, family: "openai.chat", operation: "chat", anywhere: true },
  { pattern: /\/completions\/?$/, family: "openai.chat", operation: "text_completion", anywhere: true },
  { pattern: /\/(?:completion|infill)$/, family: "llama.cpp", operation: "text_completion", anywhere: true },
  { pattern: /\/responses\/(?:compact|input_tokens)$/, family: "openai.responses", operation: "chat", anywhere: true },
  { pattern: /\/responses\/?$/, family: "openai.responses", operation: "chat", anywhere: true },
  { pattern: /\/responses\/resp_[^/]+(?:\/(?:cancel|input_items))?$/, family: "openai.responses", operation: "retrieve", anywhere: true },
  { pattern: /\/messages\/count_tokens$/, family: "anthropic.messages", operation: "count_tokens", anywhere: true },
  { pattern: /\/v1\/messages\/batches/, family: "anthropic.other", operation: "batches" },
  { pattern: /\/v1\/messages\/?$/, family: "anthropic.messages", operation: "chat", anywhere: true },
  { pattern: /\/v1\/complete$/, family: "anthropic.messages", operation: "text_completion", hosts: /anthropic|amazonaws/ },
  {
    pattern:
      /\/models\/(?<model>[^/:]+):(?<op>generateContent|streamGenerateContent|generateAnswer|countTokens|embedContent|batchEmbedContents|batchGenerateContent)$/,
    family: "gemini.generate",
    operation: "generate_content",
    anywhere: true,
  },
  {
    pattern: /\/v1internal:(?<op>generateContent|streamGenerateContent|countTokens)$/,
    family: "gemini.generate",
    operation: "generate_content",
    anywhere: true,
  },
  { pattern: /\/v1internal:(?<op>[A-Za-z]+)$/, family: "gemini.other", operation: "code_assist" },
  {
    pattern: /\/publishers\/anthropic\/models\/(?<model>[^/:]+):(?:rawPredict|streamRawPredict)$/,
    family: "anthropic.messages",
    operation: "chat",
    anywhere: true,
  },
  {
    pattern: /\/publishers\/mistralai\/models\/(?<model>[^/:]+):(?:rawPredict|streamRawPredict)$/,
    family: "openai.chat",
    operation: "chat",
    anywhere: true,
  },
  {
    pattern: /\/(?:models|endpoints)\/(?<model>[^/:]+):(?:rawPredict|streamRawPredict|predict|predictLongRunning)$/,
    family: "vertex.predict",
    operation: "generate_content",
    hosts: /googleapis\.com$/,
  },
  {
    pattern: /\/v1(?:beta\d?|alpha)?\/interactions(?:\/[^/]+(?:\/cancel)?)?$/,
    family: "gemini.interactions",
    operation: "generate_content",
    anywhere: true,
  },
  { pattern: /\/model\/(?<model>[^/]+)\/converse(?:-stream)?$/, family: "bedrock.converse", operation: "chat", anywhere: true },
  {
    pattern: /\/model\/(?<model>[^/]+)\/invoke(?:-with-response-stream|-with-bidirectional-stream)?$/,
    family: "bedrock.invoke",
    operation: "chat",
    anywhere: true,
  },
  { pattern: /\/model\/(?<model>[^/]+)\/count-tokens$/, family: "bedrock.invoke", operation: "count_tokens" },
  {
    pattern: /\/agents\/(?<model>[^/]+)\/agentAliases\/[^/]+\/sessions\/[^/]+\/text$/,
    family: "bedrock.agent",
    operation: "invoke_agent",
    hosts: /amazonaws\.com$/,
  },
  { pattern: /\/runtimes\/(?<model>[^/]+)\/invocations$/, family: "bedrock.agent", operation: "invoke_agent", hosts: /amazonaws\.com$/ },
  { pattern: /\/(?:generateAssistantResponse|SendMessageStreaming)$/, family: "amazon_q", operation: "chat", anywhere: true },
  { pattern: /\/v[12]\/chat$/, family: "cohere.chat", operation: "chat", hosts: /(?:^|\.)cohere\.(?:com|ai)$/ },
  {
    pattern: /\/v[12]\/(?<op>embed|rerank|generate|classify|summarize|tokenize|detokenize)$/,
    family: "cohere.other",
    operation: "chat",
    hosts: /(?:^|\.)cohere\.(?:com|ai)$/,
  },
  { pattern: /\/api\/v1\/services\/aigc\/[a-z0-9-]+\/generation$/, family: "dashscope", operation: "chat", anywhere: true },
  { pattern: /\/api\/v1\/apps\/(?<model>[^/]+)\/completion$/, family: "dashscope", operation: "invoke_agent", hosts: /aliyuncs\.com$/ },
  {
    pattern: /\/api\/v1\/services\/(?<op>embeddings|rerank|aigc|audio)\//,
    family: "dashscope.other",
    operation: "embeddings",
    hosts: /aliyuncs\.com$/,
  },
  {
    pattern: /\/rpc\/2\.0\/ai_custom\/v1\/wenxinworkshop\/(?:chat|plugin)\/(?<model>[^/]+)/,
    family: "baidu.wenxin",
    operation: "chat",
    anywhere: true,
  },
  {
    pattern: /\/rpc\/2\.0\/ai_custom\/v1\/wenxinworkshop\/(?<op>embeddings|text2image|reranker|completions)\//,
    family: "baidu.wenxin",
    operation: "chat",
    anywhere: true,
  },
  { pattern: /\/api\/chat$/, family: "ollama", operation: "chat", anywhere: true },
  { pattern: /\/api\/generate$/, family: "ollama", operation: "text_completion", anywhere: true },
  {
    pattern: /\/api\/(?<op>embed|embeddings|tags|show|pull|push|ps|create|copy|delete)$/,
    family: "ollama",
    operation: "embeddings",
    anywhere: true,
  },
  {
    pattern: /\/ml\/v1\/(?:text|deployments\/[^/]+\/text)\/(?<op>chat|chat_stream|generation|generation_stream|embeddings)$/,
    family: "ibm.watsonx",
    operation: "chat",
    anywhere: true,
  },
  { pattern: /\/\d{8}\/actions\/(?<op>chat|generateText|embedText|rerankText)$/, family: "oracle.oci", operation: "chat", anywhere: true },
  {
    pattern: /\/endpoints\/(?<model>[^/]+)\/invocations(?:-response-stream)?$/,
    family: "aws.sagemaker",
    operation: "chat",
    anywhere: true,
  },
  { pattern: /\/serving-endpoints\/(?<model>[^/]+)\/invocations$/, family: "openai.chat", operation: "chat", anywhere: true },
  { pattern: /\/api\/v2\/cortex\/inference:complete$/, family: "openai.chat", operation: "chat", anywhere: true },
  { pattern: /\/ai\/run\/(?<model>@(?:cf|hf)\/[^?]+)$/, family: "cloudflare", operation: "chat", anywhere: true },
  { pattern: /\/ai\/run\/(?<model>@?[^?]+)$/, family: "cloudflare", operation: "chat", hosts: /cloudflare\.com$/ },
  {
    pattern: /\/v1\/models\/(?<model>[^/]+\/[^/]+)\/predictions$/,
    family: "replicate",
    operation: "text_completion",
    anywhere: true,
  },
  {
    pattern: /\/v1\/(?:predictions|deployments\/[^/]+\/[^/]+\/predictions)/,
    family: "replicate",
    operation: "text_completion",
    hosts: /replicate\.com$/,
  },
  // Replicate's own containers, wherever they run.
  { pattern: /\/predictions(?:\/[^/]+(?:\/cancel)?)?$/, family: "replicate", operation: "text_completion", anywhere: true },
  {
    pattern: /^\/models\/(?<model>[^/]+\/[^/]+)(?:\/v1\/chat\/completions)?$/,
    family: "huggingface",
    operation: "text_completion",
    hosts: /huggingface\.co$/,
  },
  { pattern: /\/(?:generate|generate_stream)$/, family: "huggingface", operation: "text_completion", anywhere: true },
  { pattern: /\/runs\/(?:stream|wait)$/, family: "langgraph", operation: "invoke_agent", anywhere: true },
  { pattern: /\/v1\/(?:chat-messages|completion-messages)$/, family: "dify", operation: "chat", anywhere: true },
  { pattern: /\/v3\/chat$/, family: "coze", operation: "chat", hosts: /coze\.(?:com|cn)$/ },
  { pattern: /\/backend-api\/(?:f\/)?conversation$/, family: "chatgpt.web", operation: "chat", hosts: /(?:^|\.)(?:chatgpt|openai)\.com$/ },
  { pattern: /\/chat_conversations\/[^/]+\/(?:retry_)?completion$/, family: "claude.web", operation: "chat", hosts: /claude\.ai$/ },
  {
    pattern: /\/(?:aiserver|agent)\.v1\.[A-Za-z]*(?:Chat|Agent|Composer|Ai)[A-Za-z]*Service\/(?<op>[A-Za-z]+)$/,
    family: "connect.proto",
    operation: "chat",
    anywhere: true,
  },
  {
    pattern: /\/exa\.[a-z_]*(?:api_server|language_server|chat)[a-z_]*_pb\.[A-Za-z]+\/(?<op>[A-Za-z]+)$/,
    family: "connect.proto",
    operation: "chat",
    anywhere: true,
  },
  { pattern: /\/(?<op>embeddings|moderations|rerank)$/, family: "openai.other", operation: "embeddings", anywhere: true },
  {
    pattern:
      /\/(?<op>images|audio|videos|files|uploads|vector_stores|conversations|containers|skills|assistants|threads|chatkit|realtime|batches|fine_tuning|evals|organization|models|agents|sessions|environments|vaults|memory_stores|tunnels|deployments|cachedContents|corpora|tunedModels|fileSearchStores|webhooks|operations|ocr|tokenize|apply_chat_template)(?:[/:]|$)/,
    family: "other",
    operation: "other",
  },
  // Whatever a model vendor will offer next, at the hosts that are its API alone.
  {
    pattern: /^\/v\d+(?:alpha|beta)?\d*\/(?!oauth|telemetry|events?\b|metrics|logs?\b|rum\b)(?<op>[a-z][A-Za-z_]{1,40})(?:[/:]|$)/,
    family: "other",
    operation: "other",
    hosts:
      /^(?:[\w-]+\.)?(?:api\.(?:openai|anthropic|mistral|x|cohere|deepseek|groq|perplexity|fireworks|together)\.(?:com|ai|xyz)|generativelanguage\.googleapis\.com)$/,
  },
]
const OPERATIONS: Readonly<Record<string, string>> = {
  generateContent: "generate_content",
  streamGenerateContent: "generate_content",
  countTokens: "count_tokens",
  embedContent: "embeddings",
  batchEmbedContents: "embeddings",
  embed: "embeddings",
  embedText: "embeddings",
  chat_stream: "chat",
  generation: "text_completion",
  generation_stream: "text_completion",
  generateText: "text_completion",
  generate: "text_completion",
}
