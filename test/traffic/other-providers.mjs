// The endpoints beside chat, as the vendors document them: embeddings, files, batches, images, moderations, counting, Bedrock's invoke, Gemini's Live.
import { eventFrame, json, pause } from "./answering.mjs"

const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

export const otherHandlers = [
  [/\/v1\/embeddings$/, embeddings],
  [/^api\.openai\.com\/v1\/files$/, (response) => json(response, openAiFile)],
  [/^api\.anthropic\.com\/v1\/files$/, (response) => json(response, anthropicFile)],
  [/^api\.anthropic\.com\/v1\/skills$/, (response) => json(response, anthropicSkill)],
  [/\/v1\/batches$/, (response, body) => json(response, batch(body))],
  [
    /\/v1\/images\/generations$/,
    (response) =>
      json(response, {
        created: 1_790_000_000,
        data: [{ b64_json: pixel }],
        usage: { input_tokens: 5, output_tokens: 9, total_tokens: 14 },
      }),
  ],
  [/\/v1\/moderations$/, (response) => json(response, moderation)],
  [
    /^api\.openai\.com\/v1\/models$/,
    (response) => json(response, { object: "list", data: [{ id: "gpt-5", object: "model", created: 1_790_000_000, owned_by: "openai" }] }),
  ],
  [/\/v1\/completions$/, (response, body) => json(response, completion(body))],
  [/\/v1\/messages\/count_tokens$/, (response) => json(response, { input_tokens: 14 })],
  [/\/v1\/messages\/batches$/, (response, body) => json(response, messageBatch(body))],
  [/:countTokens$/, (response) => json(response, { totalTokens: 4, promptTokensDetails: [{ modality: "TEXT", tokenCount: 4 }] })],
  [/:(?:batchEmbedContents|embedContent)$/, (response) => json(response, { embeddings: [{ values: [0.1, 0.2] }] })],
  [
    /\/invoke$/,
    (response) =>
      json(response, claude, { headers: { "x-amzn-bedrock-input-token-count": "12", "x-amzn-bedrock-output-token-count": "9" } }),
  ],
  [/\/invoke-with-response-stream$/, invokeStream],
]

function embeddings(response, body) {
  const inputs = Array.isArray(body.input) ? body.input : [body.input]
  json(response, {
    object: "list",
    model: "text-embedding-4-small",
    data: inputs.map((_, index) => ({
      object: "embedding",
      index,
      embedding: Buffer.from(new Float32Array([0.25, 0.5]).buffer).toString("base64"),
    })),
    usage: { prompt_tokens: 6, total_tokens: 6 },
  })
}

const openAiFile = {
  id: "file-1",
  object: "file",
  bytes: 120,
  created_at: 1_790_000_000,
  filename: "batch.jsonl",
  purpose: "batch",
  status: "processed",
}
const anthropicFile = {
  id: "file_011",
  type: "file",
  filename: "notes.txt",
  mime_type: "text/plain",
  size_bytes: 20,
  created_at: "2026-11-01T00:00:00Z",
  downloadable: false,
}
const anthropicSkill = {
  id: "skill_011",
  type: "skill",
  display_title: "Adder",
  source: "custom",
  latest_version: "1790000000000000",
  created_at: "2026-11-01T00:00:00Z",
  updated_at: "2026-11-01T00:00:00Z",
}
const moderation = {
  id: "modr-1",
  model: "omni-moderation",
  results: [{ flagged: false, categories: { violence: false }, category_scores: { violence: 0.01 } }],
}

const batch = (body) => ({
  id: "batch_1",
  object: "batch",
  endpoint: body.endpoint,
  input_file_id: body.input_file_id,
  completion_window: "24h",
  status: "validating",
  created_at: 1_790_000_000,
  request_counts: { total: 0, completed: 0, failed: 0 },
})

const completion = (body) => ({
  id: "cmpl-1",
  object: "text_completion",
  created: 1_790_000_000,
  model: body.model,
  choices: [{ text: " is 4.", index: 0, logprobs: null, finish_reason: "stop" }],
  usage: { prompt_tokens: 5, completion_tokens: 3, total_tokens: 8 },
})

const messageBatch = (body) => ({
  id: "msgbatch_011",
  type: "message_batch",
  processing_status: "in_progress",
  request_counts: { processing: body.requests?.length ?? 0, succeeded: 0, errored: 0, canceled: 0, expired: 0 },
  created_at: "2026-11-01T00:00:00Z",
  expires_at: "2026-11-02T00:00:00Z",
  results_url: null,
})

const claude = {
  id: "msg_bdrk_01",
  type: "message",
  role: "assistant",
  model: "claude-sonnet-5",
  content: [
    { type: "text", text: "The sum is 4." },
    { type: "tool_use", id: "toolu_bdrk_01", name: "add", input: { a: 2, b: 2 } },
  ],
  stop_reason: "tool_use",
  stop_sequence: null,
  usage: { input_tokens: 12, output_tokens: 9 },
}

/** Each frame holds one of the vendor's own events, in base64. */
async function invokeStream(response) {
  response.writeHead(200, { "content-type": "application/vnd.amazon.eventstream", "x-amzn-bedrock-content-type": "application/json" })
  const events = [
    { type: "message_start", message: { ...claude, content: [], stop_reason: null, usage: { input_tokens: 12, output_tokens: 1 } } },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
    { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "The sum " } },
    { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "is 4." } },
    { type: "content_block_stop", index: 0 },
    { type: "message_delta", delta: { stop_reason: "end_turn", stop_sequence: null }, usage: { output_tokens: 9 } },
    {
      type: "message_stop",
      "amazon-bedrock-invocationMetrics": { inputTokenCount: 12, outputTokenCount: 9, invocationLatency: 20, firstByteLatency: 9 },
    },
  ]
  for (const event of events) {
    response.write(eventFrame("chunk", { bytes: Buffer.from(JSON.stringify(event)).toString("base64"), p: "abcd" }))
    await pause(4)
  }
  response.end()
}

/** Gemini's Live: JSON in binary frames; a tool is asked for first, then the answer is said. */
export function liveSocket(ws) {
  const say = (value) => ws.send(Buffer.from(JSON.stringify(value)))
  ws.on("message", async (data) => {
    const message = JSON.parse(data.toString())
    if (message.setup !== undefined) say({ setupComplete: {} })
    if (message.clientContent !== undefined) say({ toolCall: { functionCalls: [{ id: "fc_1", name: "add", args: { a: 2, b: 2 } }] } })
    if (message.toolResponse === undefined) return
    for (const text of ["The sum ", "is 4."]) {
      say({ serverContent: { modelTurn: { role: "model", parts: [{ text }] } } })
      await pause(4)
    }
    say({ serverContent: { generationComplete: true } })
    say({ serverContent: { turnComplete: true }, usageMetadata: { promptTokenCount: 15, responseTokenCount: 7, totalTokenCount: 22 } })
  })
}
