// pcapng blocks to write (grammar in pcapng.ts): one little-endian section, microseconds, options only where they say something.

/** The start of every file. `comment` is for the person who opens it. */
export function sectionBlock(comment = ""): Buffer {
  const head = Buffer.alloc(16)
  head.writeUInt32LE(0x1a2b3c4d, 0)
  head.writeUInt16LE(1, 4)
  head.writeBigInt64LE(-1n, 8)
  const options = comment === "" ? [] : [option(1, comment), option(4, "Egret"), option(0, "")]
  return block(0x0a0d0d0a, [head, ...options])
}

/** Interfaces are numbered as they come. */
export function interfaceBlock(link: number): Buffer {
  const body = Buffer.alloc(8)
  body.writeUInt16LE(link, 0)
  return block(1, [body])
}

export function secretsBlock(keyLog: string): Buffer {
  const head = Buffer.alloc(8)
  head.writeUInt32LE(0x544c534b, 0)
  const data = Buffer.from(keyLog, "latin1")
  head.writeUInt32LE(data.length, 4)
  return block(10, [head, data])
}

export interface WrittenPacket {
  readonly interface: number
  readonly at: number
  /** Length on the wire. */
  readonly wire: number
}

export function packetBlockLength(captured: number): number {
  return 32 + ((captured + 3) & ~3)
}

/** Writes a packet block at `at` and returns where the next one begins. `into` has room for packetBlockLength. */
export function writePacketBlock(into: Buffer, at: number, { bytes, ...packet }: WrittenPacket & { readonly bytes: Uint8Array }): number {
  const total = packetBlockLength(bytes.length)
  into.writeUInt32LE(6, at)
  into.writeUInt32LE(total, at + 4)
  into.writeUInt32LE(packet.interface, at + 8)
  into.writeUInt32LE(Math.floor(packet.at / 2 ** 32), at + 12)
  into.writeUInt32LE(packet.at % 2 ** 32, at + 16)
  into.writeUInt32LE(bytes.length, at + 20)
  into.writeUInt32LE(Math.max(packet.wire, bytes.length), at + 24)
  into.set(bytes, at + 28)
  into.fill(0, at + 28 + bytes.length, at + total - 4)
  into.writeUInt32LE(total, at + total - 4)
  return at + total
}

function option(code: number, text: string): Buffer {
  const value = Buffer.from(text)
  const written = Buffer.alloc(4 + ((value.length + 3) & ~3))
  written.writeUInt16LE(code, 0)
  written.writeUInt16LE(value.length, 2)
  value.copy(written, 4)
  return written
}

function block(type: number, parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts)
  const padded = (body.length + 3) & ~3
  const written = Buffer.alloc(12 + padded)
  written.writeUInt32LE(type, 0)
  written.writeUInt32LE(written.length, 4)
  body.copy(written, 8)
  written.writeUInt32LE(written.length, written.length - 4)
  return written
}
