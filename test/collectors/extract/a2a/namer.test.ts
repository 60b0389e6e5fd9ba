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
  it("names what carries A2A's own header, whatever it is called, and the card that only members get", () => {
    const headers = [...json, ["a2a-version", "1.1"]] as const
    const rpc = { jsonrpc: "2.0", id: 1, method: "PauseTask", params: { id: "t" } }
    expect(
      a2a({ path: "/a2a", request: { headers, body: rpc }, response: { headers: json, body: { jsonrpc: "2.0", id: 1, result: {} } } }),
    ).toMatchObject([{ protocol: "a2a", version: "1.1", method: "PauseTask" }])
    const card = { name: "Planner", version: "1", capabilities: {}, skills: [{ id: "s", name: "Plan", description: "plans" }] }
    expect(a2a({ path: "/extendedAgentCard", method: "GET", request: { headers }, response: { headers: json, body: card } })).toMatchObject(
      [{ method: "agent/card", card: { name: "Planner" } }],
    )
  })
  it("reads the address that is set for news of a task, the news sent there, and the gRPC binding", () => {
    const headers = [...json, ["a2a-version", "1.0"]] as const
    const set = { path: "/tasks/t1/pushNotificationConfigs", request: { headers, body: { id: "p", url: "https://away.example/cb" } } }
    expect(a2a(set)).toMatchObject([{ taskId: "t1", callbackUrl: "https://away.example/cb" }])
    const news = { statusUpdate: { taskId: "t1", contextId: "c", status: { state: "TASK_STATE_COMPLETED" } } }
    expect(a2a({ path: "/cb", request: { headers: [["content-type", "application/a2a+json"]], body: news } })).toMatchObject([
      { method: "pushNotification", taskId: "t1", contextId: "c", state: "TASK_STATE_COMPLETED" },
    ])
    const text = Buffer.from("Plan my day please")
    const body = Buffer.concat([Buffer.from([0, 0, 0, 0, text.length + 4, 10, text.length + 2, 10, text.length]), text])
    expect(
      a2a({ path: "/lf.a2a.v1.A2AService/SendMessage", request: { headers: [["content-type", "application/grpc"]], body } }),
    ).toMatchObject([{ method: "SendMessage", messages: [{ role: "user", parts: [{ text: "Plan my day please" }] }] }])
  })
  it("reads a run of AG-UI that comes in chunks, thinks aloud, or goes on after a question", () => {
    const body = { threadId: "t", runId: "r", messages: [] }
    const chunks = events(
      { type: "RUN_STARTED" },
      { type: "REASONING_MESSAGE_CONTENT", messageId: "z", delta: "Hm." },
      { type: "TEXT_MESSAGE_CHUNK", messageId: "m", delta: "Hi" },
      { type: "TOOL_CALL_CHUNK", toolCallId: "c", toolCallName: "ls", delta: '{"p"' },
      { type: "TOOL_CALL_CHUNK", delta: ":1}" },
      { type: "TOOL_CALL_RESULT", toolCallId: "c", content: "a.txt" },
      { type: "RUN_FINISHED" },
    )
    expect(a2a({ path: "/agent", request: { headers: json, body }, response: { headers: sse, body: chunks } })[0]?.messages).toEqual([
      { role: "assistant", parts: [{ type: "reasoning", text: "Hm." }] },
      { role: "assistant", parts: [{ type: "text", text: "Hi" }] },
      { role: "assistant", parts: [{ type: "tool_call", id: "c", name: "ls", arguments: '{"p":1}' }] },
      { role: "tool", parts: [{ type: "tool_call_response", id: "c", content: "a.txt" }] },
    ])
    const resumed = { threadId: "t", runId: "r2", resume: { interruptId: "i", payload: { approved: true } } }
    const snapshot = events(
      { type: "RUN_STARTED" },
      { type: "TEXT_MESSAGE_CONTENT", messageId: "m", delta: "twice" },
      { type: "MESSAGES_SNAPSHOT", messages: [{ id: "m", role: "assistant", content: "once" }] },
    )
    expect(a2a({ path: "/agent", request: { headers: json, body: resumed }, response: { headers: sse, body: snapshot } })).toMatchObject([
      { requestId: "r2", messages: [{ parts: [{ text: "once" }] }] },
    ])
  })
  it.each(["session/fork", "session/set_config_option", "fs/read_text_file", "terminal/create"])(
    "knows %s of ACP by its session",
    (method) => {
      const call = (params: object) => ({
        path: "/acp",
        request: { headers: json, body: { jsonrpc: "2.0", id: 1, method, params } },
        response: { headers: json, body: { jsonrpc: "2.0", id: 1, result: {} } },
      })
      expect(a2a(call({ sessionId: "s" }))).toMatchObject([{ protocol: "acp", method, contextId: "s" }])
      expect(a2a(call({ path: "/etc/hosts" }))).toEqual([])
    },
  )
})
