// Building blocks that the families share: parts, blobs, tools.
import type { Message, Part, ToolDefinition } from "../../../services/contracts/activity/genai.ts"
import { sha256Hex } from "../ids.ts"
import { canonicalHash } from "../json/canonical.ts"
import { asText, first, isObject, type Json, type JsonObject, maybe, obj, str } from "../json/read.ts"
import { Lru } from "../lru.ts"

export function text(value: string): Part {
  return { type: "text", text: value }
}

export function unknownPart(value: Json | undefined): Part {
  return { type: "unknown", raw: cut(JSON.stringify(value ?? null), MAX_RAW_PART) }
}

export interface Call {
  readonly id?: string | undefined
  readonly name: string
  readonly args: Json | undefined
  readonly server?: string | undefined
}

/** Arguments that come as an object are given as their JSON text; a string is JSON text already. */
export function toolCall({ id, name, args, server }: Call): Part {
  return { type: "tool_call", ...maybe("id", id), name, arguments: args === undefined ? "" : asText(args), ...maybe("server", server) }
}

export interface CallResult {
  readonly id?: string | undefined
  readonly name?: string | undefined
  readonly content: Json | undefined
  readonly isError?: boolean | undefined
  readonly server?: string | undefined
}

export function toolResult({ id, name, content, isError, server }: CallResult): Part {
  return {
    type: "tool_call_response",
    ...maybe("id", id),
    ...maybe("name", name),
    content: resultText(content),
    ...maybe("isError", isError),
    ...maybe("server", server),
  }
}

/** Text of a tool result: a string, or content blocks whose texts are joined. Blobs inside it are the caller's to keep. */
export function resultText(content: Json | undefined): string {
  if (!Array.isArray(content)) return isObject(content) && typeof content["text"] === "string" ? content["text"] : asText(content)
  const texts = content.flatMap((block: Json) => {
    if (typeof block === "string") return [block]
    if (!isObject(block) || isBlobLike(block)) return []
    const inner = first(block, "text", "output", "content", "json")
    return inner === undefined ? [JSON.stringify(block)] : [asText(inner)]
  })
  return texts.join("\n")
}

function isBlobLike(block: JsonObject): boolean {
  const type = str(block, "type") ?? ""
  return /image|audio|document|video|input_file/.test(type) || block["image"] !== undefined || block["inlineData"] !== undefined
}

export interface Blob {
  readonly data?: string | undefined
  readonly mediaType?: string | undefined
  readonly name?: string | undefined
  readonly uri?: string | undefined
}

/** By reference and hash, never inline. The hash is of the bytes, so that it meets the file's row. */
export function blob({ data, mediaType, name, uri }: Blob): Part {
  const inline = data ?? (uri?.startsWith("data:") ? uri : undefined)
  const claimed = inline === undefined ? undefined : /^data:([^;,]{1,100})/.exec(inline)?.[1]
  const bytes =
    inline === undefined ? undefined : Buffer.from(inline.startsWith("data:") ? inline.slice(inline.indexOf(",") + 1) : inline, "base64")
  return {
    type: "blob",
    ...maybe("mediaType", mediaType ?? claimed),
    ...maybe("name", name),
    ...(bytes !== undefined && { bytes: bytes.length, sha256: sha256Hex(bytes) }),
    ...(uri !== undefined && inline === undefined && { uri }),
  }
}

export interface ToolSketch {
  readonly name: string
  readonly title?: string | undefined
  readonly description?: string | undefined
  readonly input?: Json | undefined
  readonly output?: Json | undefined
  readonly annotations?: Json | undefined
  readonly type?: string | undefined
  readonly server?: string | undefined
}

/** The same definitions come with every request of a session: they are read and hashed once. */
export function tool(sketch: ToolSketch): ToolDefinition {
  const { name, title, description, input, output, annotations, type = "function", server } = sketch
  const key = JSON.stringify([name, title, description, input, output, annotations, type, server])
  const known = definitions.get(key)
  if (known !== undefined) return known
  const made = define(sketch)
  if (key.length <= MAX_REMEMBERED) definitions.set(key, made)
  return made
}

/** The hash leaves out what says nothing of the definition itself: order, type, server. */
function define({ name, title, description, input, output, annotations, type = "function", server }: ToolSketch): ToolDefinition {
  const defined: JsonObject = {
    name,
    ...maybe("title", title),
    ...maybe("description", description),
    ...maybe("inputSchema", input),
    ...maybe("outputSchema", output),
    ...maybe("annotations", annotations),
  }
  return {
    name,
    ...maybe("title", title),
    ...maybe("description", description),
    ...maybe("inputSchema", input === undefined ? undefined : JSON.stringify(input)),
    ...maybe("outputSchema", output === undefined ? undefined : JSON.stringify(output)),
    ...maybe("annotations", annotations === undefined ? undefined : JSON.stringify(annotations)),
    type,
    ...maybe("server", server),
    hash: canonicalHash(defined),
  }
}

export function mcpTool(value: JsonObject, server?: string): ToolDefinition {
  return tool({
    name: str(value, "name") ?? "",
    title: str(value, "title"),
    description: str(value, "description"),
    input: first(value, "inputSchema", "input_schema"),
    output: first(value, "outputSchema", "output_schema"),
    annotations: obj(value, "annotations"),
    type: "mcp",
    server,
  })
}

/** Which MCP server a tool belongs to, where the client writes it into the name: mcp__server__tool (Claude Code, Codex), mcp_server_tool (Gemini CLI). */
export function serverOfToolName(name: string): string | undefined {
  if (!name.startsWith("mcp_")) return undefined
  const [start, mark] = name.startsWith("mcp__") ? [5, "__"] : [4, "_"]
  const end = name.indexOf(mark, start)
  return end <= start || end + mark.length >= name.length ? undefined : name.slice(start, end)
}

export function message(role: Message["role"], parts: readonly Part[], name?: string): Message {
  return { role, ...maybe("name", name), parts: [...parts] }
}

/** Neighbouring texts of one kind become one, as the reader of a stream sees them. */
export function joined(parts: readonly Part[]): Part[] {
  const out: Part[] = []
  for (const part of parts) {
    const last = out.at(-1)
    if (last !== undefined && isProse(last) && isProse(part) && last.type === part.type)
      out[out.length - 1] = { ...last, text: last.text + part.text }
    else out.push(part)
  }
  return out.filter((part) => !isProse(part) || part.text !== "")
}

function isProse(part: Part): part is Extract<Part, { text: string }> {
  return part.type === "text" || part.type === "reasoning" || part.type === "refusal"
}

/** Some servers put reasoning into the text between think tags. */
export function splitThinking(value: string): Part[] {
  if (!value.startsWith("<think>")) return value === "" ? [] : [text(value)]
  const end = value.indexOf("</think>")
  if (end < 0) return [{ type: "reasoning", text: value.slice(7) }]
  const rest = value.slice(end + 8).replace(/^\s+/, "")
  return [{ type: "reasoning", text: value.slice(7, end) }, ...(rest === "" ? [] : [text(rest)])]
}

export function cut(value: string, limit: number): string {
  return value.length <= limit ? value : value.slice(0, limit)
}

// Some hundred agents' tool sets of a worker, at most 64 MB when an attacker fills it.
const definitions = new Lru<ToolDefinition>(4_000)
const MAX_REMEMBERED = 16 * 1024
// A part nobody knows may be anything; so much of it serves a reader and a detector.
export const MAX_RAW_PART = 64 * 1024
