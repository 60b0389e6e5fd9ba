import type { Envelope } from "../../contracts/envelope.ts"
import type { Row } from "../../contracts/store.ts"

/** The columns that every activity and flow has. */
export function commonColumns({ at, id, sensor, vantage, flow, agent, direction, kind: _kind }: Envelope): Row {
  return {
    at,
    id,
    sensor,
    vantage,
    direction: direction ?? "",
    flow_id: flow.id,
    vni: flow.vni,
    client_ip: flow.client.ip,
    client_port: flow.client.port,
    server_ip: flow.server.ip,
    server_port: flow.server.port,
    network_transport: flow.transport,
    gen_ai_agent_id: agent.id,
    gen_ai_agent_name: agent.name,
    workload_id: agent.workload.id,
    workload_ip: agent.workload.ip,
    egress_ip: agent.workload.egressIp ?? "",
  }
}

/** Host names are equal whatever their case; a port and a trailing dot are no part of one. */
export function hostOf(authority: string | undefined): string {
  if (authority === undefined) return ""
  const host = authority.slice(authority.lastIndexOf("@") + 1)
  const end = host.startsWith("[") ? host.indexOf("]") + 1 : host.split(":").length === 2 ? host.indexOf(":") : host.length
  return host
    .slice(0, end > 0 ? end : host.length)
    .replace(/\.$/, "")
    .toLowerCase()
}

/** Queries, fragments and user names in URLs carry secrets: they are content. */
export function withoutQuery(url: string | undefined): string {
  if (url === undefined) return ""
  const cut = url.search(/[?#]/)
  const bare = cut < 0 ? url : url.slice(0, cut)
  return bare.replace(/^([a-z][a-z0-9+.-]{0,30}:\/\/)[^/@]*@/i, "$1")
}

/** JSON without the fields that are absent or empty; "" when nothing is left. */
export function detailOf(fields: Readonly<Record<string, unknown>>): string {
  const kept = Object.entries(fields).filter(([, value]) => !isEmpty(value))
  return kept.length === 0 ? "" : JSON.stringify(Object.fromEntries(kept))
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === "") return true
  return typeof value === "object" && Object.keys(value).length === 0
}

/** No control characters: the line is shown in tables and terminals. */
export function oneLine(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ").slice(0, MAX_SUMMARY)
}
const MAX_SUMMARY = 300
