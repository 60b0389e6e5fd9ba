import Anthropic from "@anthropic-ai/sdk"

const client = new Anthropic({ apiKey: "test", maxRetries: 0 })
const tools = [
  {
    name: "add",
    description: "Adds two numbers",
    input_schema: { type: "object", properties: { a: { type: "number" }, b: { type: "number" } } },
  },
]
const system = [{ type: "text", text: "You add numbers.", cache_control: { type: "ephemeral" } }]
const messages = [{ role: "user", content: "2 and 2?" }]
const stream = client.messages.stream({ model: "claude-sonnet-5", max_tokens: 100, system, messages, tools })
const said = await stream.finalMessage()
messages.push(
  { role: "assistant", content: said.content },
  { role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_01A", content: "4" }] },
)
await client.messages.create({ model: "claude-sonnet-5", max_tokens: 100, system, messages, tools })
await client.messages.create({ model: "overloaded", max_tokens: 100, messages: [{ role: "user", content: "hello" }] }).catch(() => {})
