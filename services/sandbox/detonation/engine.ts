// Runs a skill's scripts where they can do no harm and be watched: new user, mount, process, network, message and host-name namespaces, a root in memory with the
// machine's programs read-only, planted secrets, and an Internet that only listens. A machine that does not allow it gives "unsupported", never "clean".
import { spawn, spawnSync } from "node:child_process"
import { randomBytes } from "node:crypto"
import { chownSync, existsSync, lstatSync, mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, extname, join } from "node:path"
import { fileURLToPath } from "node:url"
import type { SandboxEngineConfig } from "../../contracts/config/sandbox.ts"
import { type Engine, noOpinion, type Opinion, type SampleFile } from "../engine.ts"
import { engineBase } from "../engines/base.ts"
import { judgeRun } from "./judge.ts"
import { planSteps } from "./plan.ts"
import type { RunPlan, RunReport } from "./report.ts"

type DetonationConfig = Extract<SandboxEngineConfig, { type: "detonation" }>

export function detonationEngine(config: DetonationConfig): Engine {
  sweepRuns()
  return {
    ...engineBase(config, { canLookup: false }),
    submit: async (sample, signal) => ({ state: "done", opinion: await examine(config, await sample.files(), signal) }),
    test: async (signal) => {
      const probe = await detonate(config, [{ path: "probe.sh", bytes: Buffer.from("#!/bin/sh\nexit 0\n"), executable: true }], signal)
      if ("problem" in probe) throw new Error(probe.problem)
      const { calls, network, filter } = probe.report.watched
      return `runs; calls ${calls ? "watched" : "not watched (no strace)"}, network: ${network}, system call filter ${filter ? "on" : "off (no perl)"}`
    },
  }
}

async function examine(config: DetonationConfig, files: readonly SampleFile[], signal: AbortSignal): Promise<Opinion> {
  if (files.length === 0) return noOpinion("unsupported", "its bytes were not kept")
  const run = await detonate(config, files, signal)
  return "problem" in run ? noOpinion("unsupported", run.problem) : judgeRun(run.report, run.left)
}

export type Detonated = { readonly report: RunReport; readonly left: readonly string[] } | { readonly problem: string }

export async function detonate(config: DetonationConfig, files: readonly SampleFile[], signal: AbortSignal): Promise<Detonated> {
  const { steps, extra, left } = planSteps(files)
  if (steps.length === 0)
    return {
      problem: left.length === 0 ? "there is nothing in it to run" : `nothing of it runs on this machine: ${left.slice(0, 3).join(", ")}`,
    }
  const missing = TOOLS.filter((tool) => spawnSync(tool, ["--version"]).error !== undefined)
  if (process.platform !== "linux" || missing.length > 0)
    return { problem: `local detonation needs Linux with util-linux${missing.length > 0 ? ` (missing: ${missing.join(", ")})` : ""}` }
  const run = mkdtempSync(join(tmpdir(), RUN))
  try {
    const asNobody = giveToNobody(run)
    const answer = await launch(asNobody, planOf(config, { steps, files: [...files, ...extra], run }), signal)
    return "problem" in answer ? answer : { report: answer, left }
  } finally {
    rmSync(run, { recursive: true, force: true })
  }
}

function planOf(
  config: DetonationConfig,
  { steps, files, run }: { steps: RunPlan["steps"]; files: readonly SampleFile[]; run: string },
): RunPlan {
  return {
    steps,
    files: files.map(({ path, bytes, executable }) => ({ path, base64: Buffer.from(bytes).toString("base64"), executable })),
    folder: "home/agent/skills/skill",
    limits: {
      wall: config.wallTime,
      cpu: Math.max(1, Math.round(config.cpuTime / 1_000)),
      memory: config.memory,
      disk: config.disk,
      processes: config.processes,
    },
    expose: config.expose,
    token: randomBytes(16).toString("hex"),
    run,
    node: process.execPath,
  }
}

/** Folders of runs whose Egret was killed. */
function sweepRuns(): void {
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(RUN)) continue
    const path = join(tmpdir(), name)
    const age = Date.now() - (lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Number.POSITIVE_INFINITY)
    if (age > STALE) rmSync(path, { recursive: true, force: true })
  }
}

/** False when we are not root, or root of a namespace without other users. */
function giveToNobody(run: string): boolean {
  if (process.getuid?.() !== 0) return false
  try {
    chownSync(run, NOBODY, NOBODY)
    return true
  } catch {
    return false
  }
}

function launch(asNobody: boolean, plan: RunPlan, signal: AbortSignal): Promise<RunReport | { problem: string }> {
  const [program = "", ...args] = commandLine(asNobody, plan)
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"], env: { PATH: PATH_INSIDE }, cwd: "/" })
    let out = ""
    let err = ""
    const end = (): void => void child.stdin.destroy()
    // The supervisor keeps the time itself; this is for one that cannot.
    const timer = setTimeout(() => child.kill("SIGKILL"), plan.limits.wall + BUILDING)
    signal.addEventListener("abort", end, { once: true })
    child.stdin.on("error", () => {})
    child.stdin.write(`${JSON.stringify(plan)}\n`)
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      if (out.length < MAX_REPORT) out += text
    })
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      if (err.length < MAX_ERROR) err += text
    })
    child.on("error", (error) => resolve({ problem: `this machine does not run it: ${error.message}` }))
    child.on("close", () => {
      clearTimeout(timer)
      signal.removeEventListener("abort", end)
      resolve(
        read(out) ?? {
          problem: `this machine does not allow it: ${err.trim().split("\n").at(-1)?.slice(0, 200) || "the run ended without a report"}`,
        },
      )
    })
  })
}

/** As root, the run first becomes nobody: then not even a hole in the kernel's namespaces makes the sample root. */
function commandLine(asNobody: boolean, plan: RunPlan): string[] {
  const source = fileURLToPath(new URL(`./supervisor${extname(import.meta.url)}`, import.meta.url))
  const program = rootOfProgram(source)
  const namespaces = [
    "unshare",
    "--user",
    "--map-root-user",
    "--mount",
    "--net",
    "--ipc",
    "--uts",
    "--pid",
    "--fork",
    "--kill-child=KILL",
    "--mount-proc",
    "sh",
    "-c",
    '"$@"; exit $?',
    "sh",
  ]
  const fromSource = source.endsWith(".ts")
  const node = (binary: string, root: string): string[] => [
    binary,
    ...(fromSource ? ["--import", join(root, "node_modules/tsx/dist/loader.mjs")] : []),
    "--max-old-space-size=128",
    join(root, source.slice(program.length)),
  ]
  if (!asNobody) return [...namespaces, ...node(process.execPath, program)]
  const script = `set -eu; mkdir "$1/app"; : > "$1/node"; mount --bind "$2" "$1/app"; mount --bind "$3" "$1/node"; chmod 755 "$1"; shift 3; exec "$@"`
  const nobody = ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups", "--no-new-privs"]
  return [
    ...["unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh", plan.run, program, process.execPath],
    ...nobody,
    ...namespaces,
    ...node(join(plan.run, "node"), join(plan.run, "app")),
  ]
}

/** The folder with the package, from which the supervisor reads its few files. */
function rootOfProgram(source: string): string {
  let folder = dirname(source)
  while (folder !== "/" && !existsSync(join(folder, "package.json"))) folder = dirname(folder)
  return folder
}

function read(out: string): RunReport | { problem: string } | undefined {
  try {
    return JSON.parse(out.slice(0, out.indexOf("\n"))) as RunReport | { problem: string }
  } catch {
    return undefined
  }
}

const TOOLS = ["unshare", "setpriv", "prlimit", "mount", "timeout"]
const RUN = "egret-run-"
const STALE = 3_600_000
const NOBODY = 65_534
const PATH_INSIDE = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
// Time to build the namespaces, on a busy machine.
const BUILDING = 30_000
const MAX_REPORT = 4 * 1024 * 1024
const MAX_ERROR = 8_192
