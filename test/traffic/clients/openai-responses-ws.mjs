import WebSocket from "ws"

const socket = new WebSocket("wss://api.openai.com/v1/responses", {
  headers: { authorization: "Bearer test", "user-agent": "codex_cli_rs/0.60.0 (Linux; x86_64) xterm", originator: "codex_cli_rs" },
})
const ask = (body) =>
  new Promise((done) => {
    socket.on("message", function listen(data) {
      const event = JSON.parse(data.toString())
      if (event.type !== "response.completed") return
      socket.off("message", listen)
      done(event.response)
    })
    socket.send(JSON.stringify({ type: "response.create", ...body }))
  })
await new Promise((done) => socket.once("open", done))
const first = await ask({
  model: "gpt-5",
  instructions: "You are Codex, based on GPT-5.",
  input: [{ type: "message", role: "user", content: [{ type: "input_text", text: "2 and 2?" }] }],
})
await ask({
  model: "gpt-5",
  input: [{ type: "message", role: "user", content: [{ type: "input_text", text: "And again?" }] }],
  previous_response_id: first.id,
})
socket.close()
