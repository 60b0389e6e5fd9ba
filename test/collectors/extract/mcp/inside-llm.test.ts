import { describe, expect, it } from "vitest"
import { exchange, extract, json, ofKind } from "../facts.ts"

let at = 1_000
function turn(host: string, path: string, request: object, response: object) {
  at += 10_000
  return exchange({ host, path, at, stream: at, request: { headers: json, body: request }, response: { headers: json, body: response } })
}

describe("MCP that is seen only inside model calls", () => {
  it("joins Gemini CLI's call, which has no id, with the result of that name in the next request", () => {
    const path = "/v1beta/models/g:generateContent"
    const user = { role: "user", parts: [{ text: "add" }] }
    const call = { role: "model", parts: [{ functionCall: { name: "mcp_calc_add_all", args: { a: 2 } } }] }
    const tools = [{ functionDeclarations: [{ name: "mcp_calc_add_all", description: "Adds" }, { name: "read_file" }] }]
    const answer = (content: object) => ({ candidates: [{ content, finishReason: "STOP" }], usageMetadata: {} })
    const result = {
      role: "user",
      parts: [{ functionResponse: { id: "mcp_calc_add_all_1", name: "mcp_calc_add_all", response: { output: "4" } } }],
    }
    const rows = extract([
      turn("generativelanguage.googleapis.com", path, { contents: [user], tools }, answer(call)),
      turn(
        "generativelanguage.googleapis.com",
        path,
        { contents: [user, call, result], tools },
        answer({ role: "model", parts: [{ text: "4" }] }),
      ),
    ])
    expect(ofKind(rows, "mcp").map((row) => row.data)).toMatchObject([
      { transport: "inside-llm", method: "tools/list", server: { name: "calc" }, tools: [{ name: "add_all" }] },
      { transport: "inside-llm", method: "tools/call", server: { name: "calc" }, toolName: "add_all", arguments: '{"a":2}', result: "4" },
    ])
  })

  it("reads Codex's namespaces: an MCP server's by its name, others before the tool's", () => {
    const input = [{ type: "message", role: "user", content: [{ type: "input_text", text: "add" }] }]
    const tools = [
      { type: "namespace", name: "mcp__calc", tools: [{ type: "function", name: "add", parameters: {} }] },
      { type: "namespace", name: "multi_agent_v1", tools: [{ type: "function", name: "spawn_agent", parameters: {} }] },
    ]
    const output = [{ type: "function_call", call_id: "c1", namespace: "mcp__calc", name: "add", arguments: "{}" }]
    const rows = extract([
      turn(
        "api.openai.com",
        "/v1/responses",
        { model: "m", input, tools },
        { id: "resp_1", object: "response", status: "completed", output, usage: {} },
      ),
      turn(
        "api.openai.com",
        "/v1/responses",
        { model: "m", input: [{ type: "function_call_output", call_id: "c1", output: "4" }], tools, previous_response_id: "resp_1" },
        { id: "resp_2", object: "response", status: "completed", output: [], usage: {} },
      ),
    ])
    expect(ofKind(rows, "llm")[0]?.data.toolsProvided).toEqual(["mcp__calc__add", "multi_agent_v1.spawn_agent"])
    expect(ofKind(rows, "mcp").map((row) => row.data)).toMatchObject([
      { method: "tools/list", server: { name: "calc" } },
      { method: "tools/call", server: { name: "calc" }, toolName: "add", result: "4" },
    ])
  })

  it("takes a tool that only begins like an MCP server's for what it is", () => {
    const rows = extract([
      turn(
        "api.openai.com",
        "/v1/chat/completions",
        {
          model: "m",
          messages: [{ role: "user", content: "U" }],
          tools: ["mcp_", "mcp__x", "mcp_search", "mcp___y"].map((name) => ({ type: "function", function: { name } })),
        },
        { choices: [{ message: { role: "assistant", content: "A" } }], usage: { prompt_tokens: 1 } },
      ),
    ])
    expect(ofKind(rows, "mcp")).toEqual([])
  })
})
