// Where heads of HTTP/1 messages end.

/** Behind the empty line that ends a head, whether its lines end with CRLF or bare LF; -1 when it is not there yet. */
export function headEnd(buffer: Buffer, from: number): number {
  const strict = buffer.indexOf(EMPTY_LINE, from)
  if (strict >= 0 && strict - from <= MAX_HEAD) return strict + EMPTY_LINE.length
  const bare = buffer.indexOf(EMPTY_LINE_BARE, from)
  if (bare >= 0 && bare - from <= MAX_HEAD) return bare + EMPTY_LINE_BARE.length
  return -1
}

/** Behind the next empty line, where a message may start; -1 when there is none. */
export function nextStart(buffer: Buffer, at: number): number {
  const line = buffer.indexOf(EMPTY_LINE, at)
  return line < 0 ? -1 : line + EMPTY_LINE.length
}

const EMPTY_LINE = Buffer.from("\n\r\n")
const EMPTY_LINE_BARE = Buffer.from("\n\n")
// node 16 KB, Apache 8 KB a line and 100 lines, nginx 32 KB, IIS 16 KB; proxies with tokens in cookies reach 64 KB.
export const MAX_HEAD = 128 * 1024
