import { HttpAgent } from "@ag-ui/client"

const agent = new HttpAgent({
  url: "https://ui.example/run",
  threadId: "thread-1",
  initialMessages: [{ id: "u1", role: "user", content: "2 and 2?" }],
})
await agent.runAgent({ tools: [{ name: "add", description: "Adds two numbers", parameters: { type: "object", properties: {} } }] })
