// The first process of the outer namespaces: builds the sandbox, starts the sample under watch, keeps the limits, looks what is left, reports on standard
// output. It has the rights of nobody on the machine. When whoever started it goes away, standard input ends, it exits, and the kernel ends the rest: its
// parent is process 1 of a process namespace and does nothing but wait for it.
import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { createInterface } from "node:readline"
import { canaryFiles, canaryTest, ordinaryFiles } from "./canaries.ts"
import type { RunPlan, RunReport, StepResult } from "./report.ts"
import { buildRoot, enterRoot, filterCalls, routeAll } from "./scripts.ts"
import { openSinkhole, type Sinkhole } from "./sinkhole.ts"
import { compare, type Snapshot, snapshot } from "./snapshot.ts"
import { Trace } from "./trace.ts"

process.stdin.setEncoding("utf8")
let line = ""
process.stdin.on("data", (text: string) => {
  line += text
  const end = line.indexOf("\n")
  if (end >= 0 && !started) {
    started = true
    void main(JSON.parse(line.slice(0, end)) as RunPlan)
  }
})
process.stdin.on("end", leave)
process.stdin.on("close", leave)
let started = false

async function main(plan: RunPlan): Promise<void> {
  try {
    process.stdout.write(`${JSON.stringify(await run(plan))}\n`, leave)
  } catch (error) {
    process.stdout.write(`${JSON.stringify({ problem: error instanceof Error ? error.message : String(error) })}\n`, leave)
  }
}

/** The end of this process is the end of every process of the run. */
function leave(): void {
  killAll()
  process.kill(process.pid, "SIGKILL")
}

async function run(plan: RunPlan): Promise<RunReport> {
  const root = join(plan.run, "root")
  mkdirSync(root, { recursive: true })
  const routed = shell(routeAll, []).status === 0
  const lo = routed || spawnSync("ip", ["link", "set", "lo", "up"]).status === 0
  const built = shell(buildRoot, [root, String(plan.limits.disk), ...plan.expose])
  if (built.status !== 0) throw new Error(`the sandbox's root could not be built: ${built.stderr.trim().slice(0, 300)}`)
  plant(root, plan)
  const sinkhole = lo ? await openSinkhole(canaryTest(plan.token)) : undefined
  const before = snapshot(root)
  const watch = new Trace(MARKER)
  const outcome = await sample(plan, root, watch)
  killAll()
  const after = snapshot(root)
  return reportOf({ plan, watch, sinkhole, routed, before, after, outcome })
}

interface Outcome {
  readonly steps: readonly StepResult[]
  readonly limits: RunReport["limits"]
  readonly calls: boolean
  readonly filter: boolean
}

function plant(root: string, { token, files, folder }: RunPlan): void {
  for (const [path, text] of Object.entries({ ...ordinaryFiles, ...canaryFiles(token) })) put(join(root, path), text, false)
  for (const { path, base64, executable } of files) put(join(root, folder, path), Buffer.from(base64, "base64"), executable)
}

function put(path: string, content: string | Uint8Array, executable: boolean): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
  chmodSync(path, executable ? 0o755 : 0o644)
}

function sample(plan: RunPlan, root: string, watch: Trace): Promise<Outcome> {
  const { limits } = plan
  const calls = spawnSync("strace", ["-V"]).status === 0
  const filter = spawnSync("perl", ["-e", filterCalls, "--", "/bin/true"]).status === 0
  const limited = [
    "prlimit",
    `--nproc=${limits.processes + threads() + WATCHERS}`,
    "--core=0",
    `--fsize=${limits.disk}`,
    `--cpu=${limits.cpu}`,
    "--nofile=512",
    `--data=${limits.memory}`,
  ]
  const powerless = ["setpriv", "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs"]
  const inner = [
    "unshare",
    "--mount",
    "--pid",
    "--ipc",
    "--uts",
    "--fork",
    "--kill-child=KILL",
    "--propagation",
    "private",
    spawnSync("bash", ["--version"]).error === undefined ? "bash" : "sh",
    "-c",
    enterRoot,
    "sh",
    root,
  ]
  const command = [
    ...(calls ? ["strace", "-f", "-qq", "-y", "-s", "256", "-e", `trace=${TRACED}`, "-o", "|exec cat >&4"] : []),
    ...inner,
    ...limited,
    ...powerless,
    ...(filter ? ["perl", "-e", filterCalls, "--"] : []),
    "sh",
    "-c",
    runner(plan),
  ]
  const child = spawn("nice", ["-n", "15", ...command], { stdio: ["ignore", "ignore", "pipe", "pipe", "pipe"], env: environment(plan) })
  return follow(child, { plan, watch, calls, filter })
}

interface Following {
  readonly plan: RunPlan
  readonly watch: Trace
  readonly calls: boolean
  readonly filter: boolean
}

function follow(child: ChildProcess, { plan, watch, calls, filter }: Following): Promise<Outcome> {
  const limits = new Set<RunReport["limits"][number]>()
  const ends = new Map<number, number>()
  const begun = new Set<number>()
  const lines = (fd: number, take: (text: string) => void): void => {
    const stream = child.stdio[fd]
    if (stream !== null && stream !== undefined && "on" in stream)
      createInterface({ input: stream as NodeJS.ReadableStream }).on("line", take)
  }
  lines(3, (text) => {
    const [, what, step, code] = /^(begin|end) (\d{1,4}) ?(\d{0,3})$/.exec(text) ?? []
    if (what === "begin") begun.add(Number(step))
    else if (what === "end" && !ends.has(Number(step))) ends.set(Number(step), Number(code))
  })
  lines(4, (text) => watch.line(text))
  let complaint = ""
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    if (complaint.length < 2_000) complaint += text
  })
  return new Promise((resolve, reject) => {
    const done = (): void => {
      clearInterval(look)
      clearTimeout(wall)
      // What is still in the pipes is read first.
      setTimeout(() => {
        if (begun.size === 0) return reject(new Error(`the sandbox could not be entered: ${complaint.trim().slice(0, 300)}`))
        resolve({
          steps: plan.steps.map(({ name, argv }, index) =>
            stepOf({ name, program: argv[0] ?? "", begun: begun.has(index), code: ends.get(index) }),
          ),
          limits: [...limits],
          calls,
          filter,
        })
      }, 100)
    }
    const wall = setTimeout(() => {
      limits.add("time")
      killAll()
    }, plan.limits.wall)
    const look = setInterval(() => {
      const { bytes, processes } = usage()
      if (processes >= plan.limits.processes - MARGIN) limits.add("processes")
      if (bytes > plan.limits.memory) {
        limits.add("memory")
        killAll()
      }
    }, LOOK_EVERY)
    child.once("error", done)
    child.once("exit", done)
  })
}

function stepOf({ name, program, begun, code }: { name: string; program: string; begun: boolean; code: number | undefined }): StepResult {
  if (code === 127) return { name, outcome: "not run", detail: `${program} is not installed` }
  if (code === 124 || code === 137 || (begun && code === undefined)) return { name, outcome: "out of time", detail: "" }
  if (code === undefined) return { name, outcome: "not run", detail: "" }
  return code === 0 ? { name, outcome: "ended", detail: "" } : { name, outcome: "failed", detail: `exit ${code}` }
}

/** One step after the other, each with its share of the time; then a moment for what was left running. */
function runner({ steps, folder, limits }: RunPlan): string {
  const each = Math.max(2, Math.floor((limits.wall / 1_000 - 2) / Math.max(1, Math.min(steps.length, 4))))
  const lines = steps.map(
    ({ argv }, index) => `echo begin ${index} >&3
(cd ${quoted(`/${folder}`)} && exec timeout -k 1 ${each} ${argv.map(quoted).join(" ")} </dev/null >/dev/null 2>&1) 3>&-
echo end ${index} $? >&3`,
  )
  return `cat ${MARKER} 2>/dev/null 3>&-\n${lines.join("\n")}\nsleep 1 3>&-\n`
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

function environment({ token }: RunPlan): NodeJS.ProcessEnv {
  return {
    PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    HOME: "/home/agent",
    USER: "agent",
    LOGNAME: "agent",
    SHELL: "/bin/bash",
    LANG: "C.UTF-8",
    TERM: "xterm",
    OPENAI_API_KEY: `sk-${token}`,
    ANTHROPIC_API_KEY: `sk-ant-${token}`,
    GITHUB_TOKEN: `ghp_${token}`,
    AWS_SECRET_ACCESS_KEY: `${token}${token.slice(0, 8)}`,
  }
}

/** Everything of this namespace but its first process, which is this one. */
function killAll(): void {
  try {
    process.kill(-1, "SIGKILL")
  } catch {
    // Nothing is left to kill.
  }
}

/** What all processes of the run hold, ours and the watcher's left out. */
function usage(): { bytes: number; processes: number } {
  let bytes = 0
  let processes = 0
  for (const pid of readdirSync("/proc")) {
    if (!/^\d+$/.test(pid) || pid === String(process.pid)) continue
    try {
      if (readFileSync(`/proc/${pid}/comm`, "utf8").trim() === "strace") continue
      bytes += Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1] ?? 0) * 4_096
      processes++
    } catch {
      // It ended meanwhile.
    }
  }
  return { bytes, processes }
}

/** The kernel counts threads of one user in one namespace, and ours are among them. */
function threads(): number {
  let count = 0
  for (const pid of readdirSync("/proc")) {
    if (!/^\d+$/.test(pid)) continue
    try {
      count += readdirSync(`/proc/${pid}/task`).length
    } catch {
      // It ended meanwhile.
    }
  }
  return count
}

function shell(script: string, args: readonly string[]): { status: number | null; stderr: string } {
  const { status, stderr } = spawnSync("sh", ["-c", script, "sh", ...args], { encoding: "utf8", timeout: 20_000 })
  return { status, stderr: stderr ?? "" }
}

interface Seen {
  readonly plan: RunPlan
  readonly watch: Trace
  readonly sinkhole: Sinkhole | undefined
  readonly routed: boolean
  readonly before: Snapshot
  readonly after: Snapshot
  readonly outcome: Outcome
}

function reportOf({ plan, watch, sinkhole, routed, before, after, outcome }: Seen): RunReport {
  const canaries = Object.keys(canaryFiles(plan.token)).map((path) => `/${path}`)
  const opened = new Set(watch.opened.list)
  const read = canaries.filter((path) => (outcome.calls ? opened.has(path) : (after.get(path)?.read ?? 0) > (before.get(path)?.read ?? 0)))
  const limits = new Set(outcome.limits)
  const written = [...after.values()].reduce((total, { size }) => total + size, 0)
  if (written > plan.limits.disk * 0.9) limits.add("disk")
  return {
    watched: {
      calls: outcome.calls,
      network: sinkhole === undefined ? "nothing" : routed ? "all addresses" : "names only",
      tls: false,
      filter: outcome.filter,
    },
    steps: outcome.steps,
    started: watch.started.list.filter((each) => !OWN_STEP.test(each)).slice(0, MAX_TOLD),
    canariesRead: read,
    probed: watch.opened.list.filter((path) => SOUGHT.test(path) && !canaries.includes(path)).slice(0, MAX_TOLD),
    network: [...(sinkhole?.attempts() ?? []), ...watch.connects.values()].slice(0, MAX_TOLD),
    changed: compare(before, after, plan.folder).slice(0, MAX_TOLD),
    forbidden: watch.forbidden.list,
    limits: [...limits],
    cut: watch.cut || sinkhole?.cut() === true,
  }
}

// A path that nobody else opens: what comes before it in the trace is ours.
const MARKER = "/egret-begins"
const TRACED =
  "open,openat,openat2,creat,execve,execveat,connect,mount,umount2,pivot_root,ptrace,setns,unshare,clone,bpf,init_module,finit_module,kexec_load,process_vm_readv,process_vm_writev,open_by_handle_at,keyctl,add_key,perf_event_open,userfaultfd,swapon,reboot,chroot,io_uring_setup"
const OWN_STEP = /^(?:timeout -k 1 |sleep 1$|cat \/egret-begins)/
const SOUGHT =
  /\/(?:id_rsa|id_dsa|id_ecdsa|id_ed25519|credentials|\.netrc|\.pgpass|\.git-credentials|\.npmrc|\.pypirc|shadow|wallet\.dat|Login Data|Cookies|key4\.db|logins\.json|application_default_credentials\.json|\.bash_history|\.zsh_history)$|\/proc\/\d+\/(?:environ|mem)$|\/(?:\.gnupg|\.azure|\.config\/gh|\.mozilla|\.config\/(?:google-chrome|chromium))\//
const MARGIN = 6
// strace, its pipe, what starts them.
const WATCHERS = 6
const LOOK_EVERY = 50
const MAX_TOLD = 200
