// What detectors are given and what they answer. A detector is pure and synchronous: no I/O, no clock, no state that outlives the call.
import type { ActivityKind } from "./envelope.ts"
import type { Direction } from "./primitives.ts"
import type { Severity } from "./severity.ts"

/** Where a text sits: the same sentence is ordinary in a user prompt and an attack in a tool definition. */
export const places = [
  "url",
  "header",
  "body",
  "system",
  "user",
  "assistant",
  "tool-definition",
  "tool-call",
  "tool-result",
  "skill",
  "command",
  "dns",
  "frame",
  "file",
] as const
export type Place = (typeof places)[number]

/** How much is known about where the traffic goes. "provider": a catalogued model vendor; "known": catalogued otherwise or on an allow list. */
export type DestinationClass = "provider" | "mcp" | "known" | "internal" | "unknown"

export interface Destination {
  readonly host: string
  readonly ip?: string
  readonly port: number
  readonly class: DestinationClass
  /** Provider id of the catalogue. */
  readonly provider?: string
}

/** One piece of text with its place. `path` says where in the activity it was, for example "inputMessages[2].parts[0]" or "response.headers.set-cookie". */
export interface TextItem {
  readonly place: Place
  readonly direction: Direction
  readonly path: string
  readonly text: string
  /** Header, parameter, tool or file name the text belongs to. */
  readonly name?: string
}

/** All that may be judged of one activity. Gateway and SDK build the same thing. */
export interface Subject {
  readonly id: string
  /** The activity kind, or "scan" for `egret scan`. */
  readonly kind: ActivityKind | "scan"
  readonly direction: Direction
  readonly destination?: Destination
  readonly texts: readonly TextItem[]
  /** The activity's `data`, for detectors that judge structure. */
  readonly data?: unknown
}

/** What a detector says. `matched` is clear text and never leaves the process: services/detect masks it and adds the keyed fingerprint. */
export interface RawFinding {
  readonly rule: string
  readonly family: string
  readonly severity: Severity
  /** 0..1: how sure the detector is that this is what the rule names. */
  readonly confidence: number
  readonly title: string
  readonly place: Place
  readonly direction: Direction
  readonly path: string
  /** Offsets into the text of that path, in UTF-16 units. */
  readonly span: readonly [start: number, end: number]
  readonly matched: string
  /** The matched text is itself a secret or personal: mask it. */
  readonly sensitive: boolean
  /** The decoding steps that uncovered it, outermost first, for example ["base64", "gzip"]. */
  readonly decoded?: readonly string[]
  /** What stands before and after the match in the reading that uncovered it, some tens of characters of each. */
  readonly around?: readonly [before: string, after: string]
  /** Why this is a finding, in a sentence a person can act on. */
  readonly reason: string
  readonly facts?: Readonly<Record<string, string | number | boolean>>
  /** ATT&CK and OWASP ids: "T1552", "LLM01:2025", "MCP03", "ASI02". */
  readonly references?: readonly string[]
}

export interface Detector {
  readonly family: string
  inspect(subject: Subject, report: (finding: RawFinding) => void): void
}
