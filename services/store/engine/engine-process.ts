// The parent's side of the embedded engine: starts the child, matches answers to requests, and turns the child's death into errors.
import { type ChildProcess, fork } from "node:child_process"
import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs"
import { createRequire } from "node:module"
import { join, resolve } from "node:path"
import { pathToFileURL } from "node:url"
import { ConfigError } from "../../contracts/errors.ts"
import { childEnvironment } from "../../runtime/config/child-environment.ts"
import { pause } from "../../runtime/retry.ts"
import { writeAccessFiles } from "./access-files.ts"
import type { EngineAnswer, EngineHello, EngineLane, EngineParams, EngineRequest, EngineStart } from "./protocol.ts"

export interface EngineOptions {
  /** Directory that this engine alone may use; made when absent. */
  readonly path: string
  readonly database: string
  /** Queries that may run at the same time. */
  readonly readers?: number
  readonly maxMemoryPerQuery?: number
  readonly maxQuerySeconds?: number
  readonly maxExportSeconds?: number
  readonly maxThreads?: number
  readonly maxMetaRows?: number
}

export interface EngineStatement {
  readonly lane: EngineLane
  readonly sql: string
  readonly format: string
  readonly params?: EngineParams
}

/** The engine is gone or never came: the operation may be tried again after a restart. */
export class EngineGoneError extends Error {
  override name = "EngineGoneError"
}

export class EngineProcess {
  /** Version of the engine. */
  readonly version: string
  /** Where files lie that the engine reads rows from. */
  readonly spool: string
  readonly #start: EngineStart
  #child: ChildProcess
  /** Rejected when the engine could not be brought back. */
  #ready: Promise<void> = Promise.resolve()
  readonly #waiting = new Map<number, { resolve(answer: Extract<EngineAnswer, { ok: true }>): void; reject(error: Error): void }>()
  #lastId = 0
  #closing: Promise<void> | undefined

  private constructor(start: EngineStart, { child, version }: { child: ChildProcess; version: string }, spool: string) {
    this.#start = start
    this.version = version
    this.spool = spool
    this.#child = this.#attach(child)
  }

  static async start(options: EngineOptions): Promise<EngineProcess> {
    const path = resolve(options.path)
    const spool = join(path, "spool")
    makeFolder(path)
    mkdirSync(spool, { recursive: true, mode: 0o700 })
    const start: EngineStart = {
      path: join(path, "engine"),
      configFile: writeAccessFiles(join(path, "access"), options.database),
      database: options.database,
      readers: options.readers ?? 4,
      maxMemoryPerQuery: options.maxMemoryPerQuery ?? 2_000_000_000,
      maxQuerySeconds: options.maxQuerySeconds ?? 30,
      maxExportSeconds: options.maxExportSeconds ?? 600,
      maxThreads: options.maxThreads ?? 4,
      maxMetaRows: options.maxMetaRows ?? 100_000,
    }
    const opened = await openPatiently(start, path)
    // What a killed process left behind. Only now: before the engine is open the files may be another process's.
    for (const file of readdirSync(spool)) rmSync(join(spool, file), { force: true })
    return new EngineProcess(start, opened, spool)
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  #attach(child: ChildProcess): ChildProcess {
    child.on("message", (answer: EngineAnswer) => this.#settle(answer))
    child.once("exit", (code, signal) => this.#lose(`the embedded engine ended (${signal ?? `exit code ${code}`})`))
    return child
  }

  async run(statement: EngineStatement): Promise<Uint8Array> {
    const answer = await this.#ask({ op: "run", params: {}, ...statement })
    return answer.bytes ?? EMPTY
  }

  async *stream(statement: EngineStatement): AsyncIterable<Uint8Array> {
    const stream = this.#lastId + 1
    await this.#ask({ op: "stream", params: {}, ...statement })
    let done = false
    try {
      for (;;) {
        const answer = await this.#ask({ op: "next", stream })
        if (answer.done === true) {
          done = true
          return
        }
        if (answer.bytes !== undefined) yield answer.bytes
      }
    } finally {
      if (!done) await this.#ask({ op: "cancel", stream }).catch(() => {})
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const gone = new Promise<void>((done) => this.#child.once("exit", () => done()))
    const forced = setTimeout(() => this.#child.kill("SIGKILL"), CLOSE_MILLIS)
    await this.#ask({ op: "close" }).catch(() => {})
    await gone
    clearTimeout(forced)
  }

  async #ask(request: WithoutId<EngineRequest>): Promise<Extract<EngineAnswer, { ok: true }>> {
    // The number is taken before anything is awaited: a stream counts on being the next.
    const id = ++this.#lastId
    await this.#ready
    return new Promise((resolve, reject) => {
      if (!this.#child.connected) return reject(new EngineGoneError("the embedded engine is not running"))
      this.#waiting.set(id, { resolve, reject })
      this.#child.send({ ...request, id }, (error) => {
        if (error !== null) this.#settle({ id, ok: false, message: `the embedded engine cannot be reached: ${error.message}` })
      })
    })
  }

  #settle(answer: EngineAnswer): void {
    const waiting = this.#waiting.get(answer.id)
    this.#waiting.delete(answer.id)
    if (answer.ok) waiting?.resolve(answer)
    else waiting?.reject(new Error(answer.message))
  }

  /** Whoever waited is told; the engine is started again, because a process killed for its memory must not end the sensor. */
  #lose(reason: string): void {
    const waiting = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const { reject } of waiting) reject(new EngineGoneError(reason))
    if (this.#closing !== undefined) return
    this.#ready = this.#restart(reason)
    this.#ready.catch(() => {})
  }

  async #restart(reason: string): Promise<void> {
    let why = reason
    for (const millis of RESTART_MILLIS) {
      await pause(millis)
      if (this.#closing !== undefined) throw new EngineGoneError(reason)
      try {
        this.#child = this.#attach((await openChild(this.#start, this.#start.path)).child)
        if (this.#closing !== undefined) this.#child.disconnect()
        return
      } catch (error) {
        why = error instanceof Error ? error.message : String(error)
      }
    }
    throw new EngineGoneError(`${reason} and could not be started again: ${why}`)
  }
}

/** The directory is held by another process. */
class LockedError extends ConfigError {}

/** An engine whose parent was just killed needs a moment to close: who starts in its place waits that long before calling the directory taken. */
async function openPatiently(start: EngineStart, path: string): Promise<{ child: ChildProcess; version: string }> {
  for (const millis of LOCK_MILLIS) {
    try {
      return await openChild(start, path)
    } catch (error) {
      if (!(error instanceof LockedError)) throw error
    }
    await pause(millis)
  }
  return openChild(start, path)
}

async function openChild(start: EngineStart, path: string): Promise<{ child: ChildProcess; version: string }> {
  const child = forkEngine(start)
  const said = collectStderr(child)
  const hello = await firstWord(child)
  if (!hello.hello) throw whyNot(hello, said.text(), path)
  said.passOn()
  return { child, version: hello.version }
}

type WithoutId<T> = T extends { readonly id: number } ? Omit<T, "id"> : never

function forkEngine(start: EngineStart): ChildProcess {
  // Run from the sources by tsx in development and tests, from dist otherwise.
  const compiled = join(import.meta.dirname, "engine-main.js")
  const fromSources = !existsSync(compiled)
  return fork(fromSources ? join(import.meta.dirname, "engine-main.ts") : compiled, [JSON.stringify(start)], {
    // Resolved from here, not from the folder the command was called in.
    execArgv: fromSources ? ["--import", pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href] : [],
    serialization: "advanced",
    // Each running query holds a pool thread, and files and zlib need some too.
    env: childEnvironment({ UV_THREADPOOL_SIZE: String(start.readers + 8) }),
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  })
}

function firstWord(child: ChildProcess): Promise<EngineHello> {
  return new Promise((resolve) => {
    const failed = (message: string) => resolve({ hello: false, kind: "failed", message })
    child.once("message", (message) => {
      child.off("exit", onExit)
      resolve(message as EngineHello)
    })
    const onExit = (code: number | null, signal: string | null) => failed(`it ended at once (${signal ?? `exit code ${code}`})`)
    child.once("exit", onExit)
    child.once("error", (error) => failed(error.message))
  })
}

/** The engine tells some reasons only on stderr: kept until it is open, passed on from then. */
function collectStderr(child: ChildProcess): { text(): string; passOn(): void } {
  let text = ""
  let open = false
  child.stderr?.setEncoding("utf8")
  child.stderr?.on("data", (piece: string) => {
    if (open) process.stderr.write(piece)
    else text = (text + piece).slice(-MAX_STDERR)
  })
  return {
    text: () => text,
    passOn: () => {
      open = true
    },
  }
}

function whyNot(hello: Extract<EngineHello, { hello: false }>, said: string, path: string): ConfigError {
  if (hello.kind === "missing")
    return new ConfigError({
      path: "store.engine",
      got: "embedded, but the package chdb cannot be loaded",
      want: "chdb installed (Linux with glibc, or macOS)",
      hint: "run `npm install --include=optional chdb@3.4.0`, or set store.engine to server and store.url to a ClickHouse server",
    })
  if (/Cannot lock file|already running/.test(`${hello.message}\n${said}`))
    return new LockedError({
      path: "store.path",
      got: `${path}, which another process has open`,
      want: "a directory of this process alone",
      hint: "stop the other Egret, give this one its own store.path, or use a ClickHouse server to share one store",
    })
  return new ConfigError({
    path: "store.path",
    got: path,
    want: "a directory the embedded engine can open",
    hint: firstLine(said === "" ? hello.message : said),
  })
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new ConfigError({
      path: "store.path",
      got: path,
      want: "a directory that can be made and written",
      hint: error instanceof Error ? error.message : String(error),
    })
  }
}

function firstLine(text: string): string {
  return (text.split("\n")[0] ?? "").slice(0, 300)
}

const EMPTY = new Uint8Array(0)
// Waits before each try to start the engine again.
const RESTART_MILLIS = [100, 500, 2_000, 8_000]
const LOCK_MILLIS = [300, 1_200]
const MAX_STDERR = 8_192
// A query that runs on is not worth waiting for: what was acknowledged is on disk.
const CLOSE_MILLIS = 15_000
