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
