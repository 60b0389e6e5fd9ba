// The events of an AG-UI run put together: texts, reasoning, tool calls with their results.
import type { Message } from "../../../services/contracts/activity/genai.ts"
import { type JsonObject, objects, str } from "../json/read.ts"
import { chatMessage } from "../llm/openai-chat.ts"
import { message, text } from "../llm/parts.ts"

interface CallDraft {
  name: string
  args: string
}

export function agUiMessages(events: readonly JsonObject[]): Message[] {
  const texts = new Map<string, string>()
  const thoughts = new Map<string, string>()
  const calls = new Map<string, CallDraft>()
  const results: Message[] = []
  let snapshot: Message[] = []
  for (const event of events) {
    const type = str(event, "type") ?? ""
    if (/^TEXT_MESSAGE_(?:CONTENT|CHUNK)$/.test(type)) append(texts, event)
    if (/^(?:REASONING_MESSAGE|THINKING_TEXT_MESSAGE)_(?:CONTENT|CHUNK)$/.test(type)) append(thoughts, event)
    if (type.startsWith("TOOL_CALL_")) toolEvent(calls, results, { type, event })
    // Everything that was said until now, the run's own words included: what follows comes on top.
    if (type === "MESSAGES_SNAPSHOT") {
      snapshot = objects(event, "messages").map(chatMessage)
      for (const drafts of [texts, thoughts, calls]) drafts.clear()
      results.length = 0
    }
  }
  return [
    ...snapshot,
    ...[...thoughts.values()].map((said) => message("assistant", [{ type: "reasoning" as const, text: said }])),
    ...[...texts.values()].map((said) => message("assistant", [text(said)])),
    ...[...calls].map(([id, { name, args }]) => message("assistant", [{ type: "tool_call" as const, id, name, arguments: args }])),
    ...results,
  ]
}

function append(drafts: Map<string, string>, event: JsonObject): void {
  const id = str(event, "messageId") ?? ""
  drafts.set(id, (drafts.get(id) ?? "") + (str(event, "delta") ?? ""))
}

/** A chunk may begin a call, go on with it, or both. */
function toolEvent(
  calls: Map<string, CallDraft>,
  results: Message[],
  { type, event }: { readonly type: string; readonly event: JsonObject },
): void {
  const id = str(event, "toolCallId") ?? [...calls.keys()].at(-1) ?? ""
  const name = str(event, "toolCallName")
  if (type === "TOOL_CALL_RESULT") {
    results.push(message("tool", [{ type: "tool_call_response", id, content: str(event, "content") ?? "" }]))
    return
  }
  if (name !== undefined && !calls.has(id)) calls.set(id, { name, args: "" })
  const call = calls.get(id)
  if (call !== undefined && (type === "TOOL_CALL_ARGS" || type === "TOOL_CALL_CHUNK")) call.args += str(event, "delta") ?? ""
}
