import { z } from "zod"
import { completeness, direction, micros } from "../primitives.ts"
import { toolDefinition } from "./genai.ts"

/** One JSON-RPC request with its response, or a notification. */
export const mcpData = z.object({
  /** "inside-llm": hosted or stdio MCP that is visible only in a model's transcript. */
  transport: z.enum(["streamable-http", "http-sse", "websocket", "stdio", "inside-llm"]),
  certainty: z.enum(["certain", "probable"]),
  reasons: z.array(z.string()).default([]),
  host: z.string(),
  path: z.string(),
  /** Who asked: a client call, or a server request such as sampling. */
  sender: z.enum(["client", "server"]),
  direction,
  method: z.string(),
  requestId: z.string().optional(),
  notification: z.boolean().default(false),
  sessionId: z.string().optional(),
  protocolVersion: z.string().optional(),
  client: z.object({ name: z.string(), version: z.string().optional() }).optional(),
  server: z.object({ name: z.string(), version: z.string().optional() }).optional(),
  instructions: z.string().optional(),
  toolName: z.string().optional(),
  resourceUri: z.string().optional(),
  promptName: z.string().optional(),
  /** JSON text. */
  arguments: z.string().optional(),
  /** Text of the result content, duplicates of structured content left out. */
  result: z.string().optional(),
  structuredResult: z.string().optional(),
  isError: z.boolean().optional(),
  error: z.object({ code: z.number(), message: z.string() }).optional(),
  /** Tools of a list page; the whole inventory when `inventory` is set. */
  tools: z.array(toolDefinition).default([]),
  resources: z
    .array(z.object({ uri: z.string(), name: z.string().optional(), description: z.string().optional(), mimeType: z.string().optional() }))
    .default([]),
  prompts: z.array(z.object({ name: z.string(), description: z.string().optional() })).default([]),
  /** Set on the last page of a list: what the whole list holds. */
  inventory: z.object({ hash: z.string(), items: z.number().int() }).optional(),
  /** Header and body say different things: a parser differential (HeaderMismatch, -32020). */
  mismatch: z.array(z.object({ field: z.string(), header: z.string(), body: z.string() })).default([]),
  /** Hash of the opaque state that links a retry to the answer that asked for input (MRTR). */
  requestState: z.string().optional(),
  durationMicros: micros.optional(),
  traceparent: z.string().optional(),
  completeness,
  /** Other fields of params and result, as JSON text. */
  raw: z.string().optional(),
})
