// OpenTelemetry logs (OTLP/HTTP with JSON) with the GenAI conventions' names.
import type { ActivityNote } from "../activity.ts"
import { essenceOf, type SocRecord } from "../record.ts"
import { severityNames } from "../severity.ts"

type Value = string | number | readonly string[] | undefined

export function otlpLogs(records: readonly SocRecord[], version: string): Record<string, unknown> {
  const resource = { attributes: attributes({ "service.name": "egret", "service.version": version }) }
  return { resourceLogs: [{ resource, scopeLogs: [{ scope: { name: "egret", version }, logRecords: records.map(logRecord) }] }] }
}

function logRecord(record: SocRecord): Record<string, unknown> {
  const about = essenceOf(record)
  return {
    timeUnixNano: `${about.time}000000`,
    severityNumber: severityNames[about.severity].otel,
    severityText: about.severity.toUpperCase(),
    eventName:
      record.kind === "activity" && record.value.ai !== undefined ? "gen_ai.client.inference.operation.details" : `egret.${record.kind}`,
    body: { stringValue: about.title },
    attributes: attributes({
      "gen_ai.agent.id": about.agentId,
      "gen_ai.agent.name": about.agent,
      "server.address": about.host || about.destinationIp,
      "server.port": about.destinationPort,
      "client.address": about.sourceIp,
      "egret.id": about.id,
      "egret.version": about.version,
      "egret.rule": about.rule,
      "egret.family": about.family,
      "egret.reason": about.text,
      "egret.evidence": about.masked,
      "egret.action": about.action,
      "egret.revoke.vendor": about.revocation[0]?.vendor,
      "egret.revoke.url": about.revocation[0]?.url,
      ...(record.kind === "activity" && genAi(record.value)),
    }),
  }
}

function genAi({ ai, mcp, http, flow }: ActivityNote): Record<string, Value> {
  if (ai !== undefined)
    return {
      "gen_ai.operation.name": ai.operation,
      "gen_ai.provider.name": ai.provider,
      "gen_ai.request.model": ai.requestModel,
      "gen_ai.response.model": ai.responseModel,
      "gen_ai.response.id": ai.responseId,
      "gen_ai.response.finish_reasons": ai.finishReasons,
      "gen_ai.conversation.id": ai.conversationId,
      "gen_ai.usage.input_tokens": ai.inputTokens,
      "gen_ai.usage.output_tokens": ai.outputTokens,
      "gen_ai.system_instructions":
        ai.system === undefined ? undefined : JSON.stringify(ai.system.map((content) => ({ type: "text", content }))),
      "gen_ai.input.messages": ai.input === undefined ? undefined : JSON.stringify(ai.input),
      "gen_ai.output.messages": ai.output === undefined ? undefined : JSON.stringify(ai.output),
    }
  if (mcp !== undefined)
    return {
      "mcp.method.name": mcp.method,
      "mcp.session.id": mcp.session,
      "mcp.protocol.version": mcp.protocol,
      "gen_ai.tool.name": mcp.tool,
      "gen_ai.operation.name": mcp.method === "tools/call" ? "execute_tool" : undefined,
      "gen_ai.tool.call.arguments": mcp.arguments,
      "gen_ai.tool.call.result": mcp.result,
      "error.type": mcp.isError ? "tool_error" : undefined,
    }
  if (http === undefined) return { "network.transport": flow.transport === "tcp" ? "tcp" : "quic" }
  return { "http.request.method": http.method, "http.response.status_code": http.status, "url.path": http.path, "url.query": http.query }
}

/** What is not known is left out. */
function attributes(values: Readonly<Record<string, Value>>): unknown[] {
  return Object.entries(values)
    .filter(([, value]) => value !== undefined && value !== "" && value !== 0)
    .map(([key, value]) => ({ key, value: anyValue(value) }))
}

function anyValue(value: Value): unknown {
  if (typeof value === "number") return { intValue: String(value) }
  if (typeof value === "string") return { stringValue: value }
  return { arrayValue: { values: (value ?? []).map((each) => ({ stringValue: each })) } }
}
