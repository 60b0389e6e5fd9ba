// Every field of every row of the recorded traffic, as it stands in test/golden/traffic/NAME.rows.json.
//   UPDATE_GOLDEN=1 npx vitest run test/collectors/extract/golden-rows.test.ts   writes them anew: read the difference before it is kept.
import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { llmData } from "../../../services/contracts/activity/llm.ts"
import { mcpData } from "../../../services/contracts/activity/mcp.ts"
import type { Envelope } from "../../../services/contracts/envelope.ts"
import { replayed } from "./golden.ts"

const folder = join(import.meta.dirname, "../../golden/traffic")
const names = readdirSync(folder)
  .filter((file) => file.endsWith(".pcap.gz"))
  .map((file) => file.replace(".pcap.gz", ""))
/** Fields that a family's API has not, with the reason. */
const families: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "openai.chat": {},
  "openai.responses": {},
  "anthropic.messages": {},
  "gemini.generate": {},
  "gemini.interactions": {},
  "bedrock.converse": { responseId: "converse names none", responseModel: "converse names none" },
  "cohere.chat": { responseModel: "the answer names none" },
  ollama: { responseId: "Ollama names none" },
}
const kinds = new Set<Envelope["kind"]>(["llm", "mcp", "a2a", "file", "skill"])

describe("the rows of recorded traffic", () => {
  it.each(names)("are those that were looked at: %s", async (name) => {
    const path = join(folder, `${name}.rows.json`)
    const rows = await namedRows(name)
    if (process.env["UPDATE_GOLDEN"] !== undefined) writeFileSync(path, `${JSON.stringify(rows, undefined, 1)}\n`)
    expect(rows).toEqual(JSON.parse(readFileSync(path, "utf8")))
  })

  it("hold every field of the contracts at least once, so that each is looked at", async () => {
    const filled = { llm: new Set<string>(), mcp: new Set<string>() }
    for (const name of names)
      for (const { kind, data } of await namedRows(name))
        if (kind === "llm" || kind === "mcp")
          for (const [field, value] of Object.entries(data)) if (!isEmpty(value)) filled[kind].add(field)
    expect(Object.keys(llmData.shape).filter((field) => !filled.llm.has(field))).toEqual([])
    expect(Object.keys(mcpData.shape).filter((field) => !filled.mcp.has(field))).toEqual([])
  })

  it.each(Object.entries(families))("hold, for %s, every field that the family has", async (family, without) => {
    const filled = new Set<string>()
    for (const name of names)
      for (const { kind, data } of await namedRows(name))
        if (kind === "llm" && (data as { family: string }).family === family)
          for (const [field, value] of Object.entries(data)) if (!isEmpty(value)) filled.add(field)
    expect(FIELDS.filter((field) => !filled.has(field) && !(field in without))).toEqual([])
  })
})

/** Each capture goes through the sensor once, however many tests look at its rows. */
const rowsOf = new Map<string, ReturnType<typeof namedRowsOnce>>()

function namedRows(name: string): ReturnType<typeof namedRowsOnce> {
  const rows = rowsOf.get(name) ?? namedRowsOnce(name)
  rowsOf.set(name, rows)
  return rows
}

async function namedRowsOnce(name: string) {
  return (await replayed(name))
    .filter(({ kind }) => kinds.has(kind))
    .map(({ kind, at, direction, agent, data }) => {
      const { name: called, version, confidence, signals, conflicts } = agent
      return JSON.parse(
        JSON.stringify({ kind, at, direction, agent: { name: called, version, confidence, signals, conflicts }, data }),
      ) as {
        kind: string
        data: object
      }
    })
}

function isEmpty(value: unknown): boolean {
  return (
    value === undefined ||
    value === false ||
    (Array.isArray(value) && value.length === 0) ||
    (typeof value === "object" && value !== null && Object.keys(value).length === 0)
  )
}

/** What an audit row says of any chat with a model. */
const FIELDS = [
  "family",
  "operation",
  "provider",
  "recognition",
  "host",
  "path",
  "status",
  "error",
  "responseId",
  "conversationId",
  "requestModel",
  "responseModel",
  "stream",
  "finished",
  "finishReasons",
  "usage",
  "timeToFirstTokenMicros",
  "durationMicros",
  "systemInstructions",
  "inputMessages",
  "outputMessages",
  "history",
  "tools",
  "toolsProvided",
  "toolCalls",
  "toolResults",
  "parameters",
  "requestBytes",
  "responseBytes",
  "completeness",
]
