// Hellos of QUIC versions before 1 and beside it, which captures still hold; tshark is asked for a second opinion on each.
import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { timed } from "../../../support/conversation.ts"
import { pcapFile, udpPacket } from "../../../support/packets.ts"
import { clientHello, cryptoFrame, draftKeys, longPacket } from "../../../support/quic/builder.ts"
import { requires } from "../../../support/requires.ts"
import { runPackets } from "../../../support/wire.ts"

const DRAFT_22 = "7fbcdb0e7c66bbe9193a96cd21519ebd7a02644a"
const DRAFT_23 = "c3eef712c72ebb5a11a7d2432bb46365bef9f502"
const DRAFT_29 = "afbfec289993d24c9e9786f19c6111e04390a899"
const V1 = "38762cf7f55934b34d179ae6a4c80cadccbb7f0a"
const versions = [
  { name: "draft-22", wire: 0xff000016, salt: DRAFT_22 },
  { name: "draft-23", wire: 0xff000017, salt: DRAFT_23 },
  { name: "draft-27", wire: 0xff00001b, salt: DRAFT_23 },
  { name: "draft-28", wire: 0xff00001c, salt: DRAFT_23 },
  { name: "draft-29", wire: 0xff00001d, salt: DRAFT_29 },
  { name: "draft-32", wire: 0xff000020, salt: DRAFT_29 },
  { name: "draft-34", wire: 0xff000022, salt: V1 },
  { name: "mvfst-22", wire: 0xfaceb001, salt: DRAFT_22 },
  { name: "mvfst-27", wire: 0xfaceb002, salt: DRAFT_23 },
  { name: "t050", wire: 0x54303530, salt: "7ff579e5acd072915580304c43a2367c60488310" },
  { name: "t051", wire: 0x54303531, salt: "7a4edef4e7ccee5fa4506c19124fc8ccda6e033d" },
  { name: "version-1", wire: 1, salt: V1 },
]
const packets = timed(versions.map(hello))
const names = versions.map(({ name }) => `${name}.test`).sort()

describe("QUIC versions other than 1 and 2", () => {
  it("have hellos that are read", () => {
    const facts = runPackets(packets).facts.flatMap(({ fact }) => (fact.type === "tls" ? [fact] : []))
    expect(facts.map(({ sni }) => sni).sort()).toEqual(names)
    expect(new Set(facts.map(({ ja4 }) => ja4)).size).toBe(1)
  })

  it.skipIf(requires("tshark").missing)("are read so by tshark too", () => {
    const folder = mkdtempSync(join(tmpdir(), "egret-quic-"))
    try {
      const file = join(folder, "versions.pcap")
      writeFileSync(file, pcapFile(packets))
      const wanted = ["-d", "udp.port==443,quic", "-T", "fields", "-e", "tls.handshake.extensions_server_name"]
      const told = execFileSync("tshark", ["-r", file, ...wanted], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] })
      // Its reader does not follow Chrome's own versions as far as the hello.
      const read = names.filter((name) => !name.startsWith("t05"))
      expect(
        told
          .split("\n")
          .filter((name) => name !== "" && !name.startsWith("t05"))
          .sort(),
      ).toEqual(read)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it("are opened as version 1 when the number only exercises version negotiation", () => {
    const told = runPackets(timed([hello({ name: "grease", wire: 0x1a2a3a4a, salt: V1 }, 0)]))
    expect(told.facts.map(({ fact }) => (fact.type === "tls" ? fact.sni : fact.type))).toEqual(["grease.test"])
  })
})

function hello({ name, wire, salt }: (typeof versions)[number], index: number): Uint8Array {
  const destination = Buffer.alloc(8, 0x10 + index)
  const payload = Buffer.concat([cryptoFrame(0, clientHello(Buffer.alloc(32, index), { sni: `${name}.test` })), Buffer.alloc(900)])
  const parts = { type: "initial", destination, source: Buffer.alloc(8, 0x80 + index), number: 0, payload } as const
  const bytes = longPacket({ ...parts, keys: draftKeys(destination, { salt, wire }) })
  return udpPacket({ from: "10.0.0.1", to: "192.0.2.1", sport: 40_000 + index, dport: 443, payload: bytes })
}
