// Headers that mirror the body (revision 2026-07-28) and say something else: a gateway may judge by the header what the server does by the body.
import type { ActivityData } from "../../../services/contracts/envelope.ts"
import type { HeaderList } from "../../wire/facts.ts"
import { asText, isObject, type JsonObject, obj, str } from "../json/read.ts"
import { header } from "../text.ts"
import type { RpcMessage } from "./message.ts"

type Mismatch = ActivityData<"mcp">["mismatch"][number]

/** `mirrored`: header name without its prefix, in lower case, to the argument path that the tool's schema gives it. */
export function mismatches(message: RpcMessage, headers: HeaderList, mirrored: ReadonlyMap<string, readonly string[]>): Mismatch[] {
  const { params } = message
  const version = str(obj(params, "_meta"), "io.modelcontextprotocol/protocolVersion")
  const pairs: (readonly [string, string | undefined, string | undefined])[] = [
    ["mcp-method", header(headers, "mcp-method"), message.method],
    ["mcp-name", header(headers, "mcp-name"), nameOf(message)],
    ["mcp-protocol-version", version === undefined ? undefined : header(headers, "mcp-protocol-version"), version],
    ...headers
      .filter(([name]) => name.startsWith(PARAM))
      .map(([name, value]) => [name, value, argument(obj(params, "arguments"), name.slice(PARAM.length), mirrored)] as const),
  ]
  return pairs.flatMap(([field, said, body]) => {
    if (said === undefined || body === undefined) return []
    const plain = decodeSentinel(said)
    return plain === body ? [] : [{ field, header: plain.slice(0, MAX_VALUE), body: body.slice(0, MAX_VALUE) }]
  })
}

function nameOf({ method, params }: RpcMessage): string | undefined {
  if (method === "tools/call" || method === "prompts/get") return str(params, "name")
  return method === "resources/read" ? str(params, "uri") : undefined
}

function argument(args: JsonObject | undefined, name: string, mirrored: ReadonlyMap<string, readonly string[]>): string | undefined {
  if (args === undefined) return undefined
  const path = mirrored.get(name) ?? [Object.keys(args).find((key) => key.toLowerCase() === name) ?? ""]
  let value: unknown = args
  for (const key of path) value = isObject(value) ? value[key] : undefined
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? asText(value) : undefined
}

/** =?base64?…?= holds values that a header cannot; the spelling is case-sensitive. */
export function decodeSentinel(value: string): string {
  const inner = /^=\?base64\?([A-Za-z0-9+/]*={0,2})\?=$/.exec(value)?.[1]
  return inner === undefined ? value : Buffer.from(inner, "base64").toString("utf8")
}

/** Properties that a schema mirrors into headers by `x-mcp-header`, reachable through `properties` alone. */
export function mirroredHeaders(
  schema: JsonObject | undefined,
  path: readonly string[] = [],
  out = new Map<string, readonly string[]>(),
): ReadonlyMap<string, readonly string[]> {
  const properties = obj(schema, "properties")
  if (properties === undefined || path.length > MAX_DEPTH) return out
  for (const [key, value] of Object.entries(properties)) {
    if (!isObject(value)) continue
    const name = str(value, "x-mcp-header")
    if (name !== undefined && out.size < MAX_MIRRORED) out.set(name.toLowerCase(), [...path, key])
    mirroredHeaders(value, [...path, key], out)
  }
  return out
}

const PARAM = "mcp-param-"
const MAX_VALUE = 512
const MAX_DEPTH = 8
const MAX_MIRRORED = 64
