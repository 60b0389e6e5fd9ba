// Runs the command line from the sources, as a user would run `egret`.
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
  const loader = resolve(root, "node_modules/tsx/dist/loader.mjs")
  return spawn(process.execPath, ["--import", loader, resolve(root, "services/cli/egret.ts"), ...args], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["pipe", "pipe", "pipe"],
  })
}

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
