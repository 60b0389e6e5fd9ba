// How much is known of where an activity went: a catalogued vendor, a tool server, something inside, or nothing.
import type { Envelope } from "../../services/contracts/envelope.ts"
import type { Destination, DestinationClass } from "../../services/contracts/inspection.ts"
import { isInternalAddress } from "./addresses.ts"
import { isKnownHost, vendorOf } from "./catalogue.ts"

export function classifyDestination(envelope: Envelope): Destination | undefined {
  const { ip, port } = envelope.flow.server
  if (envelope.kind === "dns")
    return { host: envelope.data.name, port, class: classOf({ kind: "dns", host: envelope.data.name, ip, provider: undefined }) }
  const host = hostOf(envelope) || envelope.flow.host || ip
  if (host === "" && port === 0) return undefined
  const provider = providerOf(envelope, host)
  return { host, ip, port, class: classOf({ kind: envelope.kind, host, ip, provider }), ...(provider === undefined ? {} : { provider }) }
}

function hostOf(envelope: Envelope): string {
  switch (envelope.kind) {
    case "http":
      return withoutPort(envelope.data.authority)
    case "llm":
    case "mcp":
    case "a2a":
    case "skill":
      return withoutPort(envelope.data.host)
    case "websocket":
      return withoutPort(envelope.data.authority ?? "")
    case "tls":
      return envelope.data.sni ?? ""
    default:
      return ""
  }
}

function providerOf(envelope: Envelope, host: string): string | undefined {
  if (envelope.kind === "llm" && envelope.data.recognition.by === "catalogue" && envelope.data.provider !== "unknown")
    return envelope.data.provider
  return vendorOf(host)
}

/** From what a stored activity still has. */
export function classOf({ kind, host, ip, provider }: Reached): DestinationClass {
  // A lookup is no visit: a vendor's name is only known.
  if (kind === "dns") return isKnownHost(host) ? "known" : "unknown"
  if ((provider ?? vendorOf(host)) !== undefined) return "provider"
  if (kind === "mcp") return "mcp"
  if (isInternalAddress(host) || (isInternalAddress(ip) && !host.includes("."))) return "internal"
  return isKnownHost(host) ? "known" : "unknown"
}

interface Reached {
  readonly kind: string
  readonly host: string
  readonly ip: string
  readonly provider: string | undefined
}

/** "host:443" and "[::1]:80" to the host alone. */
export function withoutPort(authority: string): string {
  const bracket = authority.startsWith("[") ? authority.indexOf("]") : -1
  if (bracket > 0) return authority.slice(1, bracket).toLowerCase()
  const colon = authority.lastIndexOf(":")
  const host = colon > 0 && authority.indexOf(":") === colon ? authority.slice(0, colon) : authority
  return host.toLowerCase().replace(/\.$/, "")
}
