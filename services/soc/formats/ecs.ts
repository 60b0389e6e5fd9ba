// Elastic Common Schema 9.
import { isIP } from "node:net"
import type { ActivityNote } from "../activity.ts"
import { essenceOf, type SocRecord } from "../record.ts"
import { severityNames } from "../severity.ts"

export function ecs(record: SocRecord, version: string): Record<string, unknown> {
  const about = essenceOf(record)
  return {
    "@timestamp": new Date(about.time).toISOString(),
    ecs: { version: "9.0.0" },
    message: about.title,
    event: {
      id: about.version,
      kind: record.kind === "activity" ? "event" : "alert",
      category:
        record.kind === "verdict"
          ? ["malware"]
          : record.kind === "activity"
            ? [CATEGORIES[record.value.kind] ?? "network"]
            : ["intrusion_detection"],
      type: [record.kind === "activity" ? (TYPES[record.value.kind] ?? "connection") : "info"],
      action: about.rule,
      outcome: about.action === "block" ? "success" : "unknown",
      severity: severityNames[about.severity].ecs,
      reason: about.text,
      dataset: `egret.${record.kind}`,
      provider: "egret",
    },
    observer: { vendor: "Egret", product: "Egret", type: "ndr", version },
    rule: { id: about.rule, name: about.title, category: about.family },
    ...(about.sourceIp !== "" && { source: { ip: about.sourceIp, ...(about.egressIp !== "" && { nat: { ip: about.egressIp } }) } }),
    ...((about.host !== "" || about.destinationIp !== "") && {
      destination: {
        address: about.host || about.destinationIp,
        ...(about.host !== "" && isIP(about.host) === 0 && { domain: about.host }),
        ...(isIP(about.host) !== 0 && { ip: about.host }),
        ...(about.destinationIp !== "" && { ip: about.destinationIp }),
        ...(about.destinationPort > 0 && { port: about.destinationPort }),
      },
    }),
    ...(about.agentId !== "" && {
      gen_ai: { agent: { id: about.agentId, name: about.agent }, ...(record.kind === "activity" && genAi(record.value)) },
    }),
    ...(record.kind === "activity" && activityFields(record.value)),
    ...(record.kind === "verdict" && { file: { name: record.value.name, hash: { sha256: record.value.sha256 } } }),
    threat: { technique: { id: about.references.filter((reference) => /^T\d{4}/.test(reference)) } },
    egret: {
      id: about.id,
      kind: record.kind,
      family: about.family,
      masked: about.masked,
      references: about.references,
      action: about.action,
      ...(about.revocation.length > 0 && { revocation: about.revocation }),
      ...(record.kind === "event" && { status: record.value.status, count: record.value.count }),
    },
    tags: ["egret", about.family],
  }
}

function genAi({ ai, mcp }: ActivityNote): Record<string, unknown> {
  if (mcp !== undefined)
    return { operation: { name: "execute_tool" }, tool: { name: mcp.tool, call: { arguments: mcp.arguments, result: mcp.result } } }
  if (ai === undefined) return {}
  return {
    operation: { name: ai.operation },
    provider: { name: ai.provider },
    request: { model: ai.requestModel },
    response: { id: ai.responseId, model: ai.responseModel, finish_reasons: ai.finishReasons },
    usage: { input_tokens: ai.inputTokens, output_tokens: ai.outputTokens },
    ...(ai.system !== undefined && { system_instructions: ai.system }),
    ...(ai.input !== undefined && { input: { messages: ai.input } }),
    ...(ai.output !== undefined && { output: { messages: ai.output } }),
  }
}

function activityFields({ flow, http, tls, file, dns, traffic }: ActivityNote): Record<string, unknown> {
  return {
    network: {
      transport: flow.transport === "tcp" ? "tcp" : "udp",
      ...(traffic !== undefined && { bytes: traffic.bytesIn + traffic.bytesOut, packets: traffic.packetsIn + traffic.packetsOut }),
    },
    ...(http !== undefined && {
      http: {
        version: http.version,
        request: { method: http.method, body: { bytes: http.requestBytes } },
        response: { status_code: http.status, body: { bytes: http.responseBytes } },
      },
      url: { scheme: http.scheme, domain: http.authority.replace(/:\d+$/, ""), path: http.path, query: http.query },
      user_agent: { original: http.userAgent },
    }),
    ...(tls !== undefined && { tls: { version: tls.version, cipher: tls.cipher, client: { server_name: tls.sni, ja3: tls.ja3 } } }),
    ...(dns !== undefined && { dns: { question: { name: dns.name, type: dns.type }, response_code: dns.rcode } }),
    ...(file !== undefined && { file: { name: file.name, size: file.bytes, mime_type: file.mediaType, hash: { sha256: file.sha256 } } }),
  }
}

/** Those that ECS allows in each category. */
const TYPES: Readonly<Record<string, string>> = {
  http: "access",
  file: "access",
  skill: "access",
  llm: "access",
  mcp: "access",
  dns: "protocol",
}
const CATEGORIES: Readonly<Record<string, string>> = { http: "web", file: "file", skill: "file", llm: "api", mcp: "api" }
