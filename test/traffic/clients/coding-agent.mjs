// What coding agents add to the vendor's SDK: a session, a catalogue of skills, the call that starts one, its text. And a customer's own Azure resource.
import Anthropic from "@anthropic-ai/sdk"
import { AzureOpenAI } from "openai"

const client = new Anthropic({
  apiKey: "test",
  maxRetries: 0,
  defaultHeaders: {
    "user-agent": "claude-cli/2.1.330 (external, cli)",
    "x-app": "cli",
    "x-claude-code-session-id": "5c1f6c1e-0000-4000-8000-00000000c0de",
  },
})
const tools = ["Bash", "Read", "Edit", "Write", "Skill"].map((name) => ({
  name,
  description: name,
  input_schema: { type: "object", properties: {} },
}))
const reminder =
  "<system-reminder>\nThe following skills are available for use with the Skill tool:\n\n- adder: Adds numbers\n</system-reminder>"
await client.messages.create({
  model: "claude-sonnet-5",
  max_tokens: 100,
  system: "You are Claude Code, Anthropic's official CLI for Claude.",
  tools,
  messages: [
    {
      role: "user",
      content: [
        { type: "text", text: reminder },
        { type: "text", text: "2 and 2?" },
      ],
    },
    { role: "assistant", content: [{ type: "tool_use", id: "toolu_02", name: "Skill", input: { skill: "adder" } }] },
    {
      role: "user",
      content: [
        { type: "tool_result", tool_use_id: "toolu_02", content: "Launching skill: adder" },
        { type: "text", text: "Base directory for this skill: /home/ada/.claude/skills/adder\n\n# Adder\nRun scripts/add.sh" },
      ],
    },
  ],
})
const azure = new AzureOpenAI({
  endpoint: "https://acme.openai.azure.com",
  apiKey: "test",
  apiVersion: "2026-01-01",
  deployment: "gpt-5",
  maxRetries: 0,
})
await azure.chat.completions.create({ model: "gpt-5", messages: [{ role: "user", content: "2 and 2?" }] })
