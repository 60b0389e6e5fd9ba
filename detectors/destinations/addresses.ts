// Addresses as attackers spell them: dotted with octal or hexadecimal parts, one decimal number, IPv4 inside IPv6, wildcard DNS names that carry
// an address, full-width digits, percent escapes. What a client would connect to is what counts, so the rules are those of inet_aton and RFC 4291.
import ipaddr from "ipaddr.js"

export type AddressRange =
  | "public"
  | "private"
  | "loopback"
  | "link-local"
  | "metadata"
  | "shared"
  | "reserved"
  | "unspecified"
  | "multicast"

export interface HostAddress {
  /** The address in its ordinary spelling. */
  readonly address: string
  readonly range: AddressRange
  /** How it was written: anything but "plain" is a disguise. */
  readonly spelling: "plain" | "numeric" | "mapped" | "encoded" | "wildcard-dns"
}

/** The address a host name is, or undefined for a name that must be looked up. */
export function addressOf(host: string): HostAddress | undefined {
  const folded = unescapeHost(host)
  const bare = folded.replace(/^\[|\]$/g, "").replace(/%.*$/, "")
  if (bare === "" || bare.length > MAX_HOST) return undefined
  const disguise = folded === host.toLowerCase().replace(/\.$/, "") ? undefined : ("encoded" as const)
  if (bare.includes(":")) return fromIPv6(bare, disguise)
  const value = inetAton(bare)
  if (value !== undefined) {
    const address = dotted(value)
    return { address, range: rangeOf(address), spelling: disguise ?? (address === bare ? "plain" : "numeric") }
  }
  const embedded = wildcardAddress(bare)
  return embedded === undefined ? undefined : { address: embedded, range: rangeOf(embedded), spelling: "wildcard-dns" }
}

/** Names and addresses that never leave the machine, the network or the cloud instance. */
export function isInternalAddress(host: string): boolean {
  const address = addressOf(host)
  if (address !== undefined) return address.range !== "public" && address.range !== "multicast"
  const name = host.toLowerCase().replace(/\.$/, "")
  return (
    name === "localhost" ||
    loopbackNames.some((known) => name === known || name.endsWith(`.${known}`)) ||
    internalSuffixes.some((suffix) => name.endsWith(suffix))
  )
}

export function rangeOf(address: string): AddressRange {
  if (metadataAddresses.has(address.toLowerCase())) return "metadata"
  if (!ipaddr.isValid(address)) return "public"
  const parsed = ipaddr.process(address)
  if (metadataAddresses.has(parsed.toString())) return "metadata"
  return ranges[parsed.range()] ?? "reserved"
}

/** Cloud instance metadata by name; addresses are in `rangeOf`. */
export function isMetadataName(host: string): boolean {
  return metadataNames.has(unescapeHost(host).replace(/\.$/, ""))
}

function fromIPv6(text: string, disguise: "encoded" | undefined): HostAddress | undefined {
  if (!ipaddr.IPv6.isValid(text)) return undefined
  const parsed = ipaddr.IPv6.parse(text)
  const inner = embeddedIPv4(parsed)
  const address = inner ?? parsed.toString()
  return { address, range: rangeOf(address), spelling: disguise ?? (inner === undefined ? "plain" : "mapped") }
}

/** IPv4-mapped, IPv4-compatible, NAT64 (RFC 6052) and 6to4 (RFC 3056): all reach the IPv4 address inside. */
function embeddedIPv4(parsed: ipaddr.IPv6): string | undefined {
  const words = parsed.parts
  const tail = dotted(((words[6] ?? 0) * 0x1_0000 + (words[7] ?? 0)) >>> 0)
  const zero = (from: number, to: number): boolean => words.slice(from, to).every((word) => word === 0)
  if (parsed.isIPv4MappedAddress()) return tail
  if (words[0] === 0x64 && words[1] === 0xff9b && zero(2, 6)) return tail
  if (words[0] === 0x2002) return dotted(((words[1] ?? 0) * 0x1_0000 + (words[2] ?? 0)) >>> 0)
  if (zero(0, 6) && (words[6] ?? 0) !== 0) return tail
  return undefined
}

/** inet_aton: one to four parts, each decimal, 0octal or 0xhex; the last part fills what is left. */
function inetAton(text: string): number | undefined {
  const parts = text.split(".")
  if (parts.at(-1) === "" && parts.length > 1) parts.pop()
  if (parts.length > 4) return undefined
  let value = 0
  for (const [index, part] of parts.entries()) {
    const number = partValue(part)
    if (number === undefined) return undefined
    const last = index === parts.length - 1
    const room = last ? 4 - index : 1
    if (number >= 256 ** room) return undefined
    value += last ? number : number * 256 ** (3 - index)
  }
  return value
}

function partValue(part: string): number | undefined {
  if (/^0x[0-9a-f]{1,8}$/i.test(part)) return Number.parseInt(part.slice(2), 16)
  if (/^0[0-7]{1,11}$/.test(part)) return Number.parseInt(part, 8)
  return /^\d{1,10}$/.test(part) ? Number(part) : undefined
}

function dotted(value: number): string {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff).join(".")
}

/** nip.io and its kin answer with the address written in the name. */
function wildcardAddress(name: string): string | undefined {
  const suffix = wildcardSuffixes.find((candidate) => name.endsWith(candidate))
  if (suffix === undefined) return undefined
  const head = name.slice(0, -suffix.length)
  const match = /(?:^|[.-])(\d{1,3})[.-](\d{1,3})[.-](\d{1,3})[.-](\d{1,3})$/.exec(head)
  if (match !== null) return match.slice(1, 5).map(Number).join(".")
  const hex = /(?:^|[.-])([0-9a-f]{8})$/.exec(head)?.[1]
  return hex === undefined ? undefined : dotted(Number.parseInt(hex, 16))
}

function unescapeHost(host: string): string {
  const unescaped = host.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return (
    unescaped
      .normalize("NFKC")
      .replace(/[\u3002\uff61]/g, ".")
      .toLowerCase()
      // "169.254.169.254%2Flatest": whoever unescapes first goes to what stands before the slash.
      .replace(/(?<=.)[/?#\\].*$/s, "")
      .replace(/\.$/, "")
  )
}

const ranges: Readonly<Record<string, AddressRange>> = {
  unicast: "public",
  private: "private",
  uniqueLocal: "private",
  loopback: "loopback",
  linkLocal: "link-local",
  carrierGradeNat: "shared",
  unspecified: "unspecified",
  multicast: "multicast",
  broadcast: "multicast",
}
// AWS, Azure, GCP, OCI, DigitalOcean share one address; ECS task credentials, EKS pod identity, Alibaba, Azure wire server, Oracle and AWS over IPv6 have their own.
const metadataAddresses: ReadonlySet<string> = new Set([
  "169.254.169.254",
  "169.254.170.2",
  "169.254.170.23",
  "169.254.169.253",
  "100.100.100.200",
  "168.63.129.16",
  "192.0.0.192",
  "169.254.0.23",
  "169.254.42.42",
  "fd00:ec2::254",
  "fd00:ec2::23",
  "fd20:ce::254",
])
const metadataNames: ReadonlySet<string> = new Set([
  "metadata.google.internal",
  "metadata.goog",
  "metadata",
  "instance-data",
  "instance-data.ec2.internal",
  "metadata.tencentyun.com",
  "metadata.azure.internal",
  "metadata.platformequinix.com",
  "metadata.packet.net",
  "rancher-metadata",
  "metadata.scaleway.com",
  "metadata.oraclecloud.com",
  "api.metadata.cloud.ibm.com",
])
const internalSuffixes = [
  ".localhost",
  ".local",
  ".internal",
  ".lan",
  ".intranet",
  ".corp",
  ".home.arpa",
  ".svc.cluster.local",
  ".svc",
  ".localdomain",
]
// Public names that always answer with this machine.
const loopbackNames = ["localtest.me", "lvh.me", "vcap.me", "lacolhost.com", "localhost.direct", "127-0-0-1.org.uk"]
const wildcardSuffixes = [".nip.io", ".sslip.io", ".xip.io", ".traefik.me", ".localtest.me", ".lvh.me"]
const MAX_HOST = 255
