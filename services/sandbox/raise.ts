// What follows from a bad verdict: a finding for every activity in which the subject crossed, and one event for every agent that has it. The same words
// give the same ids, so saying it again changes nothing; a verdict that changes raises the event's revision.
import type { SecurityEvent } from "../contracts/event.ts"
import type { Decision, Finding } from "../contracts/finding.ts"
import type { Severity } from "../contracts/severity.ts"
import { deterministicId } from "../runtime/ids.ts"
import type { Case, Sighting } from "./case.ts"
import { isBad } from "./merge.ts"

export interface Judges {
  readonly decide: (finding: Omit<Finding, "decision">) => Decision
  readonly suppressed: (finding: Finding) => SecurityEvent["suppression"] | undefined
}

export interface Raised {
  readonly findings: readonly Finding[]
  readonly events: readonly SecurityEvent[]
}

/** `sightings` may hold more than the case does: those that the store knows. Changes `one.events`. `at` in microseconds. */
export function raise(one: Case, { sightings, at, judges }: { sightings: readonly Sighting[]; at: number; judges: Judges }): Raised {
  const findings: Finding[] = []
  const events: SecurityEvent[] = []
  for (const seen of byAgent(sightings).values()) {
    const ofAgent = seen.map((sighting) => findingOf(one, sighting, judges))
    findings.push(...ofAgent)
    const before = one.events.find(({ agent }) => agent?.id === seen[0]?.agent.id)
    const after = eventOf(one, ofAgent, { before, at, judges })
    if (after === undefined || after === before) continue
    one.events = [...one.events.filter((event) => event !== before), after].slice(-MAX_EVENTS)
    events.push(after)
  }
  return { findings, events }
}

/** A verdict that is no longer bad: the events stay for a person to close, and say what happened. */
export function relieve(one: Case, at: number): SecurityEvent[] {
  const changed = one.events.map((event): SecurityEvent => {
    const { severity: _, ...rest } = event
    return {
      ...rest,
      severity: "info",
      revision: event.revision + 1,
      summary: summaryOf(one),
      notes: noted(event, at, `The verdict is now ${one.merged.result}.`),
    }
  })
  one.events = changed
  return changed
}

function findingOf(one: Case, sighting: Sighting, { decide }: Judges): Finding {
  const { info, merged } = one
  const rule = `sandbox/${merged.result}-${info.subject}`
  const [worst] = reasonsOf(one)
  const undecided: Omit<Finding, "decision"> = {
    v: 1,
    id: deterministicId("sandbox", sighting.activity, info.sha256, rule),
    at: sighting.at,
    sensor: sighting.sensor,
    rule,
    family: "sandbox",
    severity: severityOf(one),
    confidence: confidenceOf(one),
    title: titleOf(one),
    reason: summaryOf(one),
    direction: info.direction,
    activity: { id: sighting.activity, kind: sighting.kind },
    ...(sighting.flow !== undefined && { flow: sighting.flow }),
    agent: sighting.agent,
    ...(sighting.host !== "" && {
      destination: { host: sighting.host, port: sighting.flow?.server.port ?? 0, class: "unknown" },
    }),
    evidence: {
      place: info.subject === "skill" ? "skill" : "file",
      path: worst?.path ?? info.name,
      span: [0, 0],
      masked: `${info.name} sha256:${info.sha256}`,
      fingerprint: info.sha256,
      decoded: [],
    },
    facts: { subject: info.sha256, [info.subject]: info.name, score: merged.score, engines: merged.by.join(", ") },
    references: ["T1195", "ASI04"],
    related: [],
  }
  return { ...undecided, decision: decide(undecided) }
}

interface Folding {
  readonly before: SecurityEvent | undefined
  readonly at: number
  readonly judges: Judges
}

function eventOf(one: Case, findings: readonly Finding[], { before, at, judges }: Folding): SecurityEvent | undefined {
  const [first] = findings
  if (first === undefined) return undefined
  const suppression = judges.suppressed(first)
  const ids = findings.map(({ id }) => id)
  const activities = findings.map(({ activity }) => activity.id)
  const times = findings.map((finding) => finding.at)
  const severity = severityOf(one)
  const summary = summaryOf(one)
  if (before === undefined) {
    return {
      v: 1,
      id: deterministicId("sandbox-event", one.key, first.agent?.id ?? ""),
      class: "supply-chain",
      title: first.title,
      summary,
      severity,
      status: suppression === undefined ? "new" : "suppressed",
      notes: [],
      count: new Set(activities).size,
      firstSeen: Math.min(...times),
      lastSeen: Math.max(...times),
      revision: 0,
      rules: [first.rule],
      ...(first.agent !== undefined && { agent: first.agent }),
      ...(first.destination !== undefined && { destination: first.destination.host }),
      action: first.decision.action,
      findings: ids.slice(-MAX_LISTED),
      activities: activities.slice(-MAX_LISTED),
      evidence: evidenceOf(one),
      references: first.references,
      ...(suppression !== undefined && { suppression }),
    }
  }
  const fresh = findings.filter(({ activity }) => !before.activities.includes(activity.id))
  if (fresh.length === 0 && before.summary === summary && before.severity === severity) return before
  return {
    ...before,
    title: first.title,
    summary,
    severity,
    notes: before.severity === severity ? before.notes : noted(before, at, `The verdict is now ${one.merged.result}: ${summary}`),
    count: before.count + fresh.length,
    firstSeen: Math.min(before.firstSeen, ...times),
    lastSeen: Math.max(before.lastSeen, ...times),
    revision: before.revision + 1,
    rules: [...new Set([...before.rules, first.rule])],
    action: first.decision.action,
    findings: [...new Set([...before.findings, ...ids])].slice(-MAX_LISTED),
    activities: [...new Set([...before.activities, ...activities])].slice(-MAX_LISTED),
    evidence: evidenceOf(one),
  }
}

function noted(event: SecurityEvent, at: number, text: string): SecurityEvent["notes"] {
  return [...event.notes, { at, by: "sandbox", text: text.slice(0, MAX_TEXT) }].slice(-MAX_NOTES)
}

function titleOf({ info, merged }: Case): string {
  const what = info.subject === "skill" ? "skill" : "file"
  return merged.result === "malicious" || merged.result === "suspicious"
    ? `${merged.result === "malicious" ? "Malicious" : "Suspicious"} ${what}: ${info.name}`.slice(0, MAX_TEXT)
    : `${what}: ${info.name}`
}

/** Each engine's word, in a line: "static: malicious (pipe to shell); vt: clean". */
function summaryOf(one: Case): string {
  const words = one.tasks
    .map(({ engine, opinion }) => {
      const why = opinion !== undefined && isBad(opinion.result) ? (opinion.reasons[0]?.text ?? opinion.labels[0]) : undefined
      return `${engine}: ${opinion?.result ?? "pending"}${why === undefined ? "" : ` (${why.slice(0, 160)})`}`
    })
    .concat(one.inner.map(({ engine, path, result }) => `${engine} on ${path}: ${result}`))
  return words.join("; ").slice(0, 1_000)
}

function evidenceOf(one: Case): SecurityEvent["evidence"] {
  const place = one.info.subject === "skill" ? "skill" : "file"
  const reasons = reasonsOf(one).slice(0, MAX_EVIDENCE)
  const listed = reasons.map(({ text, path }) => ({ masked: text.slice(0, MAX_TEXT), place, path: path ?? one.info.name }))
  return [{ masked: `sha256:${one.info.sha256}`, place, path: one.info.name }, ...listed]
}

function reasonsOf(one: Case): { text: string; path?: string | undefined }[] {
  return one.tasks.flatMap(({ engine, opinion }) =>
    opinion !== undefined && isBad(opinion.result)
      ? opinion.reasons.map(({ text, path }) => ({ text: `${engine}: ${text}`, ...(path !== undefined && { path }) }))
      : [],
  )
}

/** Malicious by more than one engine, or by one that is all but sure, is critical. */
function severityOf({ merged }: Case): Severity {
  if (merged.result === "suspicious") return "medium"
  return merged.by.length > 1 || merged.score >= 95 ? "critical" : "high"
}

function confidenceOf({ merged }: Case): number {
  return Math.min(1, Math.max(0.5, merged.score / 100))
}

function byAgent(sightings: readonly Sighting[]): Map<string, Sighting[]> {
  const found = new Map<string, Sighting[]>()
  for (const sighting of sightings) {
    const of = found.get(sighting.agent.id) ?? []
    if (!of.some(({ activity }) => activity === sighting.activity) && of.length < MAX_LISTED) of.push(sighting)
    found.set(sighting.agent.id, of)
  }
  return found
}

const MAX_LISTED = 50
const MAX_EVIDENCE = 5
const MAX_TEXT = 300
const MAX_NOTES = 50
// Agents that have one bad skill; each has an event of its own.
const MAX_EVENTS = 500
