import { readFileSync } from "node:fs"
import { resolve } from "node:path"
import { describe, expect, it } from "vitest"
import { parse } from "yaml"
import { respondConfig } from "../../../services/contracts/config/respond.ts"
import { sandboxConfig } from "../../../services/contracts/config/sandbox.ts"
import { socConfig, socDestinationTypes } from "../../../services/contracts/config/soc.ts"
import { severity } from "../../../services/contracts/severity.ts"
import { sentinelColumns } from "../../../services/soc/formats/sentinel.ts"
import { severityNames } from "../../../services/soc/severity.ts"

const read = (name: string) => readFileSync(resolve(import.meta.dirname, `../../../docs/${name}`), "utf8")
const examples = (name: string) => [...read(name).matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, text = ""]) => parse(text) as unknown)

describe("the manual", () => {
  it("shows every kind of destination, with settings that are taken", () => {
    const given = examples("soc.md").flatMap((example) =>
      Array.isArray(example) ? example : (example as { soc: { destinations: unknown[] } }).soc.destinations,
    ) as { name: string; type: string }[]
    for (const [index, destination] of given.entries())
      socConfig.parse({ destinations: [{ ...destination, name: `${destination.name}-${index}` }] })
    expect(socDestinationTypes.filter((type) => !given.some((destination) => destination.type === type))).toEqual([])
  })

  it("shows engines and actions with settings that are taken", () => {
    for (const example of examples("sandbox.md")) sandboxConfig.parse((example as { sandbox: unknown }).sandbox)
    const [first] = examples("respond.md") as { respond?: unknown }[]
    expect(respondConfig.parse(first?.respond).actions.length).toBeGreaterThan(0)
  })

  it("has the table of severities that holds", () => {
    const rows = severity.options.map((name) => {
      const { ocsf, cef, syslog, ecs, otel, pagerDuty, securityHub, sentinel, theHive, misp } = severityNames[name]
      return [name, ocsf, cef, syslog, ecs, otel, pagerDuty, securityHub, sentinel, theHive, misp].map(String)
    })
    const told = read("soc.md")
      .split("\n")
      .map((line) =>
        line
          .split("|")
          .slice(1, -1)
          .map((cell) => cell.trim()),
      )
      .filter(([first, ...rest]) => rest.length === 10 && severity.options.some((name) => name === first))
    expect(told).toEqual(rows)
  })

  it("names every column of Sentinel's table with its type", () => {
    const text = read("soc.md").replaceAll("\n", " ")
    const start = text.indexOf("Columns of the stream")
    const types = [...text.slice(start, text.indexOf("arg_max", start)).matchAll(/((?:`\w+` )+)(datetime|string|int|dynamic)/g)].flatMap(
      ([, names = "", type]) => [...names.matchAll(/`(\w+)`/g)].map(([, name]) => [name, type]),
    )
    expect(Object.fromEntries(types)).toEqual(sentinelColumns)
  })
})
