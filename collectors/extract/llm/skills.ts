// Skills that a model call picks up: by a skill tool, by reading a SKILL.md, or as the text that clients put into the conversation.
import type { Message, Part } from "../../../services/contracts/activity/genai.ts"
import { skillActivatedBy } from "../skills/transcript.ts"

export function skillsUsed(messages: readonly Message[]): string[] {
  const names = messages.flatMap((one) => one.parts).flatMap(skillOfPart)
  return [...new Set(names)].slice(0, MAX_SKILLS)
}

function skillOfPart(part: Part): string[] {
  if (part.type === "tool_call") {
    const name = skillActivatedBy(part.name, part.arguments)
    return name === undefined ? [] : [name]
  }
  const said = part.type === "text" ? part.text : part.type === "tool_call_response" ? part.content : ""
  if (said.startsWith(CLAUDE_BASE)) {
    const line = said.slice(CLAUDE_BASE.length, MAX_LINE).split("\n", 1)[0] ?? ""
    return [
      line
        .trim()
        .split(/[/\\]/)
        .filter((name) => name !== "")
        .at(-1) ?? "",
    ]
  }
  const activated = said.includes("<activated_skill") || /^\s*<skill[-_]con/.test(said) ? WRAPPED.exec(said)?.[1] : undefined
  return activated === undefined ? [] : [activated]
}

const WRAPPED = /<(?:activated_skill|skill[-_]con(?:text|tent)) name="([^"]{1,128})"/
// What Claude Code writes above the text of a skill it loads.
const CLAUDE_BASE = "Base directory for this skill:"
const MAX_LINE = 1_024
const MAX_SKILLS = 500
