// The words of mirroring, the same for every cloud. A plan is data: what would be made, what is left out and why, what it costs, what is missing.

/** How an egress IP carries traffic. */
export type EgressKind =
  | "instance"
  | "nat-gateway"
  | "regional-nat-gateway"
  | "load-balancer"
  | "lambda"
  | "fargate"
  | "managed"
  | "unassociated"
  | "unknown"

/** One interface that can be mirrored for an egress IP. */
export interface MirrorSource {
  readonly networkInterface: string
  readonly vpc: string
  readonly subnet: string
  readonly instance?: string
  readonly instanceType?: string
  /** Private addresses whose traffic leaves by the egress IP; all of the interface behind a NAT gateway. */
  readonly privateIps: readonly string[]
  /** The interface carries addresses of other egress IPs too: only `privateIps` are mirrored. */
  readonly restricted: boolean
  readonly notes: readonly string[]
}

export interface ExcludedInterface {
  readonly networkInterface: string
  readonly reason: string
  readonly hint?: string
}

/** What is meant by an address that is no way out: a target of the load balancer that has it, and how that target leaves. */
export interface Offer {
  /** Instance, private address or function, as the load balancer names it. */
  readonly target: string
  readonly networkInterface?: string
  /** Protect these to see what the target sends. */
  readonly egressIps: readonly string[]
  /** Why there is nothing to protect. */
  readonly reason?: string
}

export interface EgressResolution {
  readonly ip: string
  readonly kind: EgressKind
  /** "instance i-… (interface eni-…)", "NAT gateway nat-… with 3 subnets" */
  readonly detail: string
  readonly sources: readonly MirrorSource[]
  readonly excluded: readonly ExcludedInterface[]
  /** Nothing can be mirrored for this address, and why. */
  readonly refusal?: string
  readonly offers?: readonly Offer[]
}

export interface TargetPlan {
  readonly kind: "network-interface" | "network-load-balancer" | "gateway-load-balancer-endpoint"
  readonly resource: string
  readonly notes: readonly string[]
}

export interface FilterRule {
  readonly direction: "ingress" | "egress"
  readonly number: number
  readonly action: "accept" | "reject"
  readonly source: string
  readonly destination: string
}

export interface FilterPlan {
  /** Names the filter within the deployment: the VPC, or the VPC and the private addresses it is restricted to. */
  readonly key: string
  readonly rules: readonly FilterRule[]
  readonly dns: boolean
  readonly notes: readonly string[]
}

export interface SessionPlan {
  readonly networkInterface: string
  readonly filter: string
  /** 1 to 32,766: the lowest session of an interface whose filter matches mirrors the packet, and only that one. */
  readonly number: number
  readonly vni: number
  readonly egressIps: readonly string[]
  readonly vpc: string
  readonly instance?: string
  readonly addresses: readonly { readonly ip: string; readonly egressIp: string }[]
  /** Sessions of others on the same interface. */
  readonly conflicts: readonly string[]
}

export interface MirrorPlan {
  readonly provider: string
  readonly deployment: string
  readonly account: string
  readonly region: string
  readonly egress: readonly EgressResolution[]
  readonly target: TargetPlan
  readonly filters: readonly FilterPlan[]
  readonly sessions: readonly SessionPlan[]
  readonly warnings: readonly string[]
  /** Reasons why the plan cannot be applied as it is. */
  readonly blockers: readonly string[]
  readonly cost: { readonly sessions: number; readonly monthlyUsd: number; readonly basis: string }
}

/** One difference between the plan and what is there. */
export interface Drift {
  readonly kind: "target" | "filter" | "rule" | "session"
  readonly change: "missing" | "different" | "surplus"
  readonly what: string
  readonly detail: string
}

export interface ApplyResult {
  readonly created: readonly string[]
  readonly changed: readonly string[]
  readonly adopted: readonly string[]
  readonly deleted: readonly string[]
}

export interface EgressRequest {
  readonly egressIps: readonly string[]
  /** Every associated public address of the account and region. */
  readonly all?: boolean
  /** "key=value" of the addresses' tags. */
  readonly tag?: string
  /** Take the lowest free session number even when others mirror the same interface: we then go first and may starve them. */
  readonly first?: boolean
}

/** One cloud. Everything is addressed by the deployment's name; nothing that does not carry it is ever changed. */
export interface MirrorProvider {
  readonly name: string
  plan(request: EgressRequest): Promise<MirrorPlan>
  apply(plan: MirrorPlan, report: (line: string) => void): Promise<ApplyResult>
  diff(plan: MirrorPlan): Promise<Drift[]>
  destroy(report: (line: string) => void): Promise<ApplyResult>
}
