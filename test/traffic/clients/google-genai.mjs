import { GoogleGenAI } from "@google/genai"

const client = new GoogleGenAI({ apiKey: "test" })
const config = {
  systemInstruction: "You add numbers.",
  temperature: 0.2,
  tools: [
    {
      functionDeclarations: [
        { name: "add", description: "Adds two numbers", parametersJsonSchema: { type: "object", properties: { a: { type: "number" } } } },
      ],
    },
  ],
}
const stream = await client.models.generateContentStream({ model: "gemini-3-pro", contents: "2 and 2?", config })
for await (const _ of stream);
await client.models.generateContent({
  model: "gemini-3-pro",
  contents: [
    { role: "user", parts: [{ text: "2 and 2?" }] },
    { role: "model", parts: [{ text: "The sum is 4." }, { functionCall: { name: "add", args: { a: 2, b: 2 } } }] },
    { role: "user", parts: [{ functionResponse: { name: "add", response: { output: "4" } } }] },
  ],
  config,
})
const events = await client.interactions.create({
  model: "gemini-3-pro",
  input: "2 and 2?",
  system_instruction: "You add numbers.",
  stream: true,
})
for await (const _ of events);
await client.models.generateContent({ model: "overloaded", contents: "hello" }).catch(() => {})
const tools = [{ type: "function", name: "add", description: "Adds two numbers", parameters: { type: "object", properties: {} } }]
const first = await client.interactions.create({ model: "gemini-3-pro", input: "2 and 2?", tools, generation_config: { temperature: 0.2 } })
await client.interactions.create({
  model: "gemini-3-pro",
  input: [{ type: "function_result", call_id: "call_1", name: "add", result: "4" }],
  previous_interaction_id: first.id,
})
await client.interactions.create({ model: "overloaded", input: "hello" }).catch(() => {})
