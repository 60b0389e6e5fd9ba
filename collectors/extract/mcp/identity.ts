// Names that clients and servers give themselves.
import type { ActivityData } from "../../../services/contracts/envelope.ts"
import { type JsonObject, maybe, str } from "../json/read.ts"
import { cut } from "../llm/parts.ts"

export type McpData = ActivityData<"mcp">

export function identity(info: JsonObject | undefined): { name: string; version?: string } | undefined {
  const name = str(info, "name")
  return name === undefined ? undefined : { name: cut(name, MAX_NAME), ...maybe("version", str(info, "version")) }
}

const MAX_NAME = 256
