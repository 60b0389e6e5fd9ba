// Makes the sample of `egret up --demo`: real TLS 1.3 clients and servers of Node on loopback say what agents, models and tools say on such a day; their
// bytes are put into packets between the addresses of the story. Run: npx tsx test/traffic/demo/record.ts
import { execFileSync } from "node:child_process"
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createServer, request } from "node:https"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { gzipSync } from "node:zlib"
import type { StreamEvent } from "../../../collectors/wire/stream.ts"
import { pcapFile, type TimedPacket, tcpPacket, udpPacket } from "../../support/packets.ts"
import { listen, recordTo } from "../../support/record.ts"
import { type Exchange, type Lookup, story } from "./story.ts"

const SEGMENT = 1_400
const target = resolve(import.meta.dirname, "../../../services/cli/demo")
const folder = mkdtempSync(join(tmpdir(), "egret-demo-"))
const keyFile = join(folder, "keys")
writeFileSync(keyFile, "")

const { key, cert } = makeCertificate(folder)
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
  if ("lookup" in step) packets.push(...lookupPackets(step))
  else packets.push(...(await exchangePackets(step)))
}
packets.sort((a, b) => a.at - b.at)
writeFileSync(join(target, "day.pcap.gz"), gzipSync(pcapFile(packets), { level: 9 }))
writeFileSync(join(target, "day.keys"), readFileSync(keyFile))
await recorder.close()
server.close()
server.closeAllConnections()
rmSync(folder, { recursive: true, force: true })
process.stdout.write(`${packets.length} packets, ${story.length} steps\n`)

async function exchangePackets(step: Exchange): Promise<TimedPacket[]> {
  answer = step
  await new Promise<void>((done, failed) => {
    const url = new URL(step.url)
    const outgoing = request(
      {
        host: "127.0.0.1",
        port: recorder.port,
        servername: url.hostname,
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
    if (step.withoutKeys !== true) outgoing.on("socket", (socket) => socket.on("keylog", (line: Buffer) => appendFileSync(keyFile, line)))
    outgoing.end(step.body)
  })
  await new Promise((done) => setTimeout(done, 20))
  return connectionPackets(recorder.connections.at(-1) ?? [], step)
}

function connectionPackets(events: readonly StreamEvent[], step: Exchange): TimedPacket[] {
  const [from, to, sport] = [step.from, step.to, port++]
  const seq = { client: 1_000, server: 5_000 }
  let at = step.at * 1_000_000
  const out: TimedPacket[] = []
  const push = (side: "client" | "server", flags: string, payload = new Uint8Array(0)): void => {
    const [a, b, sp, dp] = side === "client" ? [from, to, sport, 443] : [to, from, 443, sport]
    const other = side === "client" ? "server" : "client"
    at += 1_000
    out.push({
      at,
      bytes: tcpPacket({ from: a, to: b, sport: sp, dport: dp, seq: seq[side], ...(flags !== "S" && { ack: seq[other] }), flags, payload }),
    })
    seq[side] += payload.length + (/[SF]/.test(flags) ? 1 : 0)
  }
  push("client", "S")
  push("server", "SA")
  push("client", "A")
  for (const event of events) {
    if (event.type !== "data") continue
    for (let start = 0; start < event.bytes.length; start += SEGMENT) push(event.side, "PA", event.bytes.subarray(start, start + SEGMENT))
    push(event.side === "client" ? "server" : "client", "A")
  }
  push("client", "FA")
  push("server", "FA")
  push("client", "A")
  return out
}

function lookupPackets({ at, from, lookup, type, reply }: Lookup): TimedPacket[] {
  const sport = port++
  const labels = Buffer.concat([
    ...lookup.split(".").map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)])),
    Buffer.from([0]),
  ])
  const head = (flags: number, answers: number) =>
    Buffer.from([sport >> 8, sport & 255, flags >> 8, flags & 255, 0, 1, 0, answers, 0, 0, 0, 0])
  const question = Buffer.concat([labels, Buffer.from([0, type === "TXT" ? 16 : 1, 0, 1])])
  const data = type === "TXT" ? Buffer.concat([Buffer.from([reply.length]), Buffer.from(reply)]) : Buffer.from(reply.split(".").map(Number))
  const record = Buffer.concat([Buffer.from([0xc0, 12, 0, type === "TXT" ? 16 : 1, 0, 1, 0, 0, 0, 60, 0, data.length]), data])
  const resolver = "10.20.0.2"
  return [
    { at: at * 1_000_000, bytes: udpPacket({ from, to: resolver, sport, dport: 53, payload: Buffer.concat([head(0x0100, 0), question]) }) },
    {
      at: at * 1_000_000 + 8_000,
      bytes: udpPacket({ from: resolver, to: from, sport: 53, dport: sport, payload: Buffer.concat([head(0x8180, 1), question, record]) }),
    },
  ]
}

function makeCertificate(where: string): { key: Buffer; cert: Buffer } {
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
      "36500",
      "-subj",
      "/CN=demo.invalid",
      "-keyout",
      join(where, "key.pem"),
      "-out",
      join(where, "cert.pem"),
    ],
    { stdio: "ignore" },
  )
  return { key: readFileSync(join(where, "key.pem")), cert: readFileSync(join(where, "cert.pem")) }
}
