// Messages, tasks and cards of agents among themselves.
import type { Message, Part } from "../../../services/contracts/activity/genai.ts"
import type { ActivityData } from "../../../services/contracts/envelope.ts"
import { canonicalHash } from "../json/canonical.ts"
import { asText, first, type JsonObject, maybe, obj, objects, str } from "../json/read.ts"
import { blob, joined, message, text } from "../llm/parts.ts"

type A2aData = ActivityData<"a2a">

/** Both generations: {kind: "text", text} and {text}; files as {file: {bytes | uri}} and {raw | url}. */
export function a2aMessage(value: JsonObject): Message {
  const role = (str(value, "role") ?? "").toLowerCase()
  return message(
    role.endsWith("agent") ? "assistant" : role.endsWith("user") ? "user" : "unknown",
    joined(objects(value, "parts").map(a2aPart)),
  )
}

function a2aPart(part: JsonObject): Part {
  const said = str(part, "text")
  if (said !== undefined) return text(said)
  const file = obj(part, "file")
  const data = str(file, "bytes") ?? str(file, "fileWithBytes") ?? str(part, "raw")
  const uri = str(file, "uri") ?? str(file, "fileWithUri") ?? str(part, "url")
  if (data !== undefined || uri !== undefined) {
    return blob({ data, uri, mediaType: str(file, "mimeType") ?? str(part, "mediaType"), name: str(file, "name") ?? str(part, "filename") })
  }
  return text(asText(first(part, "data") ?? part))
}

export interface TaskFacts {
  readonly taskId?: string
  readonly contextId?: string
  readonly state?: string
  readonly said: readonly Said[]
}

/** One message or artifact, or a piece of one. */
interface Said {
  /** Of the message or artifact, where it has an id: what comes again under it replaces or goes on from what came before. */
  readonly key: string | undefined
  readonly goesOn: boolean
  readonly message: Message
}

/** A result is a message, a task, or an update of one; streams bring many. */
export function taskFacts(result: JsonObject): TaskFacts {
  const task =
    obj(result, "task") ??
    obj(result, "statusUpdate") ??
    obj(result, "artifactUpdate") ??
    obj(result, "message") ??
    obj(result, "msg") ??
    result
  const status = obj(task, "status")
  const artifacts = [...objects(task, "artifacts"), ...(obj(task, "artifact") === undefined ? [] : [obj(task, "artifact") ?? {}])]
  const own = Array.isArray(task["parts"]) && task["artifactId"] === undefined ? [task] : []
  // Not said (protobuf JSON leaves false out): told by the text, whether it repeats what came before.
  const goesOn = task["append"] !== false && task["artifact"] !== undefined
  const said = obj(status, "message")
  return {
    ...maybe("taskId", str(task, "taskId") ?? (own.length === 0 ? str(task, "id") : undefined)),
    ...maybe("contextId", str(task, "contextId")),
    ...maybe("state", str(status, "state")),
    said: [
      ...[...own, ...objects(task, "history"), ...(said === undefined ? [] : [said])].map((one) => ({
        key: keyOf("message", str(one, "messageId")),
        goesOn: false,
        message: a2aMessage(one),
      })),
      ...artifacts.map((one) => ({
        key: keyOf("artifact", str(one, "artifactId")),
        goesOn,
        message: a2aMessage({ ...one, role: "agent" }),
      })),
    ],
  }
}

function keyOf(kind: string, id: string | undefined): string | undefined {
  return id === undefined || id === "" ? undefined : `${kind} ${id}`
}

/** What was said in all, each message once: streams repeat it with every update. Pieces without an id go on from their neighbour. */
export function conversationOf(sent: JsonObject | undefined, facts: readonly TaskFacts[]): Message[] {
  const out: { readonly key: string | undefined; message: Message }[] = []
  if (sent !== undefined) out.push({ key: keyOf("message", str(sent, "messageId")), message: a2aMessage(sent) })
  for (const { key, goesOn, message: one } of facts.flatMap(({ said }) => said)) {
    const before = key === undefined ? out.at(-1) : out.find((other) => other.key === key)
    if (before === undefined || (key === undefined && (before.key !== undefined || before.message.role !== one.role))) {
      if (out.length < MAX_MESSAGES) out.push({ key, message: one })
    } else if (key === undefined || (goesOn && !repeats(before.message, one)))
      before.message = message(one.role, joined([...before.message.parts, ...one.parts]))
    else before.message = one
  }
  return out.map((one) => one.message)
}

function repeats(before: Message, now: Message): boolean {
  return wordsOf(now).startsWith(wordsOf(before))
}

function wordsOf({ parts }: Message): string {
  return parts.map((part) => (part.type === "text" ? part.text : "")).join("")
}

export function agentCard(value: JsonObject): A2aData["card"] {
  const name = str(value, "name")
  if (name === undefined || (!Array.isArray(value["skills"]) && value["capabilities"] === undefined)) return undefined
  return {
    name,
    ...maybe("description", str(value, "description")),
    ...maybe("url", str(value, "url") ?? str(objects(value, "supportedInterfaces")[0], "url")),
    ...maybe("version", str(value, "version")),
    skills: objects(value, "skills").map((skill) => ({
      id: str(skill, "id") ?? "",
      name: str(skill, "name") ?? "",
      ...maybe("description", str(skill, "description")),
    })),
    hash: canonicalHash(value),
  }
}

/** Where the server is told to send what happens: a way out of the network. */
export function callbackOf(params: JsonObject): string | undefined {
  const config = obj(params, "configuration")
  const push =
    obj(config, "pushNotificationConfig") ??
    obj(config, "taskPushNotificationConfig") ??
    obj(params, "pushNotificationConfig") ??
    obj(params, "config")
  return (
    str(push, "url") ??
    str(obj(push, "pushNotificationConfig"), "url") ??
    (params["token"] !== undefined || params["taskId"] !== undefined || params["id"] !== undefined ? str(params, "url") : undefined)
  )
}

// A task's messages and artifacts are some dozens; each new one looks through those before it.
const MAX_MESSAGES = 2_000
