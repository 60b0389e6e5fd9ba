// The wire families, each request reader beside its response reader and stream.
import { amazonQRequest, amazonQResponse, amazonQStream } from "./amazon-q.ts"
import { anthropicRequest, anthropicResponse } from "./anthropic.ts"
import { anthropicStream } from "./anthropic-stream.ts"
import { converseRequest, converseResponse, converseStream } from "./bedrock.ts"
import { cohereRequest, cohereResponse, cohereStream } from "./cohere.ts"
import { dashscopeRequest, dashscopeResponse, dashscopeStream } from "./dashscope.ts"
import { geminiRequest, geminiResponse } from "./gemini.ts"
import { interactionsRequest, interactionsResponse, interactionsStream } from "./gemini-interactions.ts"
import { geminiStream } from "./gemini-stream.ts"
import { genericRequest, genericResponse } from "./generic.ts"
import { graphRequest, graphResponse, graphStream } from "./langgraph.ts"
import { ollamaRequest, ollamaResponse, ollamaStream } from "./ollama.ts"
import { chatRequest, chatResponse } from "./openai-chat.ts"
import { openAiChatStream } from "./openai-chat-stream.ts"
import { responsesRequest, responsesResponse } from "./openai-responses.ts"
import { openAiResponsesStream } from "./openai-responses-stream.ts"
import { shapeStream } from "./shape-stream.ts"
import type { Family } from "./types.ts"

const list: readonly Family[] = [
  { id: "openai.chat", request: chatRequest, response: chatResponse, stream: openAiChatStream },
  { id: "openai.responses", request: responsesRequest, response: responsesResponse, stream: openAiResponsesStream },
  { id: "anthropic.messages", request: anthropicRequest, response: anthropicResponse, stream: anthropicStream },
  { id: "gemini.generate", request: geminiRequest, response: geminiResponse, stream: geminiStream },
  { id: "gemini.interactions", request: interactionsRequest, response: interactionsResponse, stream: interactionsStream },
  { id: "bedrock.converse", request: converseRequest, response: converseResponse, stream: converseStream },
  { id: "cohere.chat", request: cohereRequest, response: cohereResponse, stream: cohereStream },
  { id: "dashscope", request: dashscopeRequest, response: dashscopeResponse, stream: dashscopeStream },
  { id: "amazon_q", request: amazonQRequest, response: amazonQResponse, stream: amazonQStream },
  { id: "langgraph", request: graphRequest, response: graphResponse, stream: graphStream },
  { id: "ollama", request: ollamaRequest, response: ollamaResponse, stream: ollamaStream },
]
const byId = new Map(list.map((family) => [family.id, family]))

/** Families without a parser of their own (openai.other, replicate, bedrock.invoke, …) are read by trying what is known. */
export function familyOf(id: string): Family {
  return byId.get(id) ?? { id, request: genericRequest, response: genericResponse, stream: shapeStream }
}
