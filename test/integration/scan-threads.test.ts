import { spawnSync } from "node:child_process"
import { join, resolve } from "node:path"
import { describe, expect, it } from "vitest"
import { sampleFrom } from "../support/secret-samples.ts"

describe("egret scan on a long stream", () => {
  it("prints with threads what it prints without, in the order of the lines", () => {
    const token = `gh${"p_"}${sampleFrom(5).an(36)}`
    const lines = Array.from({ length: 22_000 }, (_, i) => {
      if (i % 1_000 === 7) return i % 2_000 === 7 ? "broken" : ""
      return JSON.stringify({ id: i, direction: "outbound", place: "user", text: i % 500 === 0 ? `take ${token}` : `line ${i}` })
    })
    const alone = run(["--jobs", "1"], lines)
    const threads = run(["--jobs", "2"], lines)
    expect(alone.stdout.split("\n").length).toBeGreaterThan(21_000)
    expect(threads.stdout).toBe(alone.stdout)
    expect([alone.status, threads.status]).toEqual([1, 1])
  })
})

function run(args: readonly string[], lines: readonly string[]): { stdout: string; status: number | null } {
  const root = resolve(import.meta.dirname, "../..")
  const command = ["--import", "tsx", join(root, "services/cli/egret.ts"), "scan", "-", "--format", "ndjson", ...args]
  return spawnSync(process.execPath, command, { cwd: root, input: lines.join("\n"), encoding: "utf8", maxBuffer: 64 * 1024 * 1024 })
}
