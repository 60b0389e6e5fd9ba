// Messages between the process that uses the embedded engine and the child that runs it, over Node's IPC with advanced serialisation,
// so that results cross as bytes. Every request has one answer; a stream is pulled piece by piece, so that a slow reader fills no memory.

/** Which connection runs it: each runs one statement at a time, and its rights and limits were fixed when it was opened. */
export type EngineLane = "write" | "read" | "export" | "meta"

export type EngineRequest =
  | {
      readonly id: number
      readonly op: "run"
      readonly lane: EngineLane
      readonly sql: string
      readonly format: string
      readonly params: EngineParams
    }
  | {
      readonly id: number
      readonly op: "stream"
      readonly lane: EngineLane
      readonly sql: string
      readonly format: string
      readonly params: EngineParams
    }
  | { readonly id: number; readonly op: "next" | "cancel"; readonly stream: number }
  | { readonly id: number; readonly op: "close" }

/** Values as ClickHouse text, bound by `SET param_name`. */
export type EngineParams = Readonly<Record<string, string>>

export type EngineAnswer =
  | { readonly id: number; readonly ok: true; readonly bytes?: Uint8Array; readonly done?: boolean }
  | { readonly id: number; readonly ok: false; readonly message: string }

/** The first message of the child: open, or why not. */
export type EngineHello =
  | { readonly hello: true; readonly version: string }
  | { readonly hello: false; readonly message: string; readonly kind: "missing" | "failed" }

export interface EngineStart {
  /** Directory of the engine's own data. */
  readonly path: string
  /** The engine's configuration file: users, roles, grants. */
  readonly configFile: string
  readonly database: string
  readonly readers: number
  /** Bytes that one query of a reader may use. */
  readonly maxMemoryPerQuery: number
  readonly maxQuerySeconds: number
  readonly maxExportSeconds: number
  readonly maxThreads: number
  /** Rows of one answer of the read-only interface. */
  readonly maxMetaRows: number
}
