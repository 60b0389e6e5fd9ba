// How bad it is depends on where it goes: a key in its own vendor's authentication header is normal use; the same key in a URL, a prompt,
// a tool's argument or on its way to a stranger is not.
import type { Subject, TextItem } from "../../services/contracts/inspection.ts"
import { type Severity, severityRank } from "../../services/contracts/severity.ts"

export interface Credential {
  readonly severity: Severity
  readonly ceiling: Severity | undefined
  readonly owners: readonly string[]
}

/** True when this is the credential doing its work: in an authentication header (or a key parameter) of a call to those it belongs to. */
export function isInUse(item: TextItem, subject: Subject, owners: readonly string[]): boolean {
  const { destination } = subject
  if (destination === undefined || item.direction !== "outbound") return false
  const host = destination.host.toLowerCase()
  const own = owners.some((owner) => isHostOf(owner, host))
  if (item.place === "header") {
    if (!isAuthHeader(item.name)) return false
    // A vendor's key at another vendor is how a stolen key exfiltrates; a key of nobody in particular is for whom it is sent to.
    return own || (owners.length === 0 && destination.class !== "unknown") || destination.class === "internal"
  }
  return own && (item.place === "url" || item.place === "body")
}

export function severityOf(credential: Credential, item: TextItem, subject: Subject): Severity {
  const worst = adjusted(credential, item, subject)
  const { ceiling } = credential
  return ceiling !== undefined && severityRank[worst] > severityRank[ceiling] ? ceiling : worst
}

function adjusted({ severity }: Credential, item: TextItem, subject: Subject): Severity {
  if (item.direction === "inbound")
    return item.place === "skill" || item.place === "tool-definition" || severity === "medium" ? severity : step(severity, -1)
  if (item.place === "dns" || item.place === "url") return step(severity, 1)
  if (item.place === "header") return isAuthHeader(item.name) && subject.destination === undefined ? step(severity, -1) : severity
  if (subject.destination?.class === "unknown") return step(severity, 1)
  if (subject.destination?.class === "internal") return step(severity, -1)
  return severity
}

function isAuthHeader(name: string | undefined): boolean {
  return name !== undefined && /^(?:proxy-)?authorization$|api-?key|token|^cookie$|secret|^x-.*(?:auth|key)|subscription-key/i.test(name)
}

function step(severity: Severity, by: number): Severity {
  if (severity === "info" || (severity === "low" && by < 0)) return severity
  return ORDER[Math.min(Math.max(ORDER.indexOf(severity) + by, 1), ORDER.length - 1)] ?? severity
}

const ORDER: readonly Severity[] = ["info", "low", "medium", "high", "critical"]

/** An owner with a dot is a host and what lies below it; one without is the name before the top-level domain. */
function isHostOf(owner: string, host: string): boolean {
  if (owner.includes(".")) return host === owner || host.endsWith(`.${owner}`)
  return host.split(".").at(-2) === owner && /\.(?:org|com|io)$/.test(host)
}
