// Skills as a model call shows them: what the prompt offers, what the model picked up.
import type { Message, Part } from "../../../services/contracts/activity/genai.ts"
import { parseJson } from "../json/parse.ts"
import { isObject, str } from "../json/read.ts"

/** Names in `<available_skills>` blocks (Gemini CLI, Roo, Pi, OpenClaw) and in Claude Code's list inside a system reminder. */
export function skillsOffered(texts: readonly string[]): string[] {
  const names = new Set<string>()
  for (const text of texts) {
    if (!text.includes("skill")) continue
    for (const block of blocksBetween(text, "<available_skills>", "</available_skills>")) for (const name of namesOf(block)) names.add(name)
    const at = text.indexOf(CLAUDE_LIST)
    if (at >= 0) for (const name of listed(text.slice(at + CLAUDE_LIST.length, at + MAX_BLOCK))) names.add(name)
  }
  return [...names].slice(0, MAX_SKILLS)
}

function* blocksBetween(text: string, open: string, close: string): Generator<string> {
  for (let at = text.indexOf(open); at >= 0; at = text.indexOf(open, at + open.length)) {
    const end = text.indexOf(close, at)
    yield text.slice(at + open.length, Math.min(end < 0 ? text.length : end, at + MAX_BLOCK))
  }
}

function namesOf(block: string): string[] {
  return [...block.matchAll(/<name>\s*([^<]{1,128}?)\s*<\/name>|<skill name="([^"]{1,128})"/g)].map((found) => found[1] ?? found[2] ?? "")
}

/** "- name: description" lines until the list ends. */
function listed(text: string): string[] {
  const names: string[] = []
  for (const line of text.split("\n")) {
    const name = /^- ([\w:./-]{1,128}?)(?::\s|\s*$)/.exec(line)?.[1]
    if (name !== undefined) names.push(name)
    else if (names.length > 0 && line.trim() !== "" && !line.startsWith(" ")) break
  }
  return names
}

/** Activation tools of the known clients, and plain reads of a SKILL.md file. */
export function skillsUsed(messages: readonly Message[]): string[] {
  const names = messages.flatMap((one) => one.parts).flatMap(skillOfPart)
  return [...new Set(names)].slice(0, MAX_SKILLS)
}

function skillOfPart(part: Part): string[] {
  if (part.type === "tool_call") return skillOfCall(part.name, part.arguments)
  const said = part.type === "text" ? part.text : part.type === "tool_call_response" ? part.content : ""
  const base = said.startsWith(CLAUDE_BASE)
    ? said.slice(CLAUDE_BASE.length, said.indexOf("\n") < 0 ? undefined : said.indexOf("\n")).trim()
    : undefined
  if (base !== undefined) return [lastName(base)]
  const activated = said.includes("<activated_skill") ? /<activated_skill name="([^"]{1,128})"/.exec(said)?.[1] : undefined
  return activated === undefined ? [] : [activated]
}

function skillOfCall(name: string, args: string): string[] {
  if (ACTIVATION.has(name.toLowerCase())) {
    const value = parseJson(args)?.value
    if (!isObject(value)) return []
    const skill = str(value, "skill") ?? str(value, "name") ?? str(value, "skill_name") ?? str(value, "skillName")
    return skill === undefined ? [] : [skill]
  }
  const path = args.includes("SKILL.md") ? /([^/"\\\s]{1,128})[/\\]{1,2}SKILL\.md/.exec(args)?.[1] : undefined
  return path === undefined ? [] : [path]
}

function lastName(path: string): string {
  return (
    path
      .split(/[/\\]/)
      .filter((part) => part !== "")
      .at(-1) ?? path
  )
}

const CLAUDE_LIST = "The following skills are available for use with the Skill tool:"
const CLAUDE_BASE = "Base directory for this skill:"
const ACTIVATION = new Set(["skill", "activate_skill", "use_skill", "read_skill", "load_skill"])
const MAX_SKILLS = 500
const MAX_BLOCK = 128 * 1024
