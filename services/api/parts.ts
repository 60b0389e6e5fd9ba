// What the API is made of: the parts that its routes use, and the interfaces through which it controls the rest. The command line hands them in.

import type { ApiConfig } from "../contracts/config/api.ts"
import type { StoreReader, StoreWriter } from "../contracts/store.ts"
import type { Logger } from "../runtime/logger.ts"
import type { Accounts, Principal } from "./accounts.ts"
import type { AuditTrail } from "./audit.ts"
import type { OidcLogin } from "./oidc-login.ts"
import type { RateLimit } from "./rate-limit.ts"
import type { Sessions } from "./sessions.ts"

export interface PolicyInForce {
  readonly text: string
  readonly version: string
  readonly preset: string
  /** In the order in which they are asked: those of the preset, then the operator's. */
  readonly rules: readonly {
    readonly id: string
    readonly builtIn: boolean
    readonly floor: boolean
    readonly action: string
    readonly when: Readonly<Record<string, unknown>>
    readonly reason?: string | undefined
  }[]
  /** The other sections as the file has them. */
  readonly allowOnly: Readonly<Record<string, unknown>>
  readonly access: Readonly<Record<string, unknown>>
  readonly suppress: readonly Readonly<Record<string, unknown>>[]
  readonly budgets: readonly Readonly<Record<string, unknown>>[]
}

/** Reads, tries and changes the policy in force. */
export interface PolicyControl {
  current(): PolicyInForce
  /** Problems with line and column; empty when the text is a policy. */
  validate(text: string): readonly { readonly line: number; readonly column: number; readonly message: string; readonly hint?: string }[]
  /** What the text would have decided otherwise about what is stored. */
  test(
    text: string,
    days: number,
  ): Promise<{
    readonly findings: number
    readonly activities: number
    readonly changes: readonly {
      readonly what: string
      readonly agent: string
      readonly destination: string
      readonly from: string
      readonly to: string
      readonly count: number
    }[]
  }>
  apply(text: string, by: string): Promise<{ readonly version: string }>
  history(): readonly { readonly version: string; readonly at: string; readonly by: string }[]
  rollBack(version: string, by: string): Promise<{ readonly version: string }>
}

/** Things as they happen: events and findings, for the console's live view. */
export interface LiveFeed {
  listen(listener: (kind: "event" | "finding" | "health", data: unknown) => void): () => void
}

/** Health of the roles in this process: what /readyz and the metrics say, for the Sensors page. */
export interface HealthControl {
  report(): Promise<{
    readonly ready: boolean
    readonly parts: Readonly<Record<string, unknown>>
    readonly counters: Readonly<Record<string, number>>
  }>
}

/** The switch on the Runtime page; the same code as `egret mirror`. Plans are those of `egret mirror plan --json`. */
export interface MirrorControl {
  known(): { readonly configured: boolean; readonly target?: string; readonly protected: string[]; readonly busy: boolean }
  status(): Promise<Record<string, unknown>>
  checks(): Promise<readonly { readonly id: string; readonly state: string; readonly what: string; readonly fix?: string }[]>
  plan(egressIps: readonly string[]): Promise<Record<string, unknown>>
  apply(egressIps: readonly string[]): Promise<{ readonly plan: { readonly blockers: readonly string[] }; readonly result: unknown }>
  destroy(egressIps: readonly string[]): Promise<{ readonly deleted: readonly string[]; readonly staying: readonly string[] }>
}

/** One connection whose packets are wanted. */
export interface WantedFlow {
  readonly id: string
  readonly vni: number
  readonly client: { readonly ip: string; readonly port: number }
  readonly server: { readonly ip: string; readonly port: number }
  /** Microseconds: something that happened on it. */
  readonly at: number
  /** Microseconds, once it has ended. */
  readonly start?: number
  readonly end?: number
}

/** The packets that the sensor keeps for evidence (sensor.spool). */
export interface PacketControl {
  /** A pcapng file with the flow's packets and the secrets that open them; undefined when none of its packets are kept. */
  capture(flow: WantedFlow): Promise<{ readonly pcapng: Uint8Array; readonly packets: number } | undefined>
}

/** What was done and may be done about agents and destinations (section respond). */
export interface RespondControl {
  list(): readonly object[]
  /** What the configuration offers. */
  actions(): readonly { readonly name: string; readonly type: string; readonly minutes: number }[]
  /** Plans are made and shown, nothing is changed. */
  readonly dryRun: boolean
  plan(request: RespondPlanRequest): Promise<object | { readonly refused: string }>
  /** Throws an Error that says why it cannot be. */
  apply(id: string, by: string): Promise<object>
  revert(id: string, why: string, by: string): Promise<object>
  /** Signed, for gateways. */
  denyList(): Promise<object>
}

export interface RespondPlanRequest {
  readonly action: string
  /** The event it is about, as the store has it: says what is aimed at where `target` does not. */
  readonly event?: Readonly<Record<string, unknown>>
  readonly target?: {
    readonly host?: string
    readonly ip?: string
    readonly networkInterface?: string
    readonly instance?: string
    readonly workloadIp?: string
  }
  readonly minutes?: number
  readonly reason: string
  readonly by: string
  readonly key: string
}

/** The SOC's tools (section soc). */
export interface SocControl {
  list(): readonly {
    readonly name: string
    readonly type: string
    readonly kinds: readonly string[]
    readonly minSeverity: string
    readonly waiting: number
    readonly delivered: number
    readonly dead: number
    readonly failing: number
    readonly problem?: string
  }[]
  /** undefined: the test event arrived; otherwise why not. */
  test(name: string): Promise<string | undefined>
  /** How many dead letters went back into the queue. */
  retry(name: string): number
}

/** Blocks what an event is about, within what the configuration allows. */
export interface BlockControl {
  block(request: {
    readonly event: Readonly<Record<string, unknown>>
    /** Name of a configured action; the only one when left out. */
    readonly action?: string
    readonly minutes?: number
    readonly reason: string
    readonly by: string
    /** The same key again is the same block. */
    readonly key: string
  }): Promise<BlockOutcome>
}

export type BlockOutcome =
  | {
      readonly done: true
      readonly id: string
      readonly state: string
      readonly dryRun: boolean
      readonly until: number
      readonly steps: readonly string[]
    }
  | { readonly done: false; readonly why: string }

export interface RetentionDays {
  readonly metadata: number
  readonly content: number
  readonly findings: number
  readonly files: number
}

/** How long things are kept, in days. */
export interface RetentionControl {
  current(): Promise<RetentionState>
  set(days: RetentionDays, by: string): Promise<RetentionState>
  reset(by: string): Promise<RetentionState>
}
interface RetentionState {
  readonly days: RetentionDays
  readonly configured: RetentionDays
  readonly by?: string
  readonly at?: number
}

export interface ApiParts {
  readonly config: ApiConfig
  readonly version: string
  readonly store: StoreReader & StoreWriter
  readonly accounts: Accounts
  readonly sessions: Sessions
  readonly audit: AuditTrail
  readonly limits: RateLimit
  readonly logger: Logger
  readonly now: () => number
  readonly policy?: PolicyControl
  readonly live?: LiveFeed
  readonly health?: HealthControl
  readonly mirror?: MirrorControl
  readonly retention?: RetentionControl
  /** Absent: nothing is sent anywhere from this process. */
  readonly soc?: SocControl
  /** Absent: no packets are kept. */
  readonly packets?: PacketControl
  readonly respond?: RespondControl
  readonly block?: BlockControl
  /** Folder of the built console. */
  readonly consoleDir?: string
  /** Checks an OpenID token; undefined when it is not one of ours. */
  readonly oidc?: (token: string) => Promise<Principal | undefined>
  /** Signs people in by the OpenID provider; undefined: none is set up. */
  readonly login?: OidcLogin
}

export interface ApiEnv {
  Variables: { principal: Principal; session: string | undefined }
}
