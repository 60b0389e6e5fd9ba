import { describe, expect, it } from "vitest"
import type { Envelope } from "../../../../services/contracts/envelope.ts"
import { exchange, extract, json, ofKind } from "../facts.ts"

const filler = "the quick brown fox jumps over the lazy dog ".repeat(20)
const tools = Array.from({ length: 30 }, (_, index) => ({ name: `tool_${index}`, description: filler, input_schema: { type: "object" } }))

describe("a conversation that is resent on every call", () => {
  it("grows linearly in rows and bytes over 200 turns of an agent", () => {
    const rows = session(200)
    const calls = ofKind(rows, "llm")
    expect(calls).toHaveLength(200)
    expect(new Set(calls.map((row) => row.data.conversationId)).size).toBe(1)
    const sizes = rows.map((row) => JSON.stringify(row).length)
    const perTurn = (from: number, to: number) => sizes.slice(from * 2, to * 2).reduce((sum, size) => sum + size, 0) / (to - from)
    // The last turns cost what early turns cost, although their requests are forty times as long.
    expect(perTurn(190, 200) / perTurn(5, 15)).toBeLessThan(1.1)
    expect(rows.length).toBe(400)
    const last = calls.at(-1)?.data
    expect(last?.inputMessages.map((one) => one.role)).toEqual(["tool"])
    expect(last?.history.messages).toBe(199 * 2)
    expect(last?.systemInstructions).toEqual([])
    expect(last?.tools).toEqual([])
    expect(last?.toolsProvided).toHaveLength(30)
  })

  it("stays linear when the client rewrites the first message on every call", () => {
    const calls = ofKind(
      session(60, (turn) => `It is ${turn} o'clock. ${filler}`),
      "llm",
    )
    expect(new Set(calls.map((row) => row.data.conversationId)).size).toBeLessThanOrEqual(2)
    const late = JSON.stringify(calls.at(-1)).length
    expect(late).toBeLessThan(JSON.stringify(calls[5]).length * 1.5)
  })

  it("loses no message: what a row leaves out stood in an earlier row of the conversation", () => {
    const calls = ofKind(session(20), "llm")
    const said = calls.flatMap((row) => [...row.data.inputMessages, ...row.data.outputMessages]).map((one) => JSON.stringify(one))
    for (let turn = 0; turn < 20; turn++) {
      expect(said.filter((one) => one.includes(`result ${turn} `)).length).toBe(turn === 19 ? 0 : 1)
      expect(said.filter((one) => one.includes(`call_${turn}"`)).length).toBeGreaterThanOrEqual(1)
    }
  })

  it("keeps conversations apart that only begin alike", () => {
    const ask = (question: string, index: number) =>
      chat(
        index,
        {
          model: "m",
          messages: [
            { role: "user", content: "hello" },
            { role: "assistant", content: "hi" },
            { role: "user", content: question },
          ],
        },
        "answer",
      )
    const calls = ofKind(extract([ask("one", 0), ask("two", 1)]), "llm")
    expect(new Set(calls.map((row) => row.data.conversationId)).size).toBe(2)
    expect(calls[1]?.data.inputMessages).toHaveLength(3)
  })

  it("takes a repetition for a retry when the first got no answer, else for another run", () => {
    const body = { model: "m", messages: [{ role: "user", content: "again?" }] }
    const failed = exchange({
      host: "api.openai.com",
      path: "/v1/chat/completions",
      status: 503,
      request: { headers: json, body },
      response: { headers: json, body: { error: { message: "busy" } } },
    })
    const calls = ofKind(extract([failed, chat(1, body, "a"), chat(2, body, "b")]), "llm")
    expect(calls.map((row) => row.data.inputMessages.length)).toEqual([1, 1, 1])
    expect(calls[1]?.data.conversationId).toBe(calls[0]?.data.conversationId)
    expect(calls[2]?.data.conversationId).not.toBe(calls[0]?.data.conversationId)
  })

  it("never mixes the conversations of two workloads", () => {
    const body = { model: "m", messages: [{ role: "user", content: "same" }] }
    const one = ofKind(extract([chat(0, body, "a")]), "llm")[0]
    const other = ofKind(
      extract(
        [chat(0, body, "a")],
        {},
        { id: "f2", vni: 7, client: { ip: "10.0.0.6", port: 1 }, server: { ip: "1.1.1.1", port: 443 }, transport: "tcp" },
      ),
      "llm",
    )[0]
    expect(one?.data.conversationId).not.toBe(other?.data.conversationId)
  })

  it("stitches calls whose history lives at the server by the response they go on from", () => {
    const turn = (index: number, previous: string | undefined) =>
      exchange({
        host: "api.openai.com",
        path: "/v1/responses",
        stream: index,
        at: 1_000 + index * 10_000,
        request: { body: { model: "m", input: `turn ${index}`, ...(previous !== undefined && { previous_response_id: previous }) } },
        response: { headers: json, body: { id: `resp_${index}`, object: "response", status: "completed", model: "m", output: [] } },
      })
    const calls = ofKind(
      extract([turn(0, undefined), turn(1, "resp_0"), turn(2, "resp_1"), turn(3, "resp_unseen"), turn(4, undefined)]),
      "llm",
    )
    const ids = calls.map((row) => row.data.conversationId)
    expect(ids[1]).toBe(ids[0])
    expect(ids[2]).toBe(ids[0])
    expect(new Set([ids[0], ids[3], ids[4]]).size).toBe(3)
  })
})

function chat(index: number, body: object, answer: string) {
  return exchange({
    host: "api.openai.com",
    path: "/v1/chat/completions",
    stream: index,
    at: 1_000 + index * 10_000,
    request: { headers: json, body },
    response: {
      headers: json,
      body: {
        id: `c${index}`,
        object: "chat.completion",
        model: "m",
        choices: [{ index: 0, message: { role: "assistant", content: answer }, finish_reason: "stop" }],
        usage: { prompt_tokens: 1 },
      },
    },
  })
}

/** An Anthropic agent that calls one tool a turn and resends all of it every time, moving its cache marks as real ones do. */
function session(turns: number, opening: (turn: number) => string = () => `Fix the bug. ${filler}`): Envelope[] {
  const messages: object[] = []
  const facts = []
  for (let turn = 0; turn < turns; turn++) {
    const call = { type: "tool_use", id: `call_${turn}`, name: "tool_1", input: { b: turn, a: filler } }
    const history = messages.map((one, index) => (index === messages.length - 1 ? withCacheMark(one) : one))
    facts.push(
      exchange({
        host: "api.anthropic.com",
        path: "/v1/messages",
        stream: turn,
        at: 1_000 + turn * 10_000,
        request: {
          headers: json,
          body: {
            model: "c",
            max_tokens: 1,
            system: [{ type: "text", text: filler, cache_control: { type: "ephemeral" } }],
            tools,
            messages: [{ role: "user", content: opening(turn) }, ...history],
          },
        },
        response: {
          headers: json,
          body: {
            id: `msg_${turn}`,
            type: "message",
            role: "assistant",
            model: "c",
            content: [{ type: "thinking", thinking: "t", signature: "s" }, { type: "text", text: "next" }, call],
            stop_reason: "tool_use",
            usage: { input_tokens: 1, output_tokens: 1 },
          },
        },
      }),
    )
    // The client drops the thinking and reorders the arguments' keys.
    messages.push({
      role: "assistant",
      content: [
        { type: "text", text: "next " },
        { ...call, input: { a: filler, b: turn } },
      ],
    })
    messages.push({ role: "user", content: [{ type: "tool_result", tool_use_id: `call_${turn}`, content: `result ${turn} ${filler}` }] })
  }
  return extract(facts)
}

function withCacheMark(one: object): object {
  const { content } = one as { content: object[] }
  return { ...one, content: content.map((block) => ({ ...block, cache_control: { type: "ephemeral" } })) }
}
