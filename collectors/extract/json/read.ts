// Reading JSON that anyone may have written: nothing is what it should be until it was looked at.

export type Json = null | boolean | number | string | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [key: string]: Json | undefined
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

export function str(object: JsonObject | undefined, key: string): string | undefined {
  const value = object?.[key]
  return typeof value === "string" ? value : undefined
}

export function num(object: JsonObject | undefined, key: string): number | undefined {
  const value = object?.[key]
  return typeof value === "number" ? value : undefined
}

export function bool(object: JsonObject | undefined, key: string): boolean | undefined {
  const value = object?.[key]
  return typeof value === "boolean" ? value : undefined
}

export function obj(object: JsonObject | undefined, key: string): JsonObject | undefined {
  const value = object?.[key]
  return isObject(value) ? value : undefined
}

/** Empty when it is missing or no array. */
export function list(object: JsonObject | undefined, key: string): readonly Json[] {
  const value = object?.[key]
  return Array.isArray(value) ? value : []
}

/** The objects of an array; what else lies in it is passed over. */
export function objects(object: JsonObject | undefined, key: string): readonly JsonObject[] {
  return list(object, key).filter(isObject)
}

export function strings(object: JsonObject | undefined, key: string): readonly string[] {
  return list(object, key).filter((item) => typeof item === "string")
}

/** A whole, not negative number: what token counts are. Providers sometimes send fractions or strings. */
export function count(object: JsonObject | undefined, key: string): number | undefined {
  const value = object?.[key]
  const number = typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : value
  return typeof number === "number" && Number.isFinite(number) && number >= 0 ? Math.round(number) : undefined
}

/** The first of these keys that is there: protobuf JSON allows both spellings. */
export function first(object: JsonObject | undefined, ...keys: readonly string[]): Json | undefined {
  for (const key of keys) {
    const value = object?.[key]
    if (value !== undefined && value !== null) return value
  }
  return undefined
}

/** Text of a value that should be text: an object is given as its JSON. */
export function asText(value: Json | undefined): string {
  if (value === undefined || value === null) return ""
  return typeof value === "string" ? value : JSON.stringify(value)
}

/** The object without these keys; undefined when nothing is left. */
export function without(object: JsonObject, known: ReadonlySet<string>): JsonObject | undefined {
  const rest = Object.entries(object).filter(([key]) => !known.has(key))
  return rest.length === 0 ? undefined : Object.fromEntries(rest)
}

/** `{ key: value }`, or nothing when the value is missing: for building rows under exactOptionalPropertyTypes. */
export function maybe<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: V })
}
