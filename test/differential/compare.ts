// Holds what the sensor saw against the oracle, aspect by aspect.
import type { Envelope } from "../../services/contracts/envelope.ts"
import { ourClients, ourFingerprints, ourServers, truthClients, truthFingerprints, truthServers } from "./hellos.ts"
import type { Observed, ObservedStream } from "./observe.ts"
import type { Truth } from "./truth.ts"

export interface Aspect {
  readonly name: string
  readonly expected: number
  readonly matched: number
  /** In the oracle, not seen by us. */
  readonly missing: readonly string[]
  /** Seen by us as complete, not in the oracle. */
  readonly extra: readonly string[]
}

export function compare(truth: Truth, observed: Observed): Aspect[] {
  const of = <K extends Envelope["kind"]>(kind: K) =>
    observed.envelopes
      .filter((envelope): envelope is Extract<Envelope, { kind: K }> => envelope.kind === kind)
      .map((envelope) => envelope.data)
  const http = of("http") as Extract<Envelope, { kind: "http" }>["data"][]
  const incomplete = new Set(http.filter((one) => one.completeness !== "full"))
  const requests = http.filter((one) => one.method !== "")
  const responses = http.filter((one) => one.status !== 0)
  const bodies = http.flatMap((one) => [one.request, one.response]).filter((message) => message.bytes > 0)
  const tls = of("tls") as Extract<Envelope, { kind: "tls" }>["data"][]
  const websocket = of("websocket") as Extract<Envelope, { kind: "websocket" }>["data"][]
  return [
    aspect("packets", [String(truth.packets)], [String(observed.packets)], []),
    aspect(
      "requests",
      truth.http_requests.map(({ method, host, uri }) => `${method} ${host ?? ""} ${pathOf(uri)}`),
      requests.filter((one) => !incomplete.has(one)).map(requestText),
      requests.filter((one) => incomplete.has(one)).map(requestText),
    ),
    aspect(
      "statuses",
      truth.http_responses.map(({ status }) => String(status)),
      responses.filter((one) => !incomplete.has(one)).map(({ status }) => String(status)),
      responses.filter((one) => incomplete.has(one)).map(({ status }) => String(status)),
    ),
    aspect(
      "bodies",
      [...truth.http_requests, ...truth.http_responses].flatMap(({ body }) =>
        body === null || body.len === 0 ? [] : [`${body.len} ${body.sha256}`],
      ),
      bodies.filter((body) => body.completeness === "full").map(bodyText),
      bodies.filter((body) => body.completeness !== "full").map(bodyText),
    ),
    aspect("sni", unique(truth.sni), unique(tls.map(({ sni }) => sni ?? "").filter((sni) => sni !== "")), []),
    aspect("dns", unique(truth.dns), unique((of("dns") as { name: string }[]).map(({ name }) => name)), []),
    aspect(
      "websocket",
      truth.websocket.flatMap(({ text }) => (text === null ? [] : [text])),
      websocket.filter(({ opcode }) => opcode === "text").map(({ text }) => text ?? ""),
      [],
    ),
    aspect("client hellos", truthClients(truth), ourClients(tls), []),
    aspect("ja4", truthFingerprints(truth), ourFingerprints(tls), []),
    aspect("server hellos", truthServers(truth), ourServers(tls), []),
    aspect("streams", truth.streams.map(truthStream), observed.streams.map(streamText), []),
    aspect(
      "inside tls",
      truth.streams.flatMap(({ tls_plain, ...stream }) => {
        if (tls_plain == null || tls_plain.a_to_b.bytes + tls_plain.b_to_a.bytes === 0) return []
        return [truthStream({ ...stream, ...tls_plain })]
      }),
      observed.plain.map(streamText),
      [],
    ),
    aspect(
      "no layer failed",
      [],
      (of("anomaly") as { code: string; detail?: string }[])
        .filter(({ code }) => code === "layer-failed")
        .map(({ detail }) => detail ?? ""),
      [],
    ),
  ]
}

/** Each expected one takes a whole one of ours, else a partial one; whole ones that are left over are extra. */
function aspect(name: string, expected: readonly string[], whole: readonly string[], partial: readonly string[]): Aspect {
  const [wholeLeft, partialLeft] = [countOf(whole), countOf(partial)]
  const missing: string[] = []
  for (const one of expected) if (!take(wholeLeft, one) && !take(partialLeft, one)) missing.push(one)
  const extra = [...wholeLeft].flatMap(([one, count]) => Array.from({ length: count }, () => one))
  return { name, expected: expected.length, matched: expected.length - missing.length, missing, extra }
}

function take(left: Map<string, number>, one: string): boolean {
  const count = left.get(one) ?? 0
  if (count > 0) left.set(one, count - 1)
  return count > 0
}
function countOf(list: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const one of list) counts.set(one, (counts.get(one) ?? 0) + 1)
  return counts
}
function unique(list: readonly string[]): string[] {
  return [...new Set(list)]
}
function requestText({ method, authority, path }: { method: string; authority: string; path: string }): string {
  return `${method} ${authority} ${pathOf(path)}`
}
/** tshark gives the target as it stands; absolute form and origin form say the same. */
function pathOf(uri: string): string {
  return uri.replace(/^https?:\/\/[^/]*/, "")
}
function bodyText({ bytes, sha256 }: { bytes: number; sha256: string }): string {
  return `${bytes} ${sha256}`
}
function truthStream({ a, b, a_to_b, b_to_a }: Truth["streams"][number]): string {
  return sorted([
    `${bracket(a)} ${a_to_b.bytes} ${a_to_b.sha256.slice(0, 12)}`,
    `${bracket(b)} ${b_to_a.bytes} ${b_to_a.sha256.slice(0, 12)}`,
  ])
}
function streamText(stream: ObservedStream): string {
  return sorted([
    `${stream.low} ${stream.bytes[0]} ${stream.sha256[0].slice(0, 12)}`,
    `${stream.high} ${stream.bytes[1]} ${stream.sha256[1].slice(0, 12)}`,
  ])
}
function bracket(endpoint: string): string {
  const at = endpoint.lastIndexOf(":")
  const ip = endpoint.slice(0, at)
  return ip.includes(":") && !ip.startsWith("[") ? `[${ip}]${endpoint.slice(at)}` : endpoint
}
function sorted(pair: readonly [string, string]): string {
  return pair[0] < pair[1] ? pair.join(" | ") : `${pair[1]} | ${pair[0]}`
}
