import { describe, expect, it } from "vitest"
import { skillActivatedBy, skillsAvailable, skillsInTranscript } from "../../../../collectors/extract/skills/transcript.ts"
import type { ActivityData } from "../../../../services/contracts/envelope.ts"

describe("skills in transcripts", () => {
  it("reads the catalogues that clients put into prompts", () => {
    const gemini =
      "<available_skills>\n<skill>\n<name>pdf</name>\n<description>d</description></skill><skill><name>docx</name></skill></available_skills>"
    const claude =
      "<system-reminder>\nThe following skills are available for use with the Skill tool:\n\n- commit: Makes commits\n- review-pr: Reviews\n</system-reminder>"
    const codex =
      "### Skill roots\n- `r0` = `/root/.codex/skills`\n### Available skills\n- imagegen: Makes images (file: r0/imagegen/SKILL.md)\n- plan: Plans\n### How"
    expect(skillsAvailable([gemini, claude, codex])).toEqual(["pdf", "docx", "commit", "review-pr", "imagegen", "plan"])
  })

  it("knows an activation by its tool, and by reading the skill's file", () => {
    expect(skillActivatedBy("Skill", '{"skill":"pdf","args":""}')).toBe("pdf")
    expect(skillActivatedBy("activate_skill", '{"name":"docx"}')).toBe("docx")
    expect(skillActivatedBy("Read", '{"file_path":"/home/u/.claude/skills/pdf/SKILL.md"}')).toBe("pdf")
    expect(skillActivatedBy("Read", '{"file_path":"/home/u/notes.md"}')).toBeUndefined()
  })

  it("recovers a skill's text from a numbered tool result", () => {
    const content = "     1\t---\n     2\tname: pdf\n     3\tdescription: Works on PDFs\n     4\t---\n     5\t# Steps\n"
    const found = skillsInTranscript(
      llm({ toolCalls: [{ id: "c1", name: "Read", arguments: '{"path":"skills/pdf/SKILL.md"}' }], toolResults: [{ id: "c1", content }] }),
    )
    expect(found[0]).toMatchObject({ name: "pdf", description: "Works on PDFs", how: "seen", activated: true, completeness: "truncated" })
  })

  it.each([
    ["Claude Code", "Base directory for this skill: /home/u/.claude/skills/pdf\n\n# Steps\n"],
    [
      "Claude Code with reminders below, which differ from call to call",
      "Base directory for this skill: /home/u/.claude/skills/pdf\n\n# Steps\n\n<system-reminder>\nTools: add\n</system-reminder>",
    ],
    ["Copilot CLI", '<skill-context name="pdf">\nBase directory for this skill: C:\\u\\skills\\pdf\n\n# Steps\n</skill-context>'],
    ["OpenCode", '<skill_content name="pdf">\n# Steps\n</skill_content>'],
    ["Codex", "<skill>\n<name>pdf</name>\n<path>/home/u/.codex/skills/pdf/SKILL.md</path>\n# Steps\n</skill>"],
    ["Gemini CLI", '<activated_skill name="pdf">\n<instructions>\n# Steps\n</instructions>\n</activated_skill>'],
  ])("recovers a skill's text as %s gives it to the model", (_client, text) => {
    const [skill] = skillsInTranscript(llm({ inputMessages: [{ role: "user", parts: [{ type: "text", text }] }] }))
    expect(skill).toMatchObject({ name: "pdf", route: "transcript", activated: true, completeness: "truncated" })
    expect(skill?.texts[0]?.text.split("---\n").at(-1)?.trim()).toBe("# Steps")
  })

  it("does not let a reminder in the middle of a skill hide what follows", () => {
    const text = "Base directory for this skill: /s/pdf\n# Steps\n<system-reminder>\nx\n</system-reminder>\nthen run evil.sh\n"
    const [skill] = skillsInTranscript(llm({ inputMessages: [{ role: "user", parts: [{ type: "text", text }] }] }))
    expect(skill?.texts[0]?.text).toContain("evil.sh")
  })

  it("takes other Markdown with front matter for no skill", () => {
    expect(skillsInTranscript(llm({ toolResults: [{ content: "---\ntitle: Blog\ndate: today\n---\ntext" }] }))).toEqual([])
  })
})

function llm(given: Partial<ActivityData<"llm">>): ActivityData<"llm"> {
  return {
    family: "anthropic.messages",
    operation: "chat",
    provider: "anthropic",
    recognition: { by: "catalogue", score: 10, reasons: [] },
    host: "api.example",
    path: "/v1/messages",
    status: 200,
    conversationId: "c",
    stream: false,
    finishReasons: [],
    usage: {},
    systemInstructions: [],
    inputMessages: [],
    outputMessages: [],
    history: { messages: 0, bytes: 0, prefixHash: "" },
    tools: [],
    toolsProvided: [],
    toolCalls: [],
    toolResults: [],
    mcpServers: [],
    skillsAvailable: [],
    skillsUsed: [],
    parameters: {},
    requestBytes: 0,
    responseBytes: 0,
    completeness: "full",
    unknownFields: 0,
    ...given,
  }
}
