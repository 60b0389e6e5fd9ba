// A run's report to an opinion. Pure. "clean" means: everything ran to its end, was watched call by call, and did nothing of what is looked for.
import type { Opinion } from "../engine.ts"
import type { NetworkAttempt, RunReport } from "./report.ts"

export function judgeRun(report: RunReport, left: readonly string[]): Opinion {
  const marks = marksOf(report)
  const score = marks.reduce((worst, mark) => Math.max(worst, mark.score), 0)
  const gaps = gapsOf(report, left)
  const result =
    score >= 80
      ? "malicious"
      : score >= 40
        ? "suspicious"
        : report.steps.every(({ outcome }) => outcome === "not run")
          ? "unsupported"
          : gaps.length > 0
            ? "partial"
            : "clean"
  return {
    result,
    score,
    labels: [...new Set([...marks.map(({ label }) => label), ...report.network.map(({ kind, host }) => `${kind}:${host}`)])].slice(
      0,
      MAX_LISTED,
    ),
    reasons: [
      ...marks.sort((a, b) => b.score - a.score).map(({ text, label }) => ({ text: text.slice(0, 300), rule: label })),
      ...report.network.slice(0, MAX_NETWORK).map((each) => ({ text: `network: ${describe(each)}`.slice(0, 300) })),
      ...gaps.map((text) => ({ text: `not seen: ${text}`.slice(0, 300) })),
    ].slice(0, MAX_LISTED),
  }
}

interface Mark {
  readonly label: string
  readonly score: number
  readonly text: string
}

function marksOf({ canariesRead, probed, network, changed, forbidden, limits, started }: RunReport): Mark[] {
  const marks: Mark[] = []
  const mark = (label: string, score: number, text: string): void => void marks.push({ label, score, text })
  const sent = network.filter(({ canary }) => canary)
  if (sent.length > 0) mark("secret-sent", 100, `a planted secret was sent out: ${sent.slice(0, 3).map(describe).join("; ")}`)
  const talks = network.filter(({ host }) => !isOwn(host))
  if (canariesRead.length > 0) {
    mark(
      "secret-read",
      talks.length > 0 ? 90 : 60,
      `it read planted secrets: ${canariesRead.slice(0, 5).join(", ")}${talks.length > 0 ? ", and it tried to reach the network" : ""}`,
    )
  } else if (probed.length > 0) mark("secret-sought", 50, `it looked for secrets: ${probed.slice(0, 5).join(", ")}`)
  const lasting = changed.filter(({ path, how }) => how !== "removed" && PERSISTENCE.test(path))
  if (lasting.length > 0) mark("persistence", 90, `it wrote what starts again later: ${paths(lasting)}`)
  const removed = changed.filter(({ how, path }) => how === "removed" && path.startsWith("/home/"))
  if (removed.length >= 3) mark("destruction", 90, `it removed ${removed.length} files of its user: ${paths(removed)}`)
  const others = changed.filter((each) => !lasting.includes(each) && !removed.includes(each))
  if (others.length > 0) mark("outside-writes", 40, `it changed files outside its folder: ${paths(others)}`)
  if (forbidden.length > 0)
    mark(
      "escape",
      forbidden.some((call) => PROBES.has(call)) ? 50 : 80,
      `it tried calls no skill needs: ${forbidden.slice(0, 8).join(", ")}`,
    )
  const programs = started.filter((line) => ALARMING.test(line))
  if (programs.length > 0) mark("alarming-program", 60, `it started: ${programs.slice(0, 3).join("; ")}`)
  const raw = talks.filter(({ host, kind }) => (kind === "connect" || kind === "http" || kind === "tcp") && /^[\d.]+$/.test(host))
  if (raw.length > 0) mark("bare-address", 45, `it connected to addresses without a name: ${raw.slice(0, 3).map(describe).join("; ")}`)
  for (const limit of limits) if (limit !== "time") mark(`limit-${limit}`, 60, `it was stopped at the limit of ${limit}`)
  return marks
}

/** What keeps the run from proving innocence. */
function gapsOf({ watched, network, steps, limits, cut }: RunReport, left: readonly string[]): string[] {
  const gaps: string[] = []
  if (!watched.calls) gaps.push("which files were read and which programs started (strace is not installed)")
  if (watched.network !== "all addresses") gaps.push(`connections (${watched.network} could be watched)`)
  if (!watched.tls && network.some(({ kind }) => kind === "tls")) gaps.push("what it wanted to send by TLS")
  for (const { name, outcome, detail } of steps)
    if (outcome !== "ended") gaps.push(`${name}: ${outcome}${detail === "" ? "" : `, ${detail}`}`)
  if (limits.includes("time")) gaps.push("what comes after the time of the run")
  if (left.length > 0) gaps.push(`not run here: ${left.slice(0, 5).join(", ")}`)
  if (cut) gaps.push("more than the lists hold")
  return gaps.slice(0, MAX_GAPS)
}

function describe({ kind, host, port, detail }: NetworkAttempt): string {
  return `${kind} ${host}${port === 0 ? "" : `:${port}`}${detail === "" ? "" : ` ${detail}`}`.slice(0, 120)
}

function paths(changed: readonly { readonly path: string }[]): string {
  return changed
    .slice(0, 5)
    .map(({ path }) => path)
    .join(", ")
}

/** Addresses of the sandbox itself: its resolver, its names, its loopback. */
function isOwn(host: string): boolean {
  return host === "127.0.0.1" || host === "::1" || host === "10.0.0.53" || host.startsWith("198.18.") || host.startsWith("198.19.")
}

const PERSISTENCE =
  /\/(?:\.bashrc|\.bash_profile|\.bash_login|\.profile|\.zshrc|\.zprofile|\.zshenv|authorized_keys|rc\.local|crontab)$|\/(?:cron(?:\.[a-z]+|tabs)?|systemd\/(?:user|system)|autostart|LaunchAgents|LaunchDaemons|init\.d|profile\.d|fish\/conf\.d)\/|\/\.git\/hooks\/|\/\.(?:claude|cursor|codex|gemini)\/(?:settings|hooks|mcp)|\/(?:CLAUDE|AGENTS)\.md$/
const ALARMING =
  /\b(?:nc|ncat|netcat|socat)\b.{0,40}(?:-e|exec)|\b(?:xmrig|minerd|masscan|nmap|hydra)\b|\/dev\/tcp\/|\bcrontab\b|\bchattr\b|\bkillall\b|\bhistory -c\b/
const PROBES: ReadonlySet<string> = new Set(["unshare", "ptrace", "keyctl", "add_key", "io_uring_setup", "chroot", "perf_event_open"])
const MAX_LISTED = 40
const MAX_NETWORK = 10
const MAX_GAPS = 8
