// What a wire family's parser says, before conversation, agent and timing are added.

import type { Message, ToolDefinition } from "../../../services/contracts/activity/genai.ts"
import type { ActivityData } from "../../../services/contracts/envelope.ts"
import type { Micros } from "../../wire/stream.ts"
import type { JsonObject } from "../json/read.ts"

type LlmData = ActivityData<"llm">
export type Usage = LlmData["usage"]
export type LlmError = NonNullable<LlmData["error"]>

export interface LlmRequest {
  readonly model?: string
  readonly stream: boolean
  readonly system: readonly string[]
  readonly messages: readonly Message[]
  readonly tools: readonly ToolDefinition[]
  readonly mcpServers: LlmData["mcpServers"]
  /** The response this one goes on from: the history is at the server. */
  readonly previousResponseId?: string
  /** A conversation that the server or the client names. */
  readonly conversation?: string
  /** Sampling settings and the like: small, without content. */
  readonly parameters: JsonObject
  /** What the parser knows but has no column for, credentials for third parties among it: goes on raw, for the detectors. */
  readonly kept?: JsonObject
  /** What the parser does not know. */
  readonly rest?: JsonObject
}

export interface LlmResponse {
  readonly id?: string
  readonly model?: string
  readonly messages: readonly Message[]
  readonly finishReasons: readonly string[]
  readonly usage: Usage
  readonly error?: LlmError
  /** MCP servers' tools that the vendor listed for the model. */
  readonly tools?: readonly ToolDefinition[]
  readonly rest?: JsonObject
  /** False when a stream ended without its closing event. */
  readonly finished: boolean
}

export interface StreamPiece {
  /** `event:` of SSE, `:event-type` of an AWS event stream, else empty. */
  readonly name: string
  readonly data: JsonObject
  readonly at: Micros | undefined
}

export interface StreamReader {
  /** True when the piece carries generated content: for the time to the first token. */
  piece(piece: StreamPiece): boolean
  finish(): LlmResponse
}

export interface PathFacts {
  readonly path: string
  readonly model?: string
  readonly operation: string
}

/** One wire family: whoever speaks it, whatever the provider. */
export interface Family {
  readonly id: string
  request(body: JsonObject, facts: PathFacts): LlmRequest
  response(body: JsonObject): LlmResponse
  stream(): StreamReader
}
