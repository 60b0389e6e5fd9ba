// Traffic with real endpoints: TLS 1.3 clients and servers of Node on loopback say what a story says; their bytes are put into packets between the
// addresses of the story, with the key log a sensor would be given. Lookups are DNS over UDP.
import { rmSync } from "node:fs"
import { createServer, request } from "node:https"
import type { StreamEvent } from "../../collectors/wire/stream.ts"
import { type TimedPacket, tcpPacket, udpPacket } from "./packets.ts"
import { listen, recordTo } from "./record.ts"
import { makeCertificate } from "./tls/recorded-session.ts"

export interface Exchange {
  /** Seconds into the story. */
  readonly at: number
  readonly from: string
  readonly to: string
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  readonly response: {
    readonly status: number
    readonly headers: Readonly<Record<string, string>>
    readonly body: readonly (string | Uint8Array)[]
  }
  readonly withoutKeys?: true
}

export interface Lookup {
  readonly at: number
  readonly from: string
  readonly lookup: string
  readonly type: "A" | "TXT"
  readonly reply: string
}

export interface Traffic {
  /** In the order of time. */
  readonly packets: readonly TimedPacket[]
  readonly keyLog: string
}

/** `from` and `to` are the story's; names resolve to nothing, every client talks to one server of ours. */
export async function recordTraffic(story: readonly (Exchange | Lookup)[], start = 0): Promise<Traffic> {
  const { key, cert, path } = makeCertificate()
  rmSync(path, { recursive: true })
  const keys: string[] = []
  let answer: Exchange | undefined
  const server = createServer({ key, cert, minVersion: "TLSv1.3" }, (incoming, outgoing) => {
    incoming.resume()
    incoming.on("end", async () => {
      const { response } = answer ?? { response: { status: 500, headers: {}, body: [] } }
      outgoing.writeHead(response.status, response.headers)
      for (const chunk of response.body) {
        outgoing.write(chunk)
        await new Promise((done) => setTimeout(done, 2))
      }
      outgoing.end()
    })
  })
  const recorder = await recordTo(await listen(server))
  const packets: TimedPacket[] = []
  let port = 40_000
  for (const step of story) {
    if ("lookup" in step) packets.push(...lookupPackets(step, { start, port: port++ }))
    else {
      answer = step
      await ask(step, recorder.port, (line) => keys.push(line))
      await new Promise((done) => setTimeout(done, 20))
      packets.push(...connectionPackets(recorder.connections.at(-1) ?? [], step, { start, port: port++ }))
    }
  }
  await recorder.close()
  server.close()
  server.closeAllConnections()
  return { packets: packets.sort((a, b) => a.at - b.at), keyLog: keys.join("") }
}

async function ask(step: Exchange, port: number, takeKeys: (line: string) => void): Promise<void> {
  await new Promise<void>((done, failed) => {
    const url = new URL(step.url)
    const outgoing = request(
      {
        host: "127.0.0.1",
        port,
        // An address is no server name (RFC 6066 3).
        servername: /^[\d.]+$/.test(url.hostname) ? "" : url.hostname,
        method: step.method,
        path: url.pathname + url.search,
        headers: {
          host: url.hostname,
          ...step.headers,
          ...(step.body !== undefined && { "content-length": Buffer.byteLength(step.body) }),
        },
        rejectUnauthorized: false,
        agent: false,
      },
      (incoming) => {
        incoming.resume()
        incoming.on("end", done)
      },
    )
    outgoing.on("error", failed)
    // A step without keys shows what coverage means.
    if (step.withoutKeys !== true) outgoing.on("socket", (socket) => socket.on("keylog", (line: Buffer) => takeKeys(line.toString())))
    outgoing.end(step.body)
  })
}

interface Placing {
  /** Seconds since 1970 at which the story begins. */
  readonly start: number
  readonly port: number
}

function connectionPackets(events: readonly StreamEvent[], step: Exchange, { start, port }: Placing): TimedPacket[] {
  const seq = { client: 1_000, server: 5_000 }
  let at = (start + step.at) * 1_000_000
  const out: TimedPacket[] = []
  const push = (side: "client" | "server", flags: string, payload: Uint8Array = new Uint8Array(0)): void => {
    const [from, to, sport, dport] = side === "client" ? [step.from, step.to, port, 443] : [step.to, step.from, 443, port]
    const other = side === "client" ? "server" : "client"
    at += 1_000
    out.push({
      at,
      bytes: tcpPacket({ from, to, sport, dport, seq: seq[side], ...(flags !== "S" && { ack: seq[other] }), flags, payload }),
    })
    seq[side] += payload.length + (/[SF]/.test(flags) ? 1 : 0)
  }
  push("client", "S")
  push("server", "SA")
  push("client", "A")
  for (const event of events) {
    if (event.type !== "data") continue
    for (let begin = 0; begin < event.bytes.length; begin += SEGMENT) push(event.side, "PA", event.bytes.subarray(begin, begin + SEGMENT))
    push(event.side === "client" ? "server" : "client", "A")
  }
  push("client", "FA")
  push("server", "FA")
  push("client", "A")
  return out
}

function lookupPackets({ at, from, lookup, type, reply }: Lookup, { start, port }: Placing): TimedPacket[] {
  const labels = Buffer.concat([
    ...lookup.split(".").map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)])),
    Buffer.from([0]),
  ])
  const head = (flags: number, answers: number) =>
    Buffer.from([port >> 8, port & 255, flags >> 8, flags & 255, 0, 1, 0, answers, 0, 0, 0, 0])
  const question = Buffer.concat([labels, Buffer.from([0, type === "TXT" ? 16 : 1, 0, 1])])
  const data = type === "TXT" ? Buffer.concat([Buffer.from([reply.length]), Buffer.from(reply)]) : Buffer.from(reply.split(".").map(Number))
  const record = Buffer.concat([Buffer.from([0xc0, 12, 0, type === "TXT" ? 16 : 1, 0, 1, 0, 0, 0, 60, 0, data.length]), data])
  const asked = Buffer.concat([head(0x0100, 0), question])
  const answered = Buffer.concat([head(0x8180, 1), question, record])
  const micros = (start + at) * 1_000_000
  return [
    { at: micros, bytes: udpPacket({ from, to: RESOLVER, sport: port, dport: 53, payload: asked }) },
    { at: micros + 8_000, bytes: udpPacket({ from: RESOLVER, to: from, sport: 53, dport: port, payload: answered }) },
  ]
}

const SEGMENT = 1_400
const RESOLVER = "10.20.0.2"
