import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { readTcpFrame, resetFor, type TcpFrame } from "../../../collectors/reset/tcp-frame.ts"
import { ethernet, tcpPacket, writePcap } from "../../support/packets.ts"
import { requires } from "../../support/requires.ts"

describe("a reset", () => {
  it("comes from the other side with the exact numbers that the packet shows", () => {
    const frame = read(tcp({ seq: 1_000, ack: 7_000, flags: "A", payload: Buffer.from("hello") }))
    const toSender = read(resetFor(frame, "sender"))
    expect(shown(toSender)).toEqual({ from: "203.0.113.9:443", to: "10.0.0.10:50000", seq: 7_000, flags: RST_ACK, ack: 1_005 })
    const toReceiver = read(resetFor(frame, "receiver"))
    expect(shown(toReceiver)).toMatchObject({ from: "10.0.0.10:50000", to: "203.0.113.9:443", seq: 1_005 })
    expect(Buffer.from(toSender.link.subarray(0, 12)).toString("hex")).toBe(
      Buffer.from(frame.link.subarray(6, 12)).toString("hex") + Buffer.from(frame.link.subarray(0, 6)).toString("hex"),
    )
  })

  it("refuses a connection that is only being opened, past the end of the sequence numbers too", () => {
    const frame = read(tcp({ seq: 0xffffffff, ack: 0, flags: "S" }))
    expect(shown(read(resetFor(frame, "sender")))).toMatchObject({ seq: 0, ack: 0, flags: RST_ACK })
  })

  it("keeps VLAN tags, and counts a payload without Ethernet's padding", () => {
    const plain = tcp({ seq: 5, ack: 9, flags: "A" })
    const tagged = Buffer.concat([plain.subarray(0, 12), Buffer.from("81000064", "hex"), plain.subarray(12), Buffer.alloc(6)])
    const frame = read(tagged)
    expect(frame.payload).toHaveLength(0)
    expect(Buffer.from(resetFor(frame, "sender").subarray(12, 18)).toString("hex")).toBe("810000640800")
  })

  it("is not made for what is no TCP packet, a fragment, or cut before its end", () => {
    const whole = tcp({ seq: 1, ack: 1, flags: "A", payload: Buffer.from("hello") })
    expect(readTcpFrame(whole.subarray(0, whole.length - 1), true)).toBeUndefined()
    const fragment = Uint8Array.from(whole)
    fragment[20] = 0x20
    expect(readTcpFrame(fragment, true)).toBeUndefined()
    const udp = Uint8Array.from(whole)
    udp[23] = 17
    expect(readTcpFrame(udp, true)).toBeUndefined()
    for (let length = 0; length < 54; length++) expect(readTcpFrame(whole.subarray(0, length), true)).toBeUndefined()
  })

  it.skipIf(requires("tshark").missing)(
    "has checksums that tshark holds right, over IPv4 and IPv6, with and without extension headers",
    () => {
      const frames = [
        tcp({ seq: 1, ack: 2, flags: "PA", payload: Buffer.from("odd") }),
        ethernet(ipv6(6), 0x86dd),
        ethernet(ipv6(0), 0x86dd),
      ]
      const resets = frames.flatMap((bytes) => (["sender", "receiver"] as const).map((whom) => resetFor(read(bytes), whom)))
      const folder = mkdtempSync(join(tmpdir(), "egret-reset-"))
      writePcap(
        join(folder, "resets.pcap"),
        resets.map((bytes, at) => ({ bytes, at })),
      )
      const checks = ["-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"]
      const fields = ["tcp.checksum.status", "ip.checksum.status", "tcp.flags.reset", "_ws.malformed"].flatMap((name) => ["-e", name])
      const told = execFileSync("tshark", ["-r", join(folder, "resets.pcap"), ...checks, "-T", "fields", ...fields], { encoding: "utf8" })
      rmSync(folder, { recursive: true })
      const lines = told.trimEnd().split("\n")
      expect(lines).toHaveLength(resets.length)
      for (const [n, line] of lines.entries()) {
        const [tcpSum, ipSum, reset, malformed = ""] = line.split("\t")
        expect([tcpSum, ipSum, /^(?:1|True)$/.test(reset ?? ""), malformed]).toEqual(["1", n < 2 ? "1" : "", true, ""])
      }
    },
  )
})

function read(bytes: Uint8Array): TcpFrame {
  const frame = readTcpFrame(bytes, true)
  if (frame === undefined) throw new Error("not a TCP frame")
  return frame
}

function tcp({
  seq,
  ack,
  flags,
  payload = Buffer.alloc(0),
}: {
  seq: number
  ack: number
  flags: string
  payload?: Uint8Array
}): Uint8Array {
  const frame = tcpPacket({ from: "10.0.0.10", to: "203.0.113.9", sport: 50_000, dport: 443, seq, ack, flags, payload })
  frame.set([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2])
  return frame
}

/** 2001:db8::1 to 2001:db8::2 with five bytes of payload; `first` 0 puts an empty hop-by-hop header before TCP. */
function ipv6(first: number): Uint8Array {
  const segment = Buffer.from(tcp({ seq: 3, ack: 4, flags: "A", payload: Buffer.from("12345") }).subarray(34))
  const extension = first === 6 ? Buffer.alloc(0) : Buffer.from("0600010400000000", "hex")
  const header = Buffer.alloc(40)
  header[0] = 0x60
  header.writeUInt16BE(extension.length + segment.length, 4)
  header[6] = first
  header[7] = 64
  Buffer.from("20010db8000000000000000000000001", "hex").copy(header, 8)
  Buffer.from("20010db8000000000000000000000002", "hex").copy(header, 24)
  return Buffer.concat([header, extension, segment])
}

function shown({ from, to, fromPort, toPort, seq, ack, flags }: TcpFrame): object {
  return { from: `${from.join(".")}:${fromPort}`, to: `${to.join(".")}:${toPort}`, seq, ack, flags }
}

const RST_ACK = 0x14
