// application/vnd.amazon.eventstream: length, headers' length, checksum, headers, payload, checksum.
import { crc32 } from "node:zlib"

export function eventStream(frames: readonly (readonly [type: string, payload: object])[]): Buffer {
  return Buffer.concat(frames.map(([type, payload]) => frameOf(type, payload)))
}

function frameOf(type: string, payload: object): Buffer {
  const headers = Buffer.concat([
    headerOf(":event-type", type),
    headerOf(":content-type", "application/json"),
    headerOf(":message-type", "event"),
  ])
  const body = Buffer.from(JSON.stringify(payload))
  const prelude = Buffer.alloc(8)
  prelude.writeUInt32BE(16 + headers.length + body.length, 0)
  prelude.writeUInt32BE(headers.length, 4)
  const head = Buffer.concat([prelude, checksum(prelude), headers, body])
  return Buffer.concat([head, checksum(head)])
}

function headerOf(name: string, value: string): Buffer {
  return Buffer.concat([
    Buffer.from([name.length]),
    Buffer.from(name),
    Buffer.from([7, value.length >> 8, value.length & 255]),
    Buffer.from(value),
  ])
}

function checksum(bytes: Buffer): Buffer {
  const out = Buffer.alloc(4)
  out.writeUInt32BE(crc32(bytes))
  return out
}
