// ICAP (RFC 3507) as bytes: what is sent, and a reader of what comes. No sockets here.
//
//   REQMOD icap://host/service ICAP/1.0 CRLF  Host, Allow: 204, Preview: N, Encapsulated: req-hdr=0, req-body=L CRLF CRLF
//   <HTTP request head of L bytes>  <preview in chunks> 0; ieof CRLF CRLF  when the preview is all there is, else 0 CRLF CRLF
//   ICAP/1.0 100 Continue -> the rest in chunks, 0 CRLF CRLF.   204 No Content: as it is.   200: encapsulated head(s) and body in chunks.

export interface IcapHead {
  readonly status: number
  readonly headers: ReadonlyMap<string, string>
  /** Bytes of the head itself. */
  readonly length: number
}

/** Undefined until the head is whole; throws nothing. */
export function readHead(bytes: Buffer): IcapHead | undefined {
  const end = bytes.indexOf("\r\n\r\n")
  if (end < 0) return undefined
  const [first = "", ...lines] = bytes.subarray(0, end).toString("latin1").split("\r\n")
  const status = Number(/^ICAP\/\d\.\d (\d{3})\b/.exec(first)?.[1] ?? "0")
  const headers = new Map<string, string>()
  let last = ""
  for (const line of lines.slice(0, MAX_HEADERS)) {
    // Continuation of the line before (RFC 2616 2.2, which ICAP builds on).
    if (/^[ \t]/.test(line) && last !== "") headers.set(last, `${headers.get(last) ?? ""} ${line.trim()}`)
    const colon = line.indexOf(":")
    if (/^[ \t]/.test(line) || colon < 1) continue
    last = line.slice(0, colon).trim().toLowerCase()
    const value = line.slice(colon + 1).trim()
    headers.set(last, headers.has(last) ? `${headers.get(last)}, ${value}` : value)
  }
  return { status, headers, length: end + 4 }
}

/** "req-hdr=0, req-body=412" as name and offset, in order (RFC 3507 4.4.1). */
export function encapsulated(header: string): { name: string; offset: number }[] {
  return header
    .split(",")
    .flatMap((part) => {
      const [, name, offset] = /^\s*([a-z-]{1,20})\s*=\s*(\d{1,9})\s*$/i.exec(part) ?? []
      return name === undefined ? [] : [{ name: name.toLowerCase(), offset: Number(offset) }]
    })
    .sort((a, b) => a.offset - b.offset)
}

/** What an answer carries: undefined until it is whole. "broken" when it is no ICAP. */
export function readPayload(
  bytes: Buffer,
  header: string,
): { readonly heads: ReadonlyMap<string, string>; readonly body: Buffer | undefined } | "broken" | undefined {
  const parts = encapsulated(header)
  const heads = new Map<string, string>()
  let body: Buffer | undefined
  for (const [index, { name, offset }] of parts.entries()) {
    const next = parts[index + 1]?.offset
    if (name === "null-body") continue
    if (name.endsWith("-hdr")) {
      if (next === undefined || next < offset) return "broken"
      if (bytes.length < next) return undefined
      heads.set(name, bytes.subarray(offset, next).toString("latin1"))
    } else if (name.endsWith("-body")) {
      if (bytes.length < offset) return undefined
      const read = dechunk(bytes.subarray(offset))
      if (read === undefined || read === "broken") return read
      body = read
    }
  }
  return { heads, body }
}

export function chunk(bytes: Uint8Array): Buffer {
  return bytes.length === 0
    ? Buffer.alloc(0)
    : Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), Buffer.from(bytes), Buffer.from("\r\n")])
}

export function dechunk(bytes: Buffer): Buffer | "broken" | undefined {
  const pieces: Buffer[] = []
  for (let at = 0; ; ) {
    const end = bytes.indexOf("\r\n", at)
    if (end < 0) return bytes.length - at > MAX_SIZE_LINE ? "broken" : undefined
    const [, hex] = /^([0-9a-f]{1,8})\s{0,8}(?:;.{0,200})?$/i.exec(bytes.subarray(at, end).toString("latin1")) ?? []
    if (hex === undefined) return "broken"
    const size = Number.parseInt(hex, 16)
    if (size === 0) return bytes.length >= end + 4 ? Buffer.concat(pieces) : undefined
    if (bytes.length < end + 2 + size + 2) return undefined
    pieces.push(bytes.subarray(end + 2, end + 2 + size))
    at = end + 2 + size + 2
  }
}

export interface Target {
  readonly host: string
  readonly port: number
  readonly service: string
}

export function optionsRequest({ host, port, service }: Target): Buffer {
  return Buffer.from(
    `OPTIONS icap://${host}:${port}/${service} ICAP/1.0\r\nHost: ${host}:${port}\r\nUser-Agent: egret\r\nEncapsulated: null-body=0\r\n\r\n`,
  )
}

/** Head and first part; `rest` follows when the server says 100. `preview` undefined: all at once. */
export function reqmod(
  { host, port, service }: Target,
  name: string,
  { bytes, preview, allow204 }: { bytes: Uint8Array; preview: number | undefined; allow204: boolean },
): { first: Buffer; rest: Buffer } {
  const http = Buffer.from(
    `POST http://egret.invalid/${encodeURIComponent(name)} HTTP/1.1\r\nHost: egret.invalid\r\nContent-Type: application/octet-stream\r\nContent-Length: ${bytes.length}\r\n\r\n`,
  )
  const head = Buffer.from(
    `REQMOD icap://${host}:${port}/${service} ICAP/1.0\r\nHost: ${host}:${port}\r\nUser-Agent: egret\r\n${allow204 ? "Allow: 204\r\n" : ""}${
      preview === undefined ? "" : `Preview: ${preview}\r\n`
    }Encapsulated: req-hdr=0, req-body=${http.length}\r\n\r\n`,
  )
  const end = Buffer.from("0\r\n\r\n")
  if (preview === undefined) return { first: Buffer.concat([head, http, chunk(bytes), end]), rest: Buffer.alloc(0) }
  const whole = bytes.length <= preview
  const last = whole ? Buffer.from("0; ieof\r\n\r\n") : end
  return {
    first: Buffer.concat([head, http, chunk(bytes.subarray(0, preview)), last]),
    rest: whole ? Buffer.alloc(0) : Buffer.concat([chunk(bytes.subarray(preview)), end]),
  }
}

const MAX_HEADERS = 200
const MAX_SIZE_LINE = 300
