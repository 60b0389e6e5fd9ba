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
  readonly messages: readonly Message[]
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
  const own = Array.isArray(task["parts"]) && task["artifactId"] === undefined ? [a2aMessage(task)] : []
  const said = obj(status, "message")
  return {
    ...maybe("taskId", str(task, "taskId") ?? (own.length === 0 ? str(task, "id") : undefined)),
    ...maybe("contextId", str(task, "contextId")),
    ...maybe("state", str(status, "state")),
    messages: [...own, ...(said === undefined ? [] : [a2aMessage(said)]), ...artifacts.map((one) => a2aMessage({ ...one, role: "agent" }))],
  }
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
    (params["token"] !== undefined || params["taskId"] !== undefined ? str(params, "url") : undefined)
  )
}
