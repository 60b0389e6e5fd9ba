// Gemini over a WebSocket, and what is asked beside it.
import { GoogleGenAI, Modality } from "@google/genai"

const client = new GoogleGenAI({ apiKey: "test" })
await client.models.countTokens({ model: "gemini-3-pro", contents: "2 and 2?" })
await client.models.embedContent({ model: "gemini-embedding-2", contents: "pelicans" })
let session
let turns = 0
await new Promise((done, failed) => {
  const onmessage = async (message) => {
    if (message.toolCall !== undefined) {
      const functionResponses = message.toolCall.functionCalls.map(({ id, name }) => ({ id, name, response: { sum: 4 } }))
      session.sendToolResponse({ functionResponses })
    }
    if (message.serverContent?.turnComplete !== true) return
    turns += 1
    if (turns === 1) session.sendClientContent({ turns: [{ role: "user", parts: [{ text: "And 3 and 3?" }] }], turnComplete: true })
    else done()
  }
  const config = {
    responseModalities: [Modality.TEXT],
    systemInstruction: "You add numbers.",
    tools: [{ functionDeclarations: [{ name: "add", description: "Adds two numbers" }] }],
  }
  client.live
    .connect({ model: "gemini-3-flash-live", config, callbacks: { onmessage, onerror: failed, onclose: () => {} } })
    .then((opened) => {
      session = opened
      session.sendClientContent({ turns: [{ role: "user", parts: [{ text: "2 and 2?" }] }], turnComplete: true })
    }, failed)
})
session.close()
