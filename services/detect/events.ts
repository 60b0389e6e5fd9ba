// Findings folded into events a person handles. The same thing many times is one event with a count; many things of one kind end in one event too,
// so that no agent can bury the rest under a storm.
import type { SecurityEvent } from "../contracts/event.ts"
import type { Finding } from "../contracts/finding.ts"
import type { Micros } from "../contracts/primitives.ts"
import { severityRank } from "../contracts/severity.ts"
import { actionRank } from "../policy/decide.ts"
import type { SuppressionTest } from "../policy/suppress.ts"
import { idOf } from "./mask.ts"

export class EventFolder {
  /** Insertion order is age of last change: the first is forgotten first. */
  readonly #open = new Map<string, SecurityEvent>()
  readonly #changed = new Set<string>()

  /** Takes one decided finding in. Below "alert" a finding is kept and raises nothing. */
  add(finding: Finding, suppressed: SuppressionTest = () => undefined): void {
    if (actionRank[finding.decision.action] < actionRank.alert) return
    const group = `${finding.rule}\n${finding.agent?.id ?? ""}\n${placeOf(finding) ?? ""}`
    const key = this.#keyFor(group, subjectOf(finding), finding.at)
    const earlier = this.#open.get(key)
    if (earlier?.findings.includes(finding.id) === true) return
    const suppression = suppressed(finding)
    const next = earlier === undefined ? opened(key, finding) : grown(earlier, finding)
    this.#open.delete(key)
    this.#open.set(key, withSuppression(next, suppression))
    this.#changed.add(key)
    this.#trim()
  }

  /** Newest revision of every event that changed since the last call. */
  drain(): SecurityEvent[] {
    const events = [...this.#changed].flatMap((key) => this.#open.get(key) ?? [])
    this.#changed.clear()
    return events
  }

  save(): readonly (readonly [string, SecurityEvent])[] {
    return [...this.#open]
  }

  restore(entries: readonly (readonly [string, SecurityEvent])[]): void {
    for (const [key, event] of entries.slice(-MAX_OPEN)) this.#open.set(key, event)
  }

  /** One event a subject (a secret, a tool) while they are few; one for all of the group from then on. Quiet for a day ends an episode. */
  #keyFor(group: string, subject: string, at: Micros): string {
    const exact = `${group}\n${subject}`
    const isFresh = (key: string): boolean => at - (this.#open.get(key)?.lastSeen ?? Number.NEGATIVE_INFINITY) < EPISODE_MICROS
    for (const key of this.#episodes(exact)) if (isFresh(key)) return key
    const many = `${group}\n*`
    for (const key of this.#episodes(many)) if (isFresh(key)) return key
    let siblings = 0
    for (const [key, event] of this.#open) if (key.startsWith(`${group}\n`) && at - event.lastSeen < EPISODE_MICROS) siblings++
    return `${siblings >= MAX_SIBLINGS ? many : exact}\n${at}`
  }

  *#episodes(prefix: string): Iterable<string> {
    for (const key of this.#open.keys()) if (key.startsWith(`${prefix}\n`)) yield key
  }

  #trim(): void {
    for (const key of this.#open.keys()) {
      if (this.#open.size <= MAX_OPEN) return
      if (!this.#changed.has(key)) this.#open.delete(key)
    }
  }
}

function opened(key: string, finding: Finding): SecurityEvent {
  return {
    v: 1,
    id: idOf("event", key),
    class: classOf(finding),
    title: finding.title,
    summary: finding.reason,
    severity: finding.severity,
    status: "new",
    notes: [],
    count: 1,
    firstSeen: finding.at,
    lastSeen: finding.at,
    revision: 0,
    rules: [finding.rule],
    ...(finding.agent === undefined ? {} : { agent: finding.agent }),
    ...(placeOf(finding) === undefined ? {} : { destination: placeOf(finding) as string }),
    action: finding.decision.action,
    findings: [finding.id],
    activities: [finding.activity.id, ...finding.related].slice(0, MAX_LISTED),
    evidence: [evidenceOf(finding)],
    references: finding.references,
  }
}

function grown(event: SecurityEvent, finding: Finding): SecurityEvent {
  const worse = severityRank[finding.severity] > severityRank[event.severity]
  return {
    ...event,
    ...(worse ? { severity: finding.severity, title: finding.title, summary: finding.reason } : {}),
    action: actionRank[finding.decision.action] > actionRank[event.action] ? finding.decision.action : event.action,
    count: event.count + 1,
    firstSeen: Math.min(event.firstSeen, finding.at),
    lastSeen: Math.max(event.lastSeen, finding.at),
    revision: event.revision + 1,
    findings: [...event.findings, finding.id].slice(-MAX_LISTED),
    activities: [...new Set([...event.activities, finding.activity.id])].slice(-MAX_LISTED),
    evidence: event.evidence.length < MAX_EVIDENCE ? [...event.evidence, evidenceOf(finding)] : event.evidence,
    references: [...new Set([...event.references, ...finding.references])],
  }
}

function withSuppression(event: SecurityEvent, suppression: SecurityEvent["suppression"]): SecurityEvent {
  if (suppression !== undefined) return { ...event, status: "suppressed", suppression }
  if (event.suppression === undefined) return event
  const { suppression: _, ...rest } = event
  return { ...rest, status: "new" }
}

function evidenceOf({ evidence: { masked, place, path } }: Finding): SecurityEvent["evidence"][number] {
  return { masked, place, path }
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

function classOf({ family, rule }: Finding): SecurityEvent["class"] {
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
const MAX_OPEN = 512
const MAX_SIBLINGS = 5
const MAX_LISTED = 50
const MAX_EVIDENCE = 5
const EPISODE_MICROS = 24 * 3_600 * 1_000_000
