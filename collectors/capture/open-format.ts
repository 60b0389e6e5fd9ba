// Which capture format is it? Answered from the first bytes; a file that is none gets one clear line.
import { closeSync, openSync, readSync } from "node:fs"
import { ConfigError } from "../../services/contracts/errors.ts"
import type { CaptureFormat } from "./format.ts"
import { u32 } from "./format.ts"
import { PcapFormat, pcapVariant } from "./pcap.ts"
import { PcapngFormat, SECTION } from "./pcapng.ts"

export interface OpenedFormat {
  readonly format: CaptureFormat
  /** Bytes of the file header, to be skipped. */
  readonly skip: number
}

/** `head`: the first 28 bytes, or all there are. */
export function openFormat(head: Uint8Array, path: string): OpenedFormat {
  if (head.length === 0) throw notACapture(path, "an empty file")
  if (head.length >= 4) {
    if (u32(head, 0, false) === SECTION) {
      if (head.length < 12) throw notACapture(path, `a pcapng file cut after ${head.length} bytes`)
      return { format: new PcapngFormat(), skip: 0 }
    }
    const variant = pcapVariant(head)
    if (variant !== undefined) {
      if (head.length < variant.fileHeader) throw notACapture(path, `a pcap file cut after ${head.length} bytes`)
      return { format: new PcapFormat(head, 0, variant), skip: variant.fileHeader }
    }
  }
  const start = Buffer.from(head.subarray(0, 8)).toString("hex")
  throw notACapture(path, `a file that starts with ${start}`)
}

/** Also for gzip, which may hold one. */
export function startsAsPcapng(path: string): boolean {
  try {
    const descriptor = openSync(path, "r")
    try {
      const head = new Uint8Array(4)
      return readSync(descriptor, head, 0, 4, 0) === 4 && (u32(head, 0, false) === SECTION || isGzip(head))
    } finally {
      closeSync(descriptor)
    }
  } catch {
    // Whatever is wrong with the file is said when it is read.
    return false
  }
}

export function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b && head[2] === 8
}

function notACapture(path: string, got: string): ConfigError {
  return new ConfigError({
    path,
    got,
    want: "a pcap or pcapng capture, or one of these in gzip",
    hint: "tcpdump -w and Wireshark write both",
  })
}

/** The longest file header of all formats. */
export const HEAD_LENGTH = 28
