// Signals become findings: one phrase is weighed by where it stands, by what stands beside it, and by whether somebody merely talks about it.
import type { Place, RawFinding, TextItem } from "../../services/contracts/inspection.ts"
import type { Severity } from "../../services/contracts/severity.ts"
import type { View } from "../text/view.ts"
import { discount, suspicion } from "./discount.ts"
import type { Concept, Signal } from "./signal.ts"

export interface Verdict {
  readonly rule: string
  readonly title: string
  readonly confidence: number
  readonly severity: Severity
  readonly signal: Signal
  readonly company: readonly Concept[]
  readonly references: readonly string[]
  readonly reason: string
}

/** Who wrote the text: the agent's own people, or whoever could get words in front of it. */
export type Trust = "user" | "untrusted"

export function trustOf(place: Place, direction: RawFinding["direction"]): Trust | undefined {
  if (place === "user") return "user"
  if (untrusted.has(place)) return "untrusted"
  if (place === "body" || place === "frame" || place === "file" || place === "url" || place === "header")
    return direction === "inbound" ? "untrusted" : "user"
  return undefined
}

/** What the signals of one reading of a text amount to. */
export function judgeSignals(signals: readonly Signal[], item: TextItem, view: View): Verdict[] {
  const trust = trustOf(item.place, item.direction)
  if (trust === undefined || signals.length === 0) return []
  const live = signals
    .map((signal) => ({ ...signal, weight: signal.weight * discount(signal, view.text) * suspicion(view) }))
    .filter(({ weight }) => weight > 0.05)
  return clusters(live).flatMap((cluster) => judgeCluster(cluster, { place: item.place, text: view.text, trust }))
}

/** Signals that stand within a stretch of text that one author wrote in one breath. */
function clusters(signals: readonly Signal[]): Signal[][] {
  const sorted = [...signals].sort((a, b) => a.start - b.start)
  const result: Signal[][] = []
  for (const signal of sorted) {
    const last = result.at(-1)
    const before = last?.at(-1)
    if (last !== undefined && before !== undefined && signal.start - before.end <= BREATH) last.push(signal)
    else result.push([signal])
  }
  return result
}

interface Where {
  readonly place: Place
  readonly text: string
  readonly trust: Trust
}

function judgeCluster(cluster: readonly Signal[], { place, text, trust }: Where): Verdict[] {
  const best = new Map<Concept, Signal>()
  for (const signal of cluster) if (signal.weight > (best.get(signal.concept)?.weight ?? 0)) best.set(signal.concept, signal)
  const weight = (concept: Concept): number => best.get(concept)?.weight ?? 0
  const verdicts = [
    overriding(best, weight, trust),
    revealing(best, weight, { place, text, trust }),
    jailbreaking(
      best,
      weight,
      trust === "user" ? (FACE.test(around(cluster, text)) ? 1 : 0.8) : SECOND_PERSON.test(around(cluster, text)) ? 0.9 : 0.6,
    ),
    forging(best, weight, trust),
    ...(trust === "untrusted" ? [commanding(best, weight, place)] : []),
    exfiltrating(best, weight, trust),
    decoding(best, weight),
  ].filter((verdict): verdict is Verdict => verdict !== undefined && verdict.confidence >= LEAST)
  return verdicts
}

function around(cluster: readonly Signal[], text: string): string {
  return text.slice(Math.max(0, (cluster[0]?.start ?? 0) - 100), (cluster.at(-1)?.end ?? 0) + 100)
}

type Best = ReadonlyMap<Concept, Signal>
type Weight = (concept: Concept) => number

function overriding(best: Best, weight: Weight, trust: Trust): Verdict | undefined {
  const signal = best.get("override")
  if (signal === undefined) return undefined
  const helpers =
    sum(weight, [
      "reveal",
      "persona",
      "hijack",
      "forged",
      "exfiltrate",
      "conceal",
      "address",
      "no-limits",
      "no-refusal",
      "authority",
      "encoded",
      "memorise",
    ]) +
    0.4 * sum(weight, ["act", "roleplay", "harm"])
  const confidence = Math.min(
    0.98,
    signal.weight + (trust === "untrusted" ? 0.1 : 0) * Number(signal.weight >= 0.5) + 0.25 * helpers * signal.weight,
  )
  return verdict("override", "Instructions to drop earlier instructions", {
    signal,
    best,
    confidence,
    trust,
    references: ["LLM01:2025", "ASI01"],
  })
}

function revealing(best: Best, weight: Weight, { place, text, trust }: Where): Verdict | undefined {
  const signal = best.get("reveal")
  if (signal === undefined) return undefined
  const helpers =
    sum(weight, ["override", "authority", "forged", "encoded", "persona", "hijack"]) + 0.3 * sum(weight, ["roleplay", "prefix"])
  return verdict("prompt-extraction", "A request for the system prompt or what the model keeps secret", {
    signal,
    best,
    // Some tools manage prompts: their definitions speak of little else.
    confidence: Math.min(
      0.96,
      (signal.weight + 0.3 * helpers * signal.weight) *
        (helpers >= 0.3
          ? 1
          : place === "tool-definition"
            ? 0.7
            : trust === "untrusted"
              ? YOURS.test(text.slice(signal.start, signal.end))
                ? 0.8
                : 0.55
              : 1),
    ),
    trust,
    references: ["LLM07:2025"],
  })
}

/** Persona, freedom, obedience, doubling, threat: two of these make a jailbreak, one strong one is nearly enough. */
function jailbreaking(best: Best, weight: Weight, speaks: number): Verdict | undefined {
  const strong: readonly Concept[] = ["persona", "no-limits", "no-refusal", "dual", "threat", "prefix"]
  const present = strong.filter((concept) => weight(concept) >= 0.3)
  const first = present.map((concept) => best.get(concept)).sort((a, b) => (b?.weight ?? 0) - (a?.weight ?? 0))[0]
  if (first === undefined) return undefined
  const others = strong.filter((concept) => concept !== first.concept)
  const support =
    sum(weight, others) +
    1.3 * weight("roleplay") +
    0.5 * weight("stay") +
    0.4 * weight("harm") +
    0.5 * weight("override") +
    0.3 * weight("authority")
  const alone = first.concept === "persona" || first.concept === "dual" ? first.weight : first.weight * 0.64
  return verdict("jailbreak", "A frame that talks a model out of its rules", {
    signal: first,
    best,
    confidence: Math.min(0.97, (alone + 0.45 * support) * speaks),
    trust: "user",
    references: ["LLM01:2025"],
  })
}

function forging(best: Best, weight: Weight, trust: Trust): Verdict | undefined {
  const signal = best.get("forged")
  if (signal === undefined) return undefined
  const helpers =
    sum(weight, ["override", "reveal", "hijack", "exfiltrate", "conceal", "address", "no-limits", "persona", "no-refusal", "authority"]) +
    (trust === "untrusted" ? 1 : 0.4) * weight("act")
  const base = signal.weight * (trust === "untrusted" ? 0.8 : 0.7)
  return verdict("forged-role", "Text that pretends to be another speaker of the conversation", {
    signal,
    best,
    confidence: Math.min(0.96, base + 0.4 * helpers),
    trust,
    references: ["LLM01:2025", "ASI01"],
  })
}

/** Only in data: it speaks to the reader, sets a task, asks for silence. None alone; a document may say "please click here". */
function commanding(best: Best, weight: Weight, place: Place): Verdict | undefined {
  const leads: readonly Concept[] = ["hijack", "address", "conceal", "memorise"]
  const first = leads.map((concept) => best.get(concept)).sort((a, b) => (b?.weight ?? 0) - (a?.weight ?? 0))[0]
  if (first === undefined) return undefined
  const definition = place === "tool-definition" || place === "skill"
  // Instructions are what definitions and skills are made of: there only silence and sending tell.
  const lead = definition ? (first.concept === "conceal" ? 0.85 : 0.5) * first.weight : first.weight
  const support =
    sum(weight, [...leads.filter((concept) => concept !== first.concept), "override", "exfiltrate", "forged", "authority", "reveal"]) +
    (definition ? 0.4 : 1.2) * weight("act")
  return verdict(
    definition && first.concept === "conceal" ? "concealment" : "indirect-instruction",
    "Data that gives the reading model orders",
    {
      signal: first,
      best,
      confidence: Math.min(0.95, lead * 0.75 + 0.4 * support),
      trust: "untrusted",
      references: ["LLM01:2025", "ASI01"],
    },
  )
}

function exfiltrating(best: Best, weight: Weight, trust: Trust): Verdict | undefined {
  const signal = best.get("exfiltrate")
  if (signal === undefined) return undefined
  const helpers = sum(weight, ["override", "conceal", "address", "hijack", "forged", "reveal"])
  // A user may have their own things sent; data may not.
  const confidence = trust === "untrusted" ? signal.weight + 0.3 * helpers : signal.weight * 0.5 + 0.5 * helpers
  return verdict("exfiltration-instruction", "Instructions to send private data away", {
    signal,
    best,
    confidence: Math.min(0.96, confidence),
    trust,
    references: ["LLM01:2025", "LLM02:2025", "ASI02"],
  })
}

function decoding(best: Best, weight: Weight): Verdict | undefined {
  const signal = best.get("encoded")
  if (signal === undefined) return undefined
  const helpers = sum(weight, ["override", "no-limits", "no-refusal", "persona", "harm", "conceal", "prefix"])
  return verdict("encoded-instruction", "A request to decode something and obey it", {
    signal,
    best,
    confidence: Math.min(0.9, signal.weight * 0.85 + 0.3 * helpers),
    trust: "user",
    references: ["LLM01:2025"],
  })
}

interface Found {
  readonly signal: Signal
  readonly best: Best
  readonly confidence: number
  readonly trust: Trust
  readonly references: readonly string[]
}

function verdict(rule: string, title: string, { signal, best, confidence, trust, references }: Found): Verdict {
  const company = [...best.keys()].filter((concept) => concept !== signal.concept)
  const beside = company.length === 0 ? "" : `, together with ${company.join(", ")}`
  const who = trust === "untrusted" ? "a text that the agent was given as data" : "a message to the model"
  return {
    rule: `injection/${rule}`,
    title,
    confidence,
    severity: severityFor(confidence, trust),
    signal,
    company,
    references,
    reason: `${who} holds a phrase of the kind "${signal.concept}"${beside}`,
  }
}

function severityFor(confidence: number, trust: Trust): Severity {
  if (confidence < SURE) return "low"
  return confidence >= (trust === "untrusted" ? 0.7 : 0.8) ? "high" : "medium"
}

function sum(weight: Weight, wanted: readonly Concept[]): number {
  return wanted.reduce((total, concept) => total + weight(concept), 0)
}

const untrusted: ReadonlySet<Place> = new Set(["tool-result", "tool-definition", "skill"])
// Who talks a model out of its rules says "you" to it; who reports on that does not.
const SECOND_PERSON = /\byou(?:r|rs|'re|’re)?\b|\b(?:du|dein|tu|ton|eres|tus|você|sei|ты|твои)\b|你|您|あなた|너는|당신/i
const FACE =
  /\byou(?:r|rs|'re|’re)?\b|\b(?:ai|gpt|chatgpt|chatbot|assistant|language models?|llm|bot|dan|respond|answer|reply|behave|pretend)\b|[^\x00-\x7f]{2}|\b(?:du|dein|tu|ton|eres|tus|sei)\b/i
const YOURS = /\byou(?:r|rs)?\b|[^\x00-\x7f]|\b(?:dein|tus?|tes|ton|sua|tuo)/i
const BREATH = 1_200
const LEAST = 0.3
const SURE = 0.5
