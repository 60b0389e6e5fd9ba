// Activity in OCSF 1.8: connections and TLS as Network Activity (4001), look-ups as DNS Activity (4003), exchanges as HTTP Activity (4002), model and tool
// calls as API Activity (6003, which alone carries the ai_operation profile), files and skills as File Hosting Activity (6006).
import type { ActivityNote } from "../activity.ts"
import { type Essence, essenceOf } from "../record.ts"
import { baseOf, endpointOf, type Ocsf, type OcsfOptions, sha256, when } from "./ocsf-parts.ts"

export function ocsfActivity(note: ActivityNote, options: OcsfOptions): Ocsf {
  const about = essenceOf({ kind: "activity", value: note })
  if (note.http !== undefined) return httpActivity(note, note.http, { about, options })
  if (note.ai !== undefined) return modelCall(note, note.ai, { about, options })
  if (note.mcp !== undefined) return toolCall(note, note.mcp, { about, options })
  if (note.file !== undefined) return fileActivity(note, note.file, { about, options })
  if (note.dns !== undefined) return dnsActivity(note, note.dns, { about, options })
  return networkActivity(note, { about, options })
}

interface With {
  readonly about: Essence
  readonly options: OcsfOptions
}

function networkActivity(note: ActivityNote, { about, options }: With): Ocsf {
  const { traffic, tls } = note
  const activity = traffic === undefined ? OPEN : traffic.close === "reset" ? RESET : traffic.close === "fin" ? CLOSE : TRAFFIC
  return {
    ...baseOf(about, { classUid: 4001, activity, version: options.version, profiles: [] }),
    ...ends(note),
    ...when("app_protocol_name", traffic?.layers.at(-1) ?? tls?.alpn),
    ...(traffic !== undefined && {
      start_time: Math.floor(traffic.start / 1_000),
      end_time: Math.floor(traffic.end / 1_000),
      traffic: {
        bytes: traffic.bytesIn + traffic.bytesOut,
        bytes_in: traffic.bytesIn,
        bytes_out: traffic.bytesOut,
        packets: traffic.packetsIn + traffic.packetsOut,
        packets_in: traffic.packetsIn,
        packets_out: traffic.packetsOut,
        bytes_missed: traffic.missed,
      },
    }),
    ...(tls !== undefined && {
      tls: {
        version: tls.version ?? "unknown",
        ...when("sni", tls.sni),
        ...when("cipher", tls.cipher),
        ...(tls.ja3 !== undefined && { ja3_hash: { algorithm_id: 1, algorithm: "MD5", value: tls.ja3 } }),
      },
      ...(tls.ja4 !== undefined && { ja4_fingerprint_list: [{ type_id: 1, type: "JA4", value: tls.ja4 }] }),
    }),
    unmapped: { ...agentFields(note), ...when("decryption", tls?.decryption) },
  }
}

function dnsActivity(note: ActivityNote, dns: NonNullable<ActivityNote["dns"]>, { about, options }: With): Ocsf {
  return {
    ...baseOf(about, { classUid: 4003, activity: TRAFFIC, version: options.version, profiles: [] }),
    ...ends(note),
    query: { hostname: dns.name, type: dns.type },
    ...when("rcode", dns.rcode),
    unmapped: agentFields(note),
  }
}

function httpActivity(note: ActivityNote, http: NonNullable<ActivityNote["http"]>, { about, options }: With): Ocsf {
  const known = METHODS[http.method.toUpperCase()]
  const text = `${http.scheme}://${http.authority}${http.path}`
  return {
    ...baseOf(about, { classUid: 4002, activity: known ?? OTHER, version: options.version, profiles: [] }),
    ...(known === undefined && { activity_name: http.method || "unknown" }),
    ...ends(note),
    http_request: {
      ...(known !== undefined && { http_method: http.method.toUpperCase() }),
      version: http.version,
      body_length: http.requestBytes,
      ...when("user_agent", http.userAgent),
      url: {
        scheme: http.scheme,
        hostname: http.authority.replace(/:\d+$/, ""),
        path: http.path,
        ...(URL.canParse(text) && { url_string: text }),
        ...when("query_string", http.query),
      },
    },
    ...(http.status > 0 && {
      http_response: { code: http.status, body_length: http.responseBytes, ...when("content_type", http.responseType) },
      http_status: http.status,
    }),
    unmapped: agentFields(note),
  }
}

function modelCall(note: ActivityNote, ai: NonNullable<ActivityNote["ai"]>, { about, options }: With): Ocsf {
  const tokens = {
    ...when("prompt_tokens", ai.inputTokens),
    ...when("completion_tokens", ai.outputTokens),
    ...(ai.inputTokens !== undefined && ai.outputTokens !== undefined && { total_tokens: ai.inputTokens + ai.outputTokens }),
  }
  return {
    ...apiCall(note, { about, options, operation: ai.operation, service: ai.provider }),
    ai_model: { name: ai.responseModel ?? ai.requestModel ?? "unknown", ai_provider: ai.provider },
    message_context: {
      application: { name: note.agent.name, uid: note.agent.id },
      ai_role_id: AGENT,
      ...when("uid", ai.conversationId),
      ...tokens,
    },
    unmapped: {
      ...agentFields(note),
      finish_reasons: ai.finishReasons,
      tools: ai.toolNames,
      ...when("response_uid", ai.responseId),
      // 1.9 has prompt_text and response_text for these.
      ...when("prompt_text", options.content && ai.input !== undefined ? JSON.stringify(ai.input) : undefined),
      ...when("response_text", options.content && ai.output !== undefined ? JSON.stringify(ai.output) : undefined),
    },
  }
}

function toolCall(note: ActivityNote, mcp: NonNullable<ActivityNote["mcp"]>, { about, options }: With): Ocsf {
  return {
    ...apiCall(note, { about, options, operation: mcp.tool === undefined ? mcp.method : `${mcp.method} ${mcp.tool}`, service: mcp.server }),
    message_context: { application: { name: note.agent.name, uid: note.agent.id }, service: { name: mcp.server }, ai_role_id: TOOL },
    status_id: mcp.isError ? FAILURE : SUCCESS,
    unmapped: {
      ...agentFields(note),
      mcp: {
        method: mcp.method,
        ...when("tool", mcp.tool),
        ...when("protocol_version", mcp.protocol),
        ...when("session_uid", mcp.session),
      },
      ...when("arguments", mcp.arguments),
      ...when("result", mcp.result),
    },
  }
}

function apiCall(note: ActivityNote, { about, options, operation, service }: With & { operation: string; service: string }): Ocsf {
  return {
    ...baseOf(about, { classUid: 6003, activity: OTHER, version: options.version, profiles: ["ai_operation"] }),
    activity_name: operation,
    actor: actorOf(note),
    api: { operation, service: { name: service } },
    ...bothEnds(note),
  }
}

function fileActivity(note: ActivityNote, file: NonNullable<ActivityNote["file"]>, { about, options }: With): Ocsf {
  return {
    ...baseOf(about, { classUid: 6006, activity: file.inbound ? DOWNLOAD : UPLOAD, version: options.version, profiles: [] }),
    actor: actorOf(note),
    ...bothEnds(note),
    file: {
      name: file.name,
      type_id: file.skill ? FOLDER : REGULAR,
      size: file.bytes,
      mime_type: file.mediaType,
      hashes: [sha256(file.sha256)],
    },
    unmapped: agentFields(note),
  }
}

/** The side that opened the connection first, as these classes want it. */
function ends({ flow, agent, direction }: ActivityNote): Ocsf {
  return {
    src_endpoint: {
      ...endpointOf({ ip: flow.client.ip, port: flow.client.port }),
      ...(direction === "outbound" && agent.egressIp !== "" && { intermediate_ips: [agent.egressIp] }),
    },
    dst_endpoint: endpointOf({ host: flow.host, ip: flow.server.ip, port: flow.server.port }),
    connection_info: {
      direction_id: direction === "outbound" ? 2 : 1,
      uid: flow.id,
      protocol_name: flow.transport === "tcp" ? "tcp" : "udp",
      protocol_num: flow.transport === "tcp" ? 6 : 17,
    },
  }
}

/** API and file classes know endpoints, and no connection. */
function bothEnds(note: ActivityNote): Ocsf {
  const { src_endpoint, dst_endpoint } = ends(note)
  return { src_endpoint, dst_endpoint }
}

function actorOf({ agent }: ActivityNote): Ocsf {
  return { app_name: agent.name || "unknown", ...when("app_uid", agent.id) }
}

/** ai_agent is an object of 1.9. */
function agentFields({ agent }: ActivityNote): Ocsf {
  return { ai_agent: { uid: agent.id, name: agent.name, ...when("version", agent.version) } }
}

const OPEN = 1
const CLOSE = 2
const RESET = 3
const TRAFFIC = 6
const OTHER = 99
const UPLOAD = 1
const DOWNLOAD = 2
const REGULAR = 1
const FOLDER = 2
const SUCCESS = 1
const FAILURE = 2
const TOOL = 3
const AGENT = 4
const METHODS: Readonly<Record<string, number>> = {
  CONNECT: 1,
  DELETE: 2,
  GET: 3,
  HEAD: 4,
  OPTIONS: 5,
  POST: 6,
  PUT: 7,
  TRACE: 8,
  PATCH: 9,
}
