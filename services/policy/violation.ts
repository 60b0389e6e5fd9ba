import type { Action } from "../contracts/finding.ts"

/** What the policy itself objects to; no detector was needed. */
export interface Violation {
  readonly rule: string
  readonly action: Action
  readonly title: string
  readonly reason: string
  /** The key of the policy file that changes this. */
  readonly knob: string
  readonly facts: Readonly<Record<string, string | number | boolean>>
}
