// What one exchange says about who sent it.
import type { AgentRef } from "../../../services/contracts/envelope.ts"
import type { HeaderList } from "../../wire/facts.ts"
import { isObject, type Json, type JsonObject, obj, str } from "../json/read.ts"
import { header } from "../text.ts"
import type { AgentProfile, Group, Mark } from "./data/marks.ts"
import { profiles } from "./data/profiles.ts"

export type AgentSignal = AgentRef["signals"][number]

export interface Evidence {
  readonly headers: HeaderList
  readonly host: string
  readonly body?: JsonObject | undefined
  /** Beginnings of the system prompt's parts. */
  readonly prompts?: readonly string[]
  /** Beginnings of the first messages: some clients frame their task in words of their own. */
  readonly asked?: readonly string[]
  readonly tools?: readonly string[]
  /** clientInfo.name of MCP. */
  readonly client?: { readonly name: string; readonly version?: string | undefined } | undefined
  readonly runtime?: string | undefined
  /** Of the request's own bearer token. */
  readonly subject?: string | undefined
}

export interface ProfileMatch {
  readonly profile: AgentProfile
  readonly groups: ReadonlyMap<Group, AgentSignal>
}

export function matchProfiles(evidence: Evidence): ProfileMatch[] {
  const out: ProfileMatch[] = []
  for (const profile of profiles) {
    const groups = new Map<Group, AgentSignal>()
    for (const mark of profile.marks) {
      const value = groups.has(mark.group) ? undefined : valueFor(mark, evidence)
      if (value !== undefined)
        groups.set(mark.group, {
          source: mark.field === undefined ? mark.group : `${mark.group}:${mark.field}`,
          value: value.slice(0, MAX_VALUE),
          says: profile.id,
        })
    }
    const own = ownTools(profile, evidence.tools ?? [])
    if (own !== undefined) groups.set("tools", { source: "tools", value: own, says: profile.id })
    if (groups.size > 0) out.push({ profile, groups })
  }
  return out
}

/** The text a mark matched, or undefined. */
function valueFor(mark: Mark, evidence: Evidence): string | undefined {
  switch (mark.group) {
    case "header":
      return matching(header(evidence.headers, mark.field ?? ""), mark.pattern)
    case "user-agent":
      return matching(header(evidence.headers, "user-agent"), mark.pattern)
    case "prompt":
      for (const prompt of evidence.prompts ?? []) {
        const found = mark.pattern.exec(prompt.slice(0, PROMPT_LEAD))
        if (found !== null) return found[0]
      }
      return undefined
    case "body":
      if (mark.field === "messages") return evidence.asked?.find((text) => mark.pattern.test(text))
      return matching(textAt(evidence.body, mark.field ?? ""), mark.pattern)
    case "mcp":
      return matching(evidence.client?.name, mark.pattern)
    case "destination":
      return matching(evidence.host, mark.pattern)
  }
}

function matching(value: string | undefined, pattern: RegExp): string | undefined {
  if (value === undefined) return undefined
  const head = value.slice(0, MAX_MATCHED)
  return pattern.test(head) ? head : undefined
}

function textAt(body: JsonObject | undefined, path: string): string | undefined {
  let value: Json | undefined = body
  for (const key of path.split(".")) value = isObject(value) ? value[key] : undefined
  return typeof value === "string" ? value : undefined
}

/**
 * Jaccard says little here: users add tools, versions drop some. Enough is when at least five of the offered tools are the profile's and they are
 * most of what is offered beside MCP, or when nearly all of the profile's are there.
 */
function ownTools(profile: AgentProfile, offered: readonly string[]): string | undefined {
  if (profile.tools.length === 0 || offered.length === 0) return undefined
  // Codex groups its tools: multi_agent_v1.spawn_agent.
  const builtin = offered.filter((name) => !name.startsWith("mcp_")).map((name) => name.slice(name.lastIndexOf(".") + 1))
  const own = new Set(profile.tools)
  const shared = builtin.filter((name) => own.has(name))
  const share = shared.length / (builtin.length + own.size - shared.length)
  const most = shared.length >= MIN_TOOLS && shared.length / builtin.length >= 0.6
  return share >= 0.6 || most || (own.size <= MIN_TOOLS && shared.length === own.size && share >= 0.6)
    ? shared.slice(0, 12).join(",")
    : undefined
}

export function versionOf(profile: AgentProfile, evidence: Evidence): string | undefined {
  const field = profile.version === undefined ? undefined : header(evidence.headers, profile.version.field)
  const said = field === undefined ? undefined : profile.version?.pattern.exec(field.slice(0, MAX_MATCHED))?.[1]
  return said ?? evidence.client?.version
}

/** The person or device behind the agent, where the client names one: keeps people behind one address apart. */
export function principalOf({ headers, body, subject }: Evidence): string | undefined {
  const user = str(obj(body, "metadata"), "user_id")
  const device =
    user === undefined
      ? undefined
      : (/^user_([0-9a-f]{16,64})_/.exec(user.slice(0, MAX_MATCHED))?.[1] ??
        /"device_id"\s*:\s*"([^"]{8,80})"/.exec(user.slice(0, MAX_MATCHED))?.[1])
  return (
    device ??
    header(headers, "chatgpt-account-id") ??
    header(headers, "x-codex-installation-id") ??
    str(obj(body, "client_metadata"), "x-codex-installation-id") ??
    header(headers, "x-openai-subject") ??
    subject
  )
}

const MAX_VALUE = 160
const MAX_MATCHED = 2_048
// Clients lead with who they are; later text may quote anybody.
const PROMPT_LEAD = 600
const MIN_TOOLS = 5
