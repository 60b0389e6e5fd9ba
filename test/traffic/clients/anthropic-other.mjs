// What agents ask of Anthropic beside messages.
import Anthropic, { toFile } from "@anthropic-ai/sdk"

const client = new Anthropic({ apiKey: "test", maxRetries: 0 })
const messages = [{ role: "user", content: "2 and 2?" }]
await client.messages.countTokens({ model: "claude-sonnet-5", system: "You add numbers.", messages })
await client.messages.batches.create({
  requests: [{ custom_id: "1", params: { model: "claude-sonnet-5", max_tokens: 10, messages } }],
})
await (client.beta?.files ?? client.files).upload({ file: await toFile(Buffer.from("The sum is 4, or so.\n"), "notes.txt") })
