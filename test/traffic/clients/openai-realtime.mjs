import OpenAI from "openai"
import { OpenAIRealtimeWS } from "openai/realtime/ws"

const realtime = await OpenAIRealtimeWS.create(new OpenAI({ apiKey: "test" }), { model: "gpt-realtime" })
const next = (type) => new Promise((done) => realtime.once(type, done))
await Promise.all([next("session.created"), new Promise((done) => realtime.socket.once("open", done))])
const tools = [{ type: "function", name: "add", description: "Adds two numbers", parameters: { type: "object", properties: {} } }]
realtime.send({
  type: "session.update",
  session: { type: "realtime", instructions: "You add numbers.", output_modalities: ["audio"], tools, tool_choice: "auto" },
})
await next("session.updated")
realtime.send({
  type: "conversation.item.create",
  item: { type: "message", role: "user", content: [{ type: "input_text", text: "2 and 2?" }] },
})
realtime.send({ type: "response.create" })
await next("response.done")
realtime.send({ type: "conversation.item.create", item: { type: "function_call_output", call_id: "call_1", output: "4" } })
realtime.send({ type: "response.create", response: { output_modalities: ["text"] } })
await next("response.done")
// What the microphone hears: the server finds the end of speech by itself and answers unasked.
realtime.send({ type: "input_audio_buffer.append", audio: Buffer.alloc(480).toString("base64") })
await next("response.done")
realtime.close()
await new Promise((done) => realtime.socket.once("close", done))
