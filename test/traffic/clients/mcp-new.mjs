import { Client } from "@modelcontextprotocol/sdk/client/index.js"
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js"

const client = new Client({ name: "traffic", version: "9.9.9" })
const transport = new StreamableHTTPClientTransport(new URL("https://mcp.tools.example/mcp"))
await client.connect(transport)
await client.listTools()
await client.callTool({ name: "add", arguments: {} })
await client.readResource({ uri: "file:///readme.md" })
await client.getPrompt({ name: "sum" })
await transport.terminateSession()
await client.close()
