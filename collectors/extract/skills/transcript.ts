// Skills that are visible only in what agents tell their model: catalogues in system prompts, activation calls, bodies in tool results.
import type { ActivityData } from "../../../services/contracts/envelope.ts"
import { type BundleOrigin, bundlesIn, type SkillData } from "./bundle.ts"

type LlmData = ActivityData<"llm">

/** Names in the catalogues of a prompt. */
export function skillsAvailable(texts: readonly string[]): string[] {
  const names = new Set<string>()
  for (const text of texts) {
    for (const match of text.matchAll(/<skill>[^<]{0,40}<name>([^<]{1,160})<\/name>/g)) add(names, match[1])
    for (const match of text.matchAll(/<skill\s[^>]{0,200}?\bname="([^"]{1,100})"/g)) add(names, match[1])
    for (const list of text.matchAll(LIST)) for (const name of listed(text.slice(list.index + list[0].length))) add(names, name)
    if (names.size >= MAX_LISTED) break
  }
  return [...names].slice(0, MAX_LISTED)
}

/** "- name: what it does", one a line, until something else is said. */
function listed(text: string): string[] {
  const names: string[] = []
  for (const line of text.slice(0, MAX_LIST).split("\n").slice(0, MAX_LISTED)) {
    if (line.trim() === "") continue
    const name = /^[ \t]{0,8}[-*][ \t]{1,4}`?([\w:.@/-]{1,100})`?[ \t]{0,4}(?::|—|-|$)/.exec(line)?.[1]
    if (name === undefined) break
    names.push(name)
  }
  return names
}

function add(names: Set<string>, name: string | undefined): void {
  const trimmed = name?.trim() ?? ""
  if (trimmed !== "" && names.size < MAX_LISTED) names.add(trimmed)
}

/** The skill that a tool call starts: by a skill tool, or by reading its SKILL.md. */
export function skillActivatedBy(tool: string, argumentsJson: string): string | undefined {
  const inner = tool.replace(/^mcp__[^_]+__/, "").toLowerCase()
  const given = argumentsJson.slice(0, MAX_ARGUMENTS)
  if (SKILL_TOOLS.has(inner)) return /"(?:skill|skill_name|name|skillName)"\s*:\s*"([^"]{1,200})"/.exec(given)?.[1]
  return /(?:^|[/\\"])([\w.@-]{1,100})[/\\]+(?:SKILL|skill)\.md\b/.exec(given)?.[1]
}

/** Skills whose text lies in the call's messages. Each is partial: line numbers are stripped, pages may be missing. */
export function skillsInTranscript(data: LlmData): SkillData[] {
  const found: SkillData[] = []
  const seen = new Set<string>()
  const consider = (text: string, name?: string): void => {
    const body = skillText(text)
    if (body === undefined || seen.has(body) || found.length >= MAX_FOUND) return
    seen.add(body)
    const origin: BundleOrigin = {
      route: "transcript",
      source: `transcript:${data.conversationId}`,
      host: data.host,
      how: "seen",
      problems: ["seen-in-transcript-only"],
    }
    const skill = bundlesIn(
      [{ path: `${name ?? "skill"}/SKILL.md`, bytes: Buffer.from(body), executable: false, completeness: "truncated" }],
      origin,
    )[0]
    if (skill !== undefined)
      found.push({ ...skill, problems: skill.problems.filter((problem) => problem !== "name-differs-from-folder"), activated: true })
  }
  for (const result of data.toolResults) consider(result.content, nameOf(result.id, data))
  for (const message of data.inputMessages) for (const part of message.parts) if (part.type === "text") consider(part.text)
  return found
}

function nameOf(id: string | undefined, data: LlmData): string | undefined {
  const call = id === undefined ? undefined : data.toolCalls.find((candidate) => candidate.id === id)
  return call === undefined ? undefined : skillActivatedBy(call.name, call.arguments)
}

/** The skill's Markdown inside a tool result or a user text, without wrappers and line numbers. */
function skillText(text: string): string | undefined {
  const activated =
    /<activated_skill\s{1,4}name="([^"]{1,200})"[^>]{0,200}>\s{0,40}<instructions>([\s\S]{1,1000000}?)(?:<\/instructions>|$)/.exec(text)
  if (activated !== null) return `---\nname: ${activated[1]}\n---\n${activated[2]}`
  const head = text.slice(0, MAX_BODY).trimStart()
  return wrappedText(head) ?? basedText(head) ?? plainText(head)
}

/** <skill-context name=…> of Copilot, <skill_content name=…> of OpenCode, <skill><name>… of Codex. */
function wrappedText(text: string): string | undefined {
  const open = /^<(skill[-_]con(?:text|tent))\s{1,4}name="([^"]{1,200})"[^>]{0,200}>/.exec(text)
  if (open !== null) {
    const inner = upTo(text.slice(open[0].length), `</${open[1]}>`)
    return basedText(inner.trimStart()) ?? named(open[2] ?? "skill", inner)
  }
  const codex = /^<skill>\s{0,8}<name>([^<]{1,200})<\/name>\s{0,8}(?:<path>[^<]{0,500}<\/path>\s{0,8})?/.exec(text)
  if (codex === null) return undefined
  const inner = upTo(text.slice(codex[0].length), "</skill>")
  return plainText(inner.trimStart()) ?? named(codex[1] ?? "skill", inner)
}

/** Claude Code names the folder above the text, and may add its own reminders below. */
function basedText(text: string): string | undefined {
  const based = /^Base directory for this skill: (\S[^\n]{0,500})\n/.exec(text)
  if (based === null) return undefined
  const folder = based[1]
    ?.split(/[/\\]/)
    .filter((part) => part !== "")
    .at(-1)
  return named(folder ?? "skill", withoutReminder(text.slice(based[0].length)))
}

/** A front matter with both fields that the specification requires, at the very start. */
function plainText(text: string): string | undefined {
  const plain = withoutLineNumbers(text)
  const matter = /^\ufeff?---[ \t]*\r?\n([\s\S]{0,4000}?)\r?\n---/.exec(plain.trimStart())?.[1]
  return matter !== undefined && /^name\s*:/m.test(matter) && /^description\s*:/m.test(matter) ? plain.trimStart() : undefined
}

function named(name: string, text: string): string {
  return `---\nname: ${name}\n---\n${text}`
}

function upTo(text: string, end: string): string {
  const at = text.lastIndexOf(end)
  return at === -1 ? text : text.slice(0, at)
}

/** One whole block at the end: its tools and dates change from call to call, and would make another skill of the same text. */
function withoutReminder(text: string): string {
  const trimmed = text.trimEnd()
  const start = trimmed.endsWith("</system-reminder>") ? trimmed.lastIndexOf("<system-reminder>") : -1
  return start === -1 ? text : `${trimmed.slice(0, start).trimEnd()}\n`
}

/** "     1\t---" of Claude Code, "1|---" and "1: ---" of others. Only when the first lines all carry rising numbers. */
function withoutLineNumbers(text: string): string {
  const lines = text.split("\n")
  const numbered = /^\s*(\d+)(?:\t|→|\||: ?)/
  const first = lines.slice(0, 3).map((line) => Number(numbered.exec(line)?.[1] ?? Number.NaN))
  const rising =
    first.length > 1 && first.every((value, index) => !Number.isNaN(value) && (index === 0 || value === (first[index - 1] ?? 0) + 1))
  return rising ? lines.map((line) => line.replace(numbered, "")).join("\n") : text
}

// Claude Code and Codex.
const LIST = /(?:skills are available for use with the Skill tool:?|#{2,4} Available skills:?)[ \t]*\n/gi
const MAX_LIST = 256 * 1024
const SKILL_TOOLS = new Set(["skill", "activate_skill", "use_skill", "read_skill", "load_skill", "run_skill"])
const MAX_LISTED = 500
const MAX_ARGUMENTS = 4_096
const MAX_FOUND = 50
const MAX_BODY = 1024 * 1024
