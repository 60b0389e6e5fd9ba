// Starts an agent with key logging on, through a FIFO in a folder that only this user can enter: secrets never touch a disk.
// What each runtime understands (measured):
//   Node              --tls-keylog in NODE_OPTIONS (SSLKEYLOGFILE is ignored); workers and child processes inherit it
//   Python, curl, Deno, browsers, Electron                  SSLKEYLOGFILE
//   Bun               --tls-keylog in BUN_OPTIONS: node:https only, its own fetch logs nothing
//   Java              only with an agent library (-javaagent), in JAVA_TOOL_OPTIONS
//   Go, rustls, .NET  only when the program was written to: said before it starts
import { type ChildProcess, execFile, spawn } from "node:child_process"
import { mkdtemp, open, realpath, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { basename, delimiter, join } from "node:path"
import { promisify } from "node:util"
import { ConfigError } from "../../services/contracts/errors.ts"
import { KeyFile } from "./key-file.ts"

export interface KeyRunOptions {
  readonly command: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly onBytes: (bytes: Uint8Array) => void
  /** Path of a Java agent that writes key lines; its argument is the path to write to. */
  readonly javaAgent?: string | undefined
  readonly signal?: AbortSignal
}

/** Resolves with the exit code when the command has ended and what it logged has been read. */
export async function runWithKeys({ command, env, onBytes, javaAgent, signal }: KeyRunOptions): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "egret-keys-"))
  const path = join(folder, "keys")
  const file = new KeyFile(path, onBytes)
  try {
    await promisify(execFile)("mkfifo", ["-m", "600", path])
    // Opened before the command starts, so that its first write finds a reader.
    await file.poll()
    const [program = "", ...rest] = command
    const child = spawn(program, rest, { stdio: "inherit", env: keyLogEnvironment(env, path, javaAgent) })
    const stop = () => child.kill("SIGTERM")
    signal?.addEventListener("abort", stop)
    let running = true
    const ended = waitFor(child, program).finally(() => {
      running = false
    })
    ended.catch(() => undefined)
    while (running) {
      await file.poll()
      await Promise.race([ended.catch(() => undefined), new Promise((resolve) => setTimeout(resolve, POLL_MILLIS))])
    }
    while ((await file.poll()) > 0) {}
    signal?.removeEventListener("abort", stop)
    return await ended
  } finally {
    await file.close()
    await rm(folder, { recursive: true, force: true })
  }
}

export function keyLogEnvironment(env: KeyRunOptions["env"], path: string, javaAgent?: string): Record<string, string> {
  const kept = Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined))
  const join = (name: string, option: string) => ({
    [name]: kept[name] === undefined || kept[name] === "" ? option : `${kept[name]} ${option}`,
  })
  return {
    ...kept,
    SSLKEYLOGFILE: path,
    ...join("NODE_OPTIONS", `--tls-keylog=${path}`),
    ...join("BUN_OPTIONS", `--tls-keylog=${path}`),
    ...(javaAgent === undefined ? {} : join("JAVA_TOOL_OPTIONS", `-javaagent:${javaAgent}=${path}`)),
  }
}

/** What this program's runtime will not log, in a sentence for the operator; undefined when nothing is known against it. */
export async function whatCannotBeLogged(
  command: readonly string[],
  path: string | undefined,
  javaAgent?: string,
): Promise<string | undefined> {
  const found = await locate(command[0] ?? "", path)
  const name = basename(found ?? command[0] ?? "").replace(/\.exe$/, "")
  if (/^bunx?$/.test(name))
    return "Bun logs the keys of node:https and not those of its own fetch: use eCapture, or the gateway, for agents that fetch"
  if (/^java$/.test(name) && javaAgent === undefined)
    return "Java logs no keys by itself: give --java-agent a library that does, or use eCapture or the gateway"
  if (/^dotnet$/.test(name)) return ".NET logs no keys: use eCapture (OpenSSL) or the gateway"
  if (found === undefined || !GO_MARK.test(await startOf(found))) return undefined
  return "this looks like a Go program: it logs keys only if it was written to (tls.Config.KeyLogWriter); eCapture's gotls mode reads the others"
}

async function locate(program: string, path: string | undefined): Promise<string | undefined> {
  const candidates = program.includes("/") ? [program] : (path ?? "").split(delimiter).map((folder) => join(folder, program))
  for (const candidate of candidates) {
    const real = await realpath(candidate).catch(() => undefined)
    if (real !== undefined) return real
  }
  return undefined
}

async function startOf(path: string): Promise<string> {
  const handle = await open(path, "r").catch(() => undefined)
  if (handle === undefined) return ""
  try {
    const start = Buffer.alloc(LOOKED_AT)
    const { bytesRead } = await handle.read(start, 0, LOOKED_AT, 0)
    return start.toString("latin1", 0, bytesRead)
  } finally {
    await handle.close()
  }
}

function waitFor(child: ChildProcess, program: string): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("error", (error) => reject(new ConfigError({ path: program, got: error.message, want: "a command that can be started" })))
    child.once("exit", (code, signal) => resolve(code ?? (signal === null ? 1 : SIGNALLED)))
  })
}

const POLL_MILLIS = 20
const SIGNALLED = 143
// The Go linker leaves its build id near the start of every program: as a text in older ones and on macOS, as an ELF note in those of today
// (name size 4, description size, type 4, name "Go").
const GO_MARK = /Go build ID: "|\x04\0\0\0[\s\S]\0\0\0\x04\0\0\0Go\0\0/
const LOOKED_AT = 65_536
