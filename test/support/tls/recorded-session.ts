// Real TLS sessions over loopback, recorded as the stream events that a sensor's TCP layer would hand on.
import { type ChildProcess, execFileSync, spawn } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import tls from "node:tls"
import type { Side, StreamEvent } from "../../../collectors/wire/stream.ts"
import { freePort } from "../ports.ts"

export interface RecordedSession {
  readonly events: readonly StreamEvent[]
  readonly keyLog: string
  readonly sent: Readonly<Record<Side, Buffer>>
  /** To be given to the next client, which then takes this session up again. */
  readonly session?: Buffer | undefined
}

export interface SessionOptions {
  /** Sessions that the server knows by their id. */
  readonly known?: Map<string, Buffer>
  readonly server?: tls.TlsOptions
  readonly client?: tls.ConnectionOptions
  /** Client and server in turns; each text is sent whole before the next. */
  readonly talk: readonly (readonly [Side, string | Buffer])[]
  readonly during?: (sockets: { readonly client: tls.TLSSocket; readonly server: tls.TLSSocket }, turn: number) => Promise<void> | void
}

/** A fresh key pair and certificate for "agent.test", made by openssl. */
export function makeCertificate(kind: "rsa" | "ec" = "ec"): { key: Buffer; cert: Buffer; path: string } {
  const path = mkdtempSync(join(tmpdir(), "egret-cert-"))
  const algorithm = kind === "rsa" ? ["rsa:2048"] : ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
  execFileSync(
    "openssl",
    [
      ...[
        "req",
        "-x509",
        "-newkey",
        ...algorithm,
        "-nodes",
        "-keyout",
        join(path, "key.pem"),
        "-out",
        join(path, "cert.pem"),
        "-days",
        "2",
      ],
      ...["-subj", "/CN=agent.test/O=Egret test", "-addext", "subjectAltName=DNS:agent.test,DNS:api.agent.test"],
    ],
    { stdio: "ignore" },
  )
  return { key: readFileSync(join(path, "key.pem")), cert: readFileSync(join(path, "cert.pem")), path }
}

/** Stands in where openssl is missing and nothing will run. */
export const noCertificate = { key: Buffer.alloc(0), cert: Buffer.alloc(0), path: join(tmpdir(), "egret-no-certificate") }

export async function recordSession(options: SessionOptions): Promise<RecordedSession> {
  const keyLog: string[] = []
  const accepted: tls.TLSSocket[] = []
  const server = tls.createServer({ ...options.server })
  server.on("keylog", (line: Buffer) => keyLog.push(line.toString()))
  const secured = new Promise<tls.TLSSocket>((resolve, reject) => {
    server.once("secureConnection", resolve)
    server.once("tlsClientError", reject)
  })
  server.on("secureConnection", (socket) => accepted.push(socket))
  const { known } = options
  if (known !== undefined) {
    server.on("newSession", (id: Buffer, session: Buffer, done: () => void) => {
      known.set(id.toString("hex"), session)
      done()
    })
    server.on("resumeSession", (id: Buffer, done: (error: null, session: Buffer | null) => void) =>
      done(null, known.get(id.toString("hex")) ?? null),
    )
  }
  const port = await listen(server)
  const recorder = await startRecorder(port)
  const client = tls.connect({
    port: recorder.port,
    host: "127.0.0.1",
    rejectUnauthorized: false,
    servername: "agent.test",
    ...options.client,
  })
  try {
    const [peer] = await Promise.all([
      secured,
      new Promise((resolve, reject) => client.once("secureConnect", resolve).once("error", reject)),
    ])
    const sent = await converse({ client, server: peer }, options)
    const session = client.getSession()
    await new Promise((resolve) => {
      recorder.onClosed(() => resolve(undefined))
      client.end()
      peer.on("end", () => peer.end())
      peer.resume()
      client.resume()
    })
    return { events: recorder.events, keyLog: keyLog.join(""), sent, session }
  } finally {
    client.destroy()
    for (const socket of accepted) socket.destroy()
    server.close()
    recorder.close()
  }
}

export interface CommandSession {
  /** Arguments of `openssl s_server` and `s_client` beside port, key and certificate. */
  readonly server: readonly string[]
  readonly client: readonly string[]
  readonly certificate: { readonly path: string }
  readonly send: string
}

/** `openssl s_server -rev` and `s_client`: every line that the client sends comes back reversed. For suites that node:tls cannot be asked for. */
export async function recordOpenSsl({ server, client, certificate, send }: CommandSession): Promise<RecordedSession> {
  const folder = mkdtempSync(join(tmpdir(), "egret-openssl-"))
  const keyFile = join(folder, "keys.log")
  const port = await freePort("tcp")
  const files = ["-key", join(certificate.path, "key.pem"), "-cert", join(certificate.path, "cert.pem")]
  const serving = spawn("openssl", ["s_server", "-accept", `127.0.0.1:${port}`, ...files, "-rev", ...server])
  try {
    await waitForText(serving, /ACCEPT/)
    const recorder = await startRecorder(port)
    const asking = spawn("openssl", [
      "s_client",
      "-connect",
      `127.0.0.1:${recorder.port}`,
      "-servername",
      "agent.test",
      "-keylogfile",
      keyFile,
      ...client,
    ])
    const reply = [...send].reverse().join("")
    const answered = waitForText(asking, reply)
    asking.stdin?.write(`${send}\n`)
    await answered
    const closed = new Promise((resolve) => recorder.onClosed(() => resolve(undefined)))
    const left = new Promise((resolve) => asking.once("close", resolve))
    asking.stdin?.end()
    await left
    await closed
    recorder.close()
    return {
      events: recorder.events,
      keyLog: readFileSync(keyFile, "latin1"),
      sent: { client: Buffer.from(`${send}\n`), server: Buffer.from(`${reply}\n`) },
    }
  } finally {
    serving.kill()
    rmSync(folder, { recursive: true })
  }
}

interface Recorder {
  readonly port: number
  readonly events: StreamEvent[]
  onClosed(done: () => void): void
  close(): void
}

/** Forwards to `target` and keeps what passes. */
export async function startRecorder(target: number): Promise<Recorder> {
  const events: StreamEvent[] = []
  const offsets: Record<Side, number> = { client: 0, server: 0 }
  let at = 1_700_000_000_000_000
  let open = 0
  let whenClosed = () => {}
  const keep = (side: Side, socket: Socket, other: Socket) => {
    socket.on("data", (bytes: Buffer) => {
      at += 1_000
      events.push({ type: "data", side, at, offset: offsets[side], bytes: Uint8Array.from(bytes) })
      offsets[side] += bytes.length
      other.write(bytes)
    })
    socket.on("error", () => undefined)
    socket.on("close", () => {
      at += 1_000
      events.push({ type: "end", side, at, offset: offsets[side], how: "fin" })
      other.end()
      if (--open === 0) whenClosed()
    })
  }
  const server = createServer((near) => {
    const far = connect(target, "127.0.0.1")
    open += 2
    keep("client", near, far)
    keep("server", far, near)
  })
  const port = await listen(server)
  return {
    port,
    events,
    onClosed: (done) => {
      whenClosed = done
      if (open === 0 && events.length > 0) done()
    },
    close: () => server.close(),
  }
}

async function converse(sockets: { client: tls.TLSSocket; server: tls.TLSSocket }, options: SessionOptions): Promise<Record<Side, Buffer>> {
  const sent: Record<Side, Buffer[]> = { client: [], server: [] }
  for (const [turn, [side, text]] of options.talk.entries()) {
    await options.during?.(sockets, turn)
    const bytes = Buffer.from(text)
    sent[side].push(bytes)
    const receiver = side === "client" ? sockets.server : sockets.client
    const arrived = readExactly(receiver, bytes.length)
    sockets[side].write(bytes)
    await arrived
  }
  return { client: Buffer.concat(sent.client), server: Buffer.concat(sent.server) }
}

function readExactly(socket: tls.TLSSocket, count: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let rest = count
    const take = (bytes: Buffer) => {
      rest -= bytes.length
      if (rest > 0) return
      socket.off("data", take)
      socket.off("error", reject)
      resolve()
    }
    socket.on("data", take)
    socket.on("error", reject)
  })
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)))
}

function waitForText(child: ChildProcess, wanted: RegExp | string): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = ""
    const look = (bytes: Buffer) => {
      text += bytes.toString("latin1")
      if (typeof wanted === "string" ? text.includes(wanted) : wanted.test(text)) resolve()
    }
    child.stdout?.on("data", look)
    child.stderr?.on("data", look)
    child.once("exit", () => reject(new Error(`openssl ended: ${text.slice(-2_000)}`)))
  })
}
