// Tools: what their definitions order, what their calls do, and messages whose header and body disagree.
import type { Detector, RawFinding, Subject, TextItem } from "../../services/contracts/inspection.ts"
import { reportCommands } from "./commands.ts"
import { reportDefinition } from "./definitions.ts"

export const toolsDetector: Detector = {
  family: "tools",
  inspect(subject, report) {
    for (const items of byTool(subject.texts).values()) reportDefinition(items, report)
    for (const item of subject.texts) if (runs(item)) reportCommands(item, report)
    reportMismatch(subject, report)
  },
}

function byTool(texts: readonly TextItem[]): Map<string, TextItem[]> {
  const tools = new Map<string, TextItem[]>()
  for (const item of texts) {
    if (item.place !== "tool-definition") continue
    // "tools[3].description" and "tools[3].inputSchema" are one tool; a server's instructions stand alone.
    const key = /^(.{0,200}?\w\[\d+\])\./.exec(item.path)?.[1] ?? item.path
    const items = tools.get(key)
    if (items === undefined) tools.set(key, [item])
    else items.push(item)
  }
  return tools
}

/** Texts that something is going to execute. */
function runs({ place }: TextItem): boolean {
  return place === "command" || place === "tool-call" || place === "skill"
}

/** Headers that route and bodies that act must say the same, or a gateway checks one call and a server runs another. */
function reportMismatch({ kind, data, direction }: Subject, report: (finding: RawFinding) => void): void {
  if (kind !== "mcp" || typeof data !== "object" || data === null || !("mismatch" in data) || !Array.isArray(data.mismatch)) return
  for (const entry of data.mismatch.slice(0, MAX_MISMATCHES)) {
    const { field, header, body } = entry as { field: string; header: string; body: string }
    report({
      rule: "tools/header-body-mismatch",
      family: "tools",
      severity: "high",
      confidence: 0.85,
      title: "An MCP message whose header and body disagree",
      place: "header",
      direction,
      path: `mismatch.${field}`,
      span: [0, header.length],
      matched: `${header} / ${body}`.slice(0, 200),
      sensitive: false,
      reason: `${field} is ${header} in the header and ${body} in the body: what was checked is not what runs`,
      facts: { field },
      references: ["MCP07", "T1036"],
    })
  }
}

const MAX_MISMATCHES = 8
