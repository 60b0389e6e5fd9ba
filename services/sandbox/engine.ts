// What an engine is. It is asked step by step and remembers nothing: which step comes next, when, how often and within which limits is the examiner's
// business, so that it survives a restart. No answer here can make a file clean by omission: only an opinion whose result is "clean" says so.
import type { FileKind } from "../contracts/config/sandbox.ts"
import type { Direction } from "../contracts/primitives.ts"
import type { Verdict } from "../contracts/verdict.ts"

/** What is known of a file or skill without its bytes. */
export interface SampleInfo {
  readonly subject: Verdict["subject"]
  /** Of the file; for a skill its canonical hash. */
  readonly sha256: string
  readonly name: string
  readonly kind: FileKind
  readonly mediaType: string
  readonly bytes: number
  readonly direction: Direction
  /** False when bytes are missing: cut by a limit, a gap in the capture. */
  readonly whole: boolean
}

export interface SampleFile {
  readonly path: string
  readonly bytes: Uint8Array
  readonly executable: boolean
}

/** The bytes, read from disk only when an engine wants them. */
export interface Sample extends SampleInfo {
  /** The file itself, or a skill's files. Empty when the bytes were not kept. */
  files(): Promise<readonly SampleFile[]>
  /** One thing to upload: the file itself, a skill as a ZIP that is the same every time. Undefined when the bytes were not kept. */
  upload(): Promise<{ readonly name: string; readonly bytes: Uint8Array } | undefined>
}

/** One engine's word. Never "pending": that is the examiner's to say. */
export interface Opinion {
  readonly result: Exclude<Verdict["result"], "pending">
  /** 0..100 */
  readonly score: number
  readonly labels: readonly string[]
  readonly reasons: Verdict["reasons"]
  readonly reportUrl?: string
  /** The engine may know more another day: ask again. */
  readonly again?: boolean
}

export type EngineAnswer =
  | { readonly state: "done"; readonly opinion: Opinion }
  /** Taken; ask by `ref` from `after` milliseconds on. */
  | { readonly state: "running"; readonly ref: string; readonly after?: number }
  /** It has never seen this file. */
  | { readonly state: "unknown" }
  /** Not now. `quota`: we asked too much, which is no failure of the engine. */
  | { readonly state: "later"; readonly reason: string; readonly after?: number; readonly quota?: boolean }

export interface EngineLimits {
  readonly maxSize: number
  readonly concurrency: number
  /** 0: none. */
  readonly perMinute: number
  readonly perDay: number
  /** Milliseconds. */
  readonly analysis: number
  readonly poll: number
  readonly giveUp: number
}

export interface Engine {
  readonly name: string
  readonly type: string
  readonly limits: EngineLimits
  readonly advisory: boolean
  /** May be sent files in which a secret or personal data was found. */
  readonly takesSecrets: boolean
  /** Whether it is asked at all, and whether the file itself may go to it. */
  accepts(sample: SampleInfo): Acceptance
  /** By hash. Also asked after a crash in the middle of a submission, so that nothing is submitted twice where the engine can tell. */
  lookup?(sample: Sample, signal: AbortSignal): Promise<EngineAnswer>
  /** May answer at once. */
  submit(sample: Sample, signal: AbortSignal): Promise<EngineAnswer>
  poll?(ref: string, sample: Sample, signal: AbortSignal): Promise<EngineAnswer>
  /** For `egret sandbox engines test`: what it says of itself, or throws. */
  test(signal: AbortSignal): Promise<string>
  close?(): Promise<void>
}

export type Acceptance =
  | { readonly asked: false; readonly reason: string }
  | { readonly asked: true; readonly upload: true }
  | { readonly asked: true; readonly upload: false; readonly reason: string }

/** The engine or the way to it failed; worth another try unless `final`. */
export class EngineError extends Error {
  override name = "EngineError"
  readonly final: boolean
  readonly after: number | undefined
  readonly quota: boolean

  constructor(message: string, { final = false, after, quota = false }: { final?: boolean; after?: number; quota?: boolean } = {}) {
    super(message)
    this.final = final
    this.after = after
    this.quota = quota
  }
}

/** An opinion that is none: why there is no verdict. */
export function noOpinion(result: "unsupported" | "error" | "timeout" | "partial", text: string, again = false): Opinion {
  return { result, score: 0, labels: [], reasons: [{ text }], ...(again && { again }) }
}
