import { Ollama } from "ollama"

const client = new Ollama({ host: "http://gpu.internal:11434" })
const stream = await client.chat({
  model: "qwen3",
  messages: [
    { role: "system", content: "You add numbers." },
    { role: "user", content: "2 and 2?" },
  ],
  stream: true,
  tools: [{ type: "function", function: { name: "add", description: "Adds", parameters: { type: "object", properties: {} } } }],
})
for await (const _ of stream);
await client.chat({
  model: "qwen3",
  messages: [
    { role: "user", content: "2 and 2?" },
    { role: "assistant", content: "", tool_calls: [{ function: { name: "add", arguments: { a: 2, b: 2 } } }] },
    { role: "tool", content: "4", tool_name: "add" },
  ],
  options: { temperature: 0.2 },
})
await client.chat({ model: "overloaded", messages: [{ role: "user", content: "hello" }] }).catch(() => {})
