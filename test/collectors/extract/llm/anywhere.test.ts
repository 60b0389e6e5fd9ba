// What is recognised where no catalogue helps. `npm run bench:recognition` counts the same with more samples and disturbances.
import { describe, expect, it } from "vitest"
import { chance, families, makeSample } from "../../../bench/recognition/samples.ts"
import { serverCases } from "../../../bench/recognition/servers.ts"
import { type BodySketch, exchange, extract, frame, json, ofKind, sse } from "../facts.ts"

describe("at a host that no catalogue knows", () => {
  it.each(families)("%s is recognised whole, and by nearly every answer that was cut", (family) => {
    const random = chance(7)
    let whole = 0
    let cut = 0
    for (let turn = 0; turn < SAMPLES; turn++) {
      const { kind, sketch } = makeSample(family, random)
      const here = { ...sketch, host: `host-${turn}.example` }
      const named = (rows: ReturnType<typeof extract>): boolean =>
        rows.some((row) => row.kind === kind && (row.kind !== "llm" || row.data.family === family))
      whole += Number(named(extract([exchange(here)])))
      cut += Number(named(extract([exchange({ ...here, response: shortened(sketch.response, 0.4 + random() * 0.5) })])))
    }
    expect(whole).toBe(SAMPLES)
    expect(cut).toBeGreaterThanOrEqual(SAMPLES - 2)
  })

  it.each(serverCases.filter(({ wants }) => wants.family !== undefined))(
    "$name keeps its family, behind a prefix too",
    ({ sketch, wants }) => {
      for (const path of [sketch.path ?? "/", `/team-a/proxy${sketch.path ?? "/"}`]) {
        const [row] = ofKind(extract([exchange({ ...sketch, host: "inside.corp.example", path })]), "llm")
        expect(row?.data).toMatchObject({ family: wants.family, ...(wants.model && { requestModel: wants.model }) })
      }
    },
  )

  it("a prediction that has just begun is told from the answer's addresses, a build that runs is not", () => {
    const body = {
      id: "p",
      status: "starting",
      output: null,
      input: {},
      urls: { get: "https://r.example/p", cancel: "https://r.example/p/cancel" },
    }
    const prediction = { path: "/v1/predictions", request: { body: { version: "acme/m", input: { prompt: "U" } } }, response: { body } }
    expect(ofKind(extract([exchange(prediction)]), "llm")[0]?.data).toMatchObject({ family: "replicate", requestModel: "acme/m" })
    const build = {
      path: "/v1/builds/9/predictions",
      request: { body: { input: { branch: "main" } } },
      response: { body: { id: "b", status: "processing", input: { branch: "main" }, urls: { web: "https://ci.example/b" } } },
    }
    expect(ofKind(extract([exchange(build)]), "llm")).toEqual([])
  })
})

describe("platforms that run agents", () => {
  it("Dify, wherever it is installed: question, answer in pieces, tokens, conversation", () => {
    const events = [
      { event: "message", conversation_id: "c-1", message_id: "m", task_id: "t", answer: "Hel" },
      { event: "message", conversation_id: "c-1", message_id: "m", task_id: "t", answer: "lo" },
      { event: "message_end", metadata: { usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 } } },
    ]
    const body = { inputs: {}, query: "Who?", response_mode: "streaming", user: "u", conversation_id: "" }
    const sketch = {
      host: "flows.corp.example",
      path: "/v1/chat-messages",
      request: { headers: json, body },
      response: { headers: sse, body: events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("") },
    }
    expect(ofKind(extract([exchange(sketch)]), "llm")[0]?.data).toMatchObject({
      family: "dify",
      inputMessages: [{ parts: [{ text: "Who?" }] }],
      outputMessages: [{ parts: [{ text: "Hello" }] }],
      usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 },
      finished: true,
    })
    const search = {
      path: "/v1/search",
      request: { headers: json, body: { query: "pelicans", limit: 3 } },
      response: { headers: json, body: { answer: "12" } },
    }
    expect(ofKind(extract([exchange(search)]), "llm")).toEqual([])
  })

  it("LangGraph's runs: the state in the end, or the messages in pieces, without what was asked", () => {
    const asked = { assistant_id: "agent", input: { messages: [{ type: "human", content: "What is 2 and 2?" }] }, stream_mode: ["values"] }
    const call = {
      type: "ai",
      id: "a1",
      content: "",
      tool_calls: [{ name: "add", id: "c1", args: { a: 2 } }],
      usage_metadata: { input_tokens: 3, output_tokens: 2, total_tokens: 5 },
    }
    const result = { type: "tool", tool_call_id: "c1", name: "add", content: "4" }
    const said = {
      type: "ai",
      id: "a2",
      content: "It is 4.",
      response_metadata: { model_name: "m-1", finish_reason: "stop" },
      usage_metadata: { input_tokens: 6, output_tokens: 4, total_tokens: 10 },
    }
    const run = (...events: readonly (readonly [string, unknown])[]) =>
      ofKind(
        extract([
          exchange({
            host: "agents.corp.example",
            path: "/threads/7b2c-11/runs/stream",
            request: { headers: json, body: asked },
            response: { headers: sse, body: events.map(([event, data]) => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`).join("") },
          }),
        ]),
        "llm",
      )[0]?.data
    const whole = run(
      ["metadata", { run_id: "r" }],
      ["values", { messages: asked.input.messages }],
      ["values", { messages: [...asked.input.messages, call, result, said] }],
    )
    expect(whole).toMatchObject({
      family: "langgraph",
      operation: "invoke_agent",
      inputMessages: [{ role: "user", parts: [{ text: "What is 2 and 2?" }] }],
      outputMessages: [
        { role: "assistant", parts: [{ type: "tool_call", id: "c1", name: "add" }] },
        { role: "tool" },
        { parts: [{ text: "It is 4." }] },
      ],
      responseModel: "m-1",
      finishReasons: ["stop"],
      usage: { inputTokens: 9, outputTokens: 6, totalTokens: 15 },
      finished: true,
      unknownFields: 0,
    })
    const pieces = ["It ", "is 4."].map(
      (content) => ["messages", [{ type: "AIMessageChunk", id: "a2", content }, { langgraph_node: "agent" }]] as const,
    )
    expect(run(...pieces)?.outputMessages).toMatchObject([{ role: "assistant", parts: [{ text: "It is 4." }] }])
    expect(run(["updates", { agent: { messages: [call] } }], ["updates", { tools: { messages: [result] } }])?.toolResults).toMatchObject([
      { id: "c1", content: "4" },
    ])
    expect(run(["error", { error: "ValueError", message: "no" }])?.error).toMatchObject({ message: "no" })
  })

  it("DashScope's tasks over a socket", () => {
    const rows = extract([
      frame({
        path: "/api-ws/v1/inference",
        payload: { header: { action: "run-task", task_id: "t" }, payload: { model: "cosyvoice", input: { text: "Say it" } } },
      }),
      frame({ path: "/api-ws/v1/inference", side: "server", payload: { header: { event: "task-finished" }, payload: { output: {} } } }),
    ])
    expect(ofKind(rows, "llm")[0]?.data).toMatchObject({
      family: "dashscope",
      requestModel: "cosyvoice",
      inputMessages: [{ parts: [{ text: "Say it" }] }],
    })
  })
})

function shortened(side: BodySketch = {}, share: number): BodySketch {
  const text = typeof side.body === "string" ? side.body : JSON.stringify(side.body)
  return { ...side, body: text.slice(0, Math.max(1, Math.floor(text.length * share))), completeness: "truncated" }
}

const SAMPLES = 12
