import { readdirSync, readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { describe, expect, it } from "vitest"
import { referencesOf } from "../../../services/detect/references.ts"

const root = resolve(import.meta.dirname, "../../..")
const sources = ["detectors", "services/detect"].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join(root, folder, name)),
)
/** ATT&CK technique, OWASP LLM 2025, agentic, MCP. */
const NAME = /^(?:T1\d{3}(?:\.00[1-9]|\.01\d)?|LLM(?:0[1-9]|10):2025|ASI(?:0[1-9]|10)|MCP(?:0[1-9]|10))$/

describe("references", () => {
  it("of every rule in the sources are names that exist in form", () => {
    const named = sources.flatMap((path) =>
      [...readFileSync(path, "utf8").matchAll(/references: \[([^\]]*)\]/g)].flatMap(([, list = ""]) =>
        [...list.matchAll(/"([^"]+)"/g)].map(([, name = ""]) => ({ path, name })),
      ),
    )
    expect(named.length).toBeGreaterThan(80)
    expect(named.filter(({ name }) => !NAME.test(name))).toEqual([])
  })
  it("are there for every rule of every family, also when the rule names none", () => {
    const families = new Set(
      sources.flatMap((path) => [...readFileSync(path, "utf8").matchAll(/family: "([a-z]+)"/g)].map(([, name = ""]) => name)),
    )
    expect(families.size).toBeGreaterThanOrEqual(8)
    for (const family of families) {
      const names = referencesOf({ rule: `${family}/x`, family })
      // The last resort is for families that nobody has written down yet.
      expect(names.length, family).toBeGreaterThan(1)
      expect(names.every((name) => NAME.test(name))).toBe(true)
    }
    for (const rule of ["access/country", "policy/tool-not-allowed", "policy/my-own-rule"])
      expect(referencesOf({ rule, family: rule.split("/")[0] ?? "" }).every((name) => NAME.test(name))).toBe(true)
  })
  it("of a rule are kept as they are", () => {
    expect(referencesOf({ rule: "a/b", family: "pii", given: ["T1566"] })).toEqual(["T1566"])
  })
})
