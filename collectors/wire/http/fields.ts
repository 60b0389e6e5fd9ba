// Reading header lists.
import type { HeaderList } from "../facts.ts"

/** The first value of a field, "" when there is none. `name` in lower case. */
export function firstValue(headers: HeaderList, name: string): string {
  for (const header of headers) if (header[0] === name) return header[1]
  return ""
}

/** All values of a field joined by commas, which is what its repetitions mean (RFC 9110 §5.3). */
export function joinedValue(headers: HeaderList, name: string): string {
  let found: string | undefined
  for (const header of headers) if (header[0] === name) found = found === undefined ? header[1] : `${found},${header[1]}`
  return found ?? ""
}

/** Whether a comma-separated list has this member, whatever its case. */
export function hasToken(value: string, token: string): boolean {
  if (value === "") return false
  return value
    .toLowerCase()
    .split(",")
    .some((part) => part.trim() === token)
}

/** "text/event-stream" of "Text/Event-Stream; charset=utf-8". */
export function mediaType(headers: HeaderList): string {
  const value = firstValue(headers, "content-type")
  const semicolon = value.indexOf(";")
  return (semicolon < 0 ? value : value.slice(0, semicolon)).trim().toLowerCase()
}

/** Optional whitespace of HTTP only (SP, HTAB): trim() would also take off what smugglers hide a value behind. */
export function trimBlanks(text: string, start = 0, stop = text.length): string {
  let from = start
  let end = stop
  while (from < end && isBlank(text.charCodeAt(from))) from++
  while (end > from && isBlank(text.charCodeAt(end - 1))) end--
  return text.slice(from, end)
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09
}
