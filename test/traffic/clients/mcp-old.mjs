import https from "node:https"
import { Client } from "mcp-sdk-old/client/index.js"
import { SSEClientTransport } from "mcp-sdk-old/client/sse.js"

const client = new Client({ name: "traffic-old", version: "1.0.0" })
await client.connect(new SSEClientTransport(new URL("https://mcp.tools.example/sse")))
await client.listTools()
await client.callTool({ name: "add", arguments: {} })
await client.close()
https.globalAgent.destroy()
