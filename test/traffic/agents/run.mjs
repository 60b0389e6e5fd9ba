// Runs whole agent products against the fake world beside this file, in a network namespace that has nothing but its own loopback, and says what Egret
// makes of what crossed the wire. Needs root, unshare, tcpdump, openssl. Nothing is kept in the repository: products' prompts are their makers'.
//   node test/traffic/agents/run.mjs FOLDER install [id...]     npm install each product into FOLDER
//   node test/traffic/agents/run.mjs FOLDER run [id...]         FOLDER/out/ID/{capture.pcap,keys,rows.ndjson} and a table
import { execFileSync, spawn } from "node:child_process"
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join, resolve } from "node:path"
import { products } from "./products.mjs"
import { hosts, startWorld } from "./providers.mjs"

const [folder = "", task = "", ...ids] = process.argv.slice(2)
const root = resolve(import.meta.dirname, "../../..")
const base = resolve(folder)
const chosen = products.filter(({ id }) => ids.length === 0 || ids.includes(id))
const pause = (ms) => new Promise((done) => setTimeout(done, ms))
const nameOf = (id) => id.replaceAll(" ", "-")
const place = (install) => join(base, "products", install.replaceAll(/[@/]/g, "_"))

if (task === "install") install()
else if (task === "run") runAll()
else if (task === "inside") await inside(chosen[0])
else console.error("node run.mjs FOLDER install|run [id...]")

function install() {
  for (const package_ of new Set(chosen.map(({ install }) => install))) {
    mkdirSync(place(package_), { recursive: true })
    writeFileSync(join(place(package_), "package.json"), "{}")
    execFileSync("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error", package_], { cwd: place(package_), stdio: "inherit" })
  }
}

function runAll() {
  makeCertificate()
  console.log(
    "| Product | version | calls | named | confidence | marks | tools | tool results | MCP rows | skills |\n|---|---|---|---|---|---|---|---|---|---|",
  )
  for (const product of chosen) {
    const self = [process.execPath, import.meta.filename, base, "inside", product.id]
    try {
      execFileSync("unshare", ["-n", "-m", "--pid", "--fork", "--mount-proc", ...self], { stdio: "inherit", timeout: 90_000 })
    } catch (error) {
      console.error(`${product.id}: ${error.message}`)
    }
    console.log(rowOf(product, replay(product)))
  }
}

function makeCertificate() {
  mkdirSync(join(base, "tls"), { recursive: true })
  const openssl = (...args) => execFileSync("openssl", args, { cwd: join(base, "tls"), stdio: "ignore" })
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
  const names = hosts.map((host) => `DNS:${host}`).join(",")
  writeFileSync(join(base, "tls/leaf.ext"), `subjectAltName=${names}\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n`)
  openssl(
    "req",
    "-x509",
    ...key,
    "-days",
    "2",
    "-subj",
    "/CN=egret test authority",
    "-keyout",
    "ca.key",
    "-out",
    "ca.pem",
    "-addext",
    "basicConstraints=critical,CA:TRUE",
  )
  openssl("req", ...key, "-subj", "/CN=egret test", "-keyout", "key.pem", "-out", "leaf.csr")
  openssl(
    "x509",
    "-req",
    "-in",
    "leaf.csr",
    "-CA",
    "ca.pem",
    "-CAkey",
    "ca.key",
    "-CAcreateserial",
    "-days",
    "2",
    "-extfile",
    "leaf.ext",
    "-out",
    "leaf.pem",
  )
}

/** Alone in the namespaces: names end at loopback, and there is no way out. */
async function inside({ id, install: package_, command, args, env, home }) {
  const out = join(base, "out", nameOf(id))
  const house = join(base, "home", nameOf(id))
  rmSync(out, { recursive: true, force: true })
  rmSync(house, { recursive: true, force: true })
  mkdirSync(out, { recursive: true })
  mkdirSync(join(house, "work"), { recursive: true })
  for (const [path, text] of Object.entries(home)) {
    mkdirSync(dirname(join(house, path)), { recursive: true })
    writeFileSync(join(house, path), text)
  }
  writeFileSync(join(base, "hosts"), `127.0.0.1 localhost ${hosts.join(" ")}\n`)
  execFileSync("ip", ["link", "set", "lo", "up"])
  execFileSync("mount", ["--bind", join(base, "hosts"), "/etc/hosts"])
  execFileSync("git", ["init", "-q", join(house, "work")])
  const keys = join(out, "keys")
  writeFileSync(keys, "")
  const tls = (name) => readFileSync(join(base, "tls", name))
  await startWorld({ key: tls("key.pem"), cert: tls("leaf.pem"), keys, log: (line) => appendFileSync(join(out, "world.log"), `${line}\n`) })
  const capture = join(out, "capture.pcap")
  const tcpdump = spawn(
    "tcpdump",
    ["-i", "lo", "-U", "--immediate-mode", "-B", "65536", "-s", "0", "-w", capture, "tcp port 443 or tcp port 80"],
    {
      stdio: "ignore",
    },
  )
  await pause(800)
  const ca = join(base, "tls/ca.pem")
  const trust = { NODE_EXTRA_CA_CERTS: ca, SSL_CERT_FILE: ca, REQUESTS_CA_BUNDLE: ca, CODEX_CA_CERTIFICATE: ca }
  const child = spawn(join(place(package_), "node_modules/.bin", command), args, {
    cwd: join(house, "work"),
    // Nothing of the caller's environment: no token of a person ends in a capture.
    env: { PATH: process.env.PATH, HOME: house, TERM: "xterm", LANG: "C.UTF-8", IS_SANDBOX: "1", ...trust, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  })
  child.stdout.on("data", (data) => appendFileSync(join(out, "stdout"), data))
  child.stderr.on("data", (data) => appendFileSync(join(out, "stderr"), data))
  await Promise.race([new Promise((done) => child.once("exit", done)), pause(60_000)])
  child.kill("SIGKILL")
  await pause(500)
  tcpdump.kill("SIGINT")
  await pause(300)
  process.exit(0)
}

function replay({ id }) {
  const out = join(base, "out", nameOf(id))
  const args = [
    "--import",
    "tsx",
    "services/cli/egret.ts",
    "replay",
    join(out, "capture.pcap"),
    "-k",
    join(out, "keys"),
    "--format",
    "ndjson",
  ]
  const text = execFileSync(process.execPath, args, { cwd: root, maxBuffer: 1 << 30 }).toString()
  writeFileSync(join(out, "rows.ndjson"), text)
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line))
}

function rowOf({ id, expect, install: package_ }, rows) {
  const { version } = JSON.parse(readFileSync(join(place(package_), "node_modules", package_, "package.json"), "utf8"))
  const calls = rows.filter(({ kind, data }) => kind === "llm" && data.outputMessages.length > 0)
  const mcp = rows.filter(({ kind }) => kind === "mcp")
  const skills = new Set(calls.flatMap(({ data }) => [...data.skillsAvailable, ...data.skillsUsed]))
  const named = calls.filter(({ agent }) => agent.name === expect && agent.conflicts.length === 0)
  const best = named.at(-1)?.agent
  const marks = (best?.signals ?? []).map(({ source }) => source.split(":", 1)[0]).join(", ")
  const used = calls.reduce((sum, { data }) => sum + data.toolCalls.length, 0)
  const results = calls.reduce((sum, { data }) => sum + data.toolResults.length, 0)
  const cells = [
    id,
    version,
    calls.length,
    `${named.length}/${calls.length}`,
    best?.confidence ?? "",
    marks,
    used,
    results,
    mcp.length,
    skills.has("pelican-counting") ? "seen" : "",
  ]
  return `| ${cells.join(" | ")} |`
}
