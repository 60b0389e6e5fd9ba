// What the policy objects to by itself: allow lists of models, MCP servers, tools and hosts, and who may reach the agents.
import { accessViolations } from "./access.ts"
import type { PolicyFacts } from "./facts.ts"
import { anyPattern } from "./match.ts"
import type { PolicyFile } from "./schema.ts"
import type { Violation } from "./violation.ts"

export function violationsOf(file: PolicyFile): (facts: PolicyFacts) => readonly Violation[] {
  const lists = allowLists(file)
  const access = accessViolations(file.access)
  return (facts) => [...access(facts), ...lists.flatMap((list) => list(facts))]
}

type ListName = "models" | "mcp_servers" | "tools" | "hosts"

function allowLists({ allow_only }: PolicyFile): ((facts: PolicyFacts) => Violation[])[] {
  return (["models", "mcp_servers", "tools", "hosts"] as const).flatMap((name) => {
    const list = allow_only[name]
    if (list === undefined) return []
    const allowed = list.values.length === 0 ? () => false : anyPattern(list.values)
    return [
      (facts: PolicyFacts) =>
        [...new Set(read[name](facts))]
          .filter((value) => !allowed(value))
          .map(
            (value): Violation => ({
              rule: `policy/${names[name]}-not-allowed`,
              action: list.action,
              title: `${titles[name]} that is not on the allow list`,
              reason: `${names[name]} ${value} is not among the ${list.values.length} allowed`,
              knob: `allow_only.${name}.values`,
              facts: { [names[name]]: value },
            }),
          ),
    ]
  })
}

const read: Readonly<Record<ListName, (facts: PolicyFacts) => readonly string[]>> = {
  models: ({ models }) => models,
  mcp_servers: ({ mcpServer }) => (mcpServer === undefined ? [] : [mcpServer]),
  tools: ({ tools }) => tools,
  // A lookup is not yet a visit; the visit is judged when it comes. Inbound requests are not destinations.
  hosts: ({ host, kind, direction }) => (direction === "inbound" || kind === "dns" || kind === "flow" ? [] : [host]),
}
const names: Readonly<Record<ListName, string>> = { models: "model", mcp_servers: "mcp-server", tools: "tool", hosts: "host" }
const titles: Readonly<Record<ListName, string>> = { models: "Model", mcp_servers: "MCP server", tools: "Tool", hosts: "Destination" }
