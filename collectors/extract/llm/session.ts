// The client's own name for its session: it keeps the agents of one machine apart.

import type { HeaderList } from "../../wire/facts.ts"
import { type JsonObject, obj, str } from "../json/read.ts"
import { header } from "../text.ts"
import { anthropicSession } from "./anthropic.ts"

export function sessionOf(headers: HeaderList, body: JsonObject | undefined): string | undefined {
  for (const name of HEADERS) {
    const value = header(headers, name)
    if (value !== undefined && value !== "") return value.slice(0, MAX_LENGTH)
  }
  if (body === undefined) return undefined
  const said =
    anthropicSession(body) ??
    str(body, "prompt_cache_key") ??
    str(obj(body, "metadata"), "session_id") ??
    str(obj(body, "client_metadata"), "session_id") ??
    str(obj(body, "request"), "session_id")
  return said?.slice(0, MAX_LENGTH)
}

const HEADERS = [
  "x-claude-code-session-id",
  "session_id",
  "session-id",
  "conversation_id",
  "thread-id",
  "x-opencode-session",
  "x-task-id",
  "x-roo-task-id",
  "x-client-session-id",
  "x-openai-session",
  "x-session-id",
  "x-session-affinity",
  "helicone-session-id",
]
const MAX_LENGTH = 256
