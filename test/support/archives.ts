// Makes archives byte by byte, so that tests can also make the hostile ones that no archiver would write.
import { deflateRawSync } from "node:zlib"

export interface ZipFile {
  readonly name: string
  readonly data: string | Uint8Array
  readonly stored?: boolean
  /** Name in the local header, when it shall differ. */
  readonly localName?: string
  readonly flags?: number
  readonly unixMode?: number
}

export function makeZip(files: readonly ZipFile[]): Buffer {
  const locals: Buffer[] = []
  const centrals: Buffer[] = []
  let offset = 0
  for (const file of files) {
    const data = bytesOf(file.data)
    const packed = file.stored === true ? data : deflateRawSync(data)
    const local = localHeader(file, data, packed)
    centrals.push(centralHeader(file, { data, packed, offset }))
    locals.push(local, packed)
    offset += local.length + packed.length
  }
  const central = Buffer.concat(centrals)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(files.length, 8)
  end.writeUInt16LE(files.length, 10)
  end.writeUInt32LE(central.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...locals, central, end])
}

export interface TarFile {
  readonly name: string
  readonly data?: string | Uint8Array
  readonly type?: string
  readonly mode?: number
}

export function makeTar(files: readonly TarFile[]): Buffer {
  const blocks = files.flatMap((file) => {
    const data = bytesOf(file.data ?? "")
    const header = Buffer.alloc(512)
    header.write(file.name, 0, 100)
    header.write((file.mode ?? 0o644).toString(8).padStart(7, "0"), 100)
    header.write(data.length.toString(8).padStart(11, "0"), 124)
    header.write("        ", 148)
    header.write(file.type ?? "0", 156)
    header.write("ustar\x0000", 257)
    const sum = header.reduce((total, byte) => total + byte, 0)
    header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148)
    return [header, data, Buffer.alloc((512 - (data.length % 512)) % 512)]
  })
  return Buffer.concat([...blocks, Buffer.alloc(1024)])
}

function bytesOf(data: string | Uint8Array): Buffer {
  return typeof data === "string" ? Buffer.from(data) : Buffer.from(data)
}

function localHeader(file: ZipFile, data: Buffer, packed: Buffer): Buffer {
  const name = Buffer.from(file.localName ?? file.name)
  const header = Buffer.alloc(30)
  header.writeUInt32LE(0x04034b50, 0)
  header.writeUInt16LE(20, 4)
  header.writeUInt16LE(file.flags ?? 0x800, 6)
  header.writeUInt16LE(file.stored === true ? 0 : 8, 8)
  header.writeUInt32LE(crcOf(data), 14)
  header.writeUInt32LE(packed.length, 18)
  header.writeUInt32LE(data.length, 22)
  header.writeUInt16LE(name.length, 26)
  return Buffer.concat([header, name])
}

function centralHeader(file: ZipFile, { data, packed, offset }: { data: Buffer; packed: Buffer; offset: number }): Buffer {
  const name = Buffer.from(file.name)
  const header = Buffer.alloc(46)
  header.writeUInt32LE(0x02014b50, 0)
  header[5] = 3
  header.writeUInt16LE(file.flags ?? 0x800, 8)
  header.writeUInt16LE(file.stored === true ? 0 : 8, 10)
  header.writeUInt32LE(crcOf(data), 16)
  header.writeUInt32LE(packed.length, 20)
  header.writeUInt32LE(data.length, 24)
  header.writeUInt16LE(name.length, 28)
  header.writeUInt16LE(file.unixMode ?? 0o100644, 40)
  header.writeUInt32LE(offset, 42)
  return Buffer.concat([header, name])
}

/** Node 20 has no crc32 of its own. */
function crcOf(data: Buffer): number {
  let crc = ~0
  for (const byte of data) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return ~crc >>> 0
}
