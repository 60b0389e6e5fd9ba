// Whole HTTP sessions made at random, with what their endpoints saw, as packets in any wrapping and in the disorder that networks cause.
import { gzipSync } from "node:zlib"
import { type Spoken, segmentsOf, type TcpSegment } from "./conversation.ts"
import { ethernet, ipv4, tcpPacket, udpPacket, vxlan } from "./packets.ts"

export interface Session {
  readonly frames: readonly Uint8Array[]
  readonly requests: readonly { readonly method: string; readonly path: string; readonly body: string }[]
  readonly responses: readonly { readonly status: number; readonly body: string }[]
  readonly client: string
}
export type Draw = (below: number) => number

export function randomSession(number: number, draw: Draw): Session {
  const client = `10.${1 + (number >> 8)}.${number & 255}.${1 + draw(250)}`
  const turns: Spoken[] = []
  const requests: Session["requests"][number][] = []
  const responses: Session["responses"][number][] = []
  for (let count = 1 + draw(4); count > 0; count--) {
    const method = draw(2) === 0 ? "GET" : "POST"
    const path = `/s${number}/${count}?q=${draw(1e6)}`
    const body = method === "GET" ? "" : words(draw, 1 + draw(4_000))
    requests.push({ method, path, body })
    turns.push({ side: "client", bytes: message(`${method} ${path} HTTP/1.1\r\nHost: s${number}.test\r\n`, body, draw) })
    const status = [200, 200, 201, 404, 500][draw(5)] ?? 200
    const answer = words(draw, 1 + draw(9_000))
    responses.push({ status, body: answer })
    turns.push({ side: "server", bytes: message(`HTTP/1.1 ${status} Reason\r\nServer: s\r\n`, answer, draw) })
  }
  const port = 20_000 + number
  const isn = [draw(0x7fff_ffff), 0xffff_ffff - draw(4_000)] as const
  const segments = disorder(segmentsOf(turns, { size: 200 + draw(1_200), isn }), draw)
  const wrap = WRAPPINGS[draw(WRAPPINGS.length)] ?? ((frame) => frame)
  return { frames: segments.map((segment) => wrap(frameOf(segment, client, port))), requests, responses, client: `${client}:${port}` }
}

/** Body by length, in chunks, or packed. */
function message(head: string, body: string, draw: Draw): Uint8Array {
  if (body === "") return Buffer.from(`${head}\r\n`)
  const packed = draw(3) === 0
  const bytes = packed ? gzipSync(body) : Buffer.from(body)
  const coded = packed ? `${head}Content-Encoding: gzip\r\n` : head
  if (draw(2) === 0) return Buffer.concat([Buffer.from(`${coded}Content-Length: ${bytes.length}\r\n\r\n`), bytes])
  const parts: Uint8Array[] = [Buffer.from(`${coded}Transfer-Encoding: chunked\r\n\r\n`)]
  for (let at = 0; at < bytes.length; ) {
    const piece = bytes.subarray(at, at + 1 + draw(1_500))
    parts.push(Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from("\r\n"))
    at += piece.length
  }
  return Buffer.concat([...parts, Buffer.from("0\r\n\r\n")])
}

/** Neighbours of one side exchanged, segments doubled: what an endpoint's TCP repairs. */
function disorder(segments: readonly TcpSegment[], draw: Draw): TcpSegment[] {
  const result: TcpSegment[] = []
  for (const segment of segments) {
    result.push(segment)
    if (segment.payload.length === 0) continue
    const before = result.at(-3)
    if (draw(8) === 0 && before !== undefined && before.side === segment.side && before.payload.length > 0) {
      result.splice(-3, 1)
      result.push(before)
    }
    if (draw(10) === 0) result.push(segment)
  }
  return result
}

function frameOf({ side, flags, seq, ack, payload }: TcpSegment, client: string, port: number): Uint8Array {
  const [from, to, sport, dport] = side === "client" ? [client, SERVER, port, 80] : [SERVER, client, 80, port]
  return tcpPacket({ from, to, sport, dport, seq, ack, flags, payload })
}

/** Letters that no hexadecimal number has, so that nobody takes one for the other. */
function words(draw: Draw, length: number): string {
  let text = ""
  while (text.length < length) text += `${WORDS[draw(WORDS.length)]} `
  return text.slice(0, length - 1).concat("z")
}

const SERVER = "192.0.2.80"
const WORDS = ["moon", "pistol", "volt", "quilt", "rhythm", "synth", "wolf", "zoo"]
const tunnel = { from: "172.16.0.1", to: "172.16.0.2", sport: 50_000 }
const gre = (type: number, inner: Uint8Array): Uint8Array =>
  ethernet(
    ipv4({ from: tunnel.from, to: tunnel.to, protocol: 47, payload: Buffer.concat([Buffer.from([0, 0, type >> 8, type & 255]), inner]) }),
  )
const inside = (frame: Uint8Array): Uint8Array => frame.subarray(14)
const typed = (header: readonly number[], frame: Uint8Array): Uint8Array =>
  Buffer.concat([frame.subarray(0, 12), Buffer.from(header), frame.subarray(12)])
const WRAPPINGS: readonly ((frame: Uint8Array) => Uint8Array)[] = [
  (frame) => frame,
  (frame) => typed([0x81, 0, 0, 5], frame),
  (frame) => typed([0x88, 0xa8, 0, 5, 0x81, 0, 0, 7], frame),
  (frame) => ethernet(Buffer.concat([Buffer.from([0, 1, 1, 64]), inside(frame)]), 0x8847),
  (frame) =>
    ethernet(
      Buffer.concat([Buffer.from([0x11, 0, 0, 1, (frame.length - 12) >> 8, (frame.length - 12) & 255, 0, 0x21]), inside(frame)]),
      0x8864,
    ),
  (frame) => udpPacket({ ...tunnel, dport: 4_789, payload: vxlan(77, frame) }),
  (frame) => udpPacket({ ...tunnel, dport: 6_081, payload: Buffer.concat([Buffer.from([0, 0, 0x65, 0x58, 0, 0, 9, 0]), frame]) }),
  (frame) => gre(0x0800, inside(frame)),
  (frame) => gre(0x6558, frame),
  (frame) => ethernet(ipv4({ from: tunnel.from, to: tunnel.to, protocol: 4, payload: inside(frame) })),
]
