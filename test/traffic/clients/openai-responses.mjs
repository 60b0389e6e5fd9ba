import OpenAI from "openai"

const client = new OpenAI({ apiKey: "test", maxRetries: 0 })
const tools = [{ type: "mcp", server_label: "crm", server_url: "https://crm.example/mcp", require_approval: "never" }]
const first = await client.responses.create({ model: "gpt-5", instructions: "You add numbers.", input: "2 and 2?", tools, stream: true })
let id
for await (const event of first) if (event.type === "response.completed") id = event.response.id
await client.responses.create({ model: "gpt-5", input: "And again?", previous_response_id: id })
await client.responses
  .create({
    model: "overloaded",
    input: [
      { type: "function_call", call_id: "call_1", name: "add", arguments: "{}" },
      { type: "function_call_output", call_id: "call_1", output: "4" },
    ],
    temperature: 0.2,
    max_output_tokens: 50,
  })
  .catch(() => {})
