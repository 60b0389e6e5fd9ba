import { BedrockRuntimeClient, InvokeModelCommand, InvokeModelWithResponseStreamCommand } from "@aws-sdk/client-bedrock-runtime"

const client = new BedrockRuntimeClient({
  region: "eu-central-1",
  credentials: { accessKeyId: "test", secretAccessKey: "test" },
  maxAttempts: 1,
})
const body = {
  anthropic_version: "bedrock-2023-05-31",
  max_tokens: 50,
  system: "You add numbers.",
  messages: [{ role: "user", content: "2 and 2?" }],
  tools: [{ name: "add", description: "Adds two numbers", input_schema: { type: "object", properties: {} } }],
}
const command = (value) => ({
  modelId: "eu.anthropic.claude-sonnet-5-v1:0",
  contentType: "application/json",
  accept: "application/json",
  body: JSON.stringify(value),
})
await client.send(new InvokeModelCommand(command(body)))
const messages = [
  ...body.messages,
  {
    role: "assistant",
    content: [
      { type: "text", text: "The sum is 4." },
      { type: "tool_use", id: "toolu_bdrk_01", name: "add", input: { a: 2, b: 2 } },
    ],
  },
  { role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_bdrk_01", content: "4" }] },
]
const { body: stream } = await client.send(new InvokeModelWithResponseStreamCommand(command({ ...body, messages })))
for await (const _ of stream);
client.destroy()
