// Query strings into the parameters of a named query, by the query's own schema: numbers, lists, times, filters, cursors.
import { z } from "@hono/zod-openapi"
import { decodeCursor } from "../store/queries/params.ts"
import { ProblemError } from "./problem.ts"

type Shape = Readonly<Record<string, z.ZodType>>

export interface ParamSource {
  readonly search: URLSearchParams
  /** Set by the path; a leading "filters." goes into the filters. */
  readonly fixed: Readonly<Record<string, string>>
  readonly now: number
}

/** Unknown parameters are refused: a misspelt filter must not list everything. */
export function readParams(schema: z.ZodType, { search, fixed, now }: ParamSource): Record<string, unknown> {
  const shape = shapeOf(schema)
  const filters = shapeOf(shape["filters"])
  const params: Record<string, unknown> = {}
  const chosen: Record<string, unknown> = {}
  for (const name of new Set(search.keys())) {
    if (name === "format") continue
    const values = search.getAll(name)
    if (name === "cursor" && shape["before"] !== undefined) params["before"] = cursorOf(values[0] ?? "")
    else if (name in shape && name !== "filters" && name !== "before")
      params[name] = convert(name, { values, type: unwrap(shape[name]), now })
    else if (name in filters) chosen[name] = values
    else
      throw new ProblemError({
        status: 422,
        title: "Unknown parameter",
        detail: `"${name}" is none of: ${[...Object.keys(shape), ...Object.keys(filters)].filter((known) => known !== "filters" && known !== "before").join(", ")}`,
        field: name,
      })
  }
  for (const [target, value] of Object.entries(fixed)) {
    if (target.startsWith("filters.")) chosen[target.slice("filters.".length)] = [value]
    else params[target] = value
  }
  if (Object.keys(chosen).length > 0) params["filters"] = chosen
  const parsed = schema.safeParse(params)
  if (parsed.success) return parsed.data as Record<string, unknown>
  const [issue] = parsed.error.issues
  throw new ProblemError({
    status: 422,
    title: "Parameter not understood",
    detail: issue?.message ?? "",
    field: issue?.path.join(".") ?? "",
  })
}

/** The same, as the document shows it. */
export function describeParams(
  schema: z.ZodType,
  { skip, cursor, formats }: { skip: readonly string[]; cursor: boolean; formats: boolean },
) {
  const shape = shapeOf(schema)
  const described: Record<string, z.ZodType> = {}
  for (const name of Object.keys(shape)) {
    if (name === "filters" || name === "before" || skip.includes(name)) continue
    const time = name === "from" || name === "to"
    described[name] = textOrTexts
      .optional()
      .openapi({ description: time ? "Microseconds since 1970, an ISO time, or a time ago such as -24h" : nameOf(unwrap(shape[name])) })
  }
  for (const name of Object.keys(shapeOf(shape["filters"])))
    if (!skip.includes(`filters.${name}`))
      described[name] = textOrTexts.optional().openapi({ description: "May be repeated: any of the values" })
  if (cursor) described["cursor"] = z.string().optional().openapi({ description: "`next` of the page before" })
  if (formats)
    described["format"] = z.enum(["json", "csv", "ndjson"]).optional().openapi({ description: "csv and ndjson stream all pages" })
  // Values are checked by readParams, which knows their kinds; here they only stand in the document.
  return z.looseObject(described) as unknown as z.ZodObject
}

function convert(name: string, { values, type, now }: { values: readonly string[]; type: z.ZodType | undefined; now: number }): unknown {
  const [value = ""] = values
  if (name === "from" || name === "to" || name === "newSince") return timeOf(name, value, now)
  if (type instanceof z.ZodNumber) return numberOf(name, value)
  if (type instanceof z.ZodBoolean) return value === "" || value === "1" || value === "true"
  if (type instanceof z.ZodArray) return values
  if (type instanceof z.ZodObject) {
    // A range of two numbers, "400-499" or "404".
    const [from = "", to = from] = value.split("-")
    return { from: numberOf(name, from), to: numberOf(name, to) }
  }
  return value
}

function timeOf(name: string, value: string, now: number): number {
  if (/^\d{1,16}$/.test(value)) return Number(value)
  const ago = /^-(\d{1,6})([smhd])$/.exec(value)
  if (ago !== null) return now * 1_000 - Number(ago[1]) * (UNITS[ago[2] ?? "s"] ?? 1) * 1_000_000
  const parsed = Date.parse(value)
  if (Number.isNaN(parsed))
    throw new ProblemError({
      status: 422,
      title: "Not a time",
      detail: `"${value}": give microseconds since 1970, an ISO time, or -24h`,
      field: name,
    })
  return parsed * 1_000
}

function numberOf(name: string, value: string): number {
  const number = Number(value)
  if (value === "" || Number.isNaN(number))
    throw new ProblemError({ status: 422, title: "Not a number", detail: `"${value}"`, field: name })
  return number
}

function cursorOf(value: string): unknown {
  const cursor = decodeCursor(value)
  if (cursor === undefined)
    throw new ProblemError({ status: 422, title: "Not a cursor", detail: "Give `next` of the page before.", field: "cursor" })
  return cursor
}

function shapeOf(schema: z.ZodType | undefined): Shape {
  const inner = unwrap(schema)
  return inner instanceof z.ZodObject ? (inner.shape as Shape) : {}
}

function unwrap(schema: z.ZodType | undefined): z.ZodType | undefined {
  let inner = schema
  while (
    inner instanceof z.ZodOptional ||
    inner instanceof z.ZodDefault ||
    inner instanceof z.ZodNullable ||
    inner instanceof z.ZodPrefault
  )
    inner = inner.unwrap() as z.ZodType
  return inner
}

function nameOf(type: z.ZodType | undefined): string {
  if (type instanceof z.ZodNumber) return "A number"
  if (type instanceof z.ZodBoolean) return "true or false"
  if (type instanceof z.ZodArray) return "May be repeated: any of the values"
  if (type instanceof z.ZodEnum) return `One of ${type.options.join(", ")}`
  if (type instanceof z.ZodObject) return "A range, 400-499"
  return "A text"
}

const textOrTexts = z.union([z.string(), z.array(z.string())])
const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 }
