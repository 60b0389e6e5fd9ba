import type { ActivityData, Envelope } from "../../contracts/envelope.ts"
import { assertNever } from "../../contracts/primitives.ts"
import type { Row } from "../../contracts/store.ts"
import { commonColumns, detailOf, hostOf, oneLine, withoutQuery } from "./common.ts"
import { llmColumns } from "./llm-columns.ts"
import { mcpColumns } from "./mcp-columns.ts"

export function activityRow(envelope: Exclude<Envelope, { kind: "flow" }>): Row {
  const { agent, flow, kind } = envelope
  const own = ownColumns(envelope)
  return {
    kind,
    ...commonColumns(envelope),
    gen_ai_agent_version: agent.version ?? "",
    agent_confidence: agent.confidence,
    agent_conflicts: Math.min(agent.conflicts.length, 255),
    ...own,
    server_address: hostOf(own["server_address"] as string | undefined) || hostOf(flow.host) || flow.server.ip,
    summary: oneLine(String(own["summary"] ?? "")),
  }
}

function ownColumns(envelope: Exclude<Envelope, { kind: "flow" }>): Row {
  switch (envelope.kind) {
    case "llm":
      return llmColumns(envelope.data)
    case "mcp":
      return mcpColumns(envelope.data)
    case "a2a":
      return a2aColumns(envelope.data)
    case "http":
      return httpColumns(envelope.data)
    case "tls":
      return tlsColumns(envelope.data)
    case "dns":
      return dnsColumns(envelope.data)
    case "websocket":
      return websocketColumns(envelope.data, envelope.direction)
    case "file":
      return fileColumns(envelope.data)
    case "skill":
      return skillColumns(envelope.data)
    case "anomaly":
      return anomalyColumns(envelope.data)
    default:
      return assertNever(envelope)
  }
}

function httpColumns(data: ActivityData<"http">): Row {
  return {
    server_address: data.authority,
    summary: `${data.method} ${data.authority}${withoutQuery(data.path)} ${data.status === 0 ? "no answer" : data.status}`,
    completeness: data.completeness,
    request_bytes: data.request.bytes,
    response_bytes: data.response.bytes,
    duration_us: data.durationMicros ?? 0,
    http_response_status_code: Math.min(data.status, 65_535),
    url_path: withoutQuery(data.path),
    http_version: data.version,
    url_scheme: data.scheme,
    http_request_method: data.method,
    http_stream: data.stream,
    http_request_sha256: data.request.sha256,
    http_response_sha256: data.response.sha256,
    http_request_content_type: mediaType(data.request.contentType),
    http_response_content_type: mediaType(data.response.contentType),
    time_to_first_byte_us: data.timeToFirstByteMicros ?? 0,
  }
}

function tlsColumns(data: ActivityData<"tls">): Row {
  return {
    server_address: data.sni ?? "",
    summary: `${data.version ?? "TLS"} ${data.sni ?? ""} ${data.decryption === "full" ? "decrypted" : `${data.decryption} decrypted: ${data.reason ?? "unknown reason"}`}`,
    tls_version: data.version ?? "",
    tls_cipher: data.cipher ?? "",
    tls_alpn: data.alpn,
    tls_alpn_chosen: data.alpnChosen ?? "",
    tls_ja3: data.ja3 ?? "",
    tls_ja3s: data.ja3s ?? "",
    tls_ja4: data.ja4 ?? "",
    tls_ech: data.ech === true,
    tls_resumed: data.resumed === true,
    tls_certificate_sha256: data.certificate?.sha256 ?? "",
    tls_certificate_issuer: data.certificate?.issuer ?? "",
    tls_decryption: data.decryption,
    tls_decryption_reason: data.reason ?? "",
    detail: detailOf({ certificate: data.certificate }),
  }
}

function dnsColumns(data: ActivityData<"dns">): Row {
  return {
    summary: `${data.type} ${data.name} ${data.rcode ?? "no answer"}`,
    request_bytes: data.questionBytes ?? 0,
    response_bytes: data.answerBytes ?? 0,
    dns_question_name: data.name.toLowerCase(),
    dns_question_type: data.type,
    dns_response_code: data.rcode ?? "",
    dns_answers: data.answers.map(({ type, value }) => `${type} ${value}`),
    dns_over: data.over,
    detail: detailOf({ answers: data.answers }),
  }
}

function websocketColumns(data: ActivityData<"websocket">, opened: Envelope["direction"]): Row {
  // The agent opened the socket unless the envelope says otherwise: then what is outbound came from the client.
  const fromClient = (data.direction === "outbound") === (opened !== "inbound")
  return {
    server_address: data.authority,
    direction: data.direction,
    summary: `${data.opcode} ${data.direction} ${data.bytes} bytes`,
    completeness: data.completeness,
    request_bytes: fromClient ? data.bytes : 0,
    response_bytes: fromClient ? 0 : data.bytes,
    url_path: withoutQuery(data.path),
    websocket_opcode: data.opcode,
    websocket_subprotocol: data.subprotocol ?? "",
    file_sha256: data.sha256,
  }
}

function a2aColumns(data: ActivityData<"a2a">): Row {
  return {
    server_address: data.host,
    summary: `${data.protocol} ${data.method} ${data.card?.name ?? data.state ?? ""}`,
    completeness: data.completeness,
    http_response_status_code: Math.min(data.status ?? 0, 65_535),
    url_path: withoutQuery(data.path),
    jsonrpc_request_id: data.requestId ?? "",
    a2a_protocol: data.protocol,
    a2a_version: data.version ?? "",
    a2a_method: data.method,
    a2a_task_id: data.taskId ?? "",
    a2a_context_id: data.contextId ?? "",
    a2a_state: data.state ?? "",
    a2a_card_name: data.card?.name ?? "",
    a2a_callback_url: withoutQuery(data.callbackUrl),
    detail: detailOf({ card: data.card }),
  }
}

function fileColumns(data: ActivityData<"file">): Row {
  return {
    summary: `${data.name} ${data.mediaType} ${data.bytes} bytes by ${data.source.route}`,
    direction: data.direction,
    completeness: data.completeness,
    file_name: data.name,
    file_bytes: data.bytes,
    file_sha256: data.sha256,
    file_media_type: data.mediaType,
    file_claimed_media_type: data.claimedMediaType ?? "",
    file_route: data.source.route,
    file_inside: data.source.inside,
    source_url: withoutQuery(data.source.url),
    source_ref: data.source.ref ?? "",
    archive_format: data.archive?.format ?? "",
    detail: detailOf({ archive: data.archive }),
  }
}

function skillColumns(data: ActivityData<"skill">): Row {
  return {
    server_address: data.host,
    summary: `${data.name} ${data.version ?? ""} ${data.how} by ${data.route}`,
    completeness: data.completeness,
    file_route: data.route,
    source_url: withoutQuery(data.source),
    source_ref: data.ref ?? "",
    skill_name: data.name,
    skill_version: data.version ?? "",
    skill_hash: data.hash,
    skill_how: data.how,
    skill_activated: data.activated,
    skill_files: data.files.length,
    skill_problems: data.problems,
    skill_digest: data.digest === undefined ? "" : data.digest.matches ? "match" : "mismatch",
  }
}

function anomalyColumns(data: ActivityData<"anomaly">): Row {
  return {
    summary: data.detail ?? data.code,
    anomaly_layer: data.layer,
    anomaly_code: data.code,
    anomaly_side: data.side ?? "",
  }
}

/** Without its parameters, of which a boundary would be new with every request. */
function mediaType(contentType: string | undefined): string {
  return (contentType?.split(";", 1)[0] ?? "").trim().toLowerCase().slice(0, 100)
}
