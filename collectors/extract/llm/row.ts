// Request, answer and place in the conversation, put together to the row of the contract.
import type { Message, Part, ToolDefinition } from "../../../services/contracts/activity/genai.ts"
import type { ActivityData } from "../../../services/contracts/envelope.ts"
import { type JsonObject, maybe } from "../json/read.ts"
import { skillsAvailable } from "../skills/transcript.ts"
import type { PlacedCall } from "./conversation.ts"
import { cut, MAX_RAW_PART } from "./parts.ts"
import type { Recognised } from "./recognise.ts"
import { skillsUsed } from "./skills.ts"
import type { LlmRequest, LlmResponse } from "./types.ts"

type LlmData = ActivityData<"llm">

export type CallFacts = Pick<LlmData, "host" | "path" | "status" | "requestBytes" | "responseBytes" | "completeness"> &
  Partial<Pick<LlmData, "software" | "sessionId" | "region" | "tenant" | "timeToFirstTokenMicros" | "durationMicros">> & {
    readonly recognised: Recognised
  }

export interface CallParts {
  readonly request: LlmRequest
  readonly response: LlmResponse
  readonly facts: CallFacts
  readonly placed: PlacedCall
}

export function assemble({ request, response, facts, placed }: CallParts): LlmData {
  placed.answered(response)
  const { recognised, ...rest } = facts
  const fresh = placed.newMessages
  const unknown: JsonObject = {
    ...((request.rest ?? request.kept) && { request: { ...request.kept, ...request.rest } }),
    ...(response.rest && { response: response.rest }),
  }
  const unknownFields = Object.keys(request.rest ?? {}).length + Object.keys(response.rest ?? {}).length
  const listed = response.tools ?? []
  return {
    ...rest,
    family: recognised.family,
    operation: recognised.operation,
    provider: recognised.provider,
    recognition: recognised.recognition,
    ...maybe("error", response.error),
    ...maybe("responseId", response.id),
    ...maybe("previousResponseId", request.previousResponseId),
    conversationId: placed.conversationId,
    ...maybe("requestModel", request.model),
    ...maybe("responseModel", response.model),
    stream: request.stream,
    finished: response.finished,
    finishReasons: [...response.finishReasons],
    usage: response.usage,
    systemInstructions: [...placed.newSystem],
    inputMessages: [...fresh],
    outputMessages: [...response.messages],
    history: placed.history,
    tools: [...placed.newTools, ...listed],
    toolsProvided: [...new Set([...request.tools, ...listed].map((tool) => tool.name))],
    toolCalls: callsOf(response.messages),
    toolResults: resultsOf([...fresh, ...response.messages]),
    mcpServers: [...request.mcpServers],
    skillsAvailable: skillsAvailable([...request.system, ...textsOf(fresh), ...catalogues(request.tools)]),
    skillsUsed: skillsUsed([...fresh, ...response.messages]),
    parameters: { ...request.parameters },
    ...(Object.keys(unknown).length > 0 && { raw: cut(JSON.stringify(unknown), MAX_RAW) }),
    unknownFields,
  }
}

/** Nothing of the request was cut away: only then may the row stand for the body. */
export function holdsAll(data: LlmData): boolean {
  return areWhole([...data.inputMessages, ...data.outputMessages]) && (data.raw?.length ?? 0) < MAX_RAW
}

/** The same before the answer has come. */
export function holdsRequest({ messages, kept, rest }: LlmRequest): boolean {
  return areWhole(messages) && JSON.stringify({ ...kept, ...rest }).length < MAX_RAW
}

function areWhole(messages: readonly Message[]): boolean {
  return !messages.some((one) => one.parts.some((part) => part.type === "unknown" && part.raw.length >= MAX_RAW_PART))
}

function callsOf(messages: readonly Message[]): LlmData["toolCalls"] {
  return parts(messages).flatMap((part) => {
    if (part.type !== "tool_call") return []
    return [{ ...maybe("id", part.id), name: part.name, arguments: part.arguments, ...maybe("server", part.server) }]
  })
}

function resultsOf(messages: readonly Message[]): LlmData["toolResults"] {
  return parts(messages).flatMap((part) => {
    if (part.type !== "tool_call_response") return []
    return [{ ...maybe("id", part.id), ...maybe("name", part.name), content: part.content, ...maybe("isError", part.isError) }]
  })
}

function parts(messages: readonly Message[]): Part[] {
  return messages.flatMap((one) => one.parts)
}

/** Some clients list their skills where they describe the tool that starts one (Qwen Code, earlier Claude Code). */
function catalogues(tools: readonly ToolDefinition[]): string[] {
  return tools.flatMap(({ description }) => (description?.includes("<skill>") === true ? [description] : []))
}

function textsOf(messages: readonly Message[]): string[] {
  return parts(messages).flatMap((part) => (part.type === "text" ? [part.text] : []))
}

const MAX_RAW = 16 * 1024
