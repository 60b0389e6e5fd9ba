// The family "pii": personal and business data in what an agent sends and receives.
//
// One e-mail address is ordinary; a table of people is not. So every value is judged by itself, and then the text as a whole: many distinct values
// of a strong kind ("bulk"), or several kinds that together describe a person ("profile"), weigh more than their parts.
import type { Detector, RawFinding, Subject, TextItem } from "../../services/contracts/inspection.ts"
import type { Severity } from "../../services/contracts/severity.ts"
import { viewsOf } from "../text/readings.ts"
import type { View } from "../text/view.ts"
import { findEmails } from "./email.ts"
import type { Entity, Group } from "./entity.ts"
import { findIdentifiers } from "./identifiers.ts"
import { findAddresses, findLabelled } from "./labelled.ts"
import { findLettered, findMachineReadable } from "./lettered.ts"
import { findNumbers } from "./numbers.ts"

export function piiDetector(): Detector {
  return {
    family: "pii",
    inspect(subject, report) {
      for (const item of subject.texts) if (!SKIPPED.has(item.place)) inspectItem(subject, item, report)
    },
  }
}

interface Located {
  readonly entity: Entity
  readonly value: string
  readonly view: View
}

function inspectItem(_subject: Subject, item: TextItem, report: (finding: RawFinding) => void): void {
  const located: Located[] = []
  const seen = new Set<string>()
  for (const view of viewsOf(item)) {
    // A folded or unescaped reading repeats the raw one: the same value counts once.
    for (const entity of findEntities(view)) {
      const value = view.text.slice(entity.start, entity.end)
      const key = `${entity.kind.group} ${value.replace(/[^\p{L}\p{N}@.]/gu, "").toLowerCase()}`
      if (seen.has(key) || located.length >= MAX_ENTITIES) continue
      seen.add(key)
      located.push({ entity, value, view })
    }
  }
  if (located.length === 0) return
  const listed = new Map<string, number>()
  for (const one of located) {
    const count = (listed.get(one.entity.kind.id) ?? 0) + 1
    listed.set(one.entity.kind.id, count)
    if (count <= MAX_LISTED) report(single(one, item))
  }
  const whole = judgeWhole(located, item)
  if (whole !== undefined) report(whole)
}

export function findEntities(view: View): Entity[] {
  const found: Entity[] = []
  const add = (entity: Entity) => {
    if (found.length < MAX_ENTITIES) found.push(entity)
  }
  const { text, narrow } = view
  findNumbers(text, narrow, add)
  findLettered(text, narrow, add)
  findMachineReadable(text, add)
  findEmails(text, add)
  findLabelled(view, add)
  findIdentifiers(view, add)
  findAddresses(text, view.survey.beyondAscii, add)
  return found.length < 2 ? found : withoutOverlaps(found)
}

/** Where two kinds claim the same characters, the more certain keeps them. */
function withoutOverlaps(found: readonly Entity[]): Entity[] {
  const sorted = [...found].sort((a, b) => b.confidence - a.confidence || b.end - b.start - (a.end - a.start))
  const taken: Entity[] = []
  const covered = new Set<number>()
  for (const entity of sorted) {
    let free = true
    for (let at = entity.start; at < entity.end && free; at++) free = !covered.has(at)
    if (!free) continue
    for (let at = entity.start; at < entity.end; at++) covered.add(at)
    taken.push(entity)
  }
  return taken.sort((a, b) => a.start - b.start)
}

function single({ entity, value, view }: Located, item: TextItem): RawFinding {
  const { kind, confidence } = entity
  return {
    ...common(item),
    rule: kind.id,
    severity: severityOf(kind.severity, item),
    confidence,
    title: `${kind.title} in ${item.place.replace("-", " ")}`,
    span: view.locate(entity.start, entity.end),
    matched: value,
    ...(view.steps.length === 0 ? {} : { decoded: view.steps }),
    reason: `${kind.title}: ${confidence >= 0.9 ? "its check digits or the words around it prove it" : "its shape fits"}.`,
  }
}

function judgeWhole(located: readonly Located[], item: TextItem): RawFinding | undefined {
  const sure = located.filter(({ entity }) => entity.confidence >= 0.5)
  const strong = sure.filter(({ entity }) => STRONG.has(entity.kind.group) && entity.confidence >= 0.7 && entity.kind.severity !== "low")
  const groups = new Set(sure.filter(({ entity }) => entity.kind.severity !== "info").map(({ entity }) => entity.kind.group))
  const first = strong[0] ?? sure[0]
  if (first === undefined) return undefined
  const kinds = [...new Set(sure.map(({ entity }) => entity.kind.title.toLowerCase()))].slice(0, 6).join(", ")
  const outbound = item.direction === "outbound"
  const base = {
    ...common(item),
    span: span(located),
    matched: first.value,
    facts: { values: sure.length, kinds: groups.size, strong: strong.length },
  }
  if (strong.length >= BULK) {
    return {
      ...base,
      rule: "pii/bulk",
      severity: outbound ? "high" : "medium",
      confidence: 0.92,
      title: `Personal data of many in ${item.place.replace("-", " ")}`,
      reason: `${strong.length} distinct values of strong kinds in one text: ${kinds}.`,
    }
  }
  const personal = [...groups].filter((group) => PERSONAL.has(group)).length
  const emails = sure.filter(({ entity }) => entity.kind.id === "pii/email").length
  const phones = sure.filter(({ entity }) => entity.kind.group === "contact").length - emails
  const named = groups.has("person") || groups.has("identity") || groups.has("health") || groups.has("card")
  const kindsOfContact = (emails > 0 ? 1 : 0) + (phones > 0 ? 1 : 0)
  const housed = groups.has("place") && phones > 0 && standTogether(sure)
  if ((personal + Math.max(0, kindsOfContact - 1) >= 3 && named) || housed || (emails >= BULK && phones >= BULK)) {
    return {
      ...base,
      rule: "pii/profile",
      severity: outbound ? "medium" : "low",
      confidence: 0.75,
      title: `A person's details in ${item.place.replace("-", " ")}`,
      reason: `Several kinds together describe a person: ${kinds}.`,
    }
  }
  return undefined
}

/** An address and a telephone number side by side: not the two ends of a long document. */
function standTogether(sure: readonly Located[]): boolean {
  const places = sure.filter(({ entity }) => entity.kind.group === "place")
  const phones = sure.filter(({ entity }) => entity.kind.group === "contact" && entity.kind.id !== "pii/email")
  return places.some((place) =>
    phones.some((phone) => phone.view === place.view && Math.abs(phone.entity.start - place.entity.start) < NEAR),
  )
}

function common(item: TextItem): Pick<RawFinding, "family" | "place" | "direction" | "path" | "sensitive" | "references"> {
  return {
    family: "pii",
    place: item.place,
    direction: item.direction,
    path: item.path,
    sensitive: true,
    references: ["T1048", "LLM02:2025"],
  }
}

/** Leaving in an address, a name lookup or a header is no form a person fills in. */
function severityOf(severity: Severity, item: TextItem): Severity {
  if (item.direction === "inbound" || severity === "info") return severity
  return (item.place === "url" || item.place === "dns" || item.place === "header") && severity === "medium" ? "high" : severity
}

function span(located: readonly Located[]): readonly [number, number] {
  const spans = located.map(({ entity, view }) => view.locate(entity.start, entity.end))
  return [Math.min(...spans.map(([start]) => start)), Math.max(...spans.map(([, end]) => end))]
}

/** Tool definitions and system instructions describe fields; they hold no one's data. */
const SKIPPED = new Set(["tool-definition"])
const STRONG = new Set<Group>(["card", "identity", "health"])
const PERSONAL = new Set<Group>(["card", "identity", "contact", "person", "place", "health"])
const BULK = 5
const NEAR = 160
const MAX_ENTITIES = 1_000
// Beyond these the bulk finding speaks for the rest.
const MAX_LISTED = 10
