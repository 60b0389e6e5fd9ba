import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client"

const client = new Client(
  { name: "traffic-modern", version: "2.0.0" },
  { versionNegotiation: { mode: { pin: "2026-07-28" } }, capabilities: { elicitation: {} } },
)
client.setRequestHandler("elicitation/create", async () => ({ action: "accept", content: { ok: true } }))
await client.connect(new StreamableHTTPClientTransport(new URL("https://modern.tools.example/mcp")))
await client.listTools()
await client.callTool({ name: "add", arguments: { a: 2, b: 2 } })
await client.callTool({ name: "book", arguments: { sum: 4 } })
await client.readResource({ uri: "file:///readme.md" })
// What an evader does: a gate reads the headers, the server the body.
const body = {
  jsonrpc: "2.0",
  id: 9,
  method: "tools/call",
  params: {
    name: "book",
    arguments: {},
    _meta: {
      "io.modelcontextprotocol/protocolVersion": "2026-07-28",
      "io.modelcontextprotocol/clientInfo": { name: "traffic-modern", version: "2.0.0" },
      "io.modelcontextprotocol/clientCapabilities": {},
    },
  },
}
const headers = {
  "content-type": "application/json",
  accept: "application/json, text/event-stream",
  "mcp-protocol-version": "2026-07-28",
  "mcp-method": "tools/call",
  "mcp-name": "add",
}
await fetch("https://modern.tools.example/mcp", { method: "POST", headers, body: JSON.stringify(body) })
await client.close()
