// A response: what was asked for, the exact steps it consists of, how far it has come. Steps hold what was there before, so that they can be taken back.

export interface Target {
  readonly workload?: {
    readonly ip?: string
    readonly networkInterface?: string
    readonly instance?: string
    readonly vni?: number
  }
  readonly destination?: { readonly host?: string; readonly ips?: readonly string[] }
}

export type Step =
  | {
      readonly kind: "security-group"
      readonly networkInterface: string
      readonly before: readonly string[]
      readonly after: readonly string[]
    }
  | { readonly kind: "network-acl"; readonly acl: string; readonly number: number; readonly egress: boolean; readonly cidr: string }
  | { readonly kind: "deny-list"; readonly entry: { readonly kind: "host" | "ip" | "workload"; readonly value: string } }
  | { readonly kind: "webhook" }

export const states = ["planned", "applying", "applied", "reverting", "reverted", "failed"] as const
export type State = (typeof states)[number]

export interface RespondRequest {
  /** Name of a configured action. */
  readonly action: string
  readonly target: Target
  readonly reason: string
  readonly by: string
  readonly event?: string
  /** Milliseconds; the action's own time when left out. */
  readonly lasts?: number
  /** The same key again is the same response. */
  readonly key: string
}

export interface Response {
  readonly id: string
  readonly action: string
  readonly type: "security-group" | "network-acl" | "deny-list" | "webhook"
  readonly target: Target
  readonly reason: string
  readonly by: string
  readonly event?: string
  readonly lasts: number
  readonly steps: readonly Step[]
  /** Things worth knowing before it is applied. */
  readonly warnings: readonly string[]
  readonly state: State
  /** Milliseconds since the epoch. */
  readonly plannedAt: number
  /** In force until then; set when it is applied. */
  readonly until?: number
  /** Steps that took effect, by index, and have not been taken back. */
  readonly inForce: readonly number[]
  /** Why it failed, or what reverting left as somebody else had changed it. */
  readonly problem?: string
}

/** Planning refused: nothing is changed, and this is why. */
export interface Refusal {
  readonly refused: string
}

/** What taking a step back found. */
export type TakenBack = { readonly done: "restored" } | { readonly done: "left"; readonly why: string }

/** One kind of action. Every method may be repeated: after a crash nobody knows whether the call was made. */
export interface Actor {
  plan(target: Target): Promise<{ readonly steps: readonly Step[]; readonly warnings: readonly string[] } | Refusal>
  apply(step: Step, response: Response): Promise<void>
  revert(step: Step, response: Response): Promise<TakenBack>
}

/** What is about to happen no longer fits what was planned, or cannot be done: shown to whoever asked. */
export class RespondError extends Error {
  override name = "RespondError"
}

export function stepText(step: Step): string {
  switch (step.kind) {
    case "security-group":
      return `${step.networkInterface}: security groups ${step.before.join(" ")} become ${step.after.join(" ")}`
    case "network-acl":
      return `${step.acl}: rule ${step.number} ${step.egress ? "egress" : "ingress"} denies ${step.cidr}`
    case "deny-list":
      return `gateways deny the ${step.entry.kind} ${step.entry.value}`
    case "webhook":
      return "the webhook is told"
  }
}
