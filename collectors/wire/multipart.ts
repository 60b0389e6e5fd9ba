// multipart bodies (RFC 2046 §5.1, RFC 7578). Works on the whole body and on a cut one: the last part is then marked.
//   body = [preamble CRLF] "--" boundary *LWSP CRLF headers CRLF CRLF data *( CRLF "--" boundary … ) CRLF "--" boundary "--"
import type { HeaderList } from "./facts.ts"

export interface MultipartPart {
  readonly headers: HeaderList
  /** A view into the body. */
  readonly bytes: Uint8Array
  /** false: the body ended inside this part. */
  readonly complete: boolean
}

/** Empty when the content type names no boundary or the body does not hold it. */
export function parseMultipart(body: Uint8Array, contentType: string): MultipartPart[] {
  const boundary = boundaryOf(contentType)
  if (boundary === undefined) return []
  const buffer = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  const delimiter = Buffer.from(`--${boundary}`, "latin1")
  const parts: MultipartPart[] = []
  let at = findDelimiter(buffer, delimiter, 0)
  while (at >= 0 && parts.length < MAX_PARTS) {
    let start = at + delimiter.length
    if (buffer[start] === DASH && buffer[start + 1] === DASH) break
    while (buffer[start] === SPACE || buffer[start] === TAB) start += 1
    if (buffer[start] === CR) start += 1
    if (buffer[start] === LF) start += 1
    const next = findDelimiter(buffer, delimiter, start)
    parts.push(readPart(buffer.subarray(start, next < 0 ? buffer.length : next), next >= 0))
    at = next
  }
  return parts
}

export function boundaryOf(contentType: string): string | undefined {
  const match = /;\s*boundary\s*=\s*(?:"([^"]{1,200})"|([^\s;]{1,200}))/i.exec(contentType)
  return match?.[1] ?? match?.[2]
}

/** A line of its own: the boundary's text may stand inside a part, and the boundary of a form inside a part may begin as ours does (RFC 2046 §5.1.2). */
function findDelimiter(buffer: Buffer, delimiter: Buffer, from: number): number {
  for (let at = buffer.indexOf(delimiter, from); at >= 0; at = buffer.indexOf(delimiter, at + 1))
    if ((at === 0 || at === from || buffer[at - 1] === LF) && endsDelimiter(buffer, at + delimiter.length)) return at
  return -1
}

/** Where a body was cut right behind the delimiter nothing follows it. */
function endsDelimiter(buffer: Buffer, at: number): boolean {
  const [byte, next] = [buffer[at], buffer[at + 1]]
  if (byte === DASH) return next === DASH || next === undefined
  return byte === undefined || byte === LF || byte === CR || byte === SPACE || byte === TAB
}

function readPart(part: Buffer, complete: boolean): MultipartPart {
  let headEnd = part.indexOf("\r\n\r\n")
  let gap = 4
  if (part[0] === CR && part[1] === LF) [headEnd, gap] = [0, 2]
  else if (headEnd < 0) {
    headEnd = part.indexOf("\n\n")
    gap = 2
  }
  if (headEnd < 0 || headEnd > MAX_HEAD) return { headers: [], bytes: complete ? withoutLineEnd(part) : part, complete }
  const data = part.subarray(headEnd + gap)
  return { headers: readHeaders(part.toString("utf8", 0, headEnd)), bytes: complete ? withoutLineEnd(data) : data, complete }
}

function readHeaders(head: string): HeaderList {
  return head
    .replaceAll(/\r?\n[ \t]+/g, " ")
    .split(/\r?\n/)
    .flatMap((line) => {
      const colon = line.indexOf(":")
      return colon <= 0 ? [] : [[line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()] as const]
    })
}

/** The line end before a delimiter belongs to the delimiter. */
function withoutLineEnd(data: Buffer): Buffer {
  if (data.at(-1) !== LF) return data
  return data.subarray(0, data.length - (data.at(-2) === CR ? 2 : 1))
}

const CR = 13
const LF = 10
const DASH = 45
const SPACE = 32
const TAB = 9
// Skill uploads carry one part a file; more than this in one body is an attack on the parser.
const MAX_PARTS = 10_000
const MAX_HEAD = 16 * 1024
