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
await client.close()
