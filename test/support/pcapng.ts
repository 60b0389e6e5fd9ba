// pcapng blocks by hand, in either byte order.

export type Order = "little" | "big"

export function block(order: Order, type: number, body: Uint8Array): Uint8Array {
  const padded = (body.length + 3) & ~3
  const bytes = Buffer.alloc(12 + padded)
  u32(bytes, 0, type, order)
  u32(bytes, 4, bytes.length, order)
  bytes.set(body, 8)
  u32(bytes, bytes.length - 4, bytes.length, order)
  return bytes
}

export function section(order: Order): Uint8Array {
  const body = Buffer.alloc(16)
  u32(body, 0, 0x1a2b3c4d, order)
  u16(body, 4, 1, order)
  body.fill(0xff, 8)
  return block(order, 0x0a0d0d0a, body)
}

export function idb(order: Order, { link, tsresol, offset }: { link: number; tsresol?: number; offset?: bigint }): Uint8Array {
  const body = Buffer.alloc(8)
  u16(body, 0, link, order)
  const options: Uint8Array[] = []
  if (tsresol !== undefined) options.push(option(order, 9, Buffer.from([tsresol])))
  if (offset !== undefined) {
    const value = Buffer.alloc(8)
    if (order === "little") value.writeBigInt64LE(offset)
    else value.writeBigInt64BE(offset)
    options.push(option(order, 14, value))
  }
  return block(order, 1, Buffer.concat([body, ...options, option(order, 0, Buffer.alloc(0))]))
}

export function packetBlock(order: Order, { face, ticks, bytes }: { face: number; ticks: bigint; bytes: Uint8Array }): Uint8Array {
  const body = Buffer.alloc(20 + bytes.length)
  u32(body, 0, face, order)
  u32(body, 4, Number(ticks >> 32n), order)
  u32(body, 8, Number(ticks & 0xffff_ffffn), order)
  u32(body, 12, bytes.length, order)
  u32(body, 16, bytes.length, order)
  body.set(bytes, 20)
  return block(order, 6, body)
}

export function simpleBlock(order: Order, bytes: Uint8Array): Uint8Array {
  const body = Buffer.alloc(4 + bytes.length)
  u32(body, 0, bytes.length, order)
  body.set(bytes, 4)
  return block(order, 3, body)
}

export function secretsBlock(order: Order, text: string): Uint8Array {
  const body = Buffer.alloc(8 + text.length)
  u32(body, 0, 0x544c534b, order)
  u32(body, 4, text.length, order)
  body.write(text, 8)
  return block(order, 10, body)
}

function option(order: Order, code: number, value: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(4 + ((value.length + 3) & ~3))
  u16(bytes, 0, code, order)
  u16(bytes, 2, value.length, order)
  bytes.set(value, 4)
  return bytes
}
function u16(bytes: Buffer, at: number, value: number, order: Order): void {
  if (order === "little") bytes.writeUInt16LE(value, at)
  else bytes.writeUInt16BE(value, at)
}
function u32(bytes: Buffer, at: number, value: number, order: Order): void {
  if (order === "little") bytes.writeUInt32LE(value >>> 0, at)
  else bytes.writeUInt32BE(value >>> 0, at)
}
