import { describe, expect, it } from "vitest"
import { envelope } from "../../../../services/contracts/envelope.ts"
import { extract, type FrameSketch, frame, ofKind } from "../facts.ts"

function calls(sketches: readonly FrameSketch[]) {
  const rows = extract(sketches.map((sketch, index) => frame({ index, at: 1_000 + index * 100, ...sketch })))
  for (const row of rows) expect(envelope.safeParse(row).error).toBeUndefined()
  return ofKind(rows, "llm").map((row) => row.data)
}

describe("OpenAI responses over WebSocket", () => {
  const at = { host: "api.openai.com", path: "/v1/responses" }
  const server = { ...at, side: "server" as const }
  it("takes a Live session for one conversation and one agent, which says who it is once, and times each turn from what was asked last", () => {
    const live = {
      host: "generativelanguage.googleapis.com",
      path: "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent",
    }
    const turn = (said: string) => ({
      ...live,
      payload: { clientContent: { turns: [{ role: "user", parts: [{ text: said }] }], turnComplete: true } },
    })
    const answer = {
      ...live,
      side: "server" as const,
      payload: { serverContent: { modelTurn: { parts: [{ text: "A" }] }, turnComplete: true } },
    }
    const setup = { model: "models/g", systemInstruction: { parts: [{ text: "S" }] }, tools: [{ functionDeclarations: [{ name: "add" }] }] }
    const facts = [{ ...live, payload: { setup } }, turn("one"), answer, turn("two"), answer]
    const rows = ofKind(extract(facts.map((sketch, index) => frame({ index, at: 1_000 + index * 100, ...sketch }))), "llm")
    expect(rows.map(({ data }) => [data.systemInstructions, data.timeToFirstTokenMicros])).toEqual([
      [["S"], 100],
      [[], 100],
    ])
    expect(new Set(rows.map(({ data }) => data.conversationId)).size).toBe(1)
    expect(new Set(rows.map(({ agent }) => agent.id)).size).toBe(1)
  })

  it("keeps the content once: frames that the call's row holds have no text of their own, others do", () => {
    const response = { id: "resp_1", status: "completed", output: [], usage: {} }
    const unknown = { type: "response.telepathy", thought: "what no parser knows" }
    const rows = extract(
      [
        { ...at, payload: { type: "response.create", model: "m1", instructions: "S", input: "one" } },
        { ...server, payload: unknown },
        { ...server, payload: { type: "response.completed", response } },
        { ...at, payload: { type: "response.create", model: "m1", input: [{ type: "odd", filler: "x".repeat(200_000) }] } },
      ].map((sketch, index) => frame({ index, at: 1_000 + index, ...sketch })),
    )
    const texts = ofKind(rows, "websocket").map((row) => row.data.text)
    expect(texts.map((text) => text !== undefined)).toEqual([false, true, false, true])
    expect(texts[1]).toBe(JSON.stringify(unknown))
  })

  it("times the first content also where an item comes whole, without deltas", () => {
    const item = { type: "function_call", call_id: "c1", name: "ls", arguments: "{}" }
    const [row] = calls([
      { ...at, payload: { type: "response.create", model: "m1", input: "one" } },
      {
        ...server,
        payload: { type: "response.output_item.done", output_index: 0, item: { type: "reasoning", summary: [], encrypted_content: "x" } },
      },
      { ...server, payload: { type: "response.output_item.done", output_index: 1, item } },
      { ...server, payload: { type: "response.completed", response: { id: "r", status: "completed", output: [item], usage: {} } } },
    ])
    expect(row?.timeToFirstTokenMicros).toBe(200)
  })

  it("keeps the conversations of one socket apart by stream id and stitches their turns", () => {
    const create = (stream_id: string, input: string, previous_response_id?: string) => ({
      ...at,
      payload: { type: "response.create", stream_id, model: "m1", input, ...(previous_response_id && { previous_response_id }) },
    })
    const delta = (stream_id: string, text: string) => ({
      ...server,
      payload: { type: "response.output_text.delta", stream_id, output_index: 0, content_index: 0, delta: text },
    })
    const done = (stream_id: string, id: string, text: string) => ({
      ...server,
      payload: {
        type: "response.completed",
        stream_id,
        response: {
          id,
          model: "m1",
          status: "completed",
          output: [{ type: "message", role: "assistant", content: [{ type: "output_text", text }] }],
          usage: { input_tokens: 1, output_tokens: 1 },
        },
      },
    })
    const rows = calls([
      create("a", "one"),
      create("b", "two"),
      delta("b", "B"),
      delta("a", "A"),
      done("b", "resp_b", "B"),
      done("a", "resp_a", "A"),
      create("a", "three", "resp_a"),
      delta("a", "C"),
    ])
    expect(rows).toMatchObject([
      {
        family: "openai.responses",
        provider: "openai",
        inputMessages: [{ parts: [{ text: "two" }] }],
        outputMessages: [{ parts: [{ text: "B" }] }],
        timeToFirstTokenMicros: 100,
      },
      { inputMessages: [{ parts: [{ text: "one" }] }], outputMessages: [{ parts: [{ text: "A" }] }], finished: true },
      { previousResponseId: "resp_a", finished: false, completeness: "open", outputMessages: [{ parts: [{ text: "C" }] }] },
    ])
    expect(rows[2]?.conversationId).toBe(rows[1]?.conversationId)
    expect(rows[0]?.conversationId).not.toBe(rows[1]?.conversationId)
  })
})

describe("OpenAI realtime", () => {
  it("reads the session, spoken input and the answer", () => {
    const at = { host: "api.openai.com", path: "/v1/realtime?model=r" }
    const server = { ...at, side: "server" as const }
    const rows = calls([
      {
        ...at,
        payload: {
          type: "session.update",
          session: { model: "r", instructions: "S", tools: [{ type: "function", name: "ls", parameters: { type: "object" } }] },
        },
      },
      { ...server, payload: { type: "conversation.item.input_audio_transcription.completed", item_id: "i", transcript: "hello" } },
      { ...server, payload: { type: "response.created", response: { id: "resp_1", status: "in_progress" } } },
      { ...server, payload: { type: "response.output_audio_transcript.delta", output_index: 0, content_index: 0, delta: "hi" } },
      {
        ...server,
        payload: {
          type: "response.done",
          response: {
            id: "resp_1",
            status: "completed",
            output: [
              { type: "message", role: "assistant", content: [{ type: "output_audio", transcript: "hi" }] },
              { type: "function_call", call_id: "c", name: "ls", arguments: "{}" },
            ],
            usage: { total_tokens: 5 },
          },
        },
      },
    ])
    expect(rows).toMatchObject([
      {
        family: "openai.realtime",
        requestModel: "r",
        systemInstructions: ["S"],
        toolsProvided: ["ls"],
        inputMessages: [{ role: "user", parts: [{ text: "hello" }] }],
        outputMessages: [{ parts: [{ text: "hi" }] }, {}],
        toolCalls: [{ name: "ls" }],
        usage: { totalTokens: 5 },
      },
    ])
  })
})

describe("Gemini Live", () => {
  it("reads JSON in binary frames, turn by turn", () => {
    const at = {
      host: "generativelanguage.googleapis.com",
      path: "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent",
      opcode: "binary" as const,
    }
    const server = { ...at, side: "server" as const }
    const rows = calls([
      {
        ...at,
        payload: {
          setup: {
            model: "models/gemini-live",
            systemInstruction: { parts: [{ text: "S" }] },
            tools: [{ functionDeclarations: [{ name: "ls" }] }],
          },
        },
      },
      { ...server, payload: { setupComplete: {} } },
      { ...at, payload: { clientContent: { turns: [{ role: "user", parts: [{ text: "U" }] }], turnComplete: true } } },
      { ...server, payload: { serverContent: { modelTurn: { parts: [{ text: "He" }] } } } },
      { ...server, payload: { toolCall: { functionCalls: [{ id: "f", name: "ls", args: {} }] } } },
      { ...at, payload: { toolResponse: { functionResponses: [{ id: "f", name: "ls", response: { output: "x" } }] } } },
      {
        ...server,
        payload: {
          serverContent: { modelTurn: { parts: [{ text: "done" }] }, turnComplete: true },
          usageMetadata: { promptTokenCount: 2, totalTokenCount: 3 },
        },
      },
    ])
    expect(rows).toMatchObject([
      {
        family: "gemini.live",
        requestModel: "gemini-live",
        systemInstructions: ["S"],
        inputMessages: [{ parts: [{ text: "U" }] }],
        toolCalls: [{ id: "f", name: "ls" }],
      },
      { toolResults: [{ id: "f", content: "x" }], outputMessages: [{ parts: [{ text: "done" }] }], usage: { inputTokens: 2 } },
    ])
  })
})

describe("iFlytek Spark", () => {
  it("reads one question and the frames that answer it", () => {
    const at = { host: "spark-api.xf-yun.com", path: "/v4.0/chat" }
    const answer = (content: string, status: number) => ({
      ...at,
      side: "server" as const,
      payload: {
        header: { code: 0, sid: "s1", status },
        payload: {
          choices: { status, seq: 0, text: [{ content, role: "assistant", index: 0 }] },
          ...(status === 2 && { usage: { text: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 } } }),
        },
      },
    })
    const rows = calls([
      {
        ...at,
        payload: {
          header: { app_id: "a" },
          parameter: { chat: { domain: "4.0Ultra", temperature: 0.5 } },
          payload: { message: { text: [{ role: "user", content: "U" }] } },
        },
      },
      answer("He", 0),
      answer("y", 2),
    ])
    expect(rows).toMatchObject([
      {
        family: "iflytek.spark",
        provider: "iflytek.spark",
        inputMessages: [{ parts: [{ text: "U" }] }],
        outputMessages: [{ parts: [{ text: "Hey" }] }],
        usage: { totalTokens: 3 },
        finished: true,
      },
    ])
  })
})

describe("other sockets", () => {
  it.each([
    [{ type: "message", text: "hi", channel: "C1" }],
    [{ op: 2, d: { token: "x" } }],
    [{ type: "subscribe", channels: ["BTC"] }],
    [{ type: "connection_init" }],
  ])("takes %j for no model call", (payload) => {
    expect(calls([{ payload }, { side: "server", payload: { ok: true } }])).toEqual([])
  })
})
