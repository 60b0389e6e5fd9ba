import { z } from "zod"
import { completeness, micros } from "../primitives.ts"
import { message, toolDefinition } from "./genai.ts"

/** Why an exchange was taken for a model call. */
export const recognition = z.object({ by: z.enum(["catalogue", "shape"]), score: z.number(), reasons: z.array(z.string()) })

/** One call to a model. Prompts hold only what is new since the conversation's last call; `history` says what was left out. */
export const llmData = z.object({
  /** Wire family, for example "openai.chat", "openai.responses", "anthropic.messages", "gemini.generate". */
  family: z.string(),
  /** OpenTelemetry operation: chat, text_completion, embeddings, generate_content, … or the API's own name for the rest (files, models, batches). */
  operation: z.string(),
  /** Provider id of the destination catalogue; "unknown" where only the shape tells. */
  provider: z.string(),
  recognition,
  /** Server software where it tells: vllm, ollama, litellm, … */
  software: z.string().optional(),
  host: z.string(),
  path: z.string(),
  status: z.number().int().nonnegative(),
  error: z.object({ type: z.string().optional(), message: z.string().optional() }).optional(),
  responseId: z.string().optional(),
  previousResponseId: z.string().optional(),
  conversationId: z.string(),
  /** The client's own word for its session, from a header or the body: Claude Code, Codex, OpenCode and others send one. */
  sessionId: z.string().optional(),
  /** Region and customer that the host names, where many share it. */
  region: z.string().optional(),
  tenant: z.string().optional(),
  requestModel: z.string().optional(),
  responseModel: z.string().optional(),
  stream: z.boolean(),
  /** False when a stream ended without its closing event: what came until then is kept. */
  finished: z.boolean().optional(),
  finishReasons: z.array(z.string()).default([]),
  usage: z
    .object({
      inputTokens: z.number().int().optional(),
      outputTokens: z.number().int().optional(),
      cachedInputTokens: z.number().int().optional(),
      cacheCreationInputTokens: z.number().int().optional(),
      reasoningTokens: z.number().int().optional(),
      totalTokens: z.number().int().optional(),
    })
    .default({}),
  /** From the last request byte to the first piece of generated content. */
  timeToFirstTokenMicros: micros.optional(),
  durationMicros: micros.optional(),
  systemInstructions: z.array(z.string()).default([]),
  inputMessages: z.array(message).default([]),
  outputMessages: z.array(message).default([]),
  /** What the request repeated from earlier calls of the conversation and is therefore not in `inputMessages`. */
  history: z.object({ messages: z.number().int(), bytes: z.number().int(), prefixHash: z.string() }),
  tools: z.array(toolDefinition).default([]),
  /** Tool names only, also when the definitions were already reported for this conversation. */
  toolsProvided: z.array(z.string()).default([]),
  toolCalls: z
    .array(z.object({ id: z.string().optional(), name: z.string(), arguments: z.string(), server: z.string().optional() }))
    .default([]),
  toolResults: z
    .array(z.object({ id: z.string().optional(), name: z.string().optional(), content: z.string(), isError: z.boolean().optional() }))
    .default([]),
  mcpServers: z.array(z.object({ name: z.string(), url: z.string().optional() })).default([]),
  skillsAvailable: z.array(z.string()).default([]),
  skillsUsed: z.array(z.string()).default([]),
  parameters: z.record(z.string(), z.unknown()).default({}),
  requestBytes: z.number().int().nonnegative(),
  responseBytes: z.number().int().nonnegative(),
  completeness,
  /** What no parser understood, as JSON text, and how many fields that was. */
  raw: z.string().optional(),
  unknownFields: z.number().int().default(0),
})
