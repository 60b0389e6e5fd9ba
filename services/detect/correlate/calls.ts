// The tool calls of an activity, whether the wire or a model's transcript shows them.
import type { Envelope } from "../../contracts/envelope.ts"

export function callsOf(envelope: Envelope): { name: string; args: string }[] {
  if (envelope.kind === "mcp" && envelope.data.method === "tools/call" && envelope.data.toolName !== undefined)
    return [{ name: envelope.data.toolName, args: envelope.data.arguments ?? "" }]
  if (envelope.kind !== "llm") return []
  return envelope.data.toolCalls.slice(0, MAX_CALLS).map(({ name, arguments: args }) => ({ name, args }))
}

const MAX_CALLS = 64
