// Frames of HTTP/2 written by hand, with headers as plain literals.
export const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")

export interface H2Frame {
  readonly type: number
  readonly flags?: number
  readonly stream?: number
  readonly payload?: Uint8Array | string
}
export function h2Frame({ type, flags = 0, stream = 0, payload = "" }: H2Frame): Buffer {
  const bytes = Buffer.from(payload as Uint8Array)
  const head = Buffer.alloc(9)
  head.writeUIntBE(bytes.length, 0, 3)
  head[3] = type
  head[4] = flags
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, bytes])
}
export const settings = h2Frame({ type: 4 })

/** A header block of literals without indexing. */
export function literals(...fields: readonly (readonly [string, string])[]): Buffer {
  return Buffer.concat(fields.flatMap(([name, value]) => [Buffer.from([0]), counted(name), counted(value)]))
}
function counted(text: string): Buffer {
  const length =
    text.length < 127 ? Buffer.from([text.length]) : Buffer.from([127, ((text.length - 127) & 0x7f) | 0x80, (text.length - 127) >> 7])
  return Buffer.concat([length, Buffer.from(text)])
}

export function requestHeaders(
  stream: number,
  path: string,
  more: { readonly end?: boolean; readonly method?: string; readonly fields?: readonly (readonly [string, string])[] } = {},
): Buffer {
  const { end = true, method = "GET", fields = [] } = more
  const payload = literals([":method", method], [":scheme", "http"], [":authority", "a.test"], [":path", path], ...fields)
  return h2Frame({ type: 1, flags: 4 | (end ? 1 : 0), stream, payload })
}
export function responseHeaders(
  stream: number,
  status: number,
  more: { readonly end?: boolean; readonly fields?: readonly (readonly [string, string])[] } = {},
): Buffer {
  const { end = false, fields = [] } = more
  return h2Frame({ type: 1, flags: 4 | (end ? 1 : 0), stream, payload: literals([":status", String(status)], ...fields) })
}
export function dataFrame(stream: number, payload: string | Uint8Array, end = true): Buffer {
  return h2Frame({ type: 0, flags: end ? 1 : 0, stream, payload })
}
