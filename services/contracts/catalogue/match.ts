// Finds what is known of a host and path.
import { agentBackends } from "./agents.ts"
import { clouds } from "./clouds.ts"
import type { CatalogueEntry, CatalogueKind, Residency } from "./entry.ts"
import { routers } from "./routers.ts"
import { toolDestinations } from "./tools.ts"
import { vendors } from "./vendors.ts"

export interface CatalogueMatch {
  readonly entry: CatalogueEntry
  /** Where the host says it runs, as the provider writes it. */
  readonly region?: string
  readonly residency: Residency
  /** The customer's label of a host that many share. */
  readonly tenant?: string
}

export const catalogue: readonly CatalogueEntry[] = [...vendors, ...clouds, ...routers, ...agentBackends, ...toolDestinations]

/** The entry with the longest matching path wins: one host may serve models at one path and tools at another. */
export function lookUpHost(authority: string, path = "/"): CatalogueMatch | undefined {
  const host = hostOf(authority)
  let best: CatalogueMatch | undefined
  let bestLength = -1
  for (const candidate of candidates(host)) {
    const length = pathLength(candidate.entry, path)
    if (length > bestLength) {
      best = candidate
      bestLength = length
    }
  }
  return best
}

/** Kinds that serve models. */
export function servesModels(kind: CatalogueKind): boolean {
  return kind === "vendor" || kind === "cloud" || kind === "router" || kind === "reseller" || kind === "local"
}

/** Host name in lower case without port, brackets or the root's dot. */
export function hostOf(authority: string): string {
  const at = authority.lastIndexOf("@")
  const rest = (at < 0 ? authority : authority.slice(at + 1)).toLowerCase()
  if (rest.startsWith("[")) return rest.slice(1, rest.indexOf("]") < 0 ? undefined : rest.indexOf("]"))
  const colon = rest.indexOf(":")
  const host = colon < 0 || rest.includes(":", colon + 1) ? rest : rest.slice(0, colon)
  return host.endsWith(".") ? host.slice(0, -1) : host
}

function* candidates(host: string): Generator<CatalogueMatch> {
  for (const entry of index.exact.get(host) ?? []) yield { entry, residency: entry.residency }
  for (let dot = host.indexOf("."); dot >= 0; dot = host.indexOf(".", dot + 1)) {
    const suffix = host.slice(dot + 1)
    for (const { entry, pattern } of index.patterns.get(suffix) ?? []) {
      const groups = pattern.exec(host)?.groups
      if (groups === undefined && !pattern.test(host)) continue
      const { region, tenant } = groups ?? {}
      yield {
        entry,
        residency: residencyOf(region) ?? entry.residency,
        ...(region !== undefined && { region }),
        ...(tenant !== undefined && { tenant }),
      }
    }
    for (const entry of index.suffix.get(suffix) ?? []) {
      yield { entry, residency: entry.residency, ...(entry.multiTenant && { tenant: host.slice(0, dot) }) }
    }
  }
}

function pathLength(entry: CatalogueEntry, path: string): number {
  if (entry.paths.length === 0) return 0
  let longest = -1
  for (const prefix of entry.paths) if (path.startsWith(prefix) && prefix.length > longest) longest = prefix.length
  return longest
}

function residencyOf(region: string | undefined): Residency | undefined {
  if (region === undefined) return undefined
  for (const [pattern, residency] of REGIONS) if (pattern.test(region)) return residency
  return undefined
}

function buildIndex() {
  const exact = new Map<string, CatalogueEntry[]>()
  const suffix = new Map<string, CatalogueEntry[]>()
  const patterns = new Map<string, { readonly entry: CatalogueEntry; readonly pattern: RegExp }[]>()
  for (const entry of catalogue) {
    for (const host of entry.hosts) {
      if (host.startsWith(".")) append(suffix, host.slice(1), entry)
      else append(exact, host, entry)
    }
    for (const { under, pattern } of entry.patterns) append(patterns, under, { entry, pattern })
  }
  return { exact, suffix, patterns }
}

function append<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [value])
  else list.push(value)
}

// Region names as the clouds write them; the first match wins.
const REGIONS: readonly (readonly [RegExp, Residency])[] = [
  [/^cn-(?!hongkong)/, "cn"],
  [/^(?:eu-west-2|uksouth|ukwest|uk-)/, "uk"],
  [
    /^(?:eu|europe)(?:-|$)|^(?:westeurope|northeurope|swedencentral|francecentral|germanywestcentral|italynorth|polandcentral|spaincentral|de)$/,
    "eu",
  ],
  [/^(?:us|us-.*|.*us\d?)$/, "us"],
  [/^(?:ap-southeast-1|southeastasia|asia-southeast1)/, "sg"],
  [/^(?:ap-northeast-1|ap-northeast-3|japan|asia-northeast[12]|jp-)/, "jp"],
  [/^(?:ap-northeast-2|korea|asia-northeast3)/, "kr"],
  [/^(?:ap-south-|centralindia|southindia|asia-south)/, "in"],
  [/^(?:ca-|canada|northamerica-northeast)/, "ca"],
]
const index = buildIndex()
