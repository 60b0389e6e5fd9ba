// Messages, parts and tools in the shape of the OpenTelemetry GenAI conventions, shared by llm, mcp and a2a activities.
import { z } from "zod"

export const part = z.discriminatedUnion("type", [
  z.object({ type: z.literal("text"), text: z.string() }),
  z.object({ type: z.literal("reasoning"), text: z.string() }),
  z.object({ type: z.literal("refusal"), text: z.string() }),
  /** `arguments` is the JSON text as sent; a provider that sends an object gets it serialised. */
  z.object({
    type: z.literal("tool_call"),
    id: z.string().optional(),
    name: z.string(),
    arguments: z.string(),
    server: z.string().optional(),
  }),
  z.object({
    type: z.literal("tool_call_response"),
    id: z.string().optional(),
    name: z.string().optional(),
    content: z.string(),
    isError: z.boolean().optional(),
    server: z.string().optional(),
  }),
  /** Image, audio or file: by reference and hash, never inline. */
  z.object({
    type: z.literal("blob"),
    mediaType: z.string().optional(),
    name: z.string().optional(),
    bytes: z.number().int().optional(),
    sha256: z.string().optional(),
    uri: z.string().optional(),
  }),
  /** A part that no parser knows, kept as its JSON text. */
  z.object({ type: z.literal("unknown"), raw: z.string() }),
])
export type Part = z.infer<typeof part>

export const message = z.object({
  role: z.enum(["system", "user", "assistant", "tool", "unknown"]),
  name: z.string().optional(),
  parts: z.array(part),
})
export type Message = z.infer<typeof message>

/** One tool as offered to a model or listed by a server. */
export const toolDefinition = z.object({
  name: z.string(),
  title: z.string().optional(),
  description: z.string().optional(),
  /** JSON text of the input schema. */
  inputSchema: z.string().optional(),
  outputSchema: z.string().optional(),
  annotations: z.string().optional(),
  /** "function", "mcp", "web_search", … */
  type: z.string().default("function"),
  /** The MCP server it comes from, where the wire says. */
  server: z.string().optional(),
  /** SHA-256 of the canonical JSON (RFC 8785) of name, title, description, schemas and annotations. */
  hash: z.string(),
})
export type ToolDefinition = z.infer<typeof toolDefinition>
