// Tools as they were first seen, by server. A change is shown as a difference and weighed by what it brings in: a rewording is information,
// an order to the model in a tool that people have approved is an attack. A poisoned change does not become the new baseline.

import { toolsDetector } from "../../../detectors/tools/detector.ts"
import type { TextItem } from "../../contracts/inspection.ts"
import { detect } from "../inspect.ts"
import type { Note } from "./note.ts"
import type { PinnedTool, Signals } from "./signals.ts"

export class ToolPins {
  readonly #servers = new Map<string, Map<string, PinnedTool>>()

  observe(lists: Signals["tools"]): Note[] {
    return lists.flatMap(({ server, items, complete }) => {
      const known = this.#servers.get(server)
      const notes = known === undefined ? [] : items.flatMap((tool) => this.#compare(server, tool, known))
      this.#pin(server, items, notes)
      notes.push(...this.#shadows(server, items))
      if (known !== undefined && complete) notes.push(...missing(server, known, items))
      return notes
    })
  }

  /** True when looking at the list again would change nothing. */
  isKnown({ server, items }: Signals["tools"][number]): boolean {
    const known = this.#servers.get(server)
    return known !== undefined && items.every(({ name, hash }) => known.get(name)?.hash === hash)
  }

  save(): unknown {
    return [...this.#servers].map(([server, tools]) => [server, [...tools.values()]])
  }

  restore(saved: unknown): void {
    for (const [server, tools] of saved as [string, PinnedTool[]][])
      this.#servers.set(server, new Map(tools.map((tool) => [tool.name, tool])))
  }

  #compare(server: string, tool: PinnedTool, known: ReadonlyMap<string, PinnedTool>): Note[] {
    const before = known.get(tool.name)
    if (before === undefined) return [added(server, tool)]
    return before.hash === tool.hash ? [] : [changed(server, before, tool)]
  }

  #pin(server: string, items: readonly PinnedTool[], notes: readonly Note[]): void {
    const refused = new Set(
      notes.filter(({ severity }) => severity === "high" || severity === "critical").map(({ facts }) => facts?.["tool"]),
    )
    const tools = this.#servers.get(server) ?? new Map<string, PinnedTool>()
    for (const tool of items) if (!refused.has(tool.name) && (tools.has(tool.name) || tools.size < MAX_TOOLS)) tools.set(tool.name, tool)
    this.#servers.delete(server)
    this.#servers.set(server, tools)
    for (const oldest of this.#servers.keys()) {
      if (this.#servers.size <= MAX_SERVERS) break
      this.#servers.delete(oldest)
    }
  }

  /** Two servers that offer the same tool name: the model cannot tell whose it calls. */
  #shadows(server: string, items: readonly PinnedTool[]): Note[] {
    if (server.startsWith("inside-llm:")) return []
    const notes: Note[] = []
    for (const [other, tools] of this.#servers) {
      if (other === server || other.startsWith("inside-llm:")) continue
      const both = items.find(({ name, hash }) => tools.has(name) && tools.get(name)?.hash !== hash && !ordinary.has(name))
      if (both !== undefined)
        notes.push(
          note(
            {
              rule: "tool-shadowing",
              severity: "medium",
              confidence: 0.6,
              title: "Two servers offer a tool of the same name",
              reason: `${both.name} is offered by ${other} and, with another definition, by ${server}`,
            },
            server,
            both,
            both.name,
          ),
        )
    }
    return notes.slice(0, 3)
  }
}

function changed(server: string, before: PinnedTool, after: PinnedTool): Note {
  const words = introduced(`${before.description}\n${before.schema}`, `${after.description}\n${after.schema}`)
  const poison = poisonIn(after, before)
  const link = /https?:\/\/|[\w.+-]{1,64}@[\w-]{1,63}\./.test(words)
  const widened = before.schema !== after.schema
  const [severity, confidence] =
    poison > 0
      ? (["critical", Math.max(0.9, poison)] as const)
      : link
        ? (["high", 0.75] as const)
        : widened
          ? (["medium", 0.6] as const)
          : before.description !== after.description
            ? (["medium", 0.55] as const)
            : (["low", 0.5] as const)
  const what =
    poison > 0
      ? "and the change gives the model orders"
      : link
        ? "and the change brings in an address"
        : widened
          ? "with another schema"
          : "in wording"
  return note(
    {
      rule: "tool-changed",
      severity,
      confidence,
      title: "A tool changed after it was approved",
      reason: `${after.name} of ${server} is not what it was when first seen, ${what}: + ${words.slice(0, 200)}`,
    },
    server,
    after,
    words,
  )
}

function added(server: string, tool: PinnedTool): Note {
  const poison = poisonIn(tool, undefined)
  return note(
    {
      rule: "tool-added",
      severity: poison > 0 ? "critical" : "low",
      confidence: poison > 0 ? Math.max(0.85, poison) : 0.5,
      title: "A tool that was not there before",
      reason: `${server} now also offers ${tool.name}`,
    },
    server,
    tool,
    tool.name,
  )
}

function missing(server: string, known: ReadonlyMap<string, PinnedTool>, items: readonly PinnedTool[]): Note[] {
  const present = new Set(items.map(({ name }) => name))
  const gone = [...known.values()].find(({ name }) => !present.has(name))
  return gone === undefined || items.length >= MAX_TOOLS
    ? []
    : [
        note(
          {
            rule: "tool-removed",
            severity: "info",
            confidence: 0.5,
            title: "A tool that is gone",
            reason: `${server} no longer offers ${gone.name}`,
          },
          server,
          gone,
          gone.name,
        ),
      ]
}

function note(
  said: Pick<Note, "rule" | "severity" | "confidence" | "title" | "reason">,
  server: string,
  tool: PinnedTool,
  shown: string,
): Note {
  return {
    ...said,
    rule: `tools/${said.rule.replace(/^tools\//, "")}`,
    family: "tools",
    place: "tool-definition",
    path: "tools",
    masked: shown.slice(0, 240),
    subject: `${server} ${tool.name} ${tool.hash}`,
    facts: { tool: tool.name, server },
    references: ["MCP03", "ASI04", "T1195"],
  }
}

/** How sure the definition rules are that the new text gives orders that the old one did not. */
function poisonIn(after: PinnedTool, before: PinnedTool | undefined): number {
  const worst = (tool: PinnedTool): number => {
    const texts: TextItem[] = [
      { place: "tool-definition", direction: "inbound", path: "tools[0].description", name: tool.name, text: tool.description },
      { place: "tool-definition", direction: "inbound", path: "tools[0].inputSchema", name: tool.name, text: tool.schema },
    ]
    const found = detect({ id: "", kind: "scan", direction: "inbound", texts }, [toolsDetector]).filter(
      ({ rule }) => rule === "tools/poisoned-definition",
    )
    return Math.max(0, ...found.map(({ confidence }) => confidence))
  }
  const now = worst(after)
  return now >= 0.5 && (before === undefined || now > worst(before)) ? now : 0
}

/** Words that the new text has and the old one has not, in order. */
function introduced(before: string, after: string): string {
  const old = new Set(before.split(/\s+/))
  return after
    .split(/\s+/)
    .filter((word) => !old.has(word))
    .slice(0, 80)
    .join(" ")
}

// Every server has a "search".
const ordinary: ReadonlySet<string> = new Set([
  "search",
  "fetch",
  "get",
  "list",
  "read",
  "query",
  "help",
  "ping",
  "echo",
  "status",
  "health",
])
const MAX_SERVERS = 64
const MAX_TOOLS = 256
