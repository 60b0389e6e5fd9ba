// Records one capture and one key log for every client, to ../golden/traffic. Needs root: tcpdump, and the ports that the SDKs expect.
//   cd test/traffic && npm ci && node record.mjs [client...]
// Clients in Python need an interpreter that has clients/requirements.txt, named by GOLDEN_PYTHON; without it they are left out.
// Where port 443 of loopback is taken:  unshare -n sh -c 'ip link set lo up && node record.mjs [client...]'
import { execFileSync, spawn } from "node:child_process"
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { basename, extname, join } from "node:path"
import { gzipSync } from "node:zlib"
import { moreHosts } from "./more-providers.mjs"
import { startProviders } from "./providers.mjs"

const here = import.meta.dirname
const out = join(here, "..", "golden", "traffic")
const work = mkdtempSync(join(tmpdir(), "egret-traffic-"))
const hosts = [
  "api.openai.com",
  "api.anthropic.com",
  "generativelanguage.googleapis.com",
  "bedrock-runtime.eu-central-1.amazonaws.com",
  "mcp.tools.example",
  "modern.tools.example",
  "agent.example",
  "ui.example",
  "api.cohere.com",
  "git.example",
  "registry.example",
  "acme.openai.azure.com",
]
mkdirSync(out, { recursive: true })
execFileSync(
  "openssl",
  [
    "req",
    "-x509",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:P-256",
    "-nodes",
    "-days",
    "2",
    "-subj",
    "/CN=egret test",
    "-keyout",
    join(work, "key.pem"),
    "-out",
    join(work, "cert.pem"),
    "-addext",
    `subjectAltName=${hosts.map((host) => `DNS:${host}`).join(",")}`,
  ],
  { stdio: "ignore" },
)
const providers = await startProviders({
  key: readFileSync(join(work, "key.pem")),
  cert: readFileSync(join(work, "cert.pem")),
  hosts: moreHosts(work),
})
const wanted = process.argv.slice(2)
const python = process.env.GOLDEN_PYTHON
const suffixes = python === undefined ? [".mjs"] : [".mjs", ".py"]
const files = readdirSync(join(here, "clients")).filter((file) => file !== "resolve.py" && suffixes.includes(extname(file)))
const clients = files.map((file) => basename(file, extname(file)))
const commands = { curl, git, npm }
for (const name of [...clients, ...Object.keys(commands)].filter((one) => wanted.length === 0 || wanted.includes(one))) await record(name)
providers.close()
rmSync(work, { recursive: true })
process.exit(0)

async function record(name) {
  const capture = join(work, `${name}.pcap`)
  const keys = join(work, `${name}.keys`)
  writeFileSync(keys, "")
  const tcpdump = spawn("tcpdump", ["-i", "lo", "-U", "--immediate-mode", "-s", "0", "-w", capture, "tcp port 443 or tcp port 11434"], {
    stdio: ["ignore", "ignore", "pipe"],
  })
  await new Promise((done) => tcpdump.stderr.once("data", done))
  await new Promise((done) => setTimeout(done, 150))
  const code = await (commands[name]?.(keys) ?? client(name, keys))
  await new Promise((done) => setTimeout(done, 800))
  tcpdump.kill("SIGINT")
  await new Promise((done) => tcpdump.once("exit", done))
  writeFileSync(join(out, `${name}.pcap.gz`), gzipSync(readFileSync(capture), { level: 9 }))
  writeFileSync(join(out, `${name}.keys`), readFileSync(keys))
  console.log(`${name}: exit ${code}, ${readFileSync(capture).length} bytes`)
}

function client(name, keys) {
  const file = join(
    here,
    "clients",
    files.find((one) => basename(one, extname(one)) === name),
  )
  const certificate = join(work, "cert.pem")
  const [command, options] =
    extname(file) === ".py"
      ? [python, [join(here, "clients", "resolve.py"), file]]
      : [process.execPath, [`--tls-keylog=${keys}`, "--import", join(here, "resolve.mjs"), file]]
  return run(command, options, {
    ...process.env,
    NODE_EXTRA_CA_CERTS: certificate,
    SSL_CERT_FILE: certificate,
    REQUESTS_CA_BUNDLE: certificate,
    AWS_CA_BUNDLE: certificate,
    SSLKEYLOGFILE: keys,
    LITELLM_LOCAL_MODEL_COST_MAP: "True",
    NO_PROXY: "*",
    HTTPS_PROXY: "",
    https_proxy: "",
    HTTP_PROXY: "",
    http_proxy: "",
    AWS_EC2_METADATA_DISABLED: "true",
  })
}

function curl(keys) {
  const body = JSON.stringify({ model: "gpt-5", messages: [{ role: "user", content: "2 and 2?" }], stream: true })
  const options = [
    "-sS",
    "--noproxy",
    "*",
    "--resolve",
    "api.openai.com:443:127.0.0.1",
    "--cacert",
    join(work, "cert.pem"),
    "-H",
    "content-type: application/json",
    "-d",
    body,
    "https://api.openai.com/v1/chat/completions",
  ]
  return run("curl", options, { ...process.env, SSLKEYLOGFILE: keys })
}

/** A clone, then its changes: two packs. Names are resolved by curl inside git, and so are its keys written. */
function git(keys) {
  const config = ["-c", "http.curloptResolve=git.example:443:127.0.0.1", "-c", "http.proxy="]
  const env = {
    ...process.env,
    SSLKEYLOGFILE: keys,
    GIT_TERMINAL_PROMPT: "0",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_SSL_CAINFO: join(work, "cert.pem"),
  }
  return run("git", [...config, "clone", "-q", "https://git.example/acme/skills.git", join(work, "clone")], env)
}

function npm(keys) {
  const folder = join(work, "install")
  mkdirSync(folder)
  writeFileSync(join(folder, "package.json"), "{}")
  const options = [
    "install",
    "adder-skill",
    "--registry",
    "https://registry.example",
    "--prefix",
    folder,
    "--cache",
    join(folder, "cache"),
    "--no-audit",
    "--no-fund",
    "--noproxy",
    "*",
    "--proxy",
    "null",
    "--https-proxy",
    "null",
  ]
  return run("npm", options, {
    ...process.env,
    NODE_OPTIONS: `--tls-keylog=${keys} --import ${join(here, "resolve.mjs")}`,
    NODE_EXTRA_CA_CERTS: join(work, "cert.pem"),
    NPM_CONFIG_USERCONFIG: "/dev/null",
    HTTPS_PROXY: "",
    https_proxy: "",
  })
}

function run(command, options, env) {
  return new Promise((done) => {
    const child = spawn(command, options, { cwd: here, env, stdio: ["ignore", "ignore", "inherit"] })
    const timer = setTimeout(() => child.kill("SIGKILL"), 20_000)
    child.once("exit", (code) => {
      clearTimeout(timer)
      done(code)
    })
  })
}
