import { describe, expect, it } from "vitest"
import { timed } from "../../../support/conversation.ts"
import { udpPacket } from "../../../support/packets.ts"
import { message } from "../../../support/quic/builder.ts"
import { runPackets } from "../../../support/wire.ts"

describe("DTLS", () => {
  it("is recognised, its hellos told, its records counted and none taken for plaintext", () => {
    const told = runPackets(
      timed([
        packet("client", record(22, fragmented(1, clientHello()))),
        packet("server", record(22, fragmented(2, serverHello()))),
        packet("client", record(23, Buffer.alloc(200, 9), 1)),
        packet("server", Buffer.concat([record(23, Buffer.alloc(300, 8), 1), record(23, Buffer.alloc(50, 7), 1)])),
      ]),
    )
    const facts = told.facts.map(({ fact }) => fact)
    expect(facts.filter(({ type }) => type === "tls")).toEqual([
      expect.objectContaining({
        sni: "agent.test",
        version: "DTLSv1.2",
        cipher: "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
        decryption: "none",
        reason: "dtls",
        ja4: expect.stringMatching(/^dd2d0101/),
      }),
    ])
    expect(told.flows[0]?.summary.shape?.serverSizes).toEqual([300, 50])
    expect(told.flows[0]?.summary.shape?.clientSizes).toEqual([200])
  })

  it("is not seen in what only begins so", () => {
    const told = runPackets(
      timed([packet("client", record(22, Buffer.alloc(30)).subarray(0, 20)), packet("client", Buffer.from([22, 0xfe, 0xfd]))]),
    )
    expect(told.facts).toEqual([])
  })
})

function packet(side: "client" | "server", payload: Uint8Array): Uint8Array {
  const [client, server] = ["10.0.0.1", "192.0.2.5"] as const
  return side === "client"
    ? udpPacket({ from: client, to: server, sport: 40_000, dport: 4_433, payload })
    : udpPacket({ from: server, to: client, sport: 4_433, dport: 40_000, payload })
}

/** RFC 6347 section 4.1. */
function record(type: number, body: Buffer, epoch = 0): Buffer {
  return Buffer.concat([Buffer.from([type, 0xfe, 0xfd, 0, epoch, 0, 0, 0, 0, 0, 1, body.length >> 8, body.length & 255]), body])
}

/** A handshake message in one fragment, section 4.2.2. */
function fragmented(type: number, body: Buffer): Buffer {
  const head = message(type, body).subarray(0, 4)
  return Buffer.concat([head, Buffer.alloc(5), head.subarray(1), body])
}

function clientHello(): Buffer {
  const name = Buffer.from("agent.test")
  const sni = Buffer.concat([Buffer.from([0, 0, 0, name.length + 5, 0, name.length + 3, 0, 0, name.length]), name])
  // Version, random, no session id, no cookie, one suite, no compression.
  const rest = Buffer.from([0, 0, 0, 2, 0xc0, 0x2b, 1, 0, sni.length >> 8, sni.length & 255])
  return Buffer.concat([Buffer.from([0xfe, 0xfd]), Buffer.alloc(32, 1), rest, sni])
}

function serverHello(): Buffer {
  return Buffer.concat([Buffer.from([0xfe, 0xfd]), Buffer.alloc(32, 2), Buffer.from([0, 0xc0, 0x2b, 0])])
}
