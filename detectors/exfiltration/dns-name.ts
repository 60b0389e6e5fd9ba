// One DNS name that carries data. A tunnel needs many; one long encoded name is already telling. Counting over time is correlation's.
import { parse } from "tldts"
import { isKnownHost } from "../destinations/catalogue.ts"
import { entropy, wordiness } from "../text/entropy.ts"

export interface NameLoad {
  /** The registered domain: where the data arrives. */
  readonly domain: string
  /** Characters in front of it that look encoded. */
  readonly carried: number
  /** Nothing but one label of the length of a hash: lists of bad files and networks of advertisers ask so too. Only many of them are telling. */
  readonly digest: boolean
  readonly confidence: number
}

export function loadOf(name: string): NameLoad | undefined {
  const host = name.toLowerCase().replace(/\.$/, "")
  if (host.length > MAX_NAME || exempt.test(host) || isKnownHost(host)) return undefined
  // Nobody but the operator of a shared suffix (herokuapp.com, vercel.app) sees the queries under it. Tools put "=" and "_" into names.
  const { domain } = parse(host, { allowPrivateDomains: true, validateHostname: false })
  if (domain === null || domain.length >= host.length) return undefined
  const labels = name
    .replace(/\.$/, "")
    .slice(0, -domain.length - 1)
    .split(".")
  const encoded = labels
    .filter((label) => !label.startsWith("_"))
    .map(longestUnread)
    .filter(looksEncoded)
  // A beacon's counter and session beside its data: short numbers in hexadecimal, which alone are nobody's business.
  if (encoded.some((label) => /^[0-9a-f]{16,}$/i.test(label)))
    encoded.push(...labels.filter((label) => /^(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{8,11}$/i.test(label)))
  const carried = encoded.reduce((sum, label) => sum + label.length, 0)
  if (carried < LEAST_CARRIED || (carried <= LONGEST_SELECTOR && labels.some((label) => services.has(label.toLowerCase()))))
    return undefined
  const longest = Math.max(...encoded.map((label) => label.length))
  const [only = ""] = encoded
  const digest =
    encoded.length === 1 && (/^(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{56})$/.test(only) || /^(?:[a-z2-7]{32}|[a-z2-7]{52})$/.test(only))
  if (digest) return { domain, carried, digest, confidence: DIGEST_CONFIDENCE }
  const confidence = Math.min(
    0.95,
    0.3 + carried / 130 + (longest >= 40 ? 0.15 : 0) + (encoded.length >= 2 ? 0.12 : 0) + (host.length >= 100 ? 0.12 : 0),
  )
  return { domain, carried, digest, confidence: Math.round(confidence * 100) / 100 }
}

/** "prod-eastus2-c5b3n4cgr2ry" is named by a person, with an id at its end: only the id could carry anything. */
function longestUnread(label: string): string {
  const parts = label.split("-")
  const words = parts.filter((part) => /^[a-z]{3,}$/i.test(part) && wordiness(part) >= 0.4).join("").length
  return parts.length > 1 && words * 4 > label.length
    ? parts.reduce((longest, part) => (part.length > longest.length ? part : longest), "")
    : label
}

/** Hexadecimal, base32, base64 and the like: random letters, no words; a UUID or a date is none. */
function looksEncoded(label: string): boolean {
  if (label.length < SHORTEST_LABEL || uuid.test(label)) return false
  const plain = label.replace(/[-_]/g, "")
  if (/^[0-9a-f]+$/i.test(plain) && plain.length >= 16) return /\d/.test(plain) && /[a-f]/i.test(plain)
  // Words and digits taking turns again and again: chance makes some random labels look like words.
  if (plain.length >= 24 && (plain.match(/\d+/g)?.length ?? 0) >= 4 && entropy(plain) >= 3.6) return true
  const dense = entropy(plain) >= (plain.length >= 24 ? 3.3 : 2.9)
  return dense && wordiness(plain) < 0.4 && (/\d/.test(plain) || /[a-z][A-Z]/.test(plain) || plain.length >= 30)
}

// Reverse lookups, clusters and lists of the bad ask for odd names honestly.
const exempt =
  /\.(?:in-addr|ip6)\.arpa$|\.(?:local|internal|cluster\.local|home\.arpa)$|\.(?:spamhaus\.(?:org|net)|surbl\.org|uribl\.com|dnsbl\.\w+|cymru\.com|akadns\.net|edgekey\.net|trafficmanager\.net|elb\.amazonaws\.com|sophosxl\.net|avast\.com|avqs\.mcafee\.com|e5\.sk|barracudabrts\.com|senderscore\.com|mailspike\.net)$/
const services: ReadonlySet<string> = new Set([
  "_domainkey",
  "_msdcs",
  "_tcp",
  "_udp",
  "_tls",
  "_dmarc",
  "_acme-challenge",
  "_domainconnect",
])
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const SHORTEST_LABEL = 12
const LEAST_CARRIED = 24
// Selectors of DKIM and names of devices.
const LONGEST_SELECTOR = 45
const DIGEST_CONFIDENCE = 0.45
const MAX_NAME = 255
