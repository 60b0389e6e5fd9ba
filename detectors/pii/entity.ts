// One piece of personal or business data, as the finders of this folder report it.
import type { Severity } from "../../services/contracts/severity.ts"

/** What it tells about a person; several groups together make a profile. */
export type Group = "card" | "identity" | "contact" | "person" | "place" | "health" | "business" | "device" | "trait"

export interface EntityKind {
  readonly id: string
  readonly title: string
  readonly group: Group
  readonly severity: Severity
}

export interface Entity {
  readonly kind: EntityKind
  readonly confidence: number
  readonly start: number
  readonly end: number
}

export function kind(id: string, title: string, group: Group, severity: Severity): EntityKind {
  return { id: `pii/${id}`, title, group, severity }
}

/** The words shortly before and after a value: what names it. Lower case. */
export function contextOf(text: string, start: number, end: number): string {
  return `${text.slice(Math.max(0, start - CONTEXT_BEFORE), start)} ${text.slice(end, end + CONTEXT_AFTER)}`.toLowerCase()
}

const CONTEXT_BEFORE = 48
const CONTEXT_AFTER = 16
