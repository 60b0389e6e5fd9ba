// Rules to start from: chosen on the page, they go into the policy's text, where a person puts in the own names.

export const ruleExamples = [
  {
    title: "exampleHost",
    rule: '{ id: block-host, when: { destination: "*.pastebin.example" }, action: block, reason: "no paste sites" }',
  },
  { title: "exampleModel", rule: "{ id: only-approved-models, when: { application: llm, destination_class: unknown }, action: block }" },
  { title: "exampleTool", rule: '{ id: review-shell, when: { tool: "Bash" }, action: review, reason: "a person looks at commands" }' },
  { title: "exampleNight", rule: '{ id: no-work-at-night, when: { agent: "*", time: { from: "22:00", to: "06:00" } }, action: alert }' },
  { title: "exampleQuiet", rule: '{ id: quiet-docs, when: { rule: "injection/*", destination: "docs.example.com" }, action: log }' },
] as const

/** The text with the rule as the last of `rules`; the last that matches wins. Comments and order stay as somebody wrote them. */
export function withRule(text: string, rule: string): string {
  const item = `  - ${rule}`
  const lines = text.replace(/\n*$/, "").split("\n")
  const at = lines.findIndex((line) => /^rules:/.test(line))
  if (at < 0) return [...lines, "rules:", item, ""].join("\n")
  if (/^rules:\s*\[\s*\]\s*(#.*)?$/.test(lines[at] ?? ""))
    return [...lines.slice(0, at), "rules:", item, ...lines.slice(at + 1), ""].join("\n")
  // The list goes on over items, what belongs to them, comments and empty lines.
  let end = at + 1
  for (let next = end; next < lines.length && /^(\s|-|#|$)/.test(lines[next] ?? ""); next += 1)
    if (/^(\s+\S|-)/.test(lines[next] ?? "")) end = next + 1
  const indent = /^(\s*)-/.exec(lines[at + 1] ?? "")?.[1] ?? "  "
  return [...lines.slice(0, end), `${indent}- ${rule}`, ...lines.slice(end), ""].join("\n")
}
