// Which server software answers, where it gives itself away. Works at any host; never taken as proof of a model call.
import { isObject, type JsonObject, obj, objects, str } from "../json/read.ts"
import type { ExchangeView } from "../view.ts"

export function softwareOf(view: ExchangeView): string | undefined {
  for (const [name] of view.responseHeaders) for (const [prefix, software] of RESPONSE_HEADERS) if (name.startsWith(prefix)) return software
  for (const [name] of view.requestHeaders) for (const [prefix, software] of REQUEST_HEADERS) if (name.startsWith(prefix)) return software
  const server = (view.responseHeader("server") ?? "").toLowerCase()
  if (server.startsWith("llama.cpp")) return "llama.cpp"
  return byBody(view) ?? byAddress(view)
}

function byBody(view: ExchangeView): string | undefined {
  const piece = view.response.pieces?.find((one) => isObject(one.data))?.data
  const reply: JsonObject = view.responseObject ?? (isObject(piece) ? piece : {})
  const owners = new Set(objects(reply, "data").map((one) => str(one, "owned_by")))
  if (owners.has("vllm") || reply["kv_transfer_params"] !== undefined || reply["prompt_logprobs"] !== undefined) return "vllm"
  if (owners.has("sglang") || reply["meta_info"] !== undefined) return "sglang"
  if (owners.has("library") || (reply["done"] !== undefined && reply["created_at"] !== undefined)) return "ollama"
  if (obj(reply, "timings")?.["predicted_n"] !== undefined) return "llama.cpp"
  if (reply["model_info"] !== undefined && reply["runtime"] !== undefined) return "lm-studio"
  if ((str(reply, "id") ?? "").startsWith("gen-") && reply["provider"] !== undefined) return "openrouter"
  const asked = view.requestObject ?? {}
  if (
    ["guided_json", "guided_regex", "guided_choice", "structured_outputs", "chat_template_kwargs"].some((key) => asked[key] !== undefined)
  )
    return "vllm"
  return undefined
}

/** A well-known port at a private address is a hint, and only that. */
function byAddress(view: ExchangeView): string | undefined {
  return /^(?:localhost|127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.)/.test(view.host) ? PORTS[view.flow.server.port] : undefined
}

const RESPONSE_HEADERS: readonly (readonly [string, string])[] = [
  ["x-litellm-", "litellm"],
  ["x-oneapi-request-id", "one-api"],
  ["x-portkey-", "portkey"],
  ["cf-aig-", "cloudflare-ai-gateway"],
  ["helicone-", "helicone"],
  ["x-compute-type", "tgi"],
  ["x-inference-time", "tgi"],
  ["x-kong-llm-", "kong"],
  ["x-envoy-ai-gateway", "envoy-ai-gateway"],
]
const REQUEST_HEADERS: readonly (readonly [string, string])[] = [
  ["x-portkey-", "portkey"],
  ["helicone-", "helicone"],
  ["cf-aig-", "cloudflare-ai-gateway"],
]
const PORTS: Readonly<Record<number, string>> = {
  11434: "ollama",
  1234: "lm-studio",
  4000: "litellm",
  30000: "sglang",
  5001: "koboldcpp",
  1337: "jan",
}
