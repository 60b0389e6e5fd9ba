// One activity becomes the texts that may be judged, each with its place, direction and path. Gateway and SDK call the same function.
import type { Message, Part, ToolDefinition } from "../services/contracts/activity/genai.ts"
import type { Envelope } from "../services/contracts/envelope.ts"
import type { Place, Subject, TextItem } from "../services/contracts/inspection.ts"
import { assertNever, type Direction } from "../services/contracts/primitives.ts"
import { classifyDestination } from "./destinations/classify.ts"
import { httpTexts } from "./subjects/http.ts"

export function subjectOf(envelope: Envelope): Subject {
  const destination = classifyDestination(envelope)
  return {
    id: envelope.id,
    kind: envelope.kind,
    direction: envelope.direction ?? "outbound",
    ...(destination === undefined ? {} : { destination }),
    texts: textsOf(envelope).filter(({ text }) => text !== ""),
    data: envelope.data,
  }
}

function textsOf(envelope: Envelope): TextItem[] {
  const out = envelope.direction ?? "outbound"
  switch (envelope.kind) {
    case "llm":
      return llmTexts(envelope.data, out)
    case "mcp":
      return mcpTexts(envelope.data)
    case "http":
      return httpTexts(envelope.data, out)
    case "websocket":
      return [{ place: "frame", direction: envelope.data.direction, path: "text", text: envelope.data.text ?? "" }]
    case "dns":
      return [
        { place: "dns", direction: out, path: "name", text: envelope.data.name },
        ...envelope.data.answers
          .filter(({ type }) => type === "TXT")
          .map(({ value }, index): TextItem => ({ place: "dns", direction: reverse(out), path: `answers[${index}].value`, text: value })),
      ]
    case "skill":
      return envelope.data.texts.map(({ path, text }, index) => ({
        place: "skill",
        direction: envelope.data.how === "uploaded" ? "outbound" : "inbound",
        path: `texts[${index}]`,
        name: path,
        text,
      }))
    case "a2a":
      return a2aTexts(envelope.data, out)
    case "file":
      return [{ place: "url", direction: envelope.data.direction, path: "source.url", text: envelope.data.source.url ?? "" }]
    case "tls":
      // A connection that is read shows where it goes by its requests.
      return envelope.data.decryption === "full" ? [] : [{ place: "dns", direction: out, path: "sni", text: envelope.data.sni ?? "" }]
    case "flow":
    case "anomaly":
      return []
    default:
      return assertNever(envelope)
  }
}

function llmTexts(data: Envelope<"llm">["data"], out: Direction): TextItem[] {
  const back = reverse(out)
  return [
    ...data.systemInstructions.map((text, i): TextItem => ({ place: "system", direction: out, path: `systemInstructions[${i}]`, text })),
    ...messageTexts(data.inputMessages, "inputMessages", out),
    ...messageTexts(data.outputMessages, "outputMessages", back),
    ...data.tools.flatMap((tool, i) => toolTexts(tool, `tools[${i}]`, out)),
    ...unlisted(data.toolCalls, [...data.inputMessages, ...data.outputMessages]).map(
      ({ name, arguments: text }, i): TextItem => ({ place: "tool-call", direction: back, path: `toolCalls[${i}].arguments`, name, text }),
    ),
    // The http row of a model call has no body text: what the columns do not hold is judged here.
    ...(Object.keys(data.parameters).length === 0
      ? []
      : [{ place: "body" as const, direction: out, path: "parameters", text: JSON.stringify(data.parameters) }]),
    ...(data.raw === undefined ? [] : [{ place: "body" as const, direction: out, path: "raw", text: data.raw }]),
  ]
}

/** Tool calls that only the flat list holds; those inside messages were read there. */
function unlisted(calls: Envelope<"llm">["data"]["toolCalls"], messages: readonly Message[]): Envelope<"llm">["data"]["toolCalls"] {
  const seen = new Set(
    messages.flatMap(({ parts }) => parts.flatMap((part) => (part.type === "tool_call" ? [`${part.name}\n${part.arguments}`] : []))),
  )
  return calls.filter(({ name, arguments: text }) => !seen.has(`${name}\n${text}`))
}

function mcpTexts(data: Envelope<"mcp">["data"]): TextItem[] {
  const request = data.direction
  const response = reverse(request)
  const name = data.toolName ?? data.promptName ?? data.resourceUri
  const named = name === undefined ? {} : { name }
  const answer: Place = data.sender === "client" ? "tool-result" : "tool-call"
  const texts: TextItem[] = [
    {
      place: data.sender === "client" ? "tool-call" : "tool-result",
      direction: request,
      path: "arguments",
      ...named,
      text: data.arguments ?? "",
    },
    { place: "url", direction: request, path: "resourceUri", text: data.resourceUri ?? "" },
    { place: answer, direction: response, path: "result", ...named, text: data.result ?? "" },
    { place: answer, direction: response, path: "structuredResult", ...named, text: data.structuredResult ?? "" },
    { place: answer, direction: response, path: "error.message", ...named, text: data.error?.message ?? "" },
    { place: "tool-definition", direction: response, path: "instructions", name: "instructions", text: data.instructions ?? "" },
    ...data.tools.flatMap((tool, i) => toolTexts(tool, `tools[${i}]`, response)),
  ]
  data.prompts.forEach(({ name, description }, i) => {
    texts.push({ place: "tool-definition", direction: response, path: `prompts[${i}].description`, name, text: description ?? "" })
  })
  data.resources.forEach(({ uri, name, description }, i) => {
    texts.push({
      place: "tool-definition",
      direction: response,
      path: `resources[${i}].description`,
      name: name ?? uri,
      text: description ?? "",
    })
  })
  if (data.raw !== undefined) texts.push({ place: "body", direction: response, path: "raw", text: data.raw })
  return texts
}

/** Every field of a definition can carry an instruction, so every field is a text of its own. */
export function toolTexts(tool: ToolDefinition, path: string, direction: Direction): TextItem[] {
  const fields = ["name", "title", "description", "inputSchema", "outputSchema", "annotations"] as const
  return fields.flatMap((field) => {
    const text = tool[field]
    return text === undefined ? [] : [{ place: "tool-definition" as const, direction, path: `${path}.${field}`, name: tool.name, text }]
  })
}

function a2aTexts(data: Envelope<"a2a">["data"], out: Direction): TextItem[] {
  const card = data.card
  const texts = messageTexts(data.messages, "messages", out)
  if (data.callbackUrl !== undefined) texts.push({ place: "url", direction: out, path: "callbackUrl", text: data.callbackUrl })
  if (data.raw !== undefined) texts.push({ place: "body", direction: out, path: "raw", text: data.raw })
  if (card === undefined) return texts
  const back = reverse(out)
  texts.push({ place: "tool-definition", direction: back, path: "card.description", name: card.name, text: card.description ?? "" })
  card.skills.forEach(({ name, description }, i) => {
    texts.push({ place: "tool-definition", direction: back, path: `card.skills[${i}].description`, name, text: description ?? "" })
  })
  return texts
}

function messageTexts(messages: readonly Message[], path: string, direction: Direction): TextItem[] {
  return messages.flatMap(({ role, parts }, m) => parts.flatMap((part, p) => partTexts(part, role, direction, `${path}[${m}].parts[${p}]`)))
}

function partTexts(part: Part, role: Message["role"], direction: Direction, path: string): TextItem[] {
  switch (part.type) {
    case "text":
    case "refusal":
      return [{ place: rolePlace[role], direction, path, text: part.text }]
    case "reasoning":
      return [{ place: "assistant", direction, path, name: "reasoning", text: part.text }]
    case "tool_call":
      return [{ place: "tool-call", direction, path, name: part.name, text: part.arguments }]
    case "tool_call_response":
      return [{ place: "tool-result", direction, path, ...(part.name === undefined ? {} : { name: part.name }), text: part.content }]
    case "blob":
      return [{ place: "url", direction, path, text: part.uri ?? "" }]
    case "unknown":
      return [{ place: "body", direction, path, text: part.raw }]
    default:
      return assertNever(part)
  }
}

function reverse(direction: Direction): Direction {
  return direction === "outbound" ? "inbound" : "outbound"
}

const rolePlace: Readonly<Record<Message["role"], Place>> = {
  system: "system",
  user: "user",
  assistant: "assistant",
  tool: "tool-result",
  unknown: "body",
}
