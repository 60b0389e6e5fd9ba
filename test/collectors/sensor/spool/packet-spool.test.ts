import { execFileSync } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { readCaptureFile } from "../../../../collectors/capture/capture-file.ts"
import { KeyLogReader } from "../../../../collectors/keys/key-log.ts"
import { KeyStore } from "../../../../collectors/keys/key-store.ts"
import { SensorCore } from "../../../../collectors/sensor/core.ts"
import { PacketSpool, segmentsOf } from "../../../../collectors/sensor/spool/packet-spool.ts"
import { type SpooledFlow, spooledFlow } from "../../../../collectors/sensor/spool/spooled-flow.ts"
import { LINK_VXLAN } from "../../../../collectors/wire/link/link-types.ts"
import { newBatch, type PacketBatch } from "../../../../collectors/wire/packet-batch.ts"
import { demoCapture, demoKeys } from "../../../../services/cli/demo/play.ts"
import type { Envelope } from "../../../../services/contracts/envelope.ts"
import { tcpPacket, vxlan } from "../../../support/packets.ts"
import { requires } from "../../../support/requires.ts"

const tshark = requires("tshark")
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "egret-spool-"))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe("the packet spool", () => {
  it.skipIf(tshark.missing)(
    "gives back one flow that tshark opens with what is in the file alone, and no other flow's secrets",
    async () => {
      const { envelopes, flows } = await playDay(64 * 1024 * 1024)
      const call = envelopes.find(({ kind }) => kind === "llm")
      if (call === undefined) throw new Error("the day holds no model call")
      const got = await spooledFlow(folder, wanted(call, flows.get(call.flow.id)))
      if (got === undefined) throw new Error("not kept")
      const file = join(folder, "evidence.pcapng")
      writeFileSync(file, got.pcapng)
      const seen = tsharkFields(file, ["http.host", "http.request.uri", "http2.headers.authority", "http2.headers.path", "tcp.stream"])
      const { authority, path } = exchangeOn(envelopes, call.flow.id)
      expect(path).toMatch(/^\/v1/)
      expect(seen).toContain(authority)
      expect(seen).toContain(path)
      expect(tsharkFields(file, ["tcp.stream"]).split(/\s+/)).toEqual(expect.not.arrayContaining(["1"]))
      expect(randomsIn(got.pcapng)).toHaveLength(1)
      expect(randomsIn(readFileSync(demoKeys)).length).toBeGreaterThan(5)
    },
  )

  it("finds a connection that has not ended among others of the same ports, by its time", async () => {
    const spool = new PacketSpool({ folder: join(folder, "worker-0"), maxBytes: 1024 * 1024 })
    const client = { from: "10.0.0.1", to: "203.0.113.9", sport: 40_000, dport: 80 }
    const packets = [1, 2, 3].flatMap((round) => [
      tcpPacket({ ...client, seq: round * 1_000, flags: "S" }),
      tcpPacket({ ...client, seq: round * 1_000 + 1, flags: "AP", payload: Buffer.from(`round ${round}`) }),
    ])
    spool.write(batchOf(packets.map((packet) => vxlan(7, packet))))
    spool.close()
    const flow = { id: "f", vni: 7, client: { ip: "10.0.0.1", port: 40_000 }, server: { ip: "203.0.113.9", port: 80 }, at: AT + 3 }
    const got = await spooledFlow(folder, flow)
    expect(got?.packets).toBe(2)
    expect(Buffer.from(got?.pcapng ?? "").includes("round 2")).toBe(true)
    expect(await spooledFlow(folder, { ...flow, vni: 8 })).toBeUndefined()
    expect(await spooledFlow(folder, { ...flow, client: { ip: "10.0.0.2", port: 40_000 } })).toBeUndefined()
  })

  it("never takes more disk than it may, drops the oldest first and goes on where it was after a restart", () => {
    const most = 1024 * 1024
    const own = join(folder, "worker-0")
    const packet = vxlan(
      7,
      tcpPacket({ from: "10.0.0.1", to: "10.0.0.2", sport: 1, dport: 2, seq: 1, flags: "A", payload: Buffer.alloc(1_000) }),
    )
    for (let start = 0; start < 3; start += 1) {
      const spool = new PacketSpool({ folder: own, maxBytes: most })
      for (let round = 0; round < 20; round += 1) {
        spool.write(batchOf(Array.from({ length: 64 }, () => packet)))
        const sizes = readdirSync(own).map((name) => statSync(join(own, name)).size)
        expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(most + 64 * 2_000)
      }
      spool.close()
    }
    expect(segmentsOf(own)[0]?.name).not.toMatch(/^00000000/)
    expect(statSync(segmentsOf(own)[0]?.path ?? "").mode & 0o077).toBe(0)
  })

  it("counts what a full disk loses and goes on", () => {
    const own = join(folder, "worker-0")
    const spool = new PacketSpool({ folder: own, maxBytes: 1024 * 1024 })
    rmSync(own, { recursive: true })
    spool.write(batchOf([vxlan(7, tcpPacket({ from: "10.0.0.1", to: "10.0.0.2", sport: 1, dport: 2, seq: 1, flags: "A" }))]))
    expect(spool.lost).toBe(1)
  })
})

async function playDay(maxBytes: number): Promise<{ envelopes: Envelope[]; flows: Map<string, Envelope> }> {
  const spool = new PacketSpool({ folder: join(folder, "worker-0"), maxBytes })
  const keys = new KeyStore()
  keys.addText(readFileSync(demoKeys))
  const envelopes: Envelope[] = []
  const core = new SensorCore({ sensor: "test", keys, lookup: spool.watching(keys), emit: (envelope) => envelopes.push(envelope), seed: 1 })
  let slab = 0
  for await (const batch of readCaptureFile(demoCapture)) {
    const frames = Array.from({ length: batch.count }, (_, index) => {
      const start = batch.offset[index] ?? 0
      return vxlan(7, batch.bytes.slice(start, start + (batch.captured[index] ?? 0)))
    })
    const wrapped = { ...batchOf(frames, [...batch.at]), slab: slab++ }
    spool.write(wrapped)
    core.read(wrapped)
    spool.flushKeys()
  }
  core.end()
  spool.close()
  return { envelopes, flows: new Map(envelopes.filter(({ kind }) => kind === "flow").map((envelope) => [envelope.flow.id, envelope])) }
}

function wanted({ at, flow }: Envelope, ended: Envelope | undefined): SpooledFlow {
  const times = ended?.kind === "flow" ? { start: ended.data.start, end: ended.data.end } : {}
  return { id: flow.id, vni: flow.vni, client: flow.client, server: flow.server, at, ...times }
}

function exchangeOn(envelopes: readonly Envelope[], flow: string): { authority: string; path: string } {
  const found = envelopes.find((envelope) => envelope.kind === "http" && envelope.flow.id === flow)
  return found?.kind === "http" ? { authority: found.data.authority ?? "", path: found.data.path ?? "" } : { authority: "", path: "" }
}

function batchOf(packets: readonly Uint8Array[], at: readonly number[] = packets.map((_, index) => AT + index)): PacketBatch {
  const batch = { ...newBatch(), bytes: Buffer.concat(packets) }
  let offset = 0
  packets.forEach((packet, index) => {
    batch.offset[index] = offset
    batch.captured[index] = batch.wire[index] = packet.length
    batch.at[index] = at[index] ?? 0
    batch.link[index] = LINK_VXLAN
    offset += packet.length
  })
  batch.count = packets.length
  return batch
}

function tsharkFields(file: string, fields: readonly string[]): string {
  return execFileSync("tshark", ["-n", "-r", file, "-T", "fields", ...fields.flatMap((field) => ["-e", field])], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  })
}

/** Client randoms of the key lines that lie anywhere in a file. */
function randomsIn(bytes: Uint8Array): string[] {
  const found = new Set<string>()
  const reader = new KeyLogReader(({ id }) => found.add(id))
  for (const [line] of Buffer.from(bytes)
    .toString("latin1")
    .matchAll(/[A-Z_0-9]{6,40} [0-9a-f]{64} [0-9a-f]{64,128}/g))
    reader.push(Buffer.from(`${line}\n`))
  return [...found]
}

const AT = 1_700_000_000_000_000
