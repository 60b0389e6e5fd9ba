// Findings folded into events a person handles. The same thing many times is one event with a count; many things of one kind end in one event too,
// so that no agent can bury the rest under a storm.
import type { SecurityEvent } from "../contracts/event.ts"
import type { Finding } from "../contracts/finding.ts"
import { severityRank } from "../contracts/severity.ts"
import { actionRank } from "../policy/decide.ts"
import { idOf } from "./mask.ts"

export class EventFolder {
  /** Insertion order is age of last change: the first is forgotten first. */
  readonly #open = new Map<string, Open>()
  /** What an event is about, and the activities it rests on, to its key. */
  readonly #aliases = new Map<string, string>()
  /** Keys of the events of one rule, agent and place. */
  readonly #siblings = new Map<string, Set<string>>()
  readonly #changed = new Set<string>()

  /** Takes one decided finding in; false when it is below "alert", which raises nothing, or was taken before. */
  add(finding: Finding, suppression?: SecurityEvent["suppression"]): boolean {
    if (actionRank[finding.decision.action] < actionRank.alert) return false
    const names = namesOf(finding)
    const key = this.#keyFor(finding, names)
    const earlier = this.#open.get(key)
    if (earlier?.event.findings.includes(finding.id) === true) return false
    const next =
      earlier === undefined
        ? { event: opened(key, finding, suppression), siblings: names.siblings, aliases: [] }
        : { ...earlier, event: grown(earlier.event, finding, suppression) }
    this.#open.delete(key)
    this.#put(key, { ...next, aliases: [...new Set([...next.aliases, names.exact, names.activity])].slice(-MAX_ALIASES) })
    this.#changed.add(key)
    this.#trim()
    return true
  }

  /** Newest revision of every event that changed since the last call. */
  drain(): SecurityEvent[] {
    const events = [...this.#changed].flatMap((key) => this.#open.get(key)?.event ?? [])
    this.#changed.clear()
    return events
  }

  save(): readonly (readonly [string, Open])[] {
    return [...this.#open]
  }

  restore(entries: readonly (readonly [string, Open])[]): void {
    for (const [key, open] of entries.slice(-MAX_OPEN)) this.#put(key, open)
  }

  /**
   * The event that is about the same thing (a secret, a tool), or was raised for the same activity; a new one while they are few; one for all of
   * the rule, agent and place from then on. Quiet for a day ends an episode.
   */
  #keyFor({ at }: Finding, { exact, activity, siblings }: Names): string {
    const isFresh = (key: string | undefined): key is string =>
      key !== undefined && at - (this.#open.get(key)?.event.lastSeen ?? Number.NEGATIVE_INFINITY) < EPISODE_MICROS
    for (const alias of [exact, activity]) {
      const key = this.#aliases.get(alias)
      if (isFresh(key)) return key
    }
    const fresh = [...(this.#siblings.get(siblings) ?? [])].filter(isFresh)
    const many = fresh.find((key) => key.startsWith("*"))
    if (many !== undefined) return many
    return fresh.length >= MAX_SIBLINGS ? `*${siblings}\n${at}` : `${exact}\n${at}`
  }

  #put(key: string, open: Open): void {
    this.#open.set(key, open)
    for (const alias of open.aliases) this.#aliases.set(alias, key)
    const siblings = this.#siblings.get(open.siblings)
    if (siblings === undefined) this.#siblings.set(open.siblings, new Set([key]))
    else siblings.add(key)
  }

  #trim(): void {
    for (const [key, { aliases, siblings }] of this.#open) {
      if (this.#open.size <= MAX_OPEN) return
      if (this.#changed.has(key)) continue
      this.#open.delete(key)
      for (const alias of aliases) if (this.#aliases.get(alias) === key) this.#aliases.delete(alias)
      const left = this.#siblings.get(siblings)
      left?.delete(key)
      if (left?.size === 0) this.#siblings.delete(siblings)
    }
  }
}

interface Open {
  readonly event: SecurityEvent
  readonly siblings: string
  readonly aliases: readonly string[]
}

interface Names {
  /** The same thing again. */
  readonly exact: string
  /** Other rules of the family about the same activity: three ways to say that one page is poisoned. */
  readonly activity: string
  readonly siblings: string
}

function namesOf(finding: Finding): Names {
  const { rule, agent, activity } = finding
  // What is wrong with a skill is one story, whichever room says it.
  const family = activity.kind === "skill" ? "skills" : finding.family
  const where = `${agent?.id ?? ""}\n${placeOf(finding) ?? ""}`
  // Rules of the policy are an operator's own and stay apart.
  const story = family === "policy" || family === "access" || ownStory.has(rule) ? rule : family
  return {
    exact: short(`${rule}\n${where}\n${subjectOf(finding)}`),
    activity: short(`${story}\n${where}\n@${activity.id}`),
    siblings: short(`${rule}\n${where}`),
  }
}

/** 64 bits keep a workload's few hundred names apart. */
function short(text: string): string {
  return idOf(text).slice(0, 16)
}

function opened(key: string, finding: Finding, suppression: SecurityEvent["suppression"]): SecurityEvent {
  return {
    v: 1,
    id: idOf("event", key),
    class: classOf(finding),
    title: finding.title,
    summary: finding.reason,
    severity: finding.severity,
    status: suppression === undefined ? "new" : "suppressed",
    ...(suppression === undefined ? {} : { suppression }),
    notes: [],
    count: 1,
    firstSeen: finding.at,
    lastSeen: finding.at,
    revision: 0,
    rules: [finding.rule],
    ...(finding.agent === undefined ? {} : { agent: finding.agent }),
    ...(placeOf(finding) === undefined ? {} : { destination: placeOf(finding) as string }),
    ...ipsOf([], finding),
    action: finding.decision.action,
    findings: [finding.id],
    activities: [finding.activity.id, ...finding.related].slice(0, MAX_LISTED),
    evidence: [evidenceOf(finding)],
    references: finding.references,
  }
}

function grown(event: SecurityEvent, finding: Finding, suppression: SecurityEvent["suppression"]): SecurityEvent {
  const worse = severityRank[finding.severity] > severityRank[event.severity]
  return {
    // One finding that nobody has silenced is enough to be told.
    ...(suppression === undefined ? awake(event) : event.suppression === undefined ? event : { ...event, suppression }),
    ...(worse ? { severity: finding.severity, title: finding.title, summary: finding.reason } : {}),
    action: actionRank[finding.decision.action] > actionRank[event.action] ? finding.decision.action : event.action,
    count: event.count + 1,
    firstSeen: Math.min(event.firstSeen, finding.at),
    lastSeen: Math.max(event.lastSeen, finding.at),
    revision: event.revision + 1,
    rules: event.rules.includes(finding.rule) ? event.rules : [...event.rules, finding.rule].slice(0, MAX_LISTED),
    findings: [...event.findings, finding.id].slice(-MAX_LISTED),
    activities: [...new Set([...event.activities, finding.activity.id])].slice(-MAX_LISTED),
    ...ipsOf(event.destinationIps ?? [], finding),
    evidence: event.evidence.length < MAX_EVIDENCE ? [...event.evidence, evidenceOf(finding)] : event.evidence,
    references: [...new Set([...event.references, ...finding.references])],
  }
}

function awake(event: SecurityEvent): SecurityEvent {
  if (event.suppression === undefined) return event
  const { suppression: _, ...rest } = event
  return { ...rest, status: "new" }
}

function evidenceOf({ evidence: { masked, place, path } }: Finding): SecurityEvent["evidence"][number] {
  return { masked, place, path }
}

/** What a block of the address needs. Absent where the agent is not the side that opened the flow: then the server is ours. */
function ipsOf(known: readonly string[], { flow, agent }: Finding): { destinationIps?: string[] } {
  const ips =
    flow === undefined || flow.server.ip === agent?.workload.ip ? known : [...known.filter((ip) => ip !== flow.server.ip), flow.server.ip]
  return ips.length === 0 ? {} : { destinationIps: ips.slice(-MAX_IPS) }
}

/** Where it went. A tunnel makes a new name for every query: there the domain is the place. */
function placeOf({ facts, destination }: Finding): string | undefined {
  return typeof facts["domain"] === "string" ? facts["domain"] : destination?.host
}

/** What one event is about within its rule, agent and destination. */
function subjectOf({ facts, evidence }: Finding): string {
  for (const name of ["tool", "skill", "domain", "subject"]) if (facts[name] !== undefined) return `${name}:${facts[name]}`
  return evidence.fingerprint
}

function classOf({ family, rule, activity }: Finding): SecurityEvent["class"] {
  if (activity.kind === "skill") return "supply-chain"
  if (rule.startsWith("sequence/") || rule.startsWith("tools/call-")) return "anomaly"
  if (rule.startsWith("destination/cloud-metadata") || rule.startsWith("destination/internal")) return "access-control"
  return classes[family] ?? "anomaly"
}

const classes: Readonly<Record<string, SecurityEvent["class"]>> = {
  secret: "data-leak",
  secrets: "data-leak",
  pii: "data-leak",
  exfiltration: "data-leak",
  tools: "supply-chain",
  skills: "supply-chain",
  access: "access-control",
  policy: "access-control",
  command: "access-control",
}
// That it was changed is another thing than what it says.
const ownStory: ReadonlySet<string> = new Set(["tools/tool-changed"])
const MAX_OPEN = 512
const MAX_SIBLINGS = 5
const MAX_LISTED = 50
const MAX_EVIDENCE = 5
const MAX_ALIASES = 64
// What one event may have blocked at once is bounded too.
const MAX_IPS = 5
const EPISODE_MICROS = 24 * 3_600 * 1_000_000
