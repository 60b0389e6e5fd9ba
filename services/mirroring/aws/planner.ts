// From resolved egress IPs to a plan: filters, sessions, numbers, VNIs, cost. Pure: the same inventory gives the same plan.
import { createHash } from "node:crypto"
import type { EgressResolution, FilterPlan, FilterRule, MirrorPlan, MirrorSource, SessionPlan, TargetPlan } from "../model.ts"
import type { Inventory } from "./inventory.ts"

export interface PlanInput {
  readonly deployment: string
  readonly region: string
  readonly inventory: Inventory
  readonly egress: readonly EgressResolution[]
  readonly target: TargetPlan
  readonly dns: boolean
  readonly first: boolean
}

export function makePlan({ deployment, region, inventory, egress, target, dns, first }: PlanInput): MirrorPlan {
  const warnings: string[] = []
  const blockers: string[] = []
  const filters = new Map<string, FilterPlan>()
  const vnis = new VniAllocator(deployment, inventory)
  const sessions = [...mergeSources(egress)].map(([id, merged]) => {
    const filter = planFilter(merged, inventory, dns)
    filters.set(filter.key, filter)
    const { number, conflicts } = chooseNumber(id, inventory, first)
    if (conflicts.length > 0) warnings.push(numberWarning(id, number, conflicts, first))
    for (const note of merged.notes) warnings.push(`${id}: ${note}`)
    const session: SessionPlan = {
      networkInterface: id,
      filter: filter.key,
      number,
      vni: vnis.take(id),
      egressIps: [...new Set(merged.addresses.map((address) => address.egressIp))].sort(),
      vpc: merged.vpc,
      ...(merged.instance !== undefined && { instance: merged.instance }),
      addresses: merged.addresses,
      conflicts,
    }
    return session
  })
  if (target.kind === "network-interface" && sessions.length > MAX_SOURCES_ENI) {
    blockers.push(
      `${sessions.length} sources, but an interface takes ${MAX_SOURCES_ENI} (100 on the largest instance sizes): put a network load balancer in front of the sensors and set mirror.target.networkLoadBalancer`,
    )
  }
  if (target.kind !== "network-interface")
    warnings.push("load balancers may reorder packets: the sensor tolerates it, and holds more back while it waits")
  else warnings.push(TRUNCATION)
  for (const filter of filters.values()) warnings.push(...filter.notes.map((note) => `filter ${filter.key}: ${note}`))
  const waiting = egress.filter(({ kind }) => kind === "unassociated")
  for (const { ip } of waiting) warnings.push(`${ip} is watched: the reconcile loop mirrors it when it is associated with an interface`)
  if (sessions.length === 0 && waiting.length === 0) blockers.push("nothing to mirror: see each egress IP's reasons")
  return {
    provider: "aws",
    deployment,
    account: inventory.account,
    region,
    egress,
    target,
    filters: [...filters.values()].sort((a, b) => a.key.localeCompare(b.key)),
    sessions,
    warnings: [...warnings, "the instance metadata service, ARP, DHCP and NTP are never mirrored: theft of credentials there stays unseen"],
    blockers,
    cost: {
      sessions: sessions.length,
      monthlyUsd: Math.round(sessions.length * HOURLY_USD * HOURS * 100) / 100,
      basis: `${HOURLY_USD} USD per session and hour (us-east-1), without traffic between zones; check your region's price`,
    },
  }
}

interface Merged {
  readonly vpc: string
  readonly instance?: string
  readonly restricted: boolean
  readonly addresses: { ip: string; egressIp: string }[]
  readonly notes: readonly string[]
}

/** An interface with several egress IPs still gets one session: AWS mirrors a packet once. */
function mergeSources(egress: readonly EgressResolution[]): [string, Merged][] {
  const byInterface = new Map<string, Merged>()
  for (const resolution of egress) {
    for (const source of resolution.sources) {
      const known = byInterface.get(source.networkInterface)
      const addresses = source.privateIps.map((ip) => ({ ip, egressIp: resolution.ip }))
      byInterface.set(
        source.networkInterface,
        known === undefined
          ? fresh(source, addresses)
          : { ...known, restricted: known.restricted && source.restricted, addresses: dedupe([...known.addresses, ...addresses]) },
      )
    }
  }
  return [...byInterface].sort(([a], [b]) => a.localeCompare(b))
}

function fresh(source: MirrorSource, addresses: { ip: string; egressIp: string }[]): Merged {
  return {
    vpc: source.vpc,
    ...(source.instance !== undefined && { instance: source.instance }),
    restricted: source.restricted,
    addresses,
    notes: source.notes,
  }
}

function dedupe(addresses: { ip: string; egressIp: string }[]): { ip: string; egressIp: string }[] {
  return [...new Map(addresses.map((address) => [address.ip, address])).values()]
}

/** Rejections of the VPC's own ranges come first: traffic inside the network is not egress, and would be mirrored twice. Both directions, or half of each flow is missing. */
function planFilter({ vpc, restricted, addresses }: Merged, inventory: Inventory, dns: boolean): FilterPlan {
  const only = restricted ? addresses.map((address) => `${address.ip}/32`).sort() : ["0.0.0.0/0"]
  const room = Math.floor((MAX_RULES - 2 * only.length) / 2)
  const cidrs = inventory.cidrsOf(vpc)
  const notes: string[] = []
  let rejected = cidrs
  if (cidrs.length > room) {
    rejected = room >= PRIVATE_RANGES.length ? PRIVATE_RANGES : []
    notes.push(
      rejected.length > 0
        ? `the VPC's ${cidrs.length} ranges need more than the ${MAX_RULES} rules of a filter: all private ranges are left out instead`
        : "no room for rules that leave out traffic inside the VPC: it is mirrored too",
    )
  }
  const rules: FilterRule[] = []
  rejected.forEach((cidr, index) => {
    rules.push({ direction: "egress", number: (index + 1) * 10, action: "reject", source: "0.0.0.0/0", destination: cidr })
    rules.push({ direction: "ingress", number: (index + 1) * 10, action: "reject", source: cidr, destination: "0.0.0.0/0" })
  })
  only.forEach((cidr, index) => {
    rules.push({ direction: "egress", number: 1000 + index * 10, action: "accept", source: cidr, destination: "0.0.0.0/0" })
    rules.push({ direction: "ingress", number: 1000 + index * 10, action: "accept", source: "0.0.0.0/0", destination: cidr })
  })
  const key = restricted ? `${vpc}/${only.join(",")}` : vpc
  return { key, rules, dns, notes }
}

function chooseNumber(id: string, inventory: Inventory, first: boolean): { number: number; conflicts: string[] } {
  const { ours, others } = inventory.sessionsOn(id)
  const taken = others.map((session) => session.SessionNumber ?? 0)
  const conflicts = others.map((session) => `${session.TrafficMirrorSessionId} (number ${session.SessionNumber})`)
  const free = (from: number): number => {
    let number = from
    while (taken.includes(number)) number += 1
    return number
  }
  if (ours?.SessionNumber !== undefined && !first) return { number: ours.SessionNumber, conflicts }
  return { number: first ? free(1) : free(Math.max(0, ...taken) + 1), conflicts }
}

function numberWarning(id: string, number: number, conflicts: readonly string[], first: boolean): string {
  const list = conflicts.join(", ")
  return first
    ? `${id}: our session (number ${number}) goes before ${list}: packets are mirrored once, so the others no longer see them`
    : `${id}: ${list} ${conflicts.length === 1 ? "goes" : "go"} before our session (number ${number}): packets that match there never reach us; --first goes first instead`
}

/** VNIs are a hash of deployment and interface in a range of our own, so that a plan made twice, or after all state is lost, gives the same. */
class VniAllocator {
  readonly #taken: Set<number>
  readonly #deployment: string

  constructor(deployment: string, inventory: Inventory) {
    this.#deployment = deployment
    this.#taken = new Set(
      inventory.sessions
        .filter((session) => inventory.sessionsOn(session.NetworkInterfaceId ?? "").ours !== session)
        .map((session) => session.VirtualNetworkId ?? 0),
    )
  }
  take(id: string): number {
    const hash = createHash("sha256").update(`${this.#deployment}\0${id}`).digest().readUInt32BE(0)
    let vni = VNI_BASE + (hash % VNI_RANGE)
    while (this.#taken.has(vni)) vni = VNI_BASE + ((vni - VNI_BASE + 1) % VNI_RANGE)
    this.#taken.add(vni)
    return vni
  }
}

const PRIVATE_RANGES = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]
// AWS: rules of a filter, both directions together, not adjustable.
const MAX_RULES = 10
// AWS: sources of an interface target on ordinary instance sizes.
const MAX_SOURCES_ENI = 10
// The upper sixteenth of the 24-bit range: away from the low numbers that people give by hand.
const VNI_BASE = 0xf00000
const VNI_RANGE = 0x0fffff
// The copy travels in VXLAN: 54 bytes more over IPv4. AWS cuts what is then longer than the target's MTU (9001 on all current instance types).
const TRUNCATION =
  "packets of more than 8,947 bytes are cut when the target's MTU is 9001 (of more than 1,446 when it is 1500): keep the sources' MTU 54 below the target's; what is cut is told as a gap"
const HOURLY_USD = 0.015
const HOURS = 730
