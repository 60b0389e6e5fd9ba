// A ZIP of a skill for engines that take one file. The same files give the same bytes: sorted, stored without compression, no times, so that the
// archive has a hash that engines can know again.
//
//   local header:  "PK" 3 4, version 20, flags 0x0800 (UTF-8), method 0, time, date, crc, size, size, name length, 0, name, bytes   (APPNOTE 4.3.7)
//   central entry: "PK" 1 2 ... with the offset of the local header (4.3.12), then the end record "PK" 5 6 (4.3.16)
import { crc32 } from "node:zlib"
import type { SampleFile } from "./engine.ts"

export function zipOf(files: readonly SampleFile[]): Uint8Array {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1)).slice(0, MAX_ENTRIES)
  const local: Buffer[] = []
  const central: Buffer[] = []
  let offset = 0
  for (const { path, bytes, executable } of sorted) {
    const name = Buffer.from(path, "utf8")
    const sums = Buffer.alloc(12)
    sums.writeUInt32LE(crc32(bytes), 0)
    sums.writeUInt32LE(bytes.length, 4)
    sums.writeUInt32LE(bytes.length, 8)
    const lengths = Buffer.alloc(4)
    lengths.writeUInt16LE(name.length, 0)
    const versionToDate = Buffer.from([20, 0, 0, 8, 0, 0, 0, 0, 0x21, 0])
    local.push(Buffer.from("PK\x03\x04", "latin1"), versionToDate, sums, lengths, name, Buffer.from(bytes))
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(((executable ? 0o100755 : 0o100644) << 16) >>> 0, 6)
    tail.writeUInt32LE(offset, 10)
    central.push(Buffer.from("PK\x01\x02\x14\x03", "latin1"), versionToDate, sums, lengths, tail, name)
    offset += 30 + name.length + bytes.length
  }
  const directory = Buffer.concat(central)
  const end = Buffer.alloc(22)
  end.write("PK\x05\x06", 0, "latin1")
  end.writeUInt16LE(sorted.length, 8)
  end.writeUInt16LE(sorted.length, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...local, directory, end])
}

// The format's own limit without ZIP64 is 65,535.
const MAX_ENTRIES = 10_000
