// What is known of destinations that agents talk to. Data only: sources are models.dev (MIT, 2026-07-02), the vendors' documentation and their
// shipped clients as of 2026-11. A wrong guess here must be cheap: a host names the provider, the exchange itself names the protocol.

export const CATALOGUE_DATE = "2026-11-15"

/** vendor: serves its own models. cloud: serves many vendors' models to tenants. router: passes on to others. reseller: the same, without being known for whom. */
export type CatalogueKind =
  | "vendor"
  | "cloud"
  | "router"
  | "reseller"
  | "local"
  | "agent"
  | "mcp"
  | "mcp-registry"
  | "skill-registry"
  | "media"
  | "search"
  | "tracing"
  | "code-host"

export type Residency = "us" | "eu" | "uk" | "cn" | "in" | "jp" | "kr" | "ca" | "il" | "ru" | "sg" | "ae" | "global"

export interface CatalogueEntry {
  /** Provider id, OpenTelemetry's well-known value where there is one. */
  readonly id: string
  readonly name: string
  readonly kind: CatalogueKind
  /** Exact host, or ".suffix" for every name below it. Matched on label boundaries. */
  readonly hosts: readonly string[]
  /** Hosts with a region or a tenant inside. Groups `region` and `tenant` are read out. `under` is the suffix that must match first. */
  readonly patterns: readonly { readonly under: string; readonly pattern: RegExp }[]
  /** Path prefixes. Empty: the whole host. */
  readonly paths: readonly string[]
  /** Wire families it is known to serve, agents.md numbering by our family names. */
  readonly families: readonly string[]
  readonly residency: Residency
  /** Many customers share the apex: the tenant, not the apex, is what policy should name. */
  readonly multiTenant: boolean
}

type Extras = Partial<Pick<CatalogueEntry, "patterns" | "paths" | "families" | "multiTenant">>
type Make = (id: string, name: string, residency: Residency, hosts: readonly string[], extras?: Extras) => CatalogueEntry

export function entriesOf(kind: CatalogueKind, families: readonly string[] = []): Make {
  return (id, name, residency, hosts, extras = {}) => ({
    id,
    name,
    kind,
    hosts,
    residency,
    patterns: [],
    paths: [],
    families,
    multiTenant: false,
    ...extras,
  })
}
