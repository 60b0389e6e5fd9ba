import { ClientFactory } from "@a2a-js/sdk/client"

const client = await new ClientFactory().createFromUrl("https://agent.example")
const message = { messageId: "m1", role: 1, parts: [{ content: { $case: "text", value: "2 and 2?" } }] }
await client.sendMessage({ message })
for await (const _ of client.sendMessageStream({ message: { ...message, messageId: "m3" } }));
