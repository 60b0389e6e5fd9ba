// Where the agent goes, or is sent: metadata services and private networks by any spelling, dumps, tunnels, imitations, generated names,
// model APIs and tool servers nobody has catalogued.

import type { ActivityData } from "../../services/contracts/envelope.ts"
import type { Detector, RawFinding, Subject, TextItem } from "../../services/contracts/inspection.ts"
import type { Severity } from "../../services/contracts/severity.ts"
import { addressOf, isInternalAddress, isMetadataName } from "./addresses.ts"
import { modelLikeness } from "./encrypted-stream.ts"
import { generatedScore, imitationOf, isOddSuffix, sinkOf } from "./hosts.ts"
import { type FoundUrl, urlsIn } from "./urls.ts"

export const destinationsDetector: Detector = {
  family: "destinations",
  inspect(subject, report) {
    for (const item of subject.texts) {
      if (item.place === "dns" && names.has(item.path)) judgeName(item, subject, report)
      else if (goesThere(item)) for (const url of urlsIn(item.text)) judgeUrl(url, { item, subject, report })
    }
    judgeService(subject, report)
    judgeStream(subject, report)
  },
}

interface Judging {
  readonly item: TextItem
  readonly subject: Subject
  readonly report: (finding: RawFinding) => void
}

/** Texts that make somebody connect: requests, calls, commands, what a skill runs, a server's redirect. A page that mentions an address does not. */
function goesThere({ place, direction, name }: TextItem): boolean {
  if (place === "url") return direction === "outbound"
  if (place === "header") return direction === "inbound" && (name === "location" || name === "refresh")
  return place === "tool-call" || place === "command" || place === "skill" || place === "tool-definition"
}

interface Said {
  readonly rule: string
  readonly severity: Severity
  readonly confidence: number
  readonly title: string
  readonly reason: string
  readonly references?: readonly string[]
}

function judgeUrl(url: FoundUrl, { item, subject, report }: Judging): void {
  for (const said of saidOf(url, item, subject)) report(findingOf(said, item, [url.start, url.end], url.host))
}

function saidOf(url: FoundUrl, item: TextItem, subject: Subject): Said[] {
  const { scheme, host, path, userinfo } = url
  const weight = item.place === "skill" || item.place === "tool-definition" ? 0.8 : 1
  if (scheme === "file" || oddSchemes.has(scheme)) return oddScheme(scheme, path || host)
  const internal = internalSaid(host, item, subject)
  if (internal.length > 0) return internal
  // Search engines and archives carry the addresses of all the world: there only what is inside matters.
  if (url.within !== undefined) return []
  const said: Said[] = []
  if (/\./.test(userinfo) && !/:/.test(userinfo))
    said.push({
      rule: "userinfo-host",
      severity: "high",
      confidence: 0.75,
      title: "An address that shows one host and goes to another",
      reason: `${userinfo}@${host} goes to ${host}`,
      references: ["T1566"],
    })
  const sink = sinkOf(host, path)
  if (sink !== undefined) {
    const carries = /[?&=]|\/\w{24,}/.test(path) || subject.direction === "outbound"
    said.push({
      rule: "data-drop",
      severity: sink === "paste site" || sink === "file drop" ? "medium" : "high",
      confidence: (carries ? 0.7 : 0.6) * weight,
      title: `A ${sink}`,
      reason: `${host} is a ${sink}: what is sent there is read by strangers`,
      references: ["T1567", "T1102"],
    })
  }
  return [...said, ...nameSaid(host, url.port, weight)]
}

function oddScheme(scheme: string, target: string): Said[] {
  if (scheme === "file") {
    if (!/etc\/|\.ssh|\.aws|\.env|proc\/|shadow|passwd|id_rsa|windows\/|system32/i.test(target)) return []
    return [
      {
        rule: "local-file",
        severity: "high",
        confidence: 0.8,
        title: "An address that reads a local file",
        reason: `file: address of ${target.slice(0, 80)}`,
        references: ["T1005"],
      },
    ]
  }
  return [
    {
      rule: "odd-scheme",
      severity: "high",
      confidence: 0.8,
      title: "An address for a protocol used in server-side request forgery",
      reason: `${scheme}: is not spoken by agents`,
      references: ["T1190"],
    },
  ]
}

/** Addresses of the inside. On a laboratory network where the server itself is inside, they say nothing. */
function internalSaid(host: string, item: TextItem, subject: Subject): Said[] {
  const address = addressOf(host)
  if (address?.range === "metadata" || isMetadataName(host))
    return [
      {
        rule: "cloud-metadata",
        severity: "critical",
        confidence: 0.95,
        title: "A request to the cloud's instance metadata",
        reason: `${host} is a cloud metadata service: whoever reads it holds the machine's credentials`,
        references: ["T1552.005", "ASI02"],
      },
    ]
  const inLab = subject.destination?.ip !== undefined && isInternalAddress(subject.destination.ip) && item.place === "url"
  if (address === undefined) {
    if (!isInternalAddress(host) || inLab) return []
    return [
      {
        rule: "internal-name",
        severity: "medium",
        confidence: isMild(item, /^localhost$|\.localhost$/i.test(host)) ? 0.2 : 0.5,
        title: "A request to a name of the inside",
        reason: `${host} never leaves the network it is on`,
        references: ["T1190"],
      },
    ]
  }
  if (address.spelling !== "plain" && address.range !== "public")
    return [
      {
        rule: "internal-disguised",
        severity: "critical",
        confidence: 0.92,
        title: "A private address in disguise",
        reason: `${host} is ${address.address}, written so that a filter misses it (${address.spelling})`,
        references: ["T1190", "T1027"],
      },
    ]
  if (address.range === "public") {
    const disguised = address.spelling === "numeric" || address.spelling === "encoded" || address.spelling === "mapped"
    return [
      {
        rule: "ip-literal",
        severity: disguised ? "high" : "low",
        confidence: disguised ? 0.8 : 0.5,
        title: "An address without a name",
        reason: `${host} is the bare address ${address.address}`,
        references: ["T1071"],
      },
    ]
  }
  if (inLab) return []
  return [
    {
      rule: "internal-address",
      severity: address.range === "link-local" ? "high" : "medium",
      confidence: isMild(item, address.range === "loopback") ? 0.2 : address.range === "link-local" ? 0.8 : 0.6,
      title: "A request to a private address",
      reason: `${host} is ${address.range}`,
      references: ["T1190", "T1046"],
    },
  ]
}

/** Manuals name machines of the inside, and developers call their own; a call from elsewhere is another matter. */
function isMild({ place }: TextItem, ownMachine: boolean): boolean {
  return place === "skill" || place === "tool-definition" || (ownMachine && place === "command")
}

function nameSaid(host: string, port: string, weight: number): Said[] {
  const said: Said[] = []
  const imitation = imitationOf(host)
  if (imitation !== undefined) {
    const confidence = imitation.how === "look-alike letters" ? 0.85 : imitation.how === "brand inside another domain" ? 0.7 : 0.62
    said.push({
      rule: "look-alike",
      severity: "high",
      confidence: confidence * weight,
      title: "A name that imitates another",
      reason: `${host} imitates ${imitation.of} (${imitation.how})`,
      references: ["T1583.001", "T1036"],
    })
  }
  const generated = generatedScore(host)
  if (generated >= 0.62)
    said.push({
      rule: "generated-name",
      severity: "medium",
      confidence: Math.min(0.75, generated * 0.85) * weight,
      title: "A name that looks generated",
      reason: `${host} does not look as if a person had chosen it`,
      references: ["T1568.002"],
    })
  if (host.toLowerCase().endsWith(".onion"))
    said.push({
      rule: "onion",
      severity: "high",
      confidence: 0.8,
      title: "A hidden service",
      reason: `${host} is reachable only over Tor`,
      references: ["T1090.003"],
    })
  else if (isOddSuffix(host))
    said.push({
      rule: "odd-suffix",
      severity: "low",
      confidence: port === "" || port === "443" || port === "80" ? 0.3 : 0.45,
      title: "A name under an often abused suffix",
      reason: `${host} ends in a suffix that is cheap and often abused`,
      references: ["T1583.001"],
    })
  return said
}

function judgeName(item: TextItem, subject: Subject, report: (finding: RawFinding) => void): void {
  const host = item.text
  if (isMetadataName(host)) return
  const sink = sinkOf(host, "")
  const span: [number, number] = [0, host.length]
  if (sink !== undefined)
    report(
      findingOf(
        {
          rule: "data-drop",
          severity: "medium",
          confidence: 0.6,
          title: `A ${sink}`,
          reason: `${host} is a ${sink}`,
          references: ["T1567"],
        },
        item,
        span,
        host,
      ),
    )
  for (const said of nameSaid(host, "", 1)) report(findingOf(said, item, span, host))
  if (subject.data !== undefined) judgeAnswers(item, subject, report)
}

/** A public name that answers with an inside address: rebinding, or somebody's mistake that works like it. */
function judgeAnswers(item: TextItem, { data }: Subject, report: (finding: RawFinding) => void): void {
  if (typeof data !== "object" || data === null || !("answers" in data) || !Array.isArray(data.answers)) return
  if (isInternalAddress(item.text)) return
  for (const answer of data.answers.slice(0, 32)) {
    const { type, value } = answer as { type: string; value: string }
    if (type !== "A" && type !== "AAAA") continue
    const address = addressOf(value)
    if (
      address === undefined ||
      address.range === "public" ||
      address.range === "multicast" ||
      address.range === "unspecified" ||
      address.range === "reserved"
    )
      continue
    const metadata = address.range === "metadata"
    report(
      findingOf(
        {
          rule: "private-answer",
          severity: metadata ? "critical" : "high",
          confidence: metadata ? 0.95 : 0.7,
          title: "A public name that answers with an inside address",
          reason: `${item.text} resolves to ${value} (${address.range})`,
          references: ["T1557", "T1190"],
        },
        item,
        [0, item.text.length],
        item.text,
      ),
    )
  }
}

/** Model APIs and tool servers that no catalogue knows. */
function judgeService({ kind, data, destination, direction }: Subject, report: (finding: RawFinding) => void): void {
  if (destination === undefined || direction !== "outbound" || destination.class === "internal") return
  const item: TextItem = { place: "url", direction, path: "host", text: destination.host }
  const span: [number, number] = [0, destination.host.length]
  if (kind === "llm" && destination.class === "unknown") {
    const by = typeof data === "object" && data !== null && "family" in data ? String(data.family) : "a model API"
    report(
      findingOf(
        {
          rule: "unknown-model-api",
          severity: "medium",
          confidence: 0.75,
          title: "A model API that nobody has catalogued",
          reason: `${destination.host} speaks ${by} and is not a known vendor: prompts go to whoever runs it`,
          references: ["LLM03:2025", "ASI04"],
        },
        item,
        span,
        destination.host,
      ),
    )
  }
  if (kind === "mcp" && destination.class === "mcp" && !isInternalAddress(destination.host))
    report(
      findingOf(
        {
          rule: "unknown-mcp-server",
          severity: "low",
          confidence: 0.6,
          title: "An MCP server that nobody has catalogued",
          reason: `${destination.host} is an MCP server outside the catalogue`,
          references: ["MCP09"],
        },
        item,
        span,
        destination.host,
      ),
    )
}

/** What talks to an uncatalogued host as if it were a model, when nobody can read it: a hint for a person, never a reason to stop anything. */
function judgeStream({ kind, data, destination, direction }: Subject, report: (finding: RawFinding) => void): void {
  if (kind !== "flow" || direction !== "outbound" || destination?.class !== "unknown") return
  const { score, reasons } = modelLikeness(data as ActivityData<"flow">)
  if (score < LEAST_LIKENESS) return
  const { host } = destination
  const said: Said = {
    rule: "encrypted-model-stream",
    severity: "low",
    confidence: Math.min(MOST_SURE_UNREAD, score / 2),
    title: "Unread traffic that moves like a model's answer",
    reason: `${host}: ${reasons.join(", ")}`,
    references: ["LLM03:2025", "ASI04", "T1071.001"],
  }
  report(findingOf(said, { place: "url", direction, path: "host", text: host }, [0, host.length], host))
}

function findingOf(
  { rule, severity, confidence, title, reason, references = [] }: Said,
  item: TextItem,
  span: readonly [number, number],
  host: string,
): RawFinding {
  return {
    rule: `destination/${rule}`,
    family: "destinations",
    severity,
    confidence: Math.round(confidence * 100) / 100,
    title,
    place: item.place,
    direction: item.direction,
    path: item.path,
    span,
    matched: item.text.slice(span[0], Math.min(span[1], span[0] + 200)),
    sensitive: false,
    reason,
    facts: { domain: host.slice(0, 255) },
    references,
  }
}

/** Of a lookup, and of a TLS hello whose connection nobody can read. */
const names: ReadonlySet<string> = new Set(["name", "sni"])
const LEAST_LIKENESS = 0.7
const MOST_SURE_UNREAD = 0.45
const oddSchemes: ReadonlySet<string> = new Set(["gopher", "dict", "ldap", "ldaps", "tftp", "jar", "netdoc", "php", "expect"])
