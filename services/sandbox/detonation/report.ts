// What a run is told, and what it tells. Both cross the border of the namespaces as JSON.

export interface RunPlan {
  readonly steps: readonly RunStep[]
  /** Files of the skill, placed in its folder. */
  readonly files: readonly { readonly path: string; readonly base64: string; readonly executable: boolean }[]
  readonly folder: string
  readonly limits: RunLimits
  readonly expose: readonly string[]
  /** What every planted secret holds, and nothing else in the world does. */
  readonly token: string
  /** Folder on this machine for the run, empty. */
  readonly run: string
  readonly node: string
}

export interface RunStep {
  readonly name: string
  /** Program and arguments; the program is looked for in the sandbox's PATH. */
  readonly argv: readonly string[]
}

export interface RunLimits {
  /** Milliseconds. */
  readonly wall: number
  /** Seconds of one process. */
  readonly cpu: number
  /** Bytes. */
  readonly memory: number
  readonly disk: number
  readonly processes: number
}

export interface RunReport {
  /** What could be watched: without strace only what files, canaries and the sinkhole show. */
  readonly watched: {
    readonly calls: boolean
    readonly network: "all addresses" | "names only" | "nothing"
    readonly tls: boolean
    readonly filter: boolean
  }
  readonly steps: readonly StepResult[]
  readonly started: readonly string[]
  /** Canary files that were read. */
  readonly canariesRead: readonly string[]
  /** Places where people keep credentials that were looked for, whether there was something or not. */
  readonly probed: readonly string[]
  readonly network: readonly NetworkAttempt[]
  /** Files made, changed or removed outside the skill's folder and the folders for temporary files. */
  readonly changed: readonly { readonly path: string; readonly how: "made" | "changed" | "removed" }[]
  /** Calls a skill has no business with: mount, ptrace, unshare, bpf, loading modules. */
  readonly forbidden: readonly string[]
  readonly limits: readonly ("time" | "memory" | "processes" | "disk")[]
  /** The lists were cut. */
  readonly cut: boolean
}

export interface StepResult {
  readonly name: string
  readonly outcome: "ended" | "failed" | "out of time" | "not run"
  readonly detail: string
}

export interface NetworkAttempt {
  readonly kind: "dns" | "http" | "tls" | "tcp" | "connect"
  /** Name or address. */
  readonly host: string
  readonly port: number
  readonly detail: string
  /** It carried a planted secret. */
  readonly canary: boolean
}
