import { CohereClientV2 } from "cohere-ai"

const client = new CohereClientV2({ token: "test" })
const tools = [
  { type: "function", function: { name: "add", description: "Adds two numbers", parameters: { type: "object", properties: {} } } },
]
const messages = [
  { role: "system", content: "You add numbers." },
  { role: "user", content: "2 and 2?" },
]
const stream = await client.chatStream({ model: "command-a-03-2025", messages, tools, temperature: 0.2 })
for await (const _ of stream);
messages.push(
  {
    role: "assistant",
    toolPlan: "I will add them.",
    toolCalls: [{ id: "add_1", type: "function", function: { name: "add", arguments: '{"a":2,"b":2}' } }],
  },
  { role: "tool", toolCallId: "add_1", content: "4" },
)
await client.chat({ model: "command-a-03-2025", messages, tools })
await client.chat({ model: "overloaded", messages: [{ role: "user", content: "hello" }] }, { maxRetries: 0 }).catch(() => {})
