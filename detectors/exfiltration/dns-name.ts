// One DNS name that carries data. A tunnel needs many; one long encoded name is already telling. Counting over time is correlation's.
import { parse } from "tldts"
import { isKnownHost } from "../destinations/catalogue.ts"
import { entropy, wordiness } from "../text/entropy.ts"

export interface NameLoad {
  /** The registered domain: where the data arrives. */
  readonly domain: string
  /** Characters in front of it that look encoded. */
  readonly carried: number
  readonly confidence: number
}

export function loadOf(name: string): NameLoad | undefined {
  const host = name.toLowerCase().replace(/\.$/, "")
  if (host.length > MAX_NAME || exempt.test(host) || isKnownHost(host)) return undefined
  const { domain } = parse(host, { allowPrivateDomains: false })
  if (domain === null || domain.length >= host.length) return undefined
  const labels = name
    .replace(/\.$/, "")
    .slice(0, -domain.length - 1)
    .split(".")
  const encoded = labels.filter(looksEncoded)
  const carried = encoded.reduce((sum, label) => sum + label.length, 0)
  if (carried < LEAST_CARRIED) return undefined
  const longest = Math.max(...encoded.map((label) => label.length))
  const confidence = Math.min(
    0.95,
    0.3 + carried / 130 + (longest >= 40 ? 0.15 : 0) + (encoded.length >= 2 ? 0.12 : 0) + (host.length >= 100 ? 0.12 : 0),
  )
  return { domain, carried, confidence: Math.round(confidence * 100) / 100 }
}

/** Hexadecimal, base32, base64 and the like: random letters, no words; a UUID or a date is none. */
function looksEncoded(label: string): boolean {
  if (label.length < SHORTEST_LABEL || uuid.test(label)) return false
  const plain = label.replace(/[-_]/g, "")
  if (/^[0-9a-f]+$/i.test(plain) && plain.length >= 16) return /\d/.test(plain) && /[a-f]/i.test(plain)
  const dense = entropy(plain) >= (plain.length >= 24 ? 3.3 : 2.9)
  return dense && wordiness(plain) < 0.4 && (/\d/.test(plain) || /[a-z][A-Z]/.test(plain) || plain.length >= 30)
}

// DKIM, service discovery, reverse lookups, certificates' challenges, clusters and blacklists ask for odd names honestly.
const exempt =
  /(?:^|\.)_[a-z0-9-]{1,40}\.|_domainkey\.|\.(?:in-addr|ip6)\.arpa$|\.(?:local|internal|cluster\.local|home\.arpa)$|\.(?:spamhaus\.org|surbl\.org|uribl\.com|dnsbl\.\w+|cymru\.com|akadns\.net|edgekey\.net|trafficmanager\.net|elb\.amazonaws\.com|sophosxl\.net|avast\.com|avqs\.mcafee\.com|e5\.sk|barracudabrts\.com|senderscore\.com|mailspike\.net)$/
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const SHORTEST_LABEL = 12
const LEAST_CARRIED = 24
const MAX_NAME = 255
