import { describe, expect, it } from "vitest"
import { exchange, extract, json, ofKind } from "../facts.ts"

function row(host: string, path: string, body: object, answer: object) {
  return ofKind(extract([exchange({ host, path, request: { headers: json, body }, response: { headers: json, body: answer } })]), "llm")[0]
    ?.data
}

describe("requests beside chat", () => {
  it("reads what is asked in every request of an Anthropic batch", () => {
    const params = (said: string) => ({
      model: "c",
      max_tokens: 1,
      system: "S",
      messages: [{ role: "user", content: said }],
      tools: [{ name: "ls", input_schema: {} }],
    })
    const data = row(
      "api.anthropic.com",
      "/v1/messages/batches",
      { requests: ["one", "two"].map((said, index) => ({ custom_id: `${index}`, params: params(said) })) },
      { id: "msgbatch_1", type: "message_batch", processing_status: "in_progress" },
    )
    expect(data).toMatchObject({
      operation: "batches",
      requestModel: "c",
      responseId: "msgbatch_1",
      systemInstructions: ["S"],
      toolsProvided: ["ls"],
      inputMessages: [{ parts: [{ text: "one" }] }, { parts: [{ text: "two" }] }],
    })
    expect(data?.raw ?? "").not.toContain("one")
  })

  it("reads Gemini's batches of texts and of requests", () => {
    const asked = (text: string) => ({ content: { parts: [{ text }] } })
    const embedded = row(
      "generativelanguage.googleapis.com",
      "/v1beta/models/e:batchEmbedContents",
      { requests: [asked("one"), asked("two")] },
      { embeddings: [{ values: [1] }, { values: [2] }] },
    )
    expect(embedded).toMatchObject({
      operation: "embeddings",
      finished: true,
      inputMessages: [{ parts: [{ text: "one" }] }, { parts: [{ text: "two" }] }],
    })
    const batch = {
      display_name: "b",
      input_config: { requests: { requests: [{ request: { contents: [{ role: "user", parts: [{ text: "three" }] }] } }] } },
    }
    const generated = row(
      "generativelanguage.googleapis.com",
      "/v1beta/models/g:batchGenerateContent",
      { batch },
      { name: "batches/1", metadata: {} },
    )
    expect(generated).toMatchObject({ requestModel: "g", inputMessages: [{ parts: [{ text: "three" }] }] })
  })

  it.each([
    ["api.anthropic.com", "/v1/messages/count_tokens", { model: "m", messages: [{ role: "user", content: "U" }] }, { input_tokens: 14 }],
    ["api.openai.com", "/v1/responses/input_tokens", { model: "m", input: "U" }, { object: "response.input_tokens", input_tokens: 14 }],
    ["generativelanguage.googleapis.com", "/v1beta/models/m:countTokens", { contents: [{ parts: [{ text: "U" }] }] }, { totalTokens: 14 }],
  ])("takes the count that %s%s answers", (host, path, body, answer) => {
    expect(row(host, path, body, answer)).toMatchObject({ requestModel: "m", usage: { inputTokens: 14 }, finished: true, unknownFields: 0 })
  })
})
