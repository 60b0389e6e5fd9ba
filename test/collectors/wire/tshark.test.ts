// Sessions made at random, read by us and by tshark: both must see what the endpoints said. A golden capture shows what one client does; this shows the
// combinations of framing, coding, wrapping and disorder that nobody thought of.
import { execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { Random } from "../../fuzz/random.ts"
import { pcapFile, type TimedPacket } from "../../support/packets.ts"
import { requires } from "../../support/requires.ts"
import { randomSession, type Session } from "../../support/sessions.ts"
import { anomaliesOf, runPackets } from "../../support/wire.ts"

const seed = Number(process.env["EGRET_SEED"] ?? 20_261_121)
const tshark = requires("tshark")

describe(`sessions made at random (EGRET_SEED=${seed})`, () => {
  const folder = mkdtempSync(join(tmpdir(), "egret-sessions-"))
  afterAll(() => rmSync(folder, { recursive: true }))
  const random = new Random(seed)
  const sessions = Array.from({ length: 60 }, (_, number) => randomSession(number, (below) => random.below(below)))
  const packets = interleaved(sessions, random)
  const wanted = {
    requests: sessions.flatMap(({ requests }) => requests.map(({ method, path, body }) => `${method} ${path} ${digest(body)}`)).sort(),
    responses: sessions.flatMap(({ responses }) => responses.map(({ status, body }) => `${status} ${digest(body)}`)).sort(),
    clients: sessions.map(({ client }) => client).sort(),
  }

  it("are read to the last byte, and nothing is said to be wrong", () => {
    const told = runPackets(packets, { batch: 500 })
    const exchanges = told.facts.flatMap(({ fact }) => (fact.type === "exchange" ? [fact] : []))
    expect(exchanges.map(({ method, path, request }) => `${method} ${path} ${digest(request?.body.bytes)}`).sort()).toEqual(wanted.requests)
    expect(exchanges.map(({ status, response }) => `${status} ${digest(response?.body.bytes)}`).sort()).toEqual(wanted.responses)
    expect(
      exchanges.filter(({ request, response }) => request?.body.completeness !== "full" || response?.body.completeness !== "full"),
    ).toEqual([])
    expect(told.flows.map(({ flow }) => `${flow.client.ip}:${flow.client.port}`).sort()).toEqual(wanted.clients)
    expect(anomaliesOf(told)).toEqual([])
  })

  it.skipIf(tshark.missing)("are what tshark reads too", () => {
    const file = join(folder, "sessions.pcap")
    writeFileSync(file, pcapFile(packets))
    const seen = readByTshark(file)
    expect(seen.clients).toEqual(wanted.clients)
    for (const what of ["requests", "responses"] as const) {
      expect(seen[what].filter((one) => !wanted[what].includes(one))).toEqual([])
      // It gives up a message now and then when a retransmission overtakes another segment.
      expect(seen[what].length).toBeGreaterThan(wanted[what].length * 0.97)
    }
  })
})

function digest(body: string | Uint8Array = ""): string {
  return `${body.length} ${createHash("sha256").update(body).digest("hex").slice(0, 16)}`
}

function interleaved(sessions: readonly Session[], random: Random): TimedPacket[] {
  const waiting = sessions.map(({ frames }) => [...frames])
  const packets: TimedPacket[] = []
  for (let at = 1_700_000_000_000_000; waiting.some((frames) => frames.length > 0); at += 100) {
    const frame = waiting[random.below(waiting.length)]?.shift()
    if (frame !== undefined) packets.push({ at, bytes: frame })
  }
  return packets
}

function readByTshark(file: string): { requests: string[]; responses: string[]; clients: string[] } {
  const fields = [
    "http.request.method",
    "http.request.uri",
    "http.response.code",
    "http.file_data",
    "ip.src",
    "ip.dst",
    "tcp.srcport",
    "tcp.dstport",
  ]
  const lines = execFileSync(
    "tshark",
    [
      "-r",
      file,
      "-o",
      "tcp.reassemble_out_of_order:TRUE",
      "-Y",
      "tcp",
      "-T",
      "fields",
      "-E",
      "occurrence=l",
      ...fields.flatMap((one) => ["-e", one]),
    ],
    { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], maxBuffer: 1 << 26 },
  ).split("\n")
  const requests: string[] = []
  const responses: string[] = []
  const clients = new Set<string>()
  for (const line of lines) {
    const [method = "", uri = "", status = "", data = "", source = "", destination = "", sport = "", dport = ""] = line.split("\t")
    if (source !== "") clients.add(dport === "80" ? `${source}:${sport}` : `${destination}:${dport}`)
    // tshark 4.0 prints the data as text, 4.2 as hexadecimal.
    const body = /^[0-9a-f]+$/.test(data) ? Buffer.from(data, "hex").toString() : data
    if (method !== "") requests.push(`${method} ${uri} ${digest(body)}`)
    if (status !== "") responses.push(`${status} ${digest(body)}`)
  }
  return { requests: requests.sort(), responses: responses.sort(), clients: [...clients].sort() }
}
