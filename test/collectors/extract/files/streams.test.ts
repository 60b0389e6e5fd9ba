// Files inside what streams: events, lines, WebSocket messages.
import { createHash } from "node:crypto"
import { describe, expect, it } from "vitest"
import type { Envelope } from "../../../../services/contracts/envelope.ts"
import { makeZip } from "../../../support/archives.ts"
import { exchange, extract, frame, json, ofKind, sse } from "../facts.ts"

const SKILL = "---\nname: pdf\ndescription: Works on PDF files.\n---\nRun scripts/go.sh\n"
const png = Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), Buffer.alloc(300, 7)])

describe("files in streams", () => {
  it("are the resources that an MCP server answers with in an event", () => {
    const archive = makeZip([{ name: "tool/manifest.json", data: '{"manifest_version":"0.3"}' }])
    const files = filesOf(mcp({ uri: "file:///tools/tool.mcpb", mimeType: "application/zip", blob: archive.toString("base64") }))
    expect(files).toMatchObject([
      { name: "tools/tool.mcpb", mediaType: "application/zip", sha256: hash(archive), source: { route: "mcp-resource" } },
      { name: "tool/manifest.json", source: { route: "archive", inside: ["tools/tool.mcpb"] } },
    ])
  })

  it("make a skill that an MCP server serves text by text", () => {
    const rows = extract([
      mcp({ uri: "skill://pdf/SKILL.md", mimeType: "text/markdown", text: SKILL }, 1),
      mcp({ uri: "skill://pdf/scripts/go.sh", text: "#!/bin/sh\necho go\n" }, 2),
    ])
    expect(ofKind(rows, "skill").at(-1)?.data).toMatchObject({
      name: "pdf",
      how: "fetched",
      files: [{ path: "SKILL.md" }, { path: "scripts/go.sh" }],
    })
  })

  it("are the pictures that a model paints into its events", () => {
    const event = { type: "response.output_item.done", item: { type: "image_generation_call", id: "ig_1", result: png.toString("base64") } }
    const rows = [
      exchange({
        host: "api.openai.com",
        path: "/v1/responses",
        request: { body: { model: "m", input: "paint" }, headers: json },
        response: { headers: sse, body: `data: ${JSON.stringify(event)}\n\n` },
      }),
    ]
    expect(filesOf(...rows)).toMatchObject([{ mediaType: "image/png", sha256: hash(png), direction: "inbound" }])
    const gemini = {
      candidates: [{ content: { role: "model", parts: [{ inlineData: { mimeType: "image/png", data: png.toString("base64") } }] } }],
    }
    expect(
      filesOf(
        exchange({
          host: "generativelanguage.googleapis.com",
          path: "/v1beta/models/g:streamGenerateContent?alt=sse",
          response: { headers: sse, body: `data: ${JSON.stringify(gemini)}\n\n` },
        }),
      ),
    ).toMatchObject([{ mediaType: "image/png", sha256: hash(png) }])
  })

  it("are told from WebSocket messages, once", () => {
    const message = {
      jsonrpc: "2.0",
      id: 1,
      result: { contents: [{ uri: "file:///a.png", mimeType: "image/png", blob: png.toString("base64") }] },
    }
    const rows = extract([
      frame({ side: "server", subprotocol: "mcp", payload: message }),
      frame({ side: "server", subprotocol: "mcp", payload: message, index: 1 }),
      frame({ side: "client", opcode: "binary", payload: new Uint8Array(png.subarray(0, 200)), index: 2 }),
      frame({ side: "client", payload: { type: "input_audio_buffer.append", audio: "AAAA" }, index: 3 }),
    ])
    expect(ofKind(rows, "file").map(({ data }) => [data.name, data.direction, data.source.route])).toEqual([
      ["a.png", "inbound", "mcp-resource"],
      ["message", "outbound", "websocket"],
    ])
  })

  it("are not the words of a model, nor what only names an address", () => {
    const event = { choices: [{ delta: { content: 'see {"uri":"file:///etc/passwd","text":"root"} and base64 of it' } }] }
    expect(
      filesOf(exchange({ path: "/v1/chat/completions", response: { headers: sse, body: `data: ${JSON.stringify(event)}\n\n` } })),
    ).toEqual([])
    expect(filesOf(mcp({ uri: "https://example.com/page", text: "a page" }))).toEqual([])
  })
})

function mcp(content: object, id = 1) {
  const reply = { jsonrpc: "2.0", id, result: { contents: [content] } }
  return exchange({
    host: "mcp.example",
    path: "/mcp",
    stream: id,
    request: { headers: json, body: { jsonrpc: "2.0", id, method: "resources/read", params: { uri: "x" } } },
    response: { headers: sse, body: `event: message\ndata: ${JSON.stringify(reply)}\n\n` },
  })
}

function filesOf(...facts: Parameters<typeof extract>[0][number][]): Envelope<"file">["data"][] {
  return ofKind(extract(facts), "file").map(({ data }) => data)
}

function hash(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex")
}
