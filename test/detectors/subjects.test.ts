import { expect, it } from "vitest"
import { subjectOf } from "../../detectors/subjects.ts"
import { exchange, extract, json, ofKind } from "../collectors/extract/facts.ts"

it("gives detectors what a model call says in fields that have no column", () => {
  const body = {
    model: "m",
    messages: [{ role: "user", content: "U" }],
    metadata: { note: "in metadata" },
    future_field: { text: "in the unknown" },
  }
  const response = { headers: json, body: { id: "c", object: "chat.completion", choices: [], usage: { prompt_tokens: 1 } } }
  const [call] = ofKind(
    extract([exchange({ host: "api.openai.com", path: "/v1/chat/completions", request: { headers: json, body }, response })]),
    "llm",
  )
  if (call === undefined) throw new Error("no model call")
  const texts = subjectOf(call)
    .texts.map(({ text }) => text)
    .join("\n")
  expect(texts).toContain("in metadata")
  expect(texts).toContain("in the unknown")
})
