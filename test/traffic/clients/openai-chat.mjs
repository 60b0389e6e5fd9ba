import OpenAI from "openai"

const client = new OpenAI({ apiKey: "test", maxRetries: 0 })
const tools = [
  {
    type: "function",
    function: {
      name: "add",
      description: "Adds two numbers",
      parameters: { type: "object", properties: { a: { type: "number" }, b: { type: "number" } } },
    },
  },
]
const messages = [
  { role: "system", content: "You add numbers." },
  {
    role: "user",
    content: [
      { type: "text", text: "2 and 2?" },
      { type: "image_url", image_url: { url: "data:image/png;base64,iVBORw0KGgo=" } },
    ],
  },
]
const stream = await client.chat.completions.create({
  model: "gpt-5",
  messages,
  tools,
  stream: true,
  stream_options: { include_usage: true },
  temperature: 0.2,
})
for await (const _ of stream);
messages.push(
  { role: "assistant", tool_calls: [{ id: "call_1", type: "function", function: { name: "add", arguments: '{"a":2,"b":2}' } }] },
  { role: "tool", tool_call_id: "call_1", content: "4" },
)
await client.chat.completions.create({ model: "gpt-5", messages, tools })
await client.chat.completions.create({ model: "overloaded", messages: [{ role: "user", content: "hello" }] }).catch(() => {})
