// Reading answers of servers we do not control: every step may be missing or something else.

/** "data.results[0].score" */
export function at(json: unknown, path: string): unknown {
  let value = json
  for (const step of path.match(/[^.[\]]+/g) ?? []) {
    if (typeof value !== "object" || value === null) return undefined
    value = Object.hasOwn(value, step) ? (value as Record<string, unknown>)[step] : undefined
  }
  return value
}

/** Text or number as text; empty when it is neither. */
export function textAt(json: unknown, path: string): string {
  const value = at(json, path)
  return typeof value === "string" ? value.slice(0, MAX_TEXT) : typeof value === "number" || typeof value === "boolean" ? String(value) : ""
}

export function numberAt(json: unknown, path: string): number | undefined {
  const value = at(json, path)
  if (typeof value === "number" && Number.isFinite(value)) return value
  return typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value)) ? Number(value) : undefined
}

export function listAt(json: unknown, path: string): readonly unknown[] {
  const value = at(json, path)
  return Array.isArray(value) ? value.slice(0, MAX_LIST) : []
}

export function textsAt(json: unknown, path: string): string[] {
  const value = at(json, path)
  if (typeof value === "string") return value === "" ? [] : [value.slice(0, MAX_TEXT)]
  return listAt(json, path).flatMap((each) => (typeof each === "string" && each !== "" ? [each.slice(0, MAX_TEXT)] : []))
}

const MAX_TEXT = 1_000
const MAX_LIST = 200
