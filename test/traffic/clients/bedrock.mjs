import { BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime"

const client = new BedrockRuntimeClient({
  region: "eu-central-1",
  credentials: { accessKeyId: "test", secretAccessKey: "test" },
  maxAttempts: 1,
})
const toolConfig = {
  tools: [{ toolSpec: { name: "add", description: "Adds two numbers", inputSchema: { json: { type: "object", properties: {} } } } }],
}
const input = {
  modelId: "eu.anthropic.claude-sonnet-5-v1:0",
  system: [{ text: "You add numbers." }],
  messages: [{ role: "user", content: [{ text: "2 and 2?" }] }],
  toolConfig,
  inferenceConfig: { maxTokens: 50 },
}
const { stream } = await client.send(new ConverseStreamCommand(input))
for await (const _ of stream);
await client.send(new ConverseCommand(input))
const messages = [
  ...input.messages,
  { role: "assistant", content: [{ toolUse: { toolUseId: "tooluse_1", name: "add", input: { a: 2, b: 2 } } }] },
  { role: "user", content: [{ toolResult: { toolUseId: "tooluse_1", content: [{ text: "4" }] } }] },
]
await client.send(new ConverseCommand({ ...input, messages }))
await client.send(new ConverseCommand({ ...input, modelId: "overloaded" })).catch(() => {})
client.destroy()
