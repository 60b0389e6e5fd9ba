// What a finding is called elsewhere: ATT&CK techniques and the lists of OWASP (LLM 2025, agentic ASI, MCP). A rule names its own; what names none has its family's,
// so that no event comes without.

export function referencesOf({
  rule,
  family,
  given = [],
}: {
  rule: string
  family: string
  given?: readonly string[] | undefined
}): string[] {
  if (given.length > 0) return [...given]
  const own = byRule.find(([pattern]) => pattern.test(rule))?.[1]
  return [...(own ?? byFamily[family] ?? ANY)]
}

const byRule: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^access\/(?:email-domain|unauthenticated)/, ["T1078", "ASI03"]],
  [/^access\//, ["T1133", "ASI03"]],
  [/^policy\/mcp-server-/, ["MCP09", "ASI04"]],
  [/^policy\/model-/, ["LLM03:2025", "ASI04"]],
  [/^policy\/tool-/, ["ASI02", "LLM06:2025"]],
  [/^policy\/host-/, ["T1071.001", "ASI02"]],
]
const byFamily: Readonly<Record<string, readonly string[]>> = {
  secrets: ["T1552", "LLM02:2025", "ASI03"],
  pii: ["T1048", "LLM02:2025"],
  injection: ["LLM01:2025", "ASI01"],
  tools: ["ASI02", "MCP03"],
  command: ["T1059", "ASI05"],
  skills: ["ASI04", "T1195"],
  destinations: ["T1071", "ASI04"],
  exfiltration: ["T1041", "LLM02:2025"],
  verdict: ["T1204", "ASI04"],
}
const ANY = ["ASI02"]
