// What was said: the one place prompts, bodies, headers and arguments are stored, with the words of it all beside it for search.

import type { Message, Part } from "../../contracts/activity/genai.ts"
import type { Envelope } from "../../contracts/envelope.ts"
import type { Row } from "../../contracts/store.ts"

/** Undefined for kinds that carry no content. */
export function contentRow(envelope: Envelope): Row | undefined {
  const { kind, at, id, agent, data } = envelope
  const said = wordsOf(envelope)
  if (said === undefined) return undefined
  const common = { kind, at, id, gen_ai_agent_id: agent.id, text: joined(said) }
  if (kind !== "llm") return { ...common, body: JSON.stringify(data) }
  const { systemInstructions, inputMessages, outputMessages, ...rest } = envelope.data
  return {
    ...common,
    gen_ai_conversation_id: rest.conversationId,
    gen_ai_system_instructions: JSON.stringify(systemInstructions),
    gen_ai_input_messages: JSON.stringify(inputMessages),
    gen_ai_output_messages: JSON.stringify(outputMessages),
    body: JSON.stringify(rest),
  }
}

/** The activity's data again, from the columns of a content row. */
export function dataOfContent(row: {
  readonly kind: string
  readonly body: string
  readonly gen_ai_system_instructions: string
  readonly gen_ai_input_messages: string
  readonly gen_ai_output_messages: string
}): unknown {
  const body = JSON.parse(row.body) as Record<string, unknown>
  if (row.kind !== "llm") return body
  return {
    ...body,
    systemInstructions: JSON.parse(row.gen_ai_system_instructions) as unknown,
    inputMessages: JSON.parse(row.gen_ai_input_messages) as unknown,
    outputMessages: JSON.parse(row.gen_ai_output_messages) as unknown,
  }
}

function wordsOf(envelope: Envelope): readonly (string | undefined)[] | undefined {
  switch (envelope.kind) {
    case "llm":
      return llmWords(envelope.data)
    case "mcp": {
      const { data } = envelope
      return [data.arguments, data.result, data.structuredResult, data.resourceUri, data.instructions, data.error?.message, data.raw]
    }
    case "a2a":
      return [...envelope.data.messages.flatMap(messageWords), envelope.data.raw]
    case "http": {
      const { path, request, response } = envelope.data
      return [path, ...headerWords(request.headers), request.text, ...headerWords(response.headers), response.text]
    }
    case "websocket":
      return envelope.data.text === undefined ? undefined : [envelope.data.text]
    case "skill":
      return [envelope.data.description, ...envelope.data.texts.flatMap(({ path, text }) => [path, text])]
    default:
      return undefined
  }
}

function llmWords(data: Extract<Envelope, { kind: "llm" }>["data"]): (string | undefined)[] {
  return [
    ...data.systemInstructions,
    ...data.inputMessages.flatMap(messageWords),
    ...data.outputMessages.flatMap(messageWords),
    ...data.tools.flatMap(({ name, description }) => [name, description]),
    data.error?.message,
    data.raw,
  ]
}

function messageWords({ parts }: Message): string[] {
  return parts.flatMap(partWords)
}

function partWords(part: Part): string[] {
  switch (part.type) {
    case "text":
    case "reasoning":
    case "refusal":
      return [part.text]
    case "tool_call":
      return [part.name, part.arguments]
    case "tool_call_response":
      return [part.content]
    case "blob":
      return [part.name ?? "", part.uri ?? ""]
    case "unknown":
      return [part.raw]
  }
}

function headerWords(headers: readonly (readonly [string, string])[]): string[] {
  return headers.map(([name, value]) => `${name}: ${value}`)
}

function joined(words: readonly (string | undefined)[]): string {
  return words.filter((word) => word !== undefined && word !== "").join("\n")
}
