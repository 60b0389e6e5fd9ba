import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { pino } from "pino"
import { afterAll, describe, expect, it } from "vitest"
import { openPolicyPart } from "../../../../services/cli/roles/policy-part.ts"
import { config } from "../../../../services/contracts/config/config.ts"
import { Health } from "../../../../services/runtime/health.ts"
import { Lifecycle } from "../../../../services/runtime/lifecycle.ts"

const folder = mkdtempSync(join(tmpdir(), "egret-policy-"))
const file = join(folder, "policy.yaml")
afterAll(() => rmSync(folder, { recursive: true }))

describe("the policy in force", () => {
  it("follows its file; one with a mistake is told with line, column and hint, and the one before stays", async () => {
    writeFileSync(file, "version: 1\npreset: observe\n")
    const lines: string[] = []
    const logger = pino({ level: "info" }, { write: (line: string) => void lines.push(line) })
    const life = new Lifecycle({ logger, health: new Health() })
    const holder = await openPolicyPart({ config: config.parse({ policy: { file } }), life, logger }, undefined, 20)
    const until = async (test: () => boolean) => {
      for (let n = 0; n < 1_500 && !test(); n++) await sleep(20)
      expect(test()).toBe(true)
    }
    expect(holder.policy.file.preset).toBe("observe")

    writeFileSync(file, "version: 1\npreset: strict\n")
    await until(() => holder.policy.file.preset === "strict")

    writeFileSync(file, "version: 1\nrules:\n  - id: a\n    when: { famly: pii }\n    action: block\n")
    await until(() => lines.some((line) => line.includes("has a mistake")))
    expect(lines.join()).toContain("policy.yaml:4:13")
    expect(lines.join()).toContain('did you mean \\"family\\"')
    expect(holder.policy.file.preset).toBe("strict")

    // As an editor or a mount replaces it: another file under the same name.
    writeFileSync(`${file}.new`, "version: 1\npreset: balanced\n")
    renameSync(`${file}.new`, file)
    await until(() => holder.policy.file.preset === "balanced")

    rmSync(file)
    await until(() => lines.some((line) => line.includes("no such file")))
    expect(holder.policy.file.preset).toBe("balanced")
    await life.close()
  })
})
