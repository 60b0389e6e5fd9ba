import type { ActivityData } from "../../contracts/envelope.ts"
import type { Row } from "../../contracts/store.ts"
import { detailOf, withoutQuery } from "./common.ts"

export function llmColumns(data: ActivityData<"llm">): Row {
  const { usage } = data
  const invoked = [...new Set(data.toolCalls.map(({ name }) => name))]
  return {
    server_address: data.host,
    summary: summaryOf(data, invoked),
    completeness: data.completeness,
    request_bytes: data.requestBytes,
    response_bytes: data.responseBytes,
    duration_us: data.durationMicros ?? 0,
    http_response_status_code: Math.min(data.status, 65_535),
    error_type: data.error === undefined ? "" : (data.error.type ?? "error"),
    url_path: withoutQuery(data.path),
    llm_family: data.family,
    llm_software: data.software ?? "",
    llm_recognised_by: data.recognition.by,
    llm_recognition_score: data.recognition.score,
    gen_ai_operation_name: data.operation,
    gen_ai_provider_name: data.provider,
    gen_ai_request_model: data.requestModel ?? "",
    gen_ai_response_model: data.responseModel ?? "",
    gen_ai_response_id: data.responseId ?? "",
    llm_previous_response_id: data.previousResponseId ?? "",
    gen_ai_conversation_id: data.conversationId,
    gen_ai_request_stream: data.stream,
    gen_ai_response_finish_reasons: data.finishReasons,
    gen_ai_usage_input_tokens: tokens(usage.inputTokens),
    gen_ai_usage_output_tokens: tokens(usage.outputTokens),
    gen_ai_usage_cache_read_input_tokens: tokens(usage.cachedInputTokens),
    gen_ai_usage_cache_creation_input_tokens: tokens(usage.cacheCreationInputTokens),
    gen_ai_usage_reasoning_output_tokens: tokens(usage.reasoningTokens),
    llm_total_tokens: tokens(usage.totalTokens ?? tokens(usage.inputTokens) + tokens(usage.outputTokens)),
    time_to_first_token_us: data.timeToFirstTokenMicros ?? 0,
    llm_history_messages: tokens(data.history.messages),
    llm_history_bytes: tokens(data.history.bytes),
    llm_history_prefix_hash: data.history.prefixHash,
    llm_input_messages: data.inputMessages.length,
    llm_output_messages: data.outputMessages.length,
    llm_tools_provided: data.toolsProvided,
    llm_tools_invoked: invoked,
    llm_tool_results: data.toolResults.length,
    llm_tool_errors: data.toolResults.filter(({ isError }) => isError === true).length,
    llm_mcp_servers: data.mcpServers.map(({ name }) => name),
    llm_skills_available: data.skillsAvailable,
    llm_skills_used: data.skillsUsed,
    llm_unknown_fields: data.unknownFields,
    detail: detailOf({
      recognition: data.recognition.reasons,
      mcpServers: data.mcpServers.map(({ name, url }) => ({ name, url: withoutQuery(url) })),
    }),
  }
}

function summaryOf(data: ActivityData<"llm">, invoked: readonly string[]): string {
  const parts = [data.operation, data.requestModel ?? data.responseModel ?? data.provider]
  if (data.status >= 400) parts.push(String(data.status))
  if (invoked.length > 0) parts.push(`calls ${invoked.slice(0, 5).join(", ")}${invoked.length > 5 ? ", …" : ""}`)
  return parts.join(" · ")
}

/** Counts come from the other side of the wire: a negative or fractional one must not cost the row. */
function tokens(count: number | undefined): number {
  return count === undefined || !Number.isFinite(count) || count < 0 ? 0 : Math.min(Math.floor(count), MAX_COUNT)
}
// More than any model reads in a year; fits every count column, of which the smallest is UInt32.
const MAX_COUNT = 4_294_967_295
