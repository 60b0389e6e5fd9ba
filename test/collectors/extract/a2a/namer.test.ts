import { describe, expect, it } from "vitest"
import { envelope } from "../../../../services/contracts/envelope.ts"
import { type ExchangeSketch, exchange, extract, json, ofKind, sse } from "../facts.ts"

function a2a(sketch: ExchangeSketch) {
  const rows = extract([exchange(sketch)])
  for (const row of rows) expect(envelope.safeParse(row).error).toBeUndefined()
  expect(ofKind(rows, "llm")).toEqual([])
  expect(ofKind(rows, "mcp")).toEqual([])
  return ofKind(rows, "a2a").map((row) => row.data)
}
const events = (...data: object[]) => data.map((one) => `data: ${JSON.stringify(one)}\n\n`).join("")

describe("A2A", () => {
  it("reads an agent card with its skills", () => {
    const card = {
      name: "Planner",
      description: "plans",
      version: "2",
      protocolVersion: "1.0",
      supportedInterfaces: [{ url: "https://p.example/a2a" }],
      capabilities: {},
      skills: [{ id: "s", name: "plan", description: "Plans trips" }],
    }
    expect(a2a({ method: "GET", path: "/.well-known/agent-card.json", response: { headers: json, body: card } })).toMatchObject([
      {
        protocol: "a2a",
        version: "1.0",
        method: "agent/card",
        card: {
          name: "Planner",
          url: "https://p.example/a2a",
          skills: [{ id: "s", description: "Plans trips" }],
          hash: expect.stringMatching(/^[0-9a-f]{64}$/),
        },
      },
    ])
  })
  it("reads messages of 1.0 with their task and where results are pushed to", () => {
    const body = {
      jsonrpc: "2.0",
      id: 1,
      method: "SendMessage",
      params: {
        message: { messageId: "m1", role: "ROLE_USER", parts: [{ text: "U" }] },
        configuration: { pushNotificationConfig: { url: "https://out.example/cb" } },
      },
    }
    const result = {
      task: {
        id: "t1",
        contextId: "c1",
        status: { state: "TASK_STATE_COMPLETED" },
        artifacts: [{ artifactId: "a", parts: [{ text: "A" }] }],
      },
    }
    expect(
      a2a({
        path: "/a2a",
        request: { headers: [...json, ["a2a-version", "1.0"]], body },
        response: { headers: json, body: { jsonrpc: "2.0", id: 1, result } },
      }),
    ).toMatchObject([
      {
        version: "1.0",
        method: "SendMessage",
        requestId: "1",
        taskId: "t1",
        contextId: "c1",
        state: "TASK_STATE_COMPLETED",
        callbackUrl: "https://out.example/cb",
        messages: [
          { role: "user", parts: [{ text: "U" }] },
          { role: "assistant", parts: [{ text: "A" }] },
        ],
      },
    ])
  })
  it("puts the events of a 0.3 stream together", () => {
    const body = {
      jsonrpc: "2.0",
      id: "x",
      method: "message/stream",
      params: { message: { kind: "message", messageId: "m", role: "user", parts: [{ kind: "text", text: "U" }] } },
    }
    const reply = (result: object) => ({ jsonrpc: "2.0", id: "x", result })
    const stream = events(
      reply({ kind: "task", id: "t", contextId: "c", status: { state: "submitted" } }),
      reply({
        kind: "artifact-update",
        taskId: "t",
        contextId: "c",
        artifact: { artifactId: "a", parts: [{ kind: "text", text: "Hel" }] },
      }),
      reply({ kind: "artifact-update", taskId: "t", contextId: "c", artifact: { artifactId: "a", parts: [{ kind: "text", text: "lo" }] } }),
      reply({ kind: "status-update", taskId: "t", contextId: "c", status: { state: "completed" }, final: true }),
    )
    expect(a2a({ path: "/", request: { headers: json, body }, response: { headers: sse, body: stream } })).toMatchObject([
      { version: "0.3", state: "completed", taskId: "t", messages: [{ role: "user" }, { role: "assistant", parts: [{ text: "Hello" }] }] },
    ])
  })
  it("reads the HTTP binding", () => {
    const body = { message: { messageId: "m", role: "ROLE_USER", parts: [{ text: "U" }] } }
    expect(
      a2a({
        path: "/v1/message:send",
        request: { headers: [["content-type", "application/a2a+json"]], body },
        response: { headers: json, body: { task: { id: "t", status: { state: "TASK_STATE_WORKING" } } } },
      }),
    ).toMatchObject([{ method: "POST message:send", taskId: "t", state: "TASK_STATE_WORKING" }])
  })
})

describe("the sisters", () => {
  it("reads a run of AG-UI", () => {
    const body = {
      threadId: "t",
      runId: "r",
      messages: [{ id: "1", role: "user", content: "U" }],
      tools: [],
      context: [],
      state: {},
      forwardedProps: {},
    }
    const stream = events(
      { type: "RUN_STARTED", threadId: "t", runId: "r" },
      { type: "TEXT_MESSAGE_CONTENT", messageId: "m", delta: "He" },
      { type: "TEXT_MESSAGE_CONTENT", messageId: "m", delta: "y" },
      { type: "TOOL_CALL_START", toolCallId: "c", toolCallName: "ls" },
      { type: "TOOL_CALL_ARGS", toolCallId: "c", delta: "{}" },
      { type: "RUN_FINISHED" },
    )
    expect(a2a({ path: "/agent", request: { headers: json, body }, response: { headers: sse, body: stream } })).toMatchObject([
      {
        protocol: "ag-ui",
        contextId: "t",
        state: "RUN_FINISHED",
        messages: [{ role: "user" }, { parts: [{ text: "Hey" }] }, { parts: [{ name: "ls", arguments: "{}" }] }],
      },
    ])
  })
  it("reads ACP where it crosses the wire", () => {
    const body = { jsonrpc: "2.0", id: 2, method: "session/prompt", params: { sessionId: "s", prompt: [{ type: "text", text: "U" }] } }
    expect(
      a2a({
        path: "/acp",
        request: { headers: json, body },
        response: { headers: json, body: { jsonrpc: "2.0", id: 2, result: { stopReason: "end_turn" } } },
      }),
    ).toMatchObject([
      { protocol: "acp", method: "session/prompt", contextId: "s", state: "end_turn", messages: [{ parts: [{ text: "U" }] }] },
    ])
  })
})
