// The load generator: real node clients and servers over TLS 1.3 on loopback, HTTP/1.1 and HTTP/2, recorded by tcpdump with the key log beside it.
//   mix   model calls of every size: 8 KB prompt, answer as a token stream, JSON or a document
//   sse   token streams only: 60 events of about 290 bytes, one TLS record each
//   bulk  60 KB up, 30 KB down
import { type ChildProcess, execFileSync, spawn } from "node:child_process"
import { createHash } from "node:crypto"
import { appendFileSync, readFileSync, statSync, writeFileSync } from "node:fs"
import type { IncomingMessage, ServerResponse } from "node:http"
import { connect as connectHttp2, createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from "node:http2"
import { Agent, request as httpsRequest } from "node:https"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { setImmediate as turn, setTimeout as wait } from "node:timers/promises"

export type Profile = "mix" | "sse" | "bulk"

export interface Recording {
  readonly capture: string
  readonly keyLog: string
  /** Bytes of the capture file. */
  readonly size: number
  /** sha256 of every body that crossed, requests and responses, sorted. */
  readonly bodies: readonly string[]
}

export interface LoadOptions {
  readonly folder: string
  readonly profile: Profile
  /** Of all clients and all their connections. */
  readonly requests: number
  /** How many connections each client uses, one after the other: a longer capture shall hold more of them, not longer ones. */
  readonly connections: number
}

export async function recordLoad({ folder, profile, requests, connections }: LoadOptions): Promise<Recording> {
  const [capture, keyLog] = [join(folder, `${profile}.pcap`), join(folder, `${profile}.keys`)]
  writeFileSync(keyLog, "")
  const bodies: string[] = []
  const server = createSecureServer({ ...certificate(folder), allowHTTP1: true, minVersion: "TLSv1.3" }, (message, response) => {
    void answer({ message, response, profile, bodies })
  })
  server.on("keylog", (line: Buffer) => appendFileSync(keyLog, line))
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo
  const tcpdump = await startTcpdump(capture, port)
  await Promise.all(
    Array.from({ length: CLIENTS }, (_, client) =>
      converse({ port, client, profile, requests: requests / CLIENTS / connections, connections, bodies }),
    ),
  )
  // The ring hands packets over about once a second.
  await wait(2_500)
  await stop(tcpdump)
  server.close()
  return { capture, keyLog, size: statSync(capture).size, bodies: bodies.sort() }
}

interface Conversation {
  readonly port: number
  readonly client: number
  readonly profile: Profile
  /** Of each connection. */
  readonly requests: number
  readonly connections: number
  readonly bodies: string[]
}

async function converse({ port, client, profile, requests, connections, bodies }: Conversation): Promise<void> {
  for (let connection = 0; connection < connections; connection += 1) {
    const send = client % 2 === 0 ? http1Client(port) : http2Client(port)
    for (let number = connection * requests; number < (connection + 1) * requests; number += 1) {
      const body = promptOf(profile, client * 1_000_003 + number)
      bodies.push(digest(body))
      await send.post(`/v1/${profile}/${client}/${number}`, body)
    }
    send.close()
  }
}

interface Client {
  post(path: string, body: Buffer): Promise<void>
  close(): void
}

function http1Client(port: number): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false })
  return {
    post: (path, body) =>
      new Promise((resolve, reject) => {
        const headers = { "content-type": "application/json", "content-length": body.length, authorization: "Bearer test" }
        const sent = httpsRequest(
          { host: "127.0.0.1", port, path, method: "POST", agent, headers, servername: "api.bench.test" },
          (response) => {
            response.resume().on("end", resolve).on("error", reject)
          },
        )
        sent.on("error", reject).end(body)
      }),
    close: () => agent.destroy(),
  }
}

function http2Client(port: number): Client {
  const session = connectHttp2(`https://127.0.0.1:${port}`, { rejectUnauthorized: false, servername: "api.bench.test" })
  session.on("error", () => undefined)
  return {
    post: (path, body) =>
      new Promise((resolve, reject) => {
        const stream = session.request({
          ":path": path,
          ":method": "POST",
          "content-type": "application/json",
          authorization: "Bearer test",
        })
        stream.on("error", reject).on("end", resolve).resume()
        stream.end(body)
      }),
    close: () => session.close(),
  }
}

interface Exchange {
  readonly message: IncomingMessage | Http2ServerRequest
  readonly response: ServerResponse | Http2ServerResponse
  readonly profile: Profile
  readonly bodies: string[]
}

async function answer({ message, response, profile, bodies }: Exchange): Promise<void> {
  message.resume()
  await new Promise((resolve) => message.on("end", resolve))
  const seed = [...(message.url ?? "")].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) >>> 0, 7)
  const write = (chunk: string): boolean => (response as ServerResponse).write(chunk)
  const streamed = profile === "sse" || (profile === "mix" && seed % 3 !== 0)
  const hash = createHash("sha256")
  response.setHeader("content-type", streamed ? "text/event-stream" : "application/json")
  if (streamed) {
    for (let event = 0; event < EVENTS; event += 1) {
      const text = `event: content_block_delta\ndata: {"type":"content_block_delta","index":${event},"delta":{"type":"text_delta","text":"${words(seed + event, 200)}"}}\n\n`
      hash.update(text)
      write(text)
      await turn()
    }
    response.end()
  } else {
    const text = JSON.stringify({ id: seed, content: words(seed, profile === "bulk" ? 30_000 : 4_000) })
    hash.update(text)
    response.end(text)
  }
  bodies.push(hash.digest("hex"))
}

function promptOf(profile: Profile, seed: number): Buffer {
  const length = profile === "bulk" ? 60_000 : 8_000
  return Buffer.from(JSON.stringify({ model: "bench-1", stream: true, messages: [{ role: "user", content: words(seed, length) }] }))
}

/** Text without pattern: hashes must not agree by chance, and nothing should compress. */
function words(seed: number, length: number): string {
  let text = ""
  for (let part = 0; text.length < length; part += 1)
    text += `${createHash("sha256").update(`${seed}/${part}`).digest("base64").replace(/[+/=]/g, " ")} `
  return text.slice(0, length)
}

function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex")
}

function certificate(folder: string): { key: Buffer; cert: Buffer } {
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")]
  const subject = ["-subj", "/CN=api.bench.test", "-days", "2"]
  execFileSync(
    "openssl",
    ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", cert, ...subject],
    { stdio: "ignore" },
  )
  return { key: readFileSync(key), cert: readFileSync(cert) }
}

function startTcpdump(file: string, port: number): Promise<ChildProcess> {
  const child = spawn("tcpdump", ["-i", "lo", "-s", "0", "-B", "65536", "-w", file, `tcp port ${port}`], {
    stdio: ["ignore", "ignore", "pipe"],
  })
  return new Promise((resolve, reject) => {
    let said = ""
    child.on("error", reject)
    child.on("exit", () => reject(new Error(`tcpdump ended: ${said}`)))
    child.stderr?.on("data", (text: Buffer) => {
      said += text.toString()
      if (said.includes("listening on")) resolve(child)
    })
  })
}

function stop(child: ChildProcess): Promise<void> {
  child.removeAllListeners("exit")
  return new Promise((resolve) => {
    child.on("exit", () => resolve())
    child.kill("SIGINT")
  })
}

const CLIENTS = 16
const EVENTS = 60
