import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { KeyStore } from "../../../../collectors/keys/key-store.ts"
import type { RouteHint } from "../../../../collectors/wire/context.ts"
import type { DatagramContext } from "../../../../collectors/wire/datagram.ts"
import type { TlsFact, WireFact } from "../../../../collectors/wire/facts.ts"
import { readPackets, recogniseQuic } from "../../../../collectors/wire/quic/packet.ts"
import { QuicLayer } from "../../../../collectors/wire/quic/quic-layer.ts"
import { SegmentSizes } from "../../../../collectors/wire/quic/segments.ts"
import type { Side } from "../../../../collectors/wire/stream.ts"
import {
  clientHello,
  cryptoFrame,
  encryptedExtensions,
  initialKeys,
  keysOf,
  longPacket,
  serverHello,
  shortPacket,
  streamFrame,
  updated,
} from "../../../support/quic/builder.ts"

const RANDOM = Buffer.alloc(32, 0x42)
const CLIENT_ID = Buffer.from("c1c1c1c1c1", "hex")
const SERVER_ID = Buffer.from("5e5e5e5e5e5e5e5e", "hex")
const FIRST_ID = Buffer.from("0102030405060708", "hex")
const secrets = {
  early: Buffer.alloc(32, 1),
  clientHandshake: Buffer.alloc(32, 2),
  serverHandshake: Buffer.alloc(32, 3),
  client: Buffer.alloc(32, 4),
  server: Buffer.alloc(32, 5),
}
const keyLog = () =>
  (
    [
      ["CLIENT_EARLY_TRAFFIC_SECRET", secrets.early],
      ["CLIENT_HANDSHAKE_TRAFFIC_SECRET", secrets.clientHandshake],
      ["SERVER_HANDSHAKE_TRAFFIC_SECRET", secrets.serverHandshake],
      ["CLIENT_TRAFFIC_SECRET_0", secrets.client],
      ["SERVER_TRAFFIC_SECRET_0", secrets.server],
    ] as const
  )
    .map(([name, secret]) => `${name} ${RANDOM.toString("hex")} ${secret.toString("hex")}`)
    .join("\n")

class Player implements DatagramContext {
  readonly keys = new KeyStore()
  readonly facts: WireFact[] = []
  readonly claimed: string[] = []
  readonly streams: string[] = []
  hint: RouteHint | undefined
  readonly layer = new QuicLayer(this, { clientPort: 50_000, serverPort: 443 })
  #at = 1_000_000

  emit(fact: WireFact): void {
    this.facts.push(fact)
  }
  named(): void {}
  claim(id: Uint8Array): void {
    this.claimed.push(Buffer.from(id).toString("hex"))
  }
  route(): never {
    throw new Error("QUIC carries no byte stream")
  }
  routeStreams(hint: RouteHint) {
    this.hint = hint
    return {
      onStreamData: ({
        streamId,
        side,
        offset,
        bytes,
        fin,
      }: {
        streamId: number
        side: Side
        offset: number
        bytes: Uint8Array
        fin: boolean
      }) => this.streams.push(`${side} ${streamId} ${offset} ${Buffer.from(bytes).toString()}${fin ? "." : ""}`),
      onStreamGap: ({ streamId, side, offset, length }: { streamId: number; side: Side; offset: number; length: number }) =>
        this.streams.push(`${side} ${streamId} gap ${offset}+${length}`),
      onStreamReset: ({ streamId, side, errorCode }: { streamId: number; side: Side; errorCode: number }) =>
        this.streams.push(`${side} ${streamId} reset ${errorCode}`),
      end: () => this.streams.push("end"),
    }
  }
  send(side: Side, ...packets: Buffer[]): this {
    this.#at += 1_000
    const bytes = Buffer.concat(packets)
    this.layer.handle({ type: "datagram", side, at: this.#at, bytes })
    bytes.fill(0xaa)
    return this
  }
  later(micros: number): this {
    this.#at += micros
    return this
  }
  end(): this {
    for (const side of ["client", "server"] as const) this.layer.handle({ type: "end", side, at: this.#at, offset: 0, how: "timeout" })
    return this
  }
  get tls(): TlsFact | undefined {
    return this.facts.find((fact) => fact.type === "tls")
  }
}

function handshake(version: 1 | 2 = 1) {
  const initial = initialKeys(FIRST_ID, version)
  const of = (secret: Buffer) => keysOf(secret, version)
  const hello = clientHello(RANDOM)
  return {
    client: { keys: of(secrets.client), destination: SERVER_ID },
    server: { keys: of(secrets.server), destination: CLIENT_ID },
    hello: longPacket({
      type: "initial",
      keys: initial.client,
      destination: FIRST_ID,
      source: CLIENT_ID,
      number: 0,
      payload: Buffer.concat([cryptoFrame(0, hello), Buffer.alloc(900)]),
    }),
    answer: longPacket({
      type: "initial",
      keys: initial.server,
      destination: CLIENT_ID,
      source: SERVER_ID,
      number: 0,
      payload: cryptoFrame(0, serverHello()),
    }),
    extensions: longPacket({
      type: "handshake",
      keys: of(secrets.serverHandshake),
      destination: CLIENT_ID,
      source: SERVER_ID,
      number: 0,
      payload: cryptoFrame(0, encryptedExtensions("h3")),
    }),
    initial,
  }
}

describe("QuicLayer", () => {
  it.each([1, 2] as const)("reads the hello of version %i without keys", (version) => {
    const { hello, answer, server } = handshake(version)
    const player = new Player()
      .send("client", hello)
      .send("server", answer)
      .send("server", shortPacket({ ...server, number: 1, payload: streamFrame(0, 0, "secret") }))
      .end()
    expect(player.tls).toMatchObject({
      sni: "agent.test",
      alpn: ["h3"],
      version: "TLSv1.3",
      cipher: "TLS_AES_128_GCM_SHA256",
      decryption: "none",
      reason: "no-key",
    })
    expect(player.tls?.ja4).toMatch(/^q13d0104h3_/)
    expect(player.streams).toEqual([])
    expect(player.layer.held).toBe(0)
  })

  it.each([1, 2] as const)("reads streams of version %i from coalesced packets, in both directions", (version) => {
    const { hello, answer, extensions, client, server } = handshake(version)
    const player = new Player()
    player.keys.addText(Buffer.from(keyLog()))
    player
      .send("client", hello)
      .send("server", answer, extensions, shortPacket({ ...server, number: 0, payload: streamFrame(3, 0, "settings") }))
      .send(
        "client",
        shortPacket({ ...client, number: 1, payload: Buffer.concat([streamFrame(0, 0, "request", true), streamFrame(2, 0, "x")]) }),
      )
      .send("server", shortPacket({ ...server, number: 1, payload: streamFrame(0, 0, "response", true) }))
      .end()
    expect(player.streams).toEqual([
      "server 3 0 settings",
      "client 0 0 request",
      "client 0 7 .",
      "client 2 0 x",
      "server 0 0 response",
      "server 0 8 .",
      "end",
    ])
    expect(player.hint).toEqual({ inside: "quic", alpn: "h3", serverPort: 443, host: "agent.test" })
    expect(player.tls).toMatchObject({ alpnChosen: "h3", decryption: "full", reason: undefined })
    expect(player.claimed).toEqual(expect.arrayContaining([CLIENT_ID.toString("hex"), SERVER_ID.toString("hex")]))
  })

  it("puts a hello together that comes in pieces, out of order, over several packets", () => {
    const keys = initialKeys(FIRST_ID)
    const hello = clientHello(RANDOM, { pad: 1_500 })
    const piece = (number: number, from: number, to: number) =>
      longPacket({
        type: "initial",
        keys: keys.client,
        destination: FIRST_ID,
        source: CLIENT_ID,
        number,
        payload: Buffer.concat([Buffer.from([1]), cryptoFrame(from, hello.subarray(from, to)), Buffer.alloc(20)]),
      })
    const player = new Player()
      .send("client", piece(1, 900, hello.length))
      .send("client", piece(0, 0, 500))
      .send("client", piece(2, 400, 1_000))
      .end()
    expect(player.tls).toMatchObject({ sni: "agent.test", alpn: ["h3"] })
  })

  it("begins anew with the server's id after a Retry", () => {
    const { hello } = handshake()
    const retryId = Buffer.from("aabbccdd", "hex")
    const retry = Buffer.concat([
      Buffer.from([0xf0, 0, 0, 0, 1, CLIENT_ID.length]),
      CLIENT_ID,
      Buffer.from([retryId.length]),
      retryId,
      Buffer.from("token"),
      Buffer.alloc(16),
    ])
    const again = longPacket({
      ...{
        type: "initial",
        keys: initialKeys(retryId).client,
        destination: retryId,
        source: CLIENT_ID,
        number: 1,
        token: Buffer.from("token"),
      },
      payload: cryptoFrame(0, clientHello(RANDOM)),
    })
    const player = new Player().send("client", hello).send("server", retry).send("client", again)
    player
      .send(
        "server",
        longPacket({
          type: "initial",
          keys: initialKeys(retryId).server,
          destination: CLIENT_ID,
          source: SERVER_ID,
          number: 0,
          payload: cryptoFrame(0, serverHello()),
        }),
      )
      .end()
    expect(player.tls).toMatchObject({ sni: "agent.test", version: "TLSv1.3" })
    expect(player.facts.filter((fact) => fact.type === "anomaly")).toEqual([])
  })

  it("reads 0-RTT data, whichever of hello and data comes first", () => {
    const { hello, answer } = handshake()
    const early = longPacket({
      type: "0rtt",
      keys: keysOf(secrets.early),
      destination: FIRST_ID,
      source: CLIENT_ID,
      number: 0,
      payload: streamFrame(0, 0, "early", true),
    })
    for (const order of [
      [hello, early],
      [hello, early, answer],
    ]) {
      const player = new Player()
      player.keys.addText(Buffer.from(keyLog()))
      for (const packet of order) player.send(packet === answer ? "server" : "client", packet)
      player.end()
      expect(player.streams).toEqual(["client 0 0 early", "client 0 5 .", "end"])
    }
  })

  it("follows key updates of either side, and packets of the phase before that come late", () => {
    const { hello, answer, client, server } = handshake()
    const next = updated(client.keys)
    const third = updated(next)
    const player = new Player()
    player.keys.addText(Buffer.from(keyLog()))
    player.send("client", hello).send("server", answer)
    const send = (keys: typeof client.keys, number: number, phase: 0 | 1, text: string, offset: number) =>
      player.send("client", shortPacket({ keys, destination: SERVER_ID, number, phase, payload: streamFrame(0, offset, text) }))
    send(client.keys, 1, 0, "one", 0)
    send(next, 3, 1, "three", 6)
    send(client.keys, 2, 0, "two", 3)
    send(third, 4, 0, "four", 11)
    player.send("server", shortPacket({ ...server, number: 1, payload: streamFrame(0, 0, "ok") })).end()
    expect(player.streams).toEqual(["client 0 0 one", "client 0 3 two", "client 0 6 three", "client 0 11 four", "server 0 0 ok", "end"])
    expect(player.tls?.decryption).toBe("full")
  })

  it("waits for keys that come late, and reads what it held in order", () => {
    const { hello, answer, extensions, client, server } = handshake()
    const player = new Player().send("client", hello).send("server", answer, extensions)
    player.send("client", shortPacket({ ...client, number: 1, payload: streamFrame(0, 0, "request", true) }))
    player.send("server", shortPacket({ ...server, number: 1, payload: streamFrame(0, 0, "response", true) }))
    player.layer.flush()
    expect(player.streams).toEqual([])
    player.keys.addText(Buffer.from(keyLog()))
    player.layer.flush()
    expect(player.streams).toEqual(["client 0 0 request", "client 0 7 .", "server 0 0 response", "server 0 8 ."])
    expect(player.layer.held).toBe(0)
  })

  it("fills holes that are repaired and tells those that are not, by packet time", () => {
    const { hello, answer, server } = handshake()
    const player = new Player()
    player.keys.addText(Buffer.from(keyLog()))
    player.send("client", hello).send("server", answer)
    const send = (number: number, offset: number, text: string) =>
      player.send("server", shortPacket({ ...server, number, payload: streamFrame(0, offset, text) }))
    send(1, 5, "later")
    send(2, 0, "first")
    send(3, 20, "after")
    player.later(3_000_000)
    send(4, 25, "end")
    player.layer.flush()
    expect(player.streams).toEqual(["server 0 0 first", "server 0 5 later", "server 0 gap 10+10", "server 0 20 after", "server 0 25 end"])
  })

  it("drops an injected packet, says so once and reads on", () => {
    const { hello, answer, server } = handshake()
    const player = new Player()
    player.keys.addText(Buffer.from(keyLog()))
    player.send("client", hello).send("server", answer)
    for (const number of [7, 8]) player.send("server", Buffer.concat([Buffer.from([0x41]), CLIENT_ID, Buffer.alloc(60, number)]))
    player.send("server", shortPacket({ ...server, number: 1, payload: streamFrame(0, 0, "true") })).end()
    expect(player.streams).toEqual(["server 0 0 true", "end"])
    expect(player.facts.filter((fact) => fact.type === "anomaly")).toMatchObject([{ layer: "quic", code: "bad-packet" }])
  })

  it.each([1, 2] as const)("reads packets of version %i whose fixed bit is greased (RFC 9287)", (version) => {
    const { client, server, initial } = handshake(version)
    const long = { destination: CLIENT_ID, source: SERVER_ID, number: 0, fixed: false }
    const { hello } = handshake(version)
    const answer = longPacket({ ...long, type: "initial", keys: initial.server, payload: cryptoFrame(0, serverHello()) })
    const keys = keysOf(secrets.serverHandshake, version)
    const extensions = longPacket({ ...long, type: "handshake", keys, payload: cryptoFrame(0, encryptedExtensions("h3")) })
    const player = new Player()
    player.keys.addText(Buffer.from(keyLog()))
    player
      .send("client", hello)
      .send("server", answer, extensions, shortPacket({ ...server, number: 0, payload: streamFrame(3, 0, "settings"), fixed: false }))
      .send("client", shortPacket({ ...client, number: 1, payload: streamFrame(0, 0, "request", true), fixed: false }))
      .end()
    expect(player.streams).toEqual(["server 3 0 settings", "client 0 0 request", "client 0 7 .", "end"])
    expect(player.facts.filter((fact) => fact.type === "anomaly")).toEqual([])
  })

  it("takes zeros behind a packet for padding", () => {
    const { hello, answer, server } = handshake()
    const player = new Player()
    player.keys.addText(Buffer.from(keyLog()))
    player.send("client", hello, Buffer.alloc(100)).send("server", answer, Buffer.alloc(500))
    player.send("server", shortPacket({ ...server, number: 1, payload: streamFrame(0, 0, "true") })).end()
    expect(player.streams).toEqual(["server 0 0 true", "end"])
    expect(player.facts.filter((fact) => fact.type === "anomaly")).toEqual([])
  })

  it.each([
    ["with keys at hand", false],
    ["with keys that come late", true],
  ])("cuts datagrams apart that were captured as one, %s", (_, late) => {
    const { hello, answer, extensions, server } = handshake()
    const size = 1_357
    /** A 1-RTT packet of that many bytes: frame, then padding. */
    const packet = (number: number, frame: Buffer, length: number) =>
      shortPacket({ ...server, number, payload: Buffer.concat([frame, Buffer.alloc(length - frame.length - 24)]) })
    const flight = Buffer.concat([answer, extensions])
    const player = new Player()
    if (!late) player.keys.addText(Buffer.from(keyLog()))
    player.send("client", hello)
    player.send(
      "server",
      Buffer.concat([flight, packet(0, streamFrame(3, 0, "settings"), size - flight.length)]),
      packet(1, streamFrame(0, 0, "one "), size),
      packet(2, streamFrame(0, 4, "two "), 700),
    )
    player.send("server", packet(3, streamFrame(0, 8, "three "), size), packet(4, streamFrame(0, 14, "four", true), size))
    if (late) player.keys.addText(Buffer.from(keyLog()))
    player.layer.flush()
    player.end()
    expect(player.streams.map((line) => line.split(" ")[3])).toEqual(["settings", "one", "two", "three", "four", ".", undefined])
    expect(player.facts.filter((fact) => fact.type === "anomaly")).toEqual([])
  })

  it("reads on behind packets that are too long and open at no length, and soon stops searching them", () => {
    const { hello, answer, server } = handshake()
    const player = new Player()
    player.keys.addText(Buffer.from(keyLog()))
    player.send("client", hello).send("server", answer)
    for (let number = 0; number < 20; number += 1)
      player.send("server", Buffer.concat([Buffer.from([0x41]), CLIENT_ID, Buffer.alloc(9_000, number)]))
    player.send("server", shortPacket({ ...server, number: 1, payload: streamFrame(0, 0, "true") })).end()
    expect(player.streams).toEqual(["server 0 0 true", "end"])
    const sizes = new SegmentSizes()
    sizes.note(1_280)
    const tried = Array.from({ length: 20 }, () => [...sizes.candidates(9_000)].length)
    expect(tried[0]).toBeGreaterThan(200)
    expect(tried.at(-1)).toBe(1)
  })

  it("opens the ChaCha20 packet of RFC 9001 appendix A.5", async () => {
    const { PacketKeys } = await import("../../../../collectors/wire/quic/packet-keys.ts")
    const { kindOf } = await import("../../../../collectors/wire/quic/packet.ts")
    const { suiteOf } = await import("../../../../collectors/wire/tls/suites.ts")
    const kind = kindOf(1)
    if (kind === undefined) throw new Error("version 1 is known")
    const keys = new PacketKeys(kind, suiteOf(0x1303), {
      secret: Buffer.from("9ac312a7f877468ebe69422748ad00a15443f18203a07d6060f688f30f21632b", "hex"),
    })
    const packet = Buffer.from("4cfe4189655e5cd55c41f69080575d7999c25a5bfb", "hex")
    const bare = keys.bare(packet, 1, 654_360_563)
    expect(bare).toMatchObject({ number: 654_360_564 })
    expect(bare === undefined ? undefined : keys.open(packet, bare)).toEqual(Buffer.from([1]))
  })

  it("recognises first datagrams only", () => {
    expect(recogniseQuic(handshake().hello)).toBe(true)
    expect(recogniseQuic(Buffer.from("4002030405060708090a0b0c0d0e0f101112131415161718", "hex"))).toBe(false)
    expect(recogniseQuic(Buffer.alloc(1_200, 0xff))).toBe(false)
  })

  it("survives any bytes, and any change to real packets, with bounded memory", () => {
    const { hello, answer, extensions, client } = handshake()
    const packets = [hello, answer, extensions, shortPacket({ ...client, number: 1, payload: streamFrame(0, 0, "request") })]
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(5), fc.nat(1_300), fc.nat(255), fc.uint8Array({ maxLength: 100 })), { maxLength: 12 }),
        (steps) => {
          const player = new Player()
          player.keys.addText(Buffer.from(keyLog()))
          for (const [which, position, value, noise] of steps) {
            const bytes = Buffer.from(packets[which] ?? noise)
            if (bytes.length > 0 && value > 40) bytes[position % bytes.length] = value
            readPackets(bytes)
            player.send(which % 2 === 0 ? "client" : "server", bytes)
            expect(player.layer.held).toBeLessThan(200_000)
          }
          player.layer.flush()
          player.end()
        },
      ),
      { numRuns: 150 },
    )
  })

  it("holds a bounded part of a stream whose beginning never comes", () => {
    const { hello, answer, server } = handshake()
    const player = new Player()
    player.keys.addText(Buffer.from(keyLog()))
    player.send("client", hello).send("server", answer)
    const chunk = Buffer.alloc(1_000, 0x61)
    for (let n = 1; n < 6_000; n++) player.send("server", shortPacket({ ...server, number: n, payload: streamFrame(0, n * 1_000, chunk) }))
    expect(player.layer.held).toBeLessThan(5_000_000)
  })
})
