// A2A (1.0 and 0.3), AG-UI and ACP, told by what only they say.

import type { ActivityData } from "../../../services/contracts/envelope.ts"
import { pieceObjects } from "../body.ts"
import { isObject, type JsonObject, maybe, obj, objects, str } from "../json/read.ts"
import { chatMessage } from "../llm/openai-chat.ts"
import { joined, message, text } from "../llm/parts.ts"
import { protobufMessage, protobufTexts } from "../llm/protobuf.ts"
import { type RpcMessage, rpcMessages } from "../mcp/message.ts"
import { worst } from "../rows.ts"
import type { ExchangeView } from "../view.ts"
import { agUiMessages } from "./ag-ui.ts"
import { agentCard, callbackOf, conversationOf, taskFacts } from "./messages.ts"

type A2aData = ActivityData<"a2a">

export function a2aRow(view: ExchangeView): A2aData | undefined {
  return (
    card(view) ??
    (view.asks('"jsonrpc"') ? rpcCall(view) : undefined) ??
    restCall(view) ??
    (view.asks('"threadId"') ? agUiRun(view) : undefined) ??
    acpRun(view) ??
    callback(view) ??
    grpcCall(view)
  )
}

function base(view: ExchangeView): Pick<A2aData, "host" | "path" | "status" | "completeness" | "messages"> {
  const { request, response, status, path } = view.exchange
  return { host: view.host, path, status, completeness: worst(request?.body.completeness, response?.body.completeness), messages: [] }
}

function versionOf(view: ExchangeView): string {
  // Without the header it is the generation before 1.0.
  return view.requestHeader("a2a-version") ?? "0.3"
}

function card(view: ExchangeView): A2aData | undefined {
  const marked = view.requestHeader("a2a-version") !== undefined || view.response.media === "application/a2a+json"
  if (!/\/\.well-known\/agent(?:-card)?\.json$/.test(view.path) && !(marked && /\/(?:extendedAgentCard|v1\/card)$/.test(view.path)))
    return undefined
  const found = view.responseObject === undefined ? undefined : agentCard(view.responseObject)
  if (found === undefined) return undefined
  return {
    ...base(view),
    protocol: "a2a",
    ...maybe("version", str(view.responseObject, "protocolVersion")),
    method: "agent/card",
    card: found,
  }
}

function rpcCall(view: ExchangeView): A2aData | undefined {
  const request = rpcMessages(view.request.json).find((one) => one.method !== undefined)
  if (request === undefined) return undefined
  const protocol = rpcProtocol(request) ?? (view.requestHeader("a2a-version") === undefined ? undefined : "a2a")
  if (protocol === undefined) return undefined
  const replies = [...rpcMessages(view.response.json), ...(view.response.pieces ?? []).flatMap((piece) => rpcMessages(piece.data))]
  const results = replies.flatMap((one) => (isObject(one.result) ? [one.result] : []))
  return protocol === "acp" ? acpRpc(view, request, results) : a2aRpc(view, request, { replies, results })
}

function rpcProtocol({ method = "", params }: RpcMessage): "a2a" | "acp" | undefined {
  if (A2A_METHODS.has(method))
    return method.startsWith("tasks/") && params["taskId"] !== undefined && params["id"] === undefined && method !== "tasks/resubscribe"
      ? undefined
      : "a2a"
  if (method === "initialize" && typeof params["protocolVersion"] === "number" && params["clientCapabilities"] !== undefined) return "acp"
  return isAcp(method, params) ? "acp" : undefined
}

/** Editors and agents: every call but the first names its session. What they will call next year lies in the same rooms. */
function isAcp(method: string, params: JsonObject): boolean {
  if (ACP_METHODS.has(method)) return true
  return ACP_ROOMS.test(method) && typeof params["sessionId"] === "string"
}

function a2aRpc(
  view: ExchangeView,
  request: RpcMessage,
  { replies, results }: { readonly replies: readonly RpcMessage[]; readonly results: readonly JsonObject[] },
): A2aData {
  const { params, method = "" } = request
  const sent = obj(params, "message") ?? obj(params, "request")
  const facts = results.map(taskFacts)
  const failed = replies.find((one) => one.error !== undefined)?.error
  const found = results.map(agentCard).find((one) => one !== undefined)
  return {
    ...base(view),
    protocol: "a2a",
    version: versionOf(view),
    method,
    ...maybe("requestId", request.id),
    ...maybe("taskId", str(sent, "taskId") ?? lastOf(facts.map((one) => one.taskId)) ?? str(params, "id") ?? str(params, "taskId")),
    ...maybe("contextId", str(sent, "contextId") ?? lastOf(facts.map((one) => one.contextId))),
    ...maybe("state", lastOf(facts.map((one) => one.state))),
    ...maybe("card", found),
    messages: conversationOf(sent, facts),
    ...maybe("callbackUrl", callbackOf(params)),
    ...maybe("raw", failed === undefined ? undefined : JSON.stringify({ error: { code: failed.code, message: failed.message } })),
  }
}

/** The HTTP binding: the same words without the envelope. */
function restCall(view: ExchangeView): A2aData | undefined {
  const action =
    /\/(message:send|message:stream|tasks(?:\/[^/:]+)?(?::cancel|:subscribe)?(?:\/pushNotificationConfigs(?:\/[^/]+)?)?|card)$/.exec(
      view.path,
    )?.[1]
  const marked =
    view.requestHeader("a2a-version") !== undefined || [view.request.media, view.response.media].includes("application/a2a+json")
  if (action === undefined || !(marked || action.startsWith("message:"))) return undefined
  const body = view.requestObject ?? {}
  const sent = obj(body, "message") ?? obj(body, "request")
  if (!marked && !Array.isArray(sent?.["parts"]) && !Array.isArray(sent?.["content"])) return undefined
  const replies = [...(view.responseObject === undefined ? [] : [view.responseObject]), ...pieceObjects(view.response.pieces)]
  const facts = replies.map(taskFacts)
  const taskId = /\/tasks\/([^/:]+)/.exec(view.path)?.[1]
  return {
    ...base(view),
    protocol: "a2a",
    version: versionOf(view),
    method: `${view.exchange.method} ${action.replace(/\/[^/:]+/, "/{id}")}`,
    ...maybe("taskId", taskId ?? str(sent, "taskId") ?? lastOf(facts.map((one) => one.taskId))),
    ...maybe("contextId", str(sent, "contextId") ?? lastOf(facts.map((one) => one.contextId))),
    ...maybe("state", lastOf(facts.map((one) => one.state))),
    messages: conversationOf(sent, facts),
    ...maybe("callbackUrl", callbackOf(body)),
  }
}

/** The gRPC binding: without its schema, the texts that cross. */
function grpcCall(view: ExchangeView): A2aData | undefined {
  const method = GRPC_PATH.exec(view.path)?.[1]
  if (method === undefined) return undefined
  const { request, response } = view.exchange
  const said = (["user", "assistant"] as const).flatMap((role) => {
    const bytes = (role === "user" ? request : response)?.body.bytes
    return (bytes === undefined ? undefined : protobufMessage(role, protobufTexts(bytes, true))) ?? []
  })
  return { ...base(view), protocol: "a2a", version: view.requestHeader("a2a-version") ?? "1.0", method, messages: said }
}

/** What a server of tasks sends to the address it was given. */
function callback(view: ExchangeView): A2aData | undefined {
  if (view.request.media !== "application/a2a+json" && view.requestHeader("x-a2a-notification-token") === undefined) return undefined
  const body = view.requestObject
  if (body === undefined) return undefined
  const facts = taskFacts(body)
  return {
    ...base(view),
    protocol: "a2a",
    version: versionOf(view),
    method: "pushNotification",
    ...maybe("taskId", facts.taskId),
    ...maybe("contextId", facts.contextId),
    ...maybe("state", facts.state),
    messages: conversationOf(undefined, [facts]),
  }
}

/** AG-UI: a run request answered by RUN_* events; one that goes on after a question may bring no messages. */
function agUiRun(view: ExchangeView): A2aData | undefined {
  const body = view.requestObject
  if (body === undefined || typeof body["threadId"] !== "string" || typeof body["runId"] !== "string") return undefined
  const events = pieceObjects(view.response.pieces)
  const types = events.map((event) => str(event, "type") ?? "")
  if (!Array.isArray(body["messages"]) && !types.includes("RUN_STARTED")) return undefined
  return {
    ...base(view),
    protocol: "ag-ui",
    method: "run",
    requestId: body["runId"],
    contextId: body["threadId"],
    ...maybe("state", types.filter((type) => type.startsWith("RUN_")).at(-1)),
    messages: [...objects(body, "messages").map(chatMessage), ...agUiMessages(events)],
  }
}

/** ACP of editors and agents, where it crosses the wire: prompts one way, updates the other. */
function acpRpc(view: ExchangeView, request: RpcMessage, results: readonly JsonObject[]): A2aData {
  const { params, method = "" } = request
  const version = params["protocolVersion"]
  const said = [
    ...objects(params, "prompt"),
    ...(obj(obj(params, "update"), "content") === undefined ? [] : [obj(obj(params, "update"), "content") ?? {}]),
  ]
  const role = method === "session/update" ? "assistant" : "user"
  return {
    ...base(view),
    protocol: "acp",
    ...(typeof version === "number" && { version: String(version) }),
    method,
    ...maybe("requestId", request.id),
    ...maybe("contextId", str(params, "sessionId") ?? str(results[0], "sessionId")),
    ...maybe("state", str(results[0], "stopReason")),
    messages: said.length === 0 ? [] : [message(role, joined(said.map((block) => text(str(block, "text") ?? JSON.stringify(block)))))],
  }
}

/** The REST protocol of the same name (BeeAI), since folded into A2A. */
function acpRun(view: ExchangeView): A2aData | undefined {
  const body = view.requestObject
  if (!/\/runs$/.test(view.path) || body === undefined || typeof body["agent_name"] !== "string" || !Array.isArray(body["input"]))
    return undefined
  const reply = view.responseObject ?? {}
  const inner = (one: JsonObject) =>
    message(
      str(one, "role")?.startsWith("agent") === true ? "assistant" : "user",
      joined(objects(one, "parts").map((part) => text(str(part, "content") ?? JSON.stringify(part)))),
    )
  return {
    ...base(view),
    protocol: "acp",
    method: "run",
    ...maybe("taskId", str(reply, "run_id")),
    ...maybe("contextId", str(reply, "session_id") ?? str(body, "session_id")),
    ...maybe("state", str(reply, "status")),
    messages: [...objects(body, "input").map(inner), ...objects(reply, "output").map((one) => inner({ role: "agent", ...one }))],
  }
}

function lastOf<T>(values: readonly (T | undefined)[]): T | undefined {
  return values.filter((one) => one !== undefined).at(-1)
}

const GRPC_PATH = /^\/(?:[a-z]{1,20}\.)?a2a\.v\d{1,2}\.A2AService\/([A-Za-z]{1,60})$/
const A2A_METHODS = new Set([
  "SendMessage",
  "SendStreamingMessage",
  "GetTask",
  "ListTasks",
  "CancelTask",
  "SubscribeToTask",
  "GetExtendedAgentCard",
  "CreateTaskPushNotificationConfig",
  "SetTaskPushNotificationConfig",
  "GetTaskPushNotificationConfig",
  "ListTaskPushNotificationConfigs",
  "ListTaskPushNotificationConfig",
  "DeleteTaskPushNotificationConfig",
  "message/send",
  "message/stream",
  "tasks/send",
  "tasks/sendSubscribe",
  "tasks/get",
  "tasks/cancel",
  "tasks/resubscribe",
  "tasks/pushNotificationConfig/set",
  "tasks/pushNotificationConfig/get",
  "tasks/pushNotificationConfig/list",
  "tasks/pushNotificationConfig/delete",
  "agent/getAuthenticatedExtendedCard",
  "agent/authenticatedExtendedCard",
])
const ACP_METHODS = new Set([
  "session/new",
  "session/load",
  "session/resume",
  "session/prompt",
  "session/update",
  "session/cancel",
  "session/request_permission",
  "session/list",
  "providers/set",
  "mcp/connect",
  "mcp/message",
])
const ACP_ROOMS = /^(?:session|fs|terminal|nes)\/[a-z_]{1,40}$/
