import type { ActivityData } from "../../contracts/envelope.ts"
import type { Row } from "../../contracts/store.ts"
import { detailOf, withoutQuery } from "./common.ts"

export function mcpColumns(data: ActivityData<"mcp">): Row {
  const what = data.toolName ?? data.promptName ?? withoutQuery(data.resourceUri)
  return {
    server_address: data.host,
    summary: `${data.method}${what === "" ? "" : ` ${what}`}${failed(data) ? " failed" : ""}`,
    direction: data.direction,
    completeness: data.completeness,
    duration_us: data.durationMicros ?? 0,
    request_bytes: byteLength(data.arguments),
    response_bytes: byteLength(data.result) + byteLength(data.structuredResult),
    error_type: data.isError === true ? "tool_error" : data.error === undefined ? "" : String(data.error.code),
    url_path: withoutQuery(data.path),
    mcp_transport: data.transport,
    mcp_certainty: data.certainty,
    mcp_sender: data.sender,
    mcp_method_name: data.method,
    jsonrpc_request_id: data.requestId ?? "",
    mcp_notification: data.notification,
    mcp_session_id: data.sessionId ?? "",
    mcp_protocol_version: data.protocolVersion ?? "",
    mcp_client_name: data.client?.name ?? "",
    mcp_client_version: data.client?.version ?? "",
    mcp_server_name: data.server?.name ?? "",
    mcp_server_version: data.server?.version ?? "",
    gen_ai_tool_name: data.toolName ?? "",
    mcp_resource_uri: withoutQuery(data.resourceUri),
    gen_ai_prompt_name: data.promptName ?? "",
    mcp_is_error: failed(data),
    rpc_response_status_code: errorCode(data.error?.code),
    mcp_listed: data.tools.length + data.resources.length + data.prompts.length,
    mcp_inventory_hash: data.inventory?.hash ?? "",
    mcp_mismatches: data.mismatch.length,
    traceparent: data.traceparent ?? "",
    detail: detailOf({
      reasons: data.reasons,
      mismatch: data.mismatch.map(({ field }) => field),
      resources: data.resources.map(({ uri, ...rest }) => ({ uri: withoutQuery(uri), ...rest })),
      prompts: data.prompts,
    }),
  }
}

/** The key of the MCP server inventory. */
export function mcpServerKey(data: ActivityData<"mcp">): string {
  if (data.transport === "inside-llm" || data.transport === "stdio") return data.server?.name ?? data.host
  return `${data.host}${withoutQuery(data.path)}`
}

function failed({ isError, error }: ActivityData<"mcp">): boolean {
  return isError === true || error !== undefined
}

function byteLength(text: string | undefined): number {
  return text === undefined ? 0 : Buffer.byteLength(text)
}

/** JSON allows any number here; the column holds what JSON-RPC means by a code. */
function errorCode(code: number | undefined): number {
  return code !== undefined && Number.isInteger(code) && Math.abs(code) <= 2_147_483_647 ? code : 0
}
