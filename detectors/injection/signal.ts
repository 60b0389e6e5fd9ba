// A signal is one phrase that means something to this family; no signal is a finding by itself before `judge.ts` has weighed it with its place and company.

export const concepts = [
  /** Drop what you were told. */
  "override",
  /** Say what you were told. */
  "reveal",
  /** Be someone without rules: a named jailbreak persona or mode. */
  "persona",
  /** Be someone: ordinary on its own. */
  "roleplay",
  /** No ethics, no filters, no limits. */
  "no-limits",
  /** Never refuse, never warn. */
  "no-refusal",
  /** Answer twice, once as usual and once without rules. */
  "dual",
  /** Points, tokens or death for staying in role. */
  "threat",
  /** Never leave the role: ordinary on its own. */
  "stay",
  /** Begin the answer with a yes. */
  "prefix",
  /** Marks of a chat template or a role that text must not have. */
  "forged",
  /** Speaks to the model that reads this. */
  "address",
  /** A new task put above the old one. */
  "hijack",
  /** Send something of the user's somewhere. */
  "exfiltrate",
  /** Without the user's knowledge. */
  "conceal",
  /** Keep this for later conversations. */
  "memorise",
  /** Decode this and do it. */
  "encoded",
  /** I am your developer. */
  "authority",
  /** Illegal, unethical, harmful: named as permitted. */
  "harm",
  /** Use this tool, run this, pay this: ordinary in a request, not in data. */
  "act",
  /** Not a phrase: a stretch that the learned model (learned/) finds to read like an attack. */
  "learned",
] as const
export type Concept = (typeof concepts)[number]

export interface Signal {
  readonly concept: Concept
  /** 0..1: how often this phrase, alone, means an attack in a text a user typed. */
  readonly weight: number
  readonly start: number
  readonly end: number
}

/** A phrase rule. The pattern is tried at each keyword; `grade` may lower the weight or drop the match after a look at its words. */
export interface Phrase {
  readonly concept: Concept
  readonly weight: number
  readonly keywords: readonly string[]
  readonly pattern: RegExp
  readonly back?: number | readonly [least: number, most: number]
  readonly grade?: (match: RegExpExecArray) => number
}

/** "one|two words" to its parts: keyword lists stay readable. */
export function any(list: string): readonly string[] {
  return list.split("|")
}

/** A phrase that begins at a word's beginning. */
export function phrase(source: string): RegExp {
  return new RegExp(`(?<![A-Za-z])(?:${source})`, "i")
}

/** Up to `most` words on one line of thought, as few as needed: no sentence ends between them. */
export function words(most: number): string {
  return `(?:[ \\t\\n\\r,]{1,4}[\\w'’"*-]{1,24}){0,${most}}?`
}
export const GAP = "[ \\t\\n\\r]{1,4}"
