import { Client } from "@modelcontextprotocol/sdk/client/index.js"
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js"

const client = new Client({ name: "traffic", version: "9.9.9" })
const transport = new StreamableHTTPClientTransport(new URL("https://mcp.tools.example/mcp"))
await client.connect(transport)
await client.listTools()
await client.callTool({ name: "add", arguments: {} })
await client.readResource({ uri: "file:///readme.md" })
await client.getPrompt({ name: "sum" })
await client.listResources()
await client.listPrompts()
const traced = { traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" }
await client.callTool({ name: "divide", arguments: {}, _meta: traced })
await client.complete({ ref: { type: "ref/prompt", name: "none" }, argument: { name: "a", value: "b" } }).catch(() => {})
await transport.terminateSession()
await client.close()
