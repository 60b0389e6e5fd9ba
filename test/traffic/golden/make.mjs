// Makes the golden captures: real clients talk to real servers over loopback while tcpdump listens; the endpoints write down what they sent and saw.
//   node test/traffic/golden/make.mjs [NAME...]       needs root, tcpdump, openssl, curl, python3, chromium
// HTTP/3 needs aioquic: GOLDEN_PYTHON names a python3 that has it; http3-ngtcp2 needs gtlsclient and gtlsserver of ngtcp2.
// Writes test/golden/NAME.pcap, NAME.keys and NAME.expected.json. The expectation comes from the endpoints, never from our own reading.
import { execFile, execFileSync, spawn } from "node:child_process"
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import http from "node:http"
import http2 from "node:http2"
import https from "node:https"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { setTimeout as sleep } from "node:timers/promises"
import { promisify } from "node:util"
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib"
import { WebSocket, WebSocketServer } from "ws"
import { browse, echoOverConnect, page, spkiOf } from "./chromium.mjs"
import { facts } from "./facts.mjs"
import { ngtcp2 } from "./ngtcp2.mjs"
import { openssl } from "./openssl.mjs"

const run = promisify(execFile)
const golden = join(import.meta.dirname, "../../golden")
const work = mkdtempSync(join(tmpdir(), "egret-golden-"))
process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0"

const cases = {
  // Each: how the server is made, and what the clients do with it.
  "http1-tls13": {
    server: (options, handler) => https.createServer(options, handler),
    clients: [fetchClient, curlClient("--http1.1"), pythonClient],
  },
  "http1-tls12": {
    server: (options, handler) => https.createServer({ ...options, maxVersion: "TLSv1.2" }, handler),
    clients: [curlClient("--http1.1"), pythonClient],
  },
  "http1-plain": {
    plain: true,
    server: (_, handler) => http.createServer(handler),
    clients: [fetchClient, curlClient("--http1.1"), pythonClient],
  },
  "http2-tls13": {
    server: (options, handler) => http2.createSecureServer({ ...options, allowHTTP1: false }, handler),
    clients: [http2Client, curlClient("--http2")],
  },
  "http2-plain": {
    plain: true,
    server: (_, handler) => http2.createServer(handler),
    clients: [http2Client],
  },
  "websocket-tls13": { server: (options, handler) => https.createServer(options, handler), clients: [webSocketClient], webSocket: true },
  "chromium-http2": {
    server: (options, handler, truth) => {
      const server = http2.createSecureServer({ ...options, settings: { enableConnectProtocol: true } }, handler)
      echoOverConnect(server, truth)
      return server
    },
    clients: [chromiumClient],
  },
  "tls-openssl": { own: openssl },
  http3: { own: http3 },
  "http3-ngtcp2": { own: ngtcp2 },
  "chromium-http3": { own: chromiumHttp3 },
}

const chosen = process.argv.slice(2)
for (const [name, plan] of Object.entries(cases)) if (chosen.length === 0 || chosen.includes(name)) await make(name, plan)
rmSync(work, { recursive: true })

async function make(name, plan) {
  const truth = { exchanges: [], messages: [] }
  const keys = join(golden, `${name}.keys`)
  const options = certificate()
  writeFileSync(keys, "")
  const server = plan.own === undefined ? plan.server(options, handler(truth), truth) : undefined
  server?.on("keylog", (line) => appendFileSync(keys, line))
  if (plan.webSocket) echoWebSocket(server, truth)
  await new Promise((resolve) => (server === undefined ? resolve() : server.listen(0, "127.0.0.1", resolve)))
  const port = server?.address().port ?? 46_300
  const file = join(golden, `${name}.pcap`)
  const tcpdump = spawn(
    "tcpdump",
    ["-i", "lo", "-U", "--immediate-mode", "-B", "8192", "-w", file, "portrange", `${port}-${port + (plan.own === undefined ? 0 : 40)}`],
    {
      stdio: ["ignore", "ignore", "pipe"],
    },
  )
  await new Promise((resolve) => tcpdump.stderr.once("data", resolve))
  await sleep(300)
  if (plan.own !== undefined) await plan.own({ port, keys, truth, work })
  for (const client of plan.clients ?? []) await client({ base: `${plan.plain ? "http" : "https"}://127.0.0.1:${port}`, truth })
  await sleep(300)
  server?.closeAllConnections?.()
  server?.close()
  await sleep(300)
  tcpdump.kill("SIGINT")
  await new Promise((resolve) => tcpdump.once("exit", resolve))
  if (plan.plain) rmSync(keys)
  truth.exchanges.sort((a, b) => (a.path < b.path ? -1 : 1))
  writeFileSync(join(golden, `${name}.expected.json`), `${JSON.stringify(truth, null, 1)}\n`)
  process.stdout.write(`${name}: ${truth.exchanges.length} exchanges, ${truth.messages.length} messages\n`)
}

function certificate() {
  const [key, cert] = [join(work, "key.pem"), join(work, "cert.pem")]
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
      "3650",
      "-subj",
      "/CN=golden.test",
      "-addext",
      "subjectAltName=DNS:golden.test,IP:127.0.0.1",
      "-keyout",
      key,
      "-out",
      cert,
    ],
    { stdio: "ignore" },
  )
  return { key: readFileSync(key), cert: readFileSync(cert) }
}

/** Echoes in the coding that the path names; event streams and chunks come piece by piece. */
function handler(truth) {
  return async (request, response) => {
    const pieces = []
    for await (const piece of request) pieces.push(piece)
    const sent = Buffer.concat(pieces)
    const kind = new URL(request.url, "http://x").pathname.split("/")[2]
    if (kind === "done") truth.finished?.()
    const answer = await respond(kind, sent, response, request.method)
    truth.exchanges.push({
      version: request.httpVersion === "2.0" ? "2" : request.httpVersion,
      method: request.method,
      path: request.url,
      status: response.statusCode,
      request: facts(sent),
      response: facts(answer),
    })
  }
}

async function respond(kind, sent, response, method) {
  const answer = sent.length > 0 ? sent : Buffer.from(`answer to ${kind} `.repeat(40))
  const coders = { gzip: gzipSync, br: brotliCompressSync, deflate: deflateSync }
  if (kind === "page") {
    const html = Buffer.from(page(true))
    response.writeHead(200, { "content-type": "text/html" }).end(html)
    return html
  }
  if (kind === "none") {
    response.writeHead(204).end()
    return Buffer.alloc(0)
  }
  if (method === "HEAD") {
    response.writeHead(200, { "content-length": String(answer.length) }).end()
    return Buffer.alloc(0)
  }
  if (coders[kind] !== undefined) {
    response.writeHead(200, { "content-encoding": kind, "content-type": "text/plain" }).end(coders[kind](answer))
    return answer
  }
  if (kind !== "events" && kind !== "pieces") {
    response
      .writeHead(kind === "missing" ? 404 : 200, { "content-type": "application/octet-stream", "content-length": String(answer.length) })
      .end(answer)
    return answer
  }
  response.writeHead(200, { "content-type": kind === "events" ? "text/event-stream" : "text/plain" })
  const parts = Array.from({ length: 12 }, (_, index) =>
    kind === "events" ? `event: delta\nid: ${index}\ndata: {"token":"t${index} \u{1f9a9}"}\n\n` : `piece ${index} `,
  )
  for (const part of parts) {
    response.write(part)
    await sleep(3)
  }
  response.end()
  return Buffer.from(parts.join(""))
}

function* requests(client) {
  for (const kind of ["identity", "gzip", "br", "deflate", "pieces", "events", "missing", "none"])
    yield { method: "GET", path: `/${client}/${kind}?n=1` }
  yield { method: "HEAD", path: `/${client}/identity?head` }
  for (const [index, size] of [1, 900, 20_000].entries())
    yield { method: "POST", path: `/${client}/${["identity", "gzip", "br"][index]}?size=${size}`, body: body(size) }
}

/** Text that compresses a little, different for each size. */
function body(size) {
  return Buffer.from(Array.from({ length: size }, (_, index) => 32 + ((index * 7919 + (index >> 5) * size) % 90)))
}

async function fetchClient({ base }) {
  for (const { method, path, body: bytes } of requests("fetch")) {
    const response = await fetch(base + path, { method, body: bytes, headers: { "user-agent": "golden-fetch/1.0" } })
    await response.arrayBuffer()
  }
}

function curlClient(version) {
  return async ({ base }) => {
    const args = ["-s", "-k", version, "--compressed", "-A", "golden-curl/1.0"]
    const all = [...requests("curl")]
    for (const [index, { method, path, body: bytes }] of all.entries()) {
      if (index > 0) args.push("--next", "-s", "-k", version, "--compressed")
      args.push(base + path, "-o", "/dev/null")
      if (method === "HEAD") args.push("-I")
      if (bytes === undefined) continue
      const file = join(work, `body-${index}`)
      writeFileSync(file, bytes)
      args.push("--data-binary", `@${file}`, "-H", "content-type: application/octet-stream")
    }
    await run("curl", args)
  }
}

async function pythonClient({ base }) {
  const { protocol, host } = new URL(base)
  const list = [...requests("python")].map(({ method, path, body: bytes }) => [method, path, bytes?.toString("latin1") ?? null])
  const program = `
import http.client, json, ssl, sys
requests = json.loads(sys.stdin.read())
context = ssl._create_unverified_context()
connection = http.client.HTTPSConnection("${host}", context=context) if "${protocol}" == "https:" else http.client.HTTPConnection("${host}")
for method, path, body in requests:
    connection.request(method, path, body.encode("latin-1") if body is not None else None, {"User-Agent": "golden-python/1.0"})
    connection.getresponse().read()
connection.close()
`
  const child = spawn("python3", ["-c", program], { stdio: ["pipe", "inherit", "inherit"] })
  child.stdin.end(JSON.stringify(list))
  await new Promise((resolve) => child.once("exit", resolve))
}

/** All at once, so that streams interleave. */
async function http2Client({ base }) {
  const session = http2.connect(base, { rejectUnauthorized: false })
  await Promise.all(
    [...requests("node")].map(
      ({ method, path, body: bytes }) =>
        new Promise((resolve, reject) => {
          const stream = session.request(
            { ":method": method, ":path": path, "user-agent": "golden-node/1.0" },
            { endStream: bytes === undefined },
          )
          stream.on("error", reject).on("end", resolve).resume()
          if (bytes !== undefined) stream.end(bytes)
        }),
    ),
  )
  await new Promise((resolve) => session.close(resolve))
}

async function chromiumClient({ base, truth }) {
  const done = new Promise((resolve) => Object.defineProperty(truth, "finished", { value: resolve, enumerable: false, writable: true }))
  await browse(`${base}/browser/page`, { done, flags: ["--ignore-certificate-errors"] })
}

async function http3({ port, keys, truth }) {
  const child = spawn(process.env["GOLDEN_PYTHON"] ?? "python3", http3Args(port, keys), { stdio: ["ignore", "pipe", "inherit"], cwd: work })
  for await (const line of createInterface({ input: child.stdout })) truth.exchanges.push(JSON.parse(line))
}

async function chromiumHttp3({ port, keys, truth }) {
  writeFileSync(join(work, "page.html"), page(false))
  const args = [...http3Args(port, keys), "serve"]
  const child = spawn(process.env["GOLDEN_PYTHON"] ?? "python3", args, { stdio: ["ignore", "pipe", "inherit"], cwd: work })
  const done = new Promise((resolve) => child.once("exit", resolve))
  for await (const line of createInterface({ input: child.stdout })) {
    if (line !== "ready") truth.exchanges.push(JSON.parse(line))
    else {
      const flags = [
        `--origin-to-force-quic-on=127.0.0.1:${port}`,
        `--ignore-certificate-errors-spki-list=${spkiOf(join(work, "cert.pem"))}`,
      ]
      void browse(`https://127.0.0.1:${port}/browser/page`, { done, flags })
    }
  }
  await sleep(2_000)
}

function http3Args(port, keys) {
  return [join(import.meta.dirname, "http3.py"), String(port), join(work, "cert.pem"), join(work, "key.pem"), keys]
}

function echoWebSocket(server, truth) {
  const sockets = new WebSocketServer({ server, perMessageDeflate: { threshold: 0 }, handleProtocols: () => "mcp" })
  sockets.on("connection", (socket) =>
    socket.on("message", (data, binary) => {
      truth.messages.push(
        { side: "client", opcode: binary ? "binary" : "text", ...facts(data) },
        { side: "server", opcode: binary ? "binary" : "text", ...facts(data) },
      )
      socket.send(data, { binary })
    }),
  )
}

async function webSocketClient({ base }) {
  for (const perMessageDeflate of [true, false]) {
    const socket = new WebSocket(`${base.replace("http", "ws")}/chat?deflate=${perMessageDeflate}`, ["mcp"], {
      perMessageDeflate,
      rejectUnauthorized: false,
    })
    await new Promise((resolve) => socket.once("open", resolve))
    for (const size of [0, 5, 125, 126, 5000, 70_000]) {
      socket.send(size % 2 === 0 ? body(size) : body(size).toString("latin1"))
      await new Promise((resolve) => socket.once("message", resolve))
    }
    socket.close(1000, "done")
    await new Promise((resolve) => socket.once("close", resolve))
  }
}
