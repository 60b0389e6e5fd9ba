import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Command } from "commander"
import { afterAll, describe, expect, it, vi } from "vitest"
import { ExactValues } from "../../../detectors/secrets/exact.ts"
import { addValues } from "../../../services/cli/commands/values.ts"
import { knownValuesOf } from "../../../services/cli/values/values-file.ts"
import { loadConfig } from "../../../services/runtime/config/load.ts"

const folder = mkdtempSync(join(tmpdir(), "egret-values-"))
const config = join(folder, "egret.yaml")
const state = join(folder, "state")
writeFileSync(config, `detect:\n  stateDir: ${state}\n`)
afterAll(() => rmSync(folder, { recursive: true }))

describe("egret values", () => {
  it("turns a list into fingerprints, keeps no clear text, and says how many are new", async () => {
    const file = join(folder, "names.txt")
    writeFileSync(file, "Project Heron\r\nProject Egret\n\nabc\n")
    expect(await values("add", "names", "--file", file)).toBe("2 values read, 2 new, 2 known\n")
    expect(await values("add", "names", "--file", file)).toBe("2 values read, 0 new, 2 known\n")
    const kept = readFileSync(join(state, "values.json"), "utf8")
    expect(kept.toLowerCase()).not.toContain("heron")
    expect(await found("meet about project HERON on Monday")).toEqual(["names 1"])
  })
  it("plants a canary, prints it once, and finds it", async () => {
    const canary = (await values("plant", "build server")).trim()
    expect(canary.length).toBeGreaterThanOrEqual(40)
    expect(await values("list")).toContain("canary      build server  (40 characters)")
    expect(await values("list")).not.toContain(canary)
    expect(await found(`curl -H 'token: ${canary}'`)).toEqual(["build server"])
  })
  it("forgets all values of a label", async () => {
    expect(await values("remove", "names")).toContain("2 values forgotten")
    expect(await found("meet about project heron")).toEqual([])
    await expect(values("remove", "names")).rejects.toThrow("no value with this label")
  })
  it("refuses values made with another key instead of finding nothing", async () => {
    writeFileSync(join(state, "fingerprint.key"), "ab".repeat(32))
    await expect(values("list")).rejects.toThrow("fingerprints made with another key")
  })
  it("refuses a file that is none of its own, with where it is wrong", async () => {
    writeFileSync(join(state, "values.json"), '{"v":1,"keyId":"x","values":[{"label":""}]}')
    await expect(values("list")).rejects.toThrow("values.json (values.0.label)")
  })
})

async function values(...args: string[]): Promise<string> {
  const program = new Command().exitOverride()
  addValues(program)
  let printed = ""
  const out = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    printed += String(text)
    return true
  })
  const err = vi.spyOn(process.stderr, "write").mockImplementation(() => true)
  try {
    await program.parseAsync(["node", "egret", "values", ...args, "--config", config])
  } finally {
    out.mockRestore()
    err.mockRestore()
  }
  return printed
}

async function found(text: string): Promise<string[]> {
  const known = await knownValuesOf(loadConfig({ file: config }).config)
  const labels: string[] = []
  if (known !== undefined) new ExactValues(known.key, known.fingerprints).find(text, ({ label }) => labels.push(label))
  return labels
}
