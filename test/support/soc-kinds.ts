// A receiver for every kind of destination that can be had in a process: it behaves as the vendor documents, refuses repetitions where the protocol knows
// them, can be made to fail, and says which records it holds. (Kafka has a real broker: test/integration.)
import { createSocket } from "node:dgram"
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import type { AddressInfo, Socket } from "node:net"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createServer as createTlsServer } from "node:tls"
import { selfSigned } from "./soc-certificate.ts"
import { secret } from "./soc-destination.ts"

export interface OpenKind {
  /** As in the configuration. */
  readonly given: Readonly<Record<string, unknown>>
  /** Ids of what arrived, in order, as often as the receiver holds them. */
  arrived(): string[]
  /** Every byte that arrived. */
  bytes(): string
  /** HTTP status to answer with (0: no answer at all); undefined: well again. Sockets: closed while it is set (0: open, and nothing is read). */
  fail(status: number | undefined, headers?: Record<string, string>): Promise<void>
  close(): Promise<void>
}

export interface SocKind {
  readonly name: string
  /** The receiver, or we by its state, know a repetition. */
  readonly knowsRepetitions: boolean
  /** UDP tells nobody that nothing listens. */
  readonly tellsOutages: boolean
  open(): Promise<OpenKind>
}

interface Request {
  readonly path: string
  readonly method: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}
interface Answer {
  readonly status: number
  readonly body?: string
}
interface Web {
  readonly name: string
  given(url: string): Readonly<Record<string, unknown>>
  /** Takes the request and answers as the vendor does; `hold` adds a record to what arrived and says whether it was new. */
  take(request: Request, hold: (id: string, version: string) => boolean): Answer
  readonly knowsRepetitions?: boolean
}

const aws = { region: "eu-central-1", accessKeyId: secret("AKID"), secretAccessKey: secret("SK") }
const yes: Answer = { status: 200, body: "{}" }

const webs: readonly Web[] = [
  {
    name: "splunk",
    given: (url) => ({ type: "splunk", url, token: secret("t") }),
    take: ({ body }, hold) => {
      for (const line of body.split("\n")) holdOcsf(JSON.parse(line).event, hold)
      return { status: 200, body: '{"text":"Success","code":0}' }
    },
  },
  {
    name: "splunk with acknowledgement",
    given: (url) => ({ type: "splunk", url, token: secret("t"), ack: true, ackTimeout: "2s" }),
    take: ({ path, body }, hold) => {
      if (path.endsWith("/ack")) return { status: 200, body: JSON.stringify({ acks: { [JSON.parse(body).acks[0]]: true } }) }
      for (const line of body.split("\n")) holdOcsf(JSON.parse(line).event, hold)
      return { status: 200, body: '{"text":"Success","code":0,"ackId":7}' }
    },
  },
  {
    name: "elastic",
    knowsRepetitions: true,
    given: (url) => ({ type: "elastic", url, apiKey: secret("k") }),
    take: ({ body }, hold) => {
      const lines = body
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line))
      const items = lines.flatMap((action, at) => {
        if (at % 2 === 1) return []
        const fresh = hold(lines[at + 1].egret.id, action.create._id)
        return [{ create: fresh ? { status: 201 } : { status: 409, error: { type: "version_conflict_engine_exception" } } }]
      })
      return { status: 200, body: JSON.stringify({ errors: items.some((item) => item.create.status !== 201), items }) }
    },
  },
  {
    name: "webhook",
    knowsRepetitions: true,
    given: (url) => ({ type: "webhook", url, signingKey: secret("s") }),
    take: ({ body, headers }, hold) => {
      hold(JSON.parse(body).data.metadata.correlation_uid, String(headers["idempotency-key"]))
      return yes
    },
  },
  {
    name: "slack",
    given: (url) => ({ type: "slack", url: secret(url) }),
    take: ({ body }, hold) => {
      const id = /\*Id\*\\n([^"]+)"/.exec(body)?.[1] ?? "?"
      hold(id, body)
      return { status: 200, body: "ok" }
    },
  },
  {
    name: "teams",
    given: (url) => ({ type: "teams", url: secret(url) }),
    take: ({ body }, hold) => {
      const { facts } = JSON.parse(body).attachments[0].content.body[2]
      hold(facts.find((fact: { title: string }) => fact.title === "Id").value.replaceAll("\\", ""), body)
      return { status: 202 }
    },
  },
  {
    name: "pagerduty",
    knowsRepetitions: true,
    given: (url) => ({ type: "pagerduty", url, routingKey: secret("r") }),
    take: ({ body }, hold) => {
      hold(JSON.parse(body).dedup_key, JSON.parse(body).dedup_key)
      return { status: 202, body: '{"status":"success"}' }
    },
  },
  {
    name: "securityhub",
    knowsRepetitions: true,
    given: (url) => ({ type: "securityhub", url, account: "111122223333", ...aws }),
    take: ({ body }, hold) => {
      for (const { Id } of JSON.parse(body).Findings) hold(Id.replace("egret/", ""), Id)
      return { status: 200, body: '{"FailedCount":0,"SuccessCount":1,"FailedFindings":[]}' }
    },
  },
  {
    name: "eventbridge",
    given: (url) => ({ type: "eventbridge", url, ...aws }),
    take: ({ body }, hold) => {
      const { Entries } = JSON.parse(body)
      if (Entries.length > 10) return { status: 400, body: '{"__type":"ValidationException"}' }
      for (const { Detail } of Entries) holdOcsf(JSON.parse(Detail), hold)
      return { status: 200, body: JSON.stringify({ FailedEntryCount: 0, Entries: Entries.map(() => ({ EventId: "1" })) }) }
    },
  },
  {
    name: "s3",
    knowsRepetitions: true,
    given: (url) => ({ type: "s3", url, bucket: "b", ...aws }),
    take: ({ path, method, body }, hold) => {
      if (method !== "PUT") return { status: 405 }
      for (const line of body.trim().split("\n")) {
        const { metadata } = JSON.parse(line)
        hold(metadata.correlation_uid, `${path} ${metadata.uid}`)
      }
      return { status: 200 }
    },
  },
  {
    name: "sentinel",
    given: (url) => ({ type: "sentinel", endpoint: url, login: url, rule: "dcr-1", tenant: "t", clientId: "c", clientSecret: secret("s") }),
    take: ({ path, body }, hold) => {
      if (path.endsWith("/token")) return { status: 200, body: '{"access_token":"t","expires_in":3600}' }
      for (const row of JSON.parse(body)) hold(row.EventId, row.EventVersion)
      return { status: 204 }
    },
  },
  {
    name: "taxii",
    knowsRepetitions: true,
    given: (url) => ({ type: "taxii", url: `${url}/api/collections/1/`, username: "u", password: secret("p") }),
    take: ({ body }, hold) => {
      for (const object of JSON.parse(body).objects) {
        const id = object.external_references?.find((reference: { source_name: string }) => reference.source_name === "egret")?.external_id
        if (id !== undefined) hold(id, `${object.id} ${object.modified}`)
      }
      return { status: 202, body: '{"status":"complete"}' }
    },
  },
  {
    name: "misp",
    knowsRepetitions: true,
    given: (url) => ({ type: "misp", url, apiKey: secret("k") }),
    take: ({ body }, hold) => {
      const { uuid, Attribute } = JSON.parse(body).Event
      const fresh = hold(Attribute.find((each: { category: string }) => each.category === "Internal reference").value, uuid)
      return fresh
        ? yes
        : { status: 403, body: '{"name":"Could not add Event","message":"Event already exists","errors":"Event already exists"}' }
    },
  },
  {
    name: "thehive",
    knowsRepetitions: true,
    given: (url) => ({ type: "thehive", url, apiKey: secret("k") }),
    take: ({ body }, hold) => {
      const { sourceRef } = JSON.parse(body)
      return hold(sourceRef, sourceRef)
        ? { status: 201, body: "{}" }
        : { status: 400, body: '{"type":"CreateError","message":"Alert already exists"}' }
    },
  },
  {
    name: "otlp",
    given: (url) => ({ type: "otlp", url: `${url}/v1/logs` }),
    take: ({ body }, hold) => {
      for (const { attributes } of JSON.parse(body).resourceLogs[0].scopeLogs[0].logRecords) {
        const value = (key: string) => attributes.find((attribute: { key: string }) => attribute.key === key).value.stringValue
        hold(value("egret.id"), value("egret.version"))
      }
      return yes
    },
  },
]

export const socKinds: readonly SocKind[] = [
  ...webs.map(
    (web): SocKind => ({ name: web.name, knowsRepetitions: web.knowsRepetitions === true, tellsOutages: true, open: () => openWeb(web) }),
  ),
  { name: "file", knowsRepetitions: true, tellsOutages: true, open: openFile },
  { name: "syslog over tcp", knowsRepetitions: false, tellsOutages: true, open: () => openStream("tcp") },
  { name: "syslog over tls", knowsRepetitions: false, tellsOutages: true, open: () => openStream("tls") },
  { name: "syslog over udp", knowsRepetitions: false, tellsOutages: false, open: openDatagrams },
]

function holdOcsf(
  { metadata }: { metadata: { correlation_uid: string; uid: string } },
  hold: (id: string, version: string) => boolean,
): void {
  hold(metadata.correlation_uid, metadata.uid)
}

async function openWeb(web: Web): Promise<OpenKind> {
  const { createServer: createHttp } = await import("node:http")
  const held: { id: string; version: string }[] = []
  let bytes = ""
  let failing: { status: number; headers: Record<string, string> } | undefined
  const hold = (id: string, version: string): boolean => {
    const fresh = !held.some((one) => one.version === version)
    if (fresh || web.knowsRepetitions !== true) held.push({ id, version })
    return fresh
  }
  const server = createHttp((request, response) => {
    const chunks: Buffer[] = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString("utf8")
      bytes += `${request.url}\n${JSON.stringify(request.headers)}\n${body}\n`
      if (failing?.status === 0) return
      const { status, body: text } =
        failing === undefined
          ? web.take({ path: request.url ?? "", method: request.method ?? "", headers: request.headers, body }, hold)
          : { status: failing.status, body: "" }
      response.writeHead(status, failing?.headers ?? {}).end(text)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    given: web.given(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    arrived: () => held.map(({ id }) => id),
    bytes: () => bytes,
    fail: async (status, headers = {}) => {
      failing = status === undefined ? undefined : { status, headers }
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

async function openFile(): Promise<OpenKind> {
  const folder = mkdtempSync(join(tmpdir(), "egret-soc-file-"))
  const path = join(folder, "out/egret.ndjson")
  const read = () =>
    readdirSync(folder).includes("out") &&
    !readdirSync(folder, { withFileTypes: true }).some((entry) => entry.name === "out" && entry.isFile())
      ? readdirSync(join(folder, "out"))
          .sort()
          .reverse()
          .map((name) => readFileSync(join(folder, "out", name), "utf8"))
          .join("")
      : ""
  return {
    given: { type: "file", path },
    arrived: () =>
      read()
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => (JSON.parse(line) as { metadata: { correlation_uid: string } }).metadata.correlation_uid),
    bytes: read,
    // A file where the folder should be: nothing can be written.
    fail: async (status) => {
      if (status === undefined) rmSync(join(folder, "out"), { force: true })
      else writeFileSync(join(folder, "out"), "")
    },
    close: async () => rmSync(folder, { recursive: true, force: true }),
  }
}

async function openStream(transport: "tcp" | "tls"): Promise<OpenKind> {
  const certificate = transport === "tls" ? selfSigned() : undefined
  const received: Buffer[][] = []
  const sockets = new Set<Socket>()
  let reads = true
  const take = (socket: Socket): void => {
    const chunks: Buffer[] = []
    if (!reads) {
      sockets.add(socket)
      return
    }
    received.push(chunks)
    sockets.add(socket)
    socket.on("data", (chunk: Buffer) => chunks.push(chunk))
    socket.on("error", () => {})
    socket.on("close", () => sockets.delete(socket))
  }
  const make = () =>
    certificate === undefined ? createServer(take) : createTlsServer({ key: certificate.key, cert: certificate.cert }, take)
  let server = make()
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve))
  await listen(0)
  const { port } = server.address() as AddressInfo
  const stop = () =>
    new Promise<void>((resolve) => {
      for (const socket of sockets) socket.destroy()
      server.close(() => resolve())
    })
  const messages = () => received.flatMap((chunks) => octetFrames(Buffer.concat(chunks)))
  return {
    given: {
      type: "syslog",
      transport,
      host: "127.0.0.1",
      port,
      ...(certificate !== undefined && { tls: { ca: certificate.path, serverName: "localhost" } }),
    },
    arrived: () => messages().map((message) => /externalId=(\S+)/.exec(message)?.[1] ?? "?"),
    bytes: () => messages().join("\n"),
    fail: async (status) => {
      reads = status !== 0
      if (status !== undefined && reads) return stop()
      if (server.listening) return
      server = make()
      await listen(port)
    },
    close: stop,
  }
}

async function openDatagrams(): Promise<OpenKind> {
  const received: string[] = []
  const socket = createSocket("udp4")
  socket.on("message", (message) => received.push(message.toString("utf8")))
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve))
  return {
    given: { type: "syslog", transport: "udp", host: "127.0.0.1", port: socket.address().port },
    arrived: () => received.map((message) => /externalId=(\S+)/.exec(message)?.[1] ?? "?"),
    bytes: () => received.join("\n"),
    fail: async () => {},
    close: () => new Promise<void>((resolve) => socket.close(() => resolve())),
  }
}

/** Whole messages: "LENGTH SP MESSAGE". */
function octetFrames(bytes: Buffer): string[] {
  const found: string[] = []
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at)
    const length = Number(bytes.toString("latin1", at, space))
    if (space < 0 || !Number.isInteger(length) || space + 1 + length > bytes.length) break
    found.push(bytes.toString("utf8", space + 1, space + 1 + length))
    at = space + 1 + length
  }
  return found
}
