// What agents ask of OpenAI beside chat.
import OpenAI, { toFile } from "openai"

const client = new OpenAI({ apiKey: "test", maxRetries: 0 })
await client.embeddings.create({ model: "text-embedding-4-small", input: ["pelicans", "harbours"] })
await client.moderations.create({ model: "omni-moderation", input: "Is this fine?" })
await client.completions.create({ model: "gpt-3.5-turbo-instruct", prompt: "2 and 2", max_tokens: 5 })
await client.images.generate({ model: "gpt-image-2", prompt: "A pelican on a harbour wall", size: "1024x1024" })
const line = {
  custom_id: "1",
  method: "POST",
  url: "/v1/chat/completions",
  body: { model: "gpt-5", messages: [{ role: "user", content: "2 and 2?" }] },
}
await client.files.create({ file: await toFile(Buffer.from(`${JSON.stringify(line)}\n`), "batch.jsonl"), purpose: "batch" })
await client.batches.create({ input_file_id: "file-1", endpoint: "/v1/chat/completions", completion_window: "24h" })
await client.models.list()
