// What a test needs that not every machine has. `requires("tshark")` gives vitest's skip condition and, in the closing summary of `npm test`,
// the reason; with EGRET_TEST_REQUIRE=all a need that could be met makes the test fail instead of vanish.
//
//   const tshark = requires("tshark")
//   describe.skipIf(tshark.missing)("replay against tshark", () => { ... })
import { execFileSync } from "node:child_process"
import { appendFileSync, existsSync, readdirSync } from "node:fs"
import { createRequire } from "node:module"
import { delimiter, join, resolve } from "node:path"

export interface Need {
  /** True: skip. */
  readonly missing: boolean
  readonly reason: string
}

/** "chromium" finds any browser that speaks CDP; a folder of captures is never avoidable: it is not part of the project. */
const needs = {
  tshark: () => command("tshark"),
  tcpdump: () => command("tcpdump"),
  python3: () => command("python3"),
  curl: () => command("curl"),
  openssl: () => command("openssl"),
  rsyslog: () => command("rsyslogd"),
  "syslog-ng": () => (syslogNg() === undefined ? "no command syslog-ng (as root, `npm test` unpacks it)" : undefined),
  "c-icap": () => (cIcap() === undefined ? "no c-icap beside (as root, `npm test` unpacks it)" : undefined),
  /** A place of its own for a program that looks in one place of the machine only. Containers often forbid it even to root. */
  "mount namespace": () => {
    try {
      execFileSync("unshare", ["-m", "sh", "-c", "mount -t tmpfs none /mnt"], { stdio: "pipe", timeout: 10_000 })
      return undefined
    } catch {
      return "no mount namespace may be made here"
    }
  },
  java: () => command("java"),
  chromium: () => (chromiumPath() === undefined ? "no Chromium: set EGRET_TEST_CHROMIUM or install chromium" : undefined),
  root: () => (process.getuid?.() === 0 ? undefined : "needs root (raw sockets)"),
  chdb: () => load("chdb"),
  pcap: () => load("pcap"),
  captures: () => (existsSync(capturesFolder) ? undefined : `no folder ${capturesFolder} with reference captures`),
} satisfies Record<string, () => string | undefined>

export type NeedName = keyof typeof needs

const unavoidable: readonly NeedName[] = ["captures", "root", "mount namespace"]

export function requires(...names: readonly NeedName[]): Need {
  for (const name of names) {
    const reason = needs[name]()
    if (reason !== undefined) return missing(name, reason)
  }
  return { missing: false, reason: "" }
}

/** For needs found out at run time (a broker that did not start). */
export function missing(name: string, reason: string, { avoidable = !unavoidable.includes(name as NeedName) } = {}): Need {
  const report = process.env["EGRET_TEST_SKIPS"]
  if (report !== undefined && report !== "") appendFileSync(report, `${JSON.stringify({ name, reason, avoidable })}\n`)
  if (avoidable && process.env["EGRET_TEST_REQUIRE"] === "all") throw new Error(`EGRET_TEST_REQUIRE=all and ${name} is missing: ${reason}`)
  return { missing: true, reason }
}

export function chromiumPath(): string | undefined {
  const named = process.env["EGRET_TEST_CHROMIUM"]
  if (named !== undefined && named !== "") return named
  return ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"].map(which).find((path) => path !== undefined)
}

/** The installed one, or the one that `npm test` unpacked beside. */
export function syslogNg(): { readonly command: string; readonly libraries: string; readonly modules: string } | undefined {
  const unpacked = resolve(root, ".cache/syslog-ng")
  const command = existsSync(join(unpacked, "complete")) ? join(unpacked, "usr/sbin/syslog-ng") : which("syslog-ng")
  if (command === undefined) return undefined
  const base = command.startsWith(unpacked) ? unpacked : "/"
  const own = ["usr/lib/syslog-ng", "usr/lib/x86_64-linux-gnu/syslog-ng", "usr/lib/aarch64-linux-gnu/syslog-ng"]
    .map((path) => join(base, path))
    .find((path) => existsSync(path))
  if (own === undefined) return undefined
  const modules = readdirSync(own)
    .filter((name) => /^\d+\.\d+$/.test(name))
    .map((name) => join(own, name))[0]
  const libraries = [
    own,
    ...["usr/lib", "lib"].flatMap((path) => ["x86_64-linux-gnu", "aarch64-linux-gnu"].map((arch) => join(base, path, arch))),
  ].join(":")
  return modules === undefined ? undefined : { command, libraries: base === "/" ? "" : libraries, modules }
}

/** The ICAP server with its virus scanner, unpacked beside. */
export function cIcap(): { readonly root: string; readonly libraries: string } | undefined {
  const unpacked = resolve(root, ".cache/c-icap")
  if (!existsSync(join(unpacked, "complete"))) return undefined
  const libraries = ["usr/lib", "lib"].flatMap((path) =>
    ["x86_64-linux-gnu", "aarch64-linux-gnu"].map((arch) => join(unpacked, path, arch)),
  )
  return { root: unpacked, libraries: libraries.filter((path) => existsSync(path)).join(":") }
}

export function which(name: string): string | undefined {
  return (process.env["PATH"] ?? "")
    .split(delimiter)
    .concat("/usr/sbin", "/sbin")
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path))
}

function command(name: string): string | undefined {
  return which(name) === undefined ? `no command ${name} (as root, \`npm test\` installs it)` : undefined
}

/** In a process of its own: a native module that cannot load may take more than an exception to say so. */
function load(name: string): string | undefined {
  try {
    createRequire(import.meta.url).resolve(name)
    execFileSync(process.execPath, ["-e", `require(${JSON.stringify(name)})`], { cwd: root, stdio: "ignore", timeout: 20_000 })
    return undefined
  } catch {
    return `the optional package ${name} is not built here`
  }
}

const root = resolve(import.meta.dirname, "../..")
/** Captures of real agents that may lie beside a checkout; read, never copied. */
export const capturesFolder = process.env["EGRET_TEST_CAPTURES"] ?? resolve(root, "../shared/captures")
