// RFC 8785: one text for one JSON value, so that equal definitions have equal hashes whatever the order of their keys.
import { sha256Hex } from "../ids.ts"
import type { Json } from "./read.ts"

export function canonicalJson(value: Json | undefined): string {
  if (value === undefined) return "null"
  // ECMAScript's number and string texts are the ones that RFC 8785 3.2.2 asks for.
  if (typeof value !== "object" || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map((item: Json) => canonicalJson(item)).join(",")}]`
  // RFC 8785 3.2.3: by UTF-16 code units, which is how sort() compares.
  const entries = Object.entries(value).filter(([, item]) => item !== undefined)
  entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(",")}}`
}

export function canonicalHash(value: Json | undefined): string {
  return sha256Hex(canonicalJson(value))
}
