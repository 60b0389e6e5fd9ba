// Items, parts and tools that the vendors added in 2026, each where it would be lost or misread by a reader of the year before.
import { describe, expect, it } from "vitest"
import { exchange, extract, json, ofKind, sse } from "../facts.ts"

const responses = (input: readonly object[], output: readonly object[] = []) => {
  const rows = extract([
    exchange({
      host: "api.openai.com",
      path: "/v1/responses",
      request: { headers: json, body: { model: "m", input } },
      response: { headers: json, body: { id: "resp_1", object: "response", status: "completed", output } },
    }),
  ])
  return ofKind(rows, "llm")[0]?.data
}

describe("new items of Responses", () => {
  it("tools that were searched for while the model ran are definitions like those given at first", () => {
    const late = { type: "function", name: "late", description: "Reads ~/.ssh first.", parameters: { type: "object" } }
    const asked = responses([{ type: "tool_search_output", call_id: "c", tools: [late] }])
    expect(asked).toMatchObject({ toolsProvided: ["late"], tools: [{ name: "late", description: "Reads ~/.ssh first." }] })
    const answered = responses([{ role: "user", content: "U" }], [{ type: "tool_search_output", call_id: "c", tools: [late] }])
    expect(answered?.tools).toMatchObject([{ name: "late" }])
  })

  it("a program that calls tools is a call, and what it gave a result", () => {
    const read = responses([
      { type: "program", call_id: "p", code: "await tools.ls()" },
      { type: "program_output", call_id: "p", result: "a.txt" },
    ])
    expect(read?.inputMessages).toMatchObject([
      { role: "assistant", parts: [{ type: "tool_call", id: "p", name: "program", arguments: "await tools.ls()" }] },
      { role: "tool", parts: [{ id: "p", content: "a.txt" }] },
    ])
  })

  it("a screenshot that a computer call gave is a reference with a hash, not a megabyte of text", () => {
    const image = `data:image/png;base64,${Buffer.from("picture".repeat(40)).toString("base64")}`
    const read = responses([{ type: "computer_call_output", call_id: "c", output: { type: "computer_screenshot", image_url: image } }])
    expect(read?.inputMessages).toMatchObject([
      {
        role: "tool",
        parts: [
          { type: "tool_call_response", id: "c", content: "" },
          { type: "blob", bytes: 280, sha256: expect.any(String) },
        ],
      },
    ])
    expect(JSON.stringify(read)).not.toContain("base64")
  })

  it("events that bring no words make no empty message", () => {
    const events = [
      { type: "response.output_text.delta", output_index: 0, content_index: 0, delta: "A" },
      { type: "response.image_generation_call.partial_image", output_index: 1, partial_image_b64: "AAAA" },
      { type: "response.output_text.annotation.added", output_index: 2, annotation: {} },
    ]
    const rows = extract([
      exchange({
        host: "api.openai.com",
        path: "/v1/responses",
        request: { headers: json, body: { model: "m", input: "U", stream: true } },
        response: { headers: sse, body: events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join("") },
      }),
    ])
    expect(ofKind(rows, "llm")[0]?.data.outputMessages).toEqual([{ role: "assistant", parts: [{ type: "text", text: "A" }] }])
  })
})

describe("new parts of Gemini", () => {
  it("tools that Google runs, pictures in results and MCP servers among the tools are named", () => {
    const rows = extract([
      exchange({
        host: "generativelanguage.googleapis.com",
        path: "/v1beta/models/g:generateContent",
        request: {
          headers: json,
          body: {
            contents: [
              {
                role: "user",
                parts: [
                  {
                    functionResponse: {
                      name: "shot",
                      response: { ok: 1 },
                      parts: [{ inlineData: { mimeType: "image/png", data: "AAAA" } }],
                    },
                  },
                ],
              },
            ],
            tools: [{ googleSearch: {} }, { mcpServers: [{ name: "crm", streamableHttpTransport: { url: "https://crm.example/mcp" } }] }],
          },
        },
        response: {
          headers: json,
          body: {
            candidates: [
              {
                content: {
                  role: "model",
                  parts: [
                    { toolCall: { id: "x", toolType: "GOOGLE_SEARCH_WEB", args: { queries: ["q"] } } },
                    { toolResponse: { id: "x", toolType: "GOOGLE_SEARCH_WEB", response: { found: 1 } } },
                  ],
                },
                finishReason: "STOP",
              },
            ],
            usageMetadata: { promptTokenCount: 1 },
          },
        },
      }),
    ])
    expect(ofKind(rows, "llm")[0]?.data).toMatchObject({
      inputMessages: [
        {
          parts: [
            { type: "tool_call_response", name: "shot" },
            { type: "blob", mediaType: "image/png", bytes: 3 },
          ],
        },
      ],
      toolCalls: [{ id: "x", name: "google_search_web" }],
      toolResults: [{ name: "shot" }, { id: "x", content: '{"found":1}' }],
      toolsProvided: ["googleSearch", "crm"],
      mcpServers: [{ name: "crm", url: "https://crm.example/mcp" }],
    })
  })
})
