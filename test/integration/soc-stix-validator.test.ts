// What we send over TAXII, checked by the STIX 2.1 validator of OASIS (the Python package stix2-validator in an environment of its own, made once).
import { execFileSync, spawnSync } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { describe, expect, it } from "vitest"
import { eventStatus } from "../../services/contracts/event.ts"
import { stixBundle, stixObjects } from "../../services/soc/formats/stix.ts"
import { missing, requires } from "../support/requires.ts"
import { eventRecord, findingRecord, verdictRecord } from "../support/soc.ts"

const python = requires("python3")
const validator = python.missing ? { unavailable: python.reason } : stixValidator()
if ("unavailable" in validator && !python.missing) missing("stix2-validator", validator.unavailable, { avoidable: false })

describe.skipIf("unavailable" in validator)("the STIX validator", () => {
  it("finds no error in bundles of events, findings and verdicts", () => {
    const folder = mkdtempSync(join(tmpdir(), "egret-stix-"))
    const records = [
      ...eventStatus.options.map((status, index) => eventRecord(`e${index}`, { status, revision: index, lastSeen: 1_795_000_100_000_000 })),
      eventRecord("nowhere", { destination: "" }),
      eventRecord("address", { destination: "2001:db8::1" }),
      findingRecord("f1"),
      ...(["clean", "malicious", "suspicious", "timeout"] as const).map((result) => verdictRecord(`v-${result}`, { result })),
    ]
    const path = join(folder, "bundle.json")
    writeFileSync(path, JSON.stringify(stixBundle(records.flatMap(stixObjects), "all")))
    const { stdout, status } = spawnSync("command" in validator ? validator.command : "", ["--version", "2.1", path], { encoding: "utf8" })
    expect(stdout.split("\n").filter((line) => line.includes("[X]"))).toEqual([])
    expect([status, stdout]).toEqual([0, expect.stringContaining("STIX JSON: Valid")])
    rmSync(folder, { recursive: true, force: true })
  })
})

function stixValidator(): { readonly command: string } | { readonly unavailable: string } {
  const folder = resolve(import.meta.dirname, "../../.cache/stix2-validator")
  const command = join(folder, "bin/stix2_validator")
  if (existsSync(command)) return { command }
  try {
    mkdirSync(folder, { recursive: true })
    execFileSync("python3", ["-m", "venv", folder], { stdio: "pipe", timeout: 120_000 })
    execFileSync(
      join(folder, "bin/pip"),
      // The newer one was published without its schemas.
      ["install", "-q", "stix2-validator==3.2.0"],
      { stdio: "pipe", timeout: 240_000 },
    )
    return { command }
  } catch (error) {
    return { unavailable: `pip could not install stix2-validator: ${(error as Error).message.split("\n", 1)[0]}` }
  }
}
