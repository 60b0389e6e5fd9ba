// What tests need beyond npm, fetched where this is allowed: Debian or Ubuntu, root, apt. What cannot be had is not an error here: the suite that needs it
// is skipped with the reason.
import { spawnSync } from "node:child_process"
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join, resolve } from "node:path"

/** A need is met by any of its commands or files; else by its apt packages. */
const needs = [
  { any: ["/usr/include/pcap.h", "/usr/include/pcap/pcap.h"], packages: ["libpcap-dev"] },
  { any: ["g++"], packages: ["g++", "make"] },
  { any: ["tcpdump"], packages: ["tcpdump"] },
  { any: ["tshark"], packages: ["tshark"] },
  { any: ["python3"], packages: ["python3"] },
  { any: ["curl"], packages: ["curl", "ca-certificates"] },
  { any: ["openssl"], packages: ["openssl"] },
  { any: ["rsyslogd"], packages: ["rsyslog", "rsyslog-gnutls"] },
  { any: [process.env.EGRET_TEST_CHROMIUM ?? "", "chromium", "chromium-browser", "google-chrome"], packages: ["chromium"] },
  { any: [process.env.EGRET_TEST_KAFKA === undefined ? "" : "true", "java"], packages: ["default-jre-headless"] },
  { any: [process.env.EGRET_TEST_KAFKA === undefined ? "" : "true", "mvn"], packages: ["maven"] },
]

export function provision() {
  if (process.env.EGRET_TEST_PROVISION === "off") return
  installPackages()
  buildPcap()
  // libwrap needs libnsl2, that libtirpc3.
  unpackBeside("syslog-ng", { packages: ["syslog-ng-core", "libnsl2", "libtirpc3"], command: "usr/sbin/syslog-ng" })
  unpackBeside("c-icap", { packages: ["c-icap", "libc-icap-mod-virus-scan"], command: "usr/bin/c-icap" })
}

function installPackages() {
  const packages = needs.filter(({ any }) => !any.some(present)).flatMap(({ packages }) => packages)
  if (packages.length === 0) return
  if (process.getuid?.() !== 0 || !present("apt-get")) {
    process.stdout.write(`not here: ${packages.join(" ")} (installed by itself only as root with apt)\n`)
    return
  }
  process.stdout.write(`installing ${packages.join(" ")}\n`)
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" }
  spawnSync("apt-get", ["update", "-qq"], { env, stdio: ["ignore", "ignore", "inherit"], timeout: 180_000 })
  if (apt(packages, env)) return
  // One name unknown to this release must not cost the others.
  for (const name of packages) if (!apt([name], env)) process.stdout.write(`apt could not install ${name}\n`)
}

function apt(packages, env) {
  const args = ["install", "-y", "-qq", "--no-install-recommends", ...packages]
  return spawnSync("apt-get", args, { env, stdio: ["ignore", "ignore", "inherit"], timeout: 600_000 }).status === 0
}

/** `npm ci` leaves the optional `pcap` out when there are no headers; now that there are, build it, against Node's own headers where they lie beside it. */
function buildPcap() {
  const require = createRequire(import.meta.url)
  const { optionalDependencies } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"))
  // A node_modules that is a link belongs to another checkout.
  if (lstatSync("node_modules", { throwIfNoEntry: false })?.isDirectory() !== true) return
  if (loads(require, "pcap") || !present("/usr/include/pcap.h") || !present("g++") || !present("python3")) return
  process.stdout.write("building the optional package pcap\n")
  const headers = join(dirname(dirname(process.execPath)), "include", "node", "node.h")
  const env = { ...process.env, ...(existsSync(headers) ? { npm_config_nodedir: dirname(dirname(dirname(headers))) } : {}) }
  const args = [
    "install",
    "--no-save",
    "--no-package-lock",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
    `pcap@${optionalDependencies.pcap}`,
  ]
  const { status, stderr } = spawnSync("npm", args, { env, encoding: "utf8", timeout: 300_000 })
  if (status !== 0) process.stdout.write(`pcap could not be built: ${stderr.split("\n").slice(-5).join(" ")}\n`)
}

/** Debian lets only one system logger be installed, and a virus scanner is none of a test machine's services: they are unpacked beside and run from there. */
function unpackBeside(name, { packages, command }) {
  const root = resolve(".cache", name)
  if (present(name) || existsSync(join(root, "complete")) || process.getuid?.() !== 0 || !present("apt-get")) return
  mkdirSync(root, { recursive: true })
  const libraries = librariesOf(packages)
  const names = [...new Set([...packages, ...libraries, ...librariesOf(libraries)])]
  const download = (some) =>
    spawnSync("apt-get", ["download", "-qq", ...some], { cwd: root, stdio: "ignore", timeout: 120_000 }).status === 0
  // One name unknown to this release must not cost the others.
  if (!download(names)) for (const one of names) download([one])
  for (const file of readdirSync(root).filter((file) => file.endsWith(".deb"))) {
    spawnSync("dpkg", ["-x", join(root, file), root], { stdio: "ignore", timeout: 60_000 })
    rmSync(join(root, file))
  }
  if (existsSync(join(root, command))) writeFileSync(join(root, "complete"), "")
}

/** What every machine has is left out: another libc than the machine's own would not load. */
function librariesOf(packages) {
  if (packages.length === 0) return []
  const { stdout = "" } = spawnSync("apt-cache", ["depends", ...packages], { encoding: "utf8", timeout: 60_000 })
  const names = [...stdout.matchAll(/^\s*Depends: (lib[\w.+-]+)$/gm)].map((match) => match[1])
  return names.filter((name) => !/^(?:libc6|libgcc|libstdc\+\+|libcrypt|libssl|libpam|libselinux|libsystemd)/.test(name))
}

function loads(require, name) {
  try {
    require.resolve(name)
    return spawnSync(process.execPath, ["-e", `require(${JSON.stringify(name)})`], { timeout: 20_000 }).status === 0
  } catch {
    return false
  }
}

function present(name) {
  if (name === "") return false
  if (name.startsWith("/")) return existsSync(name)
  return [...(process.env.PATH ?? "").split(":"), "/usr/sbin", "/sbin"].some((folder) => existsSync(join(folder, name)))
}
