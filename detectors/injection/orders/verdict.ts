// What the orders of a text amount to, with the phrases of attacks that stand near them.
import type { TextItem } from "../../../services/contracts/inspection.ts"
import type { View } from "../../text/view.ts"
import { trustOf, type Verdict } from "../judge.ts"
import type { Concept, Signal } from "../signal.ts"
import { LEAST, type Order, ordersIn } from "./orders.ts"

/** The worst order in the text, where nobody should give one: in data. */
export function ordersGiven(view: View, item: TextItem, signals: readonly Signal[]): Verdict | undefined {
  if (item.place === "tool-definition" || item.place === "skill" || trustOf(item.place, item.direction) !== "untrusted") return undefined
  let worst: (Order & { readonly company: readonly Concept[] }) | undefined
  for (const order of ordersIn(view)) {
    const company = companyOf(order, signals)
    const points = order.points + company.reduce((sum, { points }) => sum + points, 0)
    if (worst === undefined || points > worst.points) worst = { ...order, points, company: company.map(({ concept }) => concept) }
  }
  if (worst === undefined || worst.points < LEAST) return undefined
  const confidence = confidenceOf(worst.points)
  return {
    rule: "injection/order-in-data",
    title: "Data that orders the agent to act",
    confidence,
    severity: confidence >= 0.7 ? "high" : confidence >= 0.5 ? "medium" : "low",
    signal: { concept: "act", weight: confidence, start: worst.start, end: Math.min(worst.end, worst.start + MAX_SPAN) },
    company: worst.company,
    references: ["LLM01:2025", "ASI01"],
    reason: `a text that the agent was given as data ${worst.features.join(", ")}`,
  }
}

/** Phrases of attacks within reach of the order, each concept once. */
function companyOf({ start, end }: Order, signals: readonly Signal[]): { concept: Concept; points: number }[] {
  const best = new Map<Concept, number>()
  for (const { concept, weight, start: from, end: to } of signals) {
    const worth = (worths[concept] ?? 0) * weight
    if (worth <= 0 || from > end + REACH || to < start - REACH) continue
    if (worth > (best.get(concept) ?? 0)) best.set(concept, worth)
  }
  return [...best].map(([concept, points]) => ({ concept, points }))
}

/** ALERT points are as likely as not; twice as many are as sure as words can be. */
function confidenceOf(points: number): number {
  return Math.min(0.95, 0.5 + (points - ALERT) * 0.42)
}

const worths: Readonly<Partial<Record<Concept, number>>> = {
  override: 0.8,
  forged: 0.5,
  address: 0.4,
  hijack: 0.4,
  conceal: 0.3,
  exfiltrate: 0.4,
  authority: 0.3,
  reveal: 0.3,
  memorise: 0.3,
}
const ALERT = 0.93
const REACH = 300
const MAX_SPAN = 400
