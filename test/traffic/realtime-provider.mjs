// OpenAI's Realtime as documented: a session, items, answers that are asked for or begin when the speaker falls silent.
import { pause } from "./answering.mjs"

export function realtimeSocket(ws) {
  let session = {
    id: "sess_1",
    object: "realtime.session",
    type: "realtime",
    model: "gpt-realtime",
    output_modalities: ["audio"],
    tools: [],
  }
  let answers = 0
  let events = 0
  const say = async (event) => {
    events += 1
    ws.send(JSON.stringify({ event_id: `event_${events}`, ...event }))
    await pause(3)
  }
  const answer = async () => {
    answers += 1
    const { item, deltas } = answerOf(answers)
    const response = {
      object: "realtime.response",
      id: `resp_${answers}`,
      status: "in_progress",
      output: [],
      conversation_id: "conv_1",
      usage: null,
    }
    const place = { response_id: response.id, item_id: item.id, output_index: 0, content_index: 0 }
    await say({ type: "response.created", response })
    await say({
      type: "response.output_item.added",
      response_id: response.id,
      output_index: 0,
      item: { ...item, status: "in_progress", content: [] },
    })
    for (const [type, delta] of deltas) await say({ type, ...place, delta })
    await say({ type: "response.output_item.done", response_id: response.id, output_index: 0, item })
    await say({ type: "rate_limits.updated", rate_limits: [{ name: "tokens", limit: 40_000, remaining: 39_000, reset_seconds: 1 }] })
    await say({ type: "response.done", response: { ...response, status: "completed", output: [item], usage } })
  }
  say({ type: "session.created", session })
  ws.on("message", async (data) => {
    const event = JSON.parse(data.toString())
    if (event.type === "session.update") {
      session = { ...session, ...event.session }
      await say({ type: "session.updated", session })
    }
    if (event.type === "conversation.item.create")
      await say({
        type: "conversation.item.added",
        previous_item_id: null,
        item: { id: "item_user", object: "realtime.item", ...event.item },
      })
    if (event.type === "response.create") await answer()
    if (event.type === "input_audio_buffer.append") {
      await say({ type: "input_audio_buffer.speech_started", audio_start_ms: 0, item_id: "item_3" })
      await say({ type: "input_audio_buffer.speech_stopped", audio_end_ms: 10, item_id: "item_3" })
      await say({ type: "input_audio_buffer.committed", previous_item_id: "item_user", item_id: "item_3" })
      await say({
        type: "conversation.item.input_audio_transcription.completed",
        item_id: "item_3",
        content_index: 0,
        transcript: "And three?",
        usage: { type: "duration", seconds: 1 },
      })
      await answer()
    }
  })
}

/** First the tool, then a text, then speech. */
function answerOf(number) {
  if (number === 1) {
    const item = {
      id: "item_call",
      object: "realtime.item",
      type: "function_call",
      status: "completed",
      call_id: "call_1",
      name: "add",
      arguments: '{"a":2,"b":2}',
    }
    return { item, deltas: ['{"a":2,', '"b":2}'].map((delta) => ["response.function_call_arguments.delta", delta]) }
  }
  const base = { id: `item_said_${number}`, object: "realtime.item", type: "message", status: "completed", role: "assistant" }
  const words = ["The sum ", number === 2 ? "is 4." : "is 7."]
  if (number === 2)
    return {
      item: { ...base, content: [{ type: "output_text", text: words.join("") }] },
      deltas: words.map((delta) => ["response.output_text.delta", delta]),
    }
  const sound = Buffer.alloc(96).toString("base64")
  return {
    item: { ...base, content: [{ type: "output_audio", transcript: words.join("") }] },
    deltas: words.flatMap((delta) => [
      ["response.output_audio_transcript.delta", delta],
      ["response.output_audio.delta", sound],
    ]),
  }
}

const usage = {
  total_tokens: 60,
  input_tokens: 40,
  output_tokens: 20,
  input_token_details: { text_tokens: 30, audio_tokens: 10, cached_tokens: 8, cached_tokens_details: { text_tokens: 8, audio_tokens: 0 } },
  output_token_details: { text_tokens: 12, audio_tokens: 8 },
}
