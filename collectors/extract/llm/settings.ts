// Sampling settings and errors, which all families spell nearly alike.
import { asText, first, isObject, type Json, type JsonObject, maybe, str } from "../json/read.ts"
import { cut } from "./parts.ts"
import type { LlmError } from "./types.ts"

/** Small settings without content: what tunes the call, not what it says. */
export function parametersOf(body: JsonObject): JsonObject {
  const entries = Object.entries(body).filter(
    ([key, value]) => PARAMETERS.has(key) && value !== undefined && value !== null && isSmall(value),
  )
  return Object.fromEntries(entries)
}

/** What no column holds: fields nobody knows, and settings too large to be settings. */
export function restOf(body: JsonObject, known: ReadonlySet<string>): JsonObject | undefined {
  const rest = Object.entries(body).filter(([key, value]) =>
    PARAMETERS.has(key) ? value !== undefined && value !== null && !isSmall(value) : !known.has(key),
  )
  return rest.length === 0 ? undefined : Object.fromEntries(rest)
}

function isSmall(value: Json | undefined): boolean {
  return typeof value !== "object" ? String(value).length <= MAX_SETTING : JSON.stringify(value).length <= MAX_SETTING
}

/** Errors as OpenAI, Anthropic, Google, AWS, FastAPI and the Chinese clouds write them. */
export function errorOf(body: JsonObject): LlmError | undefined {
  const error = first(body, "error", "Error", "errors")
  if (isObject(error)) {
    const inner = isObject(error["error"]) ? error["error"] : error
    return {
      ...maybe("type", typeOf(first(inner, "type", "status", "code", "Code"))),
      ...maybe("message", messageOf(first(inner, "message", "Message", "msg", "detail"))),
    }
  }
  if (typeof error === "string") return { message: cut(error, MAX_MESSAGE), ...maybe("type", typeOf(first(body, "error_code", "code"))) }
  const detail = first(body, "detail", "error_msg")
  if (detail !== undefined && body["choices"] === undefined)
    return { message: cut(asText(detail), MAX_MESSAGE), ...maybe("type", typeOf(first(body, "error_code"))) }
  const type = str(body, "__type") ?? str(body, "code")
  const message = first(body, "message", "Message")
  if (type !== undefined && typeof message === "string") return { type, message: cut(message, MAX_MESSAGE) }
  return undefined
}

function typeOf(value: Json | undefined): string | undefined {
  return value === undefined ? undefined : cut(asText(value), MAX_SETTING)
}

function messageOf(value: Json | undefined): string | undefined {
  return value === undefined ? undefined : cut(asText(value), MAX_MESSAGE)
}

const PARAMETERS = new Set([
  "generate",
  "temperature",
  "top_p",
  "top_k",
  "min_p",
  "n",
  "seed",
  "stop",
  "stop_sequences",
  "max_tokens",
  "max_completion_tokens",
  "max_output_tokens",
  "presence_penalty",
  "frequency_penalty",
  "repetition_penalty",
  "logprobs",
  "top_logprobs",
  "parallel_tool_calls",
  "tool_choice",
  "store",
  "background",
  "service_tier",
  "reasoning_effort",
  "reasoning",
  "thinking",
  "text",
  "truncation",
  "include",
  "user",
  "safety_identifier",
  "prompt_cache_key",
  "metadata",
  "modalities",
  "response_format",
  "verbosity",
  "output_config",
  "speed",
  "betas",
  "anthropic_version",
  "anthropic_beta",
  "generationConfig",
  "generation_config",
  "safetySettings",
  "inferenceConfig",
  "inference_config",
  "guardrailConfig",
  "additionalModelRequestFields",
  "dimensions",
  "encoding_format",
  "input_type",
  "options",
  "keep_alive",
  "think",
  "format",
  "raw",
  "toolConfig",
  "tool_config",
  "cachedContent",
  "container",
  "context_management",
  "size",
  "quality",
  "voice",
  "style",
  "background",
  "output_format",
  "output_compression",
  "moderation",
  "endpoint",
  "completion_window",
  "input_file_id",
  "purpose",
  "provider",
  "models",
  "route",
  "stream_options",
  "prompt_cache_retention",
  "client_metadata",
  "response_modalities",
  "agent",
  "agent_config",
  "webhook_config",
  "project",
  "user_prompt_id",
])
const MAX_SETTING = 2_048
const MAX_MESSAGE = 8_192
