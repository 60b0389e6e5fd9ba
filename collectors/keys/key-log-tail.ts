// Follows key logs on disk: files, FIFOs, and directories of both. Polled, because change notices do not come for FIFOs, network and overlay file systems.
import { readdir, readFile, stat } from "node:fs/promises"
import { join } from "node:path"
import { ConfigError } from "../../services/contracts/errors.ts"
import { KeyFile } from "./key-file.ts"
import { type KeyLogCounts, type KeyLogEntry, KeyLogReader } from "./key-log.ts"
import type { KeyStore } from "./key-store.ts"

export interface KeyLogTailOptions {
  /** Files, FIFOs or directories; need not exist yet. */
  readonly paths: readonly string[]
  readonly onKey: (entry: KeyLogEntry) => void
  readonly pollMillis?: number
}

export class KeyLogTail {
  readonly #pollMillis: number
  readonly #readers = new Map<string, KeyLogReader>()
  readonly #followed: FollowedPaths
  #timer: NodeJS.Timeout | undefined
  #polling: Promise<void> = Promise.resolve()
  #stopped = false

  constructor(options: KeyLogTailOptions) {
    this.#pollMillis = options.pollMillis ?? DEFAULT_POLL_MILLIS
    this.#followed = new FollowedPaths(options.paths, (path) => {
      const reader = new KeyLogReader(options.onKey)
      this.#readers.set(path, reader)
      return new KeyFile(path, (bytes) => reader.push(bytes))
    })
  }

  get counts(): KeyLogCounts {
    const total: KeyLogCounts = { lines: 0, keys: 0, comments: 0, garbage: 0, unknownLabels: 0, exportersRefused: 0 }
    for (const reader of this.#readers.values()) {
      for (const name of Object.keys(total) as (keyof KeyLogCounts)[]) total[name] += reader.counts[name]
    }
    return total
  }

  /** Resolves when everything that is there already has been read. */
  async start(): Promise<void> {
    await this.poll()
    this.#schedule()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    await this.#polling
    await this.#followed.close()
  }

  async poll(): Promise<void> {
    const silent = await this.#followed.poll()
    // A last line without its line end is taken when nothing came for a whole poll.
    for (const path of silent) this.#readers.get(path)?.settle()
  }

  #schedule(): void {
    if (this.#stopped) return
    this.#timer = setTimeout(() => {
      this.#polling = this.poll().then(() => this.#schedule())
    }, this.#pollMillis)
    this.#timer.unref()
  }
}

/** Files, FIFOs, and what lies in directories, each opened once and followed. */
export class FollowedPaths {
  readonly #paths: readonly string[]
  readonly #open: (path: string) => KeyFile
  readonly #files = new Map<string, KeyFile>()
  /** Files that are not followed because there are too many. */
  ignored = 0

  constructor(paths: readonly string[], open: (path: string) => KeyFile) {
    this.#paths = paths
    this.#open = open
  }

  /** Reads what is new; answers the paths that had nothing. */
  async poll(): Promise<string[]> {
    const silent: string[] = []
    for (const path of await this.#list()) {
      const file = this.#files.get(path) ?? this.#add(path)
      if (file !== undefined && (await file.poll()) === 0) silent.push(path)
    }
    return silent
  }

  async close(): Promise<void> {
    for (const file of this.#files.values()) await file.close()
  }

  async #list(): Promise<string[]> {
    const found: string[] = []
    for (const path of this.#paths) {
      const info = await stat(path).catch(() => undefined)
      if (info === undefined) continue
      if (!info.isDirectory()) found.push(path)
      else for (const name of (await readdir(path).catch(() => [])).sort()) found.push(join(path, name))
    }
    return found
  }

  #add(path: string): KeyFile | undefined {
    if (this.#files.size >= MAX_FILES) {
      this.ignored++
      return undefined
    }
    const file = this.#open(path)
    this.#files.set(path, file)
    return file
  }
}

/** Reads a finished key log, or every file of a directory, into the store: what a replay needs. */
export async function loadKeyLog(path: string, store: KeyStore): Promise<KeyLogCounts> {
  const total: KeyLogCounts = { lines: 0, keys: 0, comments: 0, garbage: 0, unknownLabels: 0, exportersRefused: 0 }
  try {
    const names = (await stat(path)).isDirectory() ? (await readdir(path)).sort().map((name) => join(path, name)) : [path]
    for (const name of names) {
      if (name !== path && !(await stat(name)).isFile()) continue
      const counts = store.addText(await readFile(name))
      for (const field of Object.keys(total) as (keyof KeyLogCounts)[]) total[field] += counts[field]
    }
    return total
  } catch (error) {
    const got = error instanceof Error ? error.message : String(error)
    throw new ConfigError({ path: "keys", got, want: "a readable key log file or directory", hint: `check ${path}` })
  }
}

// Keys usually come a few milliseconds before the first application data: 100 ms keeps the wait of flows short at a negligible cost.
const DEFAULT_POLL_MILLIS = 100
// One open file each.
const MAX_FILES = 1_024
