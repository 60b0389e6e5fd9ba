// Data that leaves by a side door: in DNS names, in pictures a client will load, in addresses, headers and agents' names, in pieces.
import type { Detector, RawFinding, Subject, TextItem } from "../../services/contracts/inspection.ts"
import type { Severity } from "../../services/contracts/severity.ts"
import { isInternalAddress } from "../destinations/addresses.ts"
import { isKnownHost, vendorOf } from "../destinations/catalogue.ts"
import { urlsIn } from "../destinations/urls.ts"
import { entropy, wordiness } from "../text/entropy.ts"
import { viewsOf } from "../text/readings.ts"
import { loadOf } from "./dns-name.ts"
import { splitSecrets } from "./split.ts"

export const exfiltrationDetector: Detector = {
  family: "exfiltration",
  inspect(subject, report) {
    for (const item of subject.texts) {
      if (item.place === "dns") inspectName(item, report)
      else if (item.place === "assistant" || item.place === "tool-result" || item.place === "tool-call") inspectMarkdown(item, report)
      if (item.place === "url" && item.direction === "outbound") inspectAddress(item, subject, report)
      if (item.place === "header" && item.direction === "outbound") inspectHeader(item, subject, report)
      if (leaves(item)) for (const found of splitSecrets(item)) report(splitFinding(found, item))
    }
  },
}

/** Texts whose pieces a receiver could put together. */
function leaves({ place, direction }: TextItem): boolean {
  return place === "dns" || place === "tool-call" || ((place === "url" || place === "frame") && direction === "outbound")
}

function inspectName(item: TextItem, report: (finding: RawFinding) => void): void {
  if (item.path !== "name" && item.direction === "inbound") return
  const load = loadOf(item.text)
  if (load === undefined) return
  report(
    finding(item, {
      rule: "dns-data",
      severity: load.confidence >= 0.7 ? "high" : "medium",
      confidence: load.confidence,
      title: "A DNS name that carries data",
      reason: `${load.carried} characters in front of ${load.domain} look encoded; whoever runs ${load.domain} reads them`,
      span: [0, item.text.length],
      facts: { domain: load.domain, carried: load.carried },
      references: ["T1048.003", "T1071.004"],
    }),
  )
}

/** A picture is loaded without a click: whatever stands in its address has left when the answer is shown. */
function inspectMarkdown(item: TextItem, report: (finding: RawFinding) => void): void {
  for (const match of item.text.matchAll(
    /(!?)\[[^\]\n]{0,200}\]\(\s{0,3}<?(https?:\/\/[^)\s>]{4,2000})|<(img)\s[^>]{0,200}?src\s{0,2}=\s{0,2}["']?(https?:\/\/[^"'\s>]{4,2000})/gi,
  )) {
    const address = match[2] ?? match[4] ?? ""
    const image = match[1] === "!" || match[3] !== undefined
    const [url] = urlsIn(address)
    if (url === undefined || isTrusted(url.host)) continue
    const load = carriedBy(url.path, image)
    if (load < (image ? 20 : 48)) continue
    const confidence = Math.min(0.9, (image ? 0.55 : 0.4) + load / 300)
    report(
      finding(item, {
        rule: image ? "markdown-image" : "markdown-link",
        severity: image ? "high" : "medium",
        confidence,
        title: image ? "A picture whose address carries data" : "A link whose address carries data",
        reason: `${load} characters of data in an address at ${url.host}; ${image ? "a client loads it without asking" : "one click sends it"}`,
        span: [match.index, match.index + match[0].length],
        facts: { domain: url.host },
        references: ["LLM02:2025", "LLM05:2025", "T1567"],
      }),
    )
  }
}

function inspectAddress(item: TextItem, { destination }: Subject, report: (finding: RawFinding) => void): void {
  const [url] = urlsIn(item.text)
  if (url === undefined || isTrusted(url.host) || (destination !== undefined && trustedClasses.has(destination.class))) return
  // A token is the secrets family's; its claims are no message.
  const readable = JWT.test(item.text) ? 0 : decodedText(item)
  if (readable < (isSignIn(url.path) ? LONGEST_STATE : 48)) return
  report(
    finding(item, {
      rule: "encoded-address",
      severity: "medium",
      confidence: Math.min(0.8, 0.5 + readable / 800),
      title: "An address that carries encoded text",
      reason: `${readable} readable characters come out of the decoded address of a request to ${url.host}`,
      span: [0, item.text.length],
      facts: { domain: url.host, readable },
      references: ["T1041", "T1132"],
    }),
  )
}

/** RFC 6749 4.1: what a client wants to find again comes and goes as "state", often as JSON in base64. */
function isSignIn(path: string): boolean {
  return /[?&]state=/.test(path) && /[?&](?:code|client_id|error)=/.test(path)
}

/** A User-Agent or an odd header that decodes to sentences. Cookies and authorisation are opaque by nature. */
function inspectHeader(item: TextItem, { destination }: Subject, report: (finding: RawFinding) => void): void {
  const name = item.name ?? ""
  if (opaqueHeaders.test(name) || (destination !== undefined && trustedClasses.has(destination.class))) return
  const readable = decodedText(item)
  if (readable < 32) return
  report(
    finding(item, {
      rule: "encoded-header",
      severity: "medium",
      confidence: Math.min(0.75, 0.5 + readable / 800),
      title: "A header that carries encoded text",
      reason: `${readable} readable characters come out of the decoded header ${name}`,
      span: [0, item.text.length],
      facts: { header: name },
      references: ["T1041", "T1132"],
    }),
  )
}

/** Characters of text that appear only after decoding base64, hexadecimal and the like. */
function decodedText(item: TextItem): number {
  let most = 0
  for (const { steps, text } of viewsOf(item)) {
    if (!steps.some((step) => encodings.has(step)) || text.length < 24 || SIGN_IN.test(text)) continue
    const printable = text.replace(/[^\x20-\x7e\n\u00a0-\uffff]/g, "").length / text.length
    if (printable > 0.95 && wordiness(text) > 0.4 && /\s|[{":,=]/.test(text)) most = Math.max(most, text.length)
  }
  return most
}

/** Characters of a path and query that are data rather than names: long values, encoded or full of words. */
function carriedBy(path: string, image: boolean): number {
  let carried = 0
  // What stands after "#" stays with the client.
  for (const part of (path.split("#")[0] ?? "").split(/[/?&]/)) {
    const value = part.slice(part.indexOf("=") + 1)
    if (value.length < 16) continue
    const words = value.split(/%20|\+|%0A/i).length
    const placeholder = /[{<[]|%7b|%3c/i.test(value)
    if (placeholder || words >= 4 || (image && value.length >= 64 && isDense(value))) carried += value.length
  }
  return carried
}

/** Too random, or too much of it, to be a name or the hash of one. */
function isDense(value: string): boolean {
  const hex = /^[0-9a-f]+/i.exec(value)?.[0] ?? ""
  if (hex.length >= 64 && !hashLengths.has(hex.length)) return true
  return entropy(value) > 3.6 && wordiness(value) < 0.42 && /\d|%|[A-Z]/.test(value)
}

function isTrusted(host: string): boolean {
  return isKnownHost(host) || vendorOf(host) !== undefined || isInternalAddress(host)
}

function splitFinding(found: RawFinding, item: TextItem): RawFinding {
  return {
    ...found,
    rule: "exfiltration/split-secret",
    family: "exfiltration",
    severity: found.severity === "critical" ? "critical" : "high",
    confidence: Math.min(0.93, found.confidence),
    title: "A secret sent in pieces",
    place: item.place,
    path: item.path,
    span: [0, item.text.length],
    sensitive: true,
    reason: `put together, the pieces of this ${item.place} are: ${found.title.toLowerCase()}`,
    facts: { ...found.facts, secret: found.rule },
    references: [...new Set(["T1048", "T1027", ...(found.references ?? [])])],
  }
}

interface Found extends Pick<RawFinding, "confidence" | "title" | "reason" | "span"> {
  readonly rule: string
  readonly severity: Severity
  readonly facts: Readonly<Record<string, string | number | boolean>>
  readonly references: readonly string[]
}

function finding({ place, direction, path, text }: TextItem, { rule, confidence, span, ...rest }: Found): RawFinding {
  return {
    ...rest,
    rule: `exfiltration/${rule}`,
    family: "exfiltration",
    confidence: Math.round(confidence * 100) / 100,
    place,
    direction,
    path,
    span,
    matched: text.slice(span[0], Math.min(span[1], span[0] + 300)),
    sensitive: true,
  }
}

// What single sign-on puts into addresses: requests of SAML, tokens.
const LONGEST_STATE = 400
const JWT = /\beyJ[\w-]{8,2000}\.eyJ[\w-]{8,4000}\./
const SIGN_IN = /urn:oasis:names:tc:SAML|<saml|\{"(?:alg|typ|kid)":"/
const hashLengths: ReadonlySet<number> = new Set([64, 96, 128])
const trustedClasses: ReadonlySet<string> = new Set(["provider", "known", "internal", "mcp"])
const encodings: ReadonlySet<string> = new Set([
  "base64",
  "base64url",
  "base32",
  "base58",
  "ascii85",
  "hex",
  "gzip",
  "deflate",
  "br",
  "rot13",
  "reversed",
])
const opaqueHeaders =
  /^(?:authorization|cookie|proxy-authorization|x-api-key|x-goog-|x-amz-|x-csrf|x-xsrf|sec-|if-|etag|traceparent|tracestate|baggage|x-stainless-|anthropic-|openai-|mcp-session-id|x-request-id|referer|dpop|signature|content-digest|sentry-trace|x-b3-|x-datadog|next-router|rsc)/i
