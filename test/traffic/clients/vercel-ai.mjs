import { createAnthropic } from "@ai-sdk/anthropic"
import { createOpenAI } from "@ai-sdk/openai"
import { generateText, jsonSchema, streamText, tool } from "ai"

const openai = createOpenAI({ apiKey: "test" })
const anthropic = createAnthropic({ apiKey: "test" })
const tools = {
  add: tool({
    description: "Adds two numbers",
    inputSchema: jsonSchema({ type: "object", properties: { a: { type: "number" }, b: { type: "number" } } }),
  }),
}
const stream = streamText({ model: openai.chat("gpt-5"), system: "You add numbers.", prompt: "2 and 2?", tools, maxRetries: 0 })
for await (const _ of stream.textStream);
await generateText({ model: anthropic("claude-sonnet-5"), system: "You add numbers.", prompt: "2 and 2?", maxRetries: 0 })
