import { execFileSync } from "node:child_process"
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { describe, expect, it } from "vitest"
import { readCaptureFile } from "../../collectors/capture/capture-file.ts"
import { KeyStore } from "../../collectors/keys/key-store.ts"
import { SensorCore } from "../../collectors/sensor/core.ts"
import type { Envelope } from "../../services/contracts/envelope.ts"
import { requires } from "../support/requires.ts"

interface Expected {
  readonly exchanges: readonly ExpectedExchange[]
  readonly messages: readonly { readonly side: string; readonly opcode: string; readonly length: number; readonly sha256: string }[]
}
interface ExpectedExchange {
  readonly version: string
  readonly method: string
  readonly path: string
  readonly status: number
  readonly request: { readonly length: number; readonly sha256: string }
  readonly response: { readonly length: number; readonly sha256: string }
}
type Http = Extract<Envelope, { kind: "http" }>["data"]
type WebSocketMessage = Extract<Envelope, { kind: "websocket" }>["data"]

const folder = resolve(import.meta.dirname, "../golden")
const names = readdirSync(folder)
  .filter((file) => file.endsWith(".expected.json"))
  .map((file) => file.replace(".expected.json", ""))
const expectedOf = (name: string): Expected => JSON.parse(readFileSync(join(folder, `${name}.expected.json`), "utf8"))
const keysOf = (name: string) => (existsSync(join(folder, `${name}.keys`)) ? readFileSync(join(folder, `${name}.keys`)) : undefined)

/** Keys may come after so many batches of packets, as from a key log that is slower than the mirror. */
async function replay(file: string, keyText: Uint8Array | undefined, keysAfter = 0): Promise<Envelope[]> {
  const keys = new KeyStore()
  const envelopes: Envelope[] = []
  const core = new SensorCore({ sensor: "test", keys, emit: (envelope) => envelopes.push(envelope) })
  let batches = 0
  for await (const batch of readCaptureFile(file)) {
    if (batches++ === keysAfter && keyText !== undefined) keys.addText(keyText)
    core.read(batch)
  }
  if (batches <= keysAfter && keyText !== undefined) keys.addText(keyText)
  core.end()
  return envelopes
}

const httpOf = (envelopes: readonly Envelope[]) =>
  envelopes.flatMap((envelope): Http[] => (envelope.kind === "http" ? [envelope.data] : []))
const messagesOf = (envelopes: readonly Envelope[]) =>
  envelopes.flatMap((envelope): WebSocketMessage[] =>
    envelope.kind === "websocket" && envelope.data.opcode !== "close" ? [envelope.data] : [],
  )
const anomaliesOf = (envelopes: readonly Envelope[]) =>
  envelopes.flatMap((envelope) => (envelope.kind === "anomaly" ? [envelope.data] : []))
const summary = ({ version, method, path, status, request, response }: Http): ExpectedExchange => ({
  version,
  method,
  path,
  status,
  request: { length: request.bytes, sha256: request.sha256 },
  response: { length: response.bytes, sha256: response.sha256 },
})
/** What opens a tunnel or a socket is no exchange of a server's handler. */
const isOpening = ({ method, status }: Http) => status === 101 || method === "CONNECT"
const sorted = (exchanges: readonly ExpectedExchange[]) => [...exchanges].sort((a, b) => (a.path < b.path ? -1 : 1))

/** Packets after a migration name a connection by an id that was agreed on under keys: without these nobody knows whose they are, so they do not wait. */
const UNREADABLE_LATE = new Set(["http3 /v1/identity?after=migration"])
/** Its library has no ARIA. */
const UNREAD_BY_TSHARK = new Set(["tls-openssl /aria"])

describe.each(names)("golden capture %s", (name) => {
  const file = join(folder, `${name}.pcap`)
  const expected = expectedOf(name)

  it.each([
    ["with its keys at hand", 0],
    ["with keys that come after all packets", 1000],
  ])("gives every exchange and message as the endpoints saw them, %s", async (_, keysAfter) => {
    const envelopes = await replay(file, keysOf(name), keysAfter)
    const exchanges = httpOf(envelopes).filter((one) => !isOpening(one))
    const readable = expected.exchanges.filter(({ path }) => keysAfter === 0 || !UNREADABLE_LATE.has(`${name} ${path}`))
    expect(sorted(exchanges.map(summary))).toEqual(sorted(readable))
    expect(exchanges.filter(({ completeness }) => completeness !== "full")).toEqual([])
    const messages = messagesOf(envelopes)
    expect(messages.map(({ bytes, sha256 }) => `${bytes} ${sha256}`).sort()).toEqual(
      expected.messages.map(({ length, sha256 }) => `${length} ${sha256}`).sort(),
    )
    expect(anomaliesOf(envelopes)).toEqual([])
  })

  it("gives nothing wrong when one packet in a hundred is missing, and most of what is left", async () => {
    const temporary = mkdtempSync(join(tmpdir(), "egret-golden-"))
    try {
      const byPath = new Map(expected.exchanges.map((one) => [one.path, one]))
      let whole = 0
      let possible = 0
      for (let phase = 10; phase < 100; phase += 20) {
        const lossy = join(temporary, `${phase}.pcap`)
        writeFileSync(lossy, withoutEvery(readFileSync(file), 100, phase))
        possible += expected.exchanges.length
        for (const one of httpOf(await replay(lossy, keysOf(name)))) {
          const wanted = byPath.get(one.path)
          if (one.path === "" || isOpening(one)) continue
          expect(wanted, one.path).toBeDefined()
          if (wanted === undefined) continue
          expect(one.method).toBe(wanted.method)
          if (one.status !== 0) expect(one.status).toBe(wanted.status)
          if (one.request.completeness === "full" && one.method !== "") expect(one.request.sha256, one.path).toBe(wanted.request.sha256)
          if (one.response.completeness === "full" && one.status !== 0) expect(one.response.sha256, one.path).toBe(wanted.response.sha256)
          if (one.completeness === "full") whole++
        }
      }
      if (possible > 0) expect(whole / possible).toBeGreaterThan(name.includes("plain") ? 0.6 : 0.05)
    } finally {
      rmSync(temporary, { recursive: true })
    }
  })

  // tshark 4.0 has no fields for what is in HTTP/3.
  const tshark = requires("tshark")
  it.skipIf(tshark.missing || name.includes("http3"))("agrees with tshark on requests and statuses", async () => {
    const keys = keysOf(name) === undefined ? [] : ["-o", `tls.keylog_file:${join(folder, `${name}.keys`)}`]
    const port = (await replay(file, undefined)).find((envelope) => envelope.kind === "flow")?.flow.server.port
    const as = name === "http2-plain" ? ["-d", `tcp.port==${port},http2`] : []
    const exchanges = httpOf(await replay(file, keysOf(name))).filter(({ path }) => !UNREAD_BY_TSHARK.has(`${name} ${path}`))
    const [path, status] = name.includes("http2")
      ? ["http2.headers.path", "http2.headers.status"]
      : ["http.request.uri", "http.response.code"]
    const wanted = ["-Y", `${path} || ${status}`, "-T", "fields", "-E", "occurrence=a", "-E", "separator=;", "-e", path, "-e", status]
    const lines = execFileSync("tshark", ["-r", file, ...keys, ...as, ...wanted], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] })
    const column = (index: number) =>
      lines
        .split("\n")
        .flatMap((line) => line.split(";")[index]?.split(",") ?? [])
        .filter((text) => text !== "")
        .sort()
    expect(exchanges.map((one) => one.path).sort()).toEqual(column(0))
    expect(exchanges.map((one) => String(one.status)).sort()).toEqual(column(1))
  })
})

/** The same capture without packet `phase`, `phase` + `every`, … */
function withoutEvery(pcap: Buffer, every: number, phase: number): Buffer {
  const parts = [pcap.subarray(0, 24)]
  for (let at = 24, index = 0; at < pcap.length; index++) {
    const end = at + 16 + pcap.readUInt32LE(at + 8)
    if (index % every !== phase) parts.push(pcap.subarray(at, end))
    at = end
  }
  return Buffer.concat(parts)
}
