// The bytes of a rebuilt file on `egret.file.v1`: cut into parts, in order, all under the file's sha256 as key. The row that names the file travels on
// the activity topic and may come before or after. The same file may be sent again; its parts are equal then.
import type { BusEvent } from "./bus.ts"

export interface FileBytes {
  readonly sha256: string
  /** By content. */
  readonly mediaType: string
  readonly bytes: Uint8Array
}

export interface FilePart {
  readonly sha256: string
  /** Counts from 0. */
  readonly part: number
  readonly parts: number
  readonly mediaType: string
  readonly data: Uint8Array
}

export function fileParts({ sha256, mediaType, bytes }: FileBytes): BusEvent[] {
  const parts = Math.max(1, Math.ceil(bytes.length / FILE_PART_BYTES))
  return Array.from({ length: parts }, (_, part) => ({
    key: sha256,
    value: bytes.subarray(part * FILE_PART_BYTES, (part + 1) * FILE_PART_BYTES),
    headers: { sha256, part: String(part), parts: String(parts), mediaType: mediaType.slice(0, MAX_MEDIA_TYPE) },
  }))
}

export function readFilePart({ value, headers = {} }: BusEvent): FilePart | { readonly problem: string } {
  const sha256 = headers["sha256"] ?? ""
  const part = Number(headers["part"] ?? "0")
  const parts = Number(headers["parts"] ?? "1")
  if (!/^[0-9a-f]{64}$/.test(sha256)) return { problem: "a file part without sha256" }
  if (!Number.isInteger(part) || !Number.isInteger(parts) || part < 0 || part >= parts || parts > MAX_PARTS)
    return { problem: `part ${headers["part"]} of ${headers["parts"]}` }
  return { sha256, part, parts, mediaType: headers["mediaType"] ?? "application/octet-stream", data: value }
}

// A record of a broker holds 1 MB by default, with its headers.
const FILE_PART_BYTES = 768 * 1024
// A part is at most 1 MB: 64 GB of one file is more than any limit of extraction lets through.
const MAX_PARTS = 65_536
const MAX_MEDIA_TYPE = 100
