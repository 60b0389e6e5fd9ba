// Runs the command line as a user would: the built program under `npm test`, which has just built it; the sources when vitest runs by itself.
import { type ChildProcess, spawn } from "node:child_process"
import { resolve } from "node:path"

export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export const root = resolve(import.meta.dirname, "../..")

export function startEgret(
  args: readonly string[],
  { env = {}, cwd = root }: { env?: Record<string, string>; cwd?: string } = {},
): ChildProcess {
  return spawn(process.execPath, [...PROGRAM, ...args], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["pipe", "pipe", "pipe"],
  })
}

const PROGRAM =
  process.env["EGRET_TEST_BUILT"] === "1"
    ? [resolve(root, "dist/services/cli/egret.js")]
    : ["--import", resolve(root, "node_modules/tsx/dist/loader.mjs"), resolve(root, "services/cli/egret.ts")]

export async function egret(args: readonly string[], options: { env?: Record<string, string>; cwd?: string } = {}): Promise<Ran> {
  const child = startEgret(args, options)
  let stdout = ""
  let stderr = ""
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    stdout += text
  })
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr += text
  })
  child.stdin?.end()
  const code = await new Promise<number | null>((done) => child.once("close", done))
  return { code, stdout, stderr }
}
