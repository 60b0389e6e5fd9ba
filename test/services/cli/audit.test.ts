import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { AuditTrail, auditPath } from "../../../services/api/audit.ts"
import { egret } from "../../support/egret.ts"

describe("egret audit verify", () => {
  const folder = mkdtempSync(join(tmpdir(), "egret-audit-"))
  let last = ""
  beforeAll(() => {
    const trail = new AuditTrail(folder)
    for (const object of ["a1", "a2", "a3"])
      last = trail.write({ at: "2026-11-21T12:00:00.000Z", who: "ann", role: "content", action: "read-content", object }).hash
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it("counts the records of an unbroken trail and gives the hash to keep", async () => {
    const ran = await egret(["audit", "verify"], { env: { EGRET__API__STATE_DIR: folder } })
    expect([ran.code, ran.stdout]).toEqual([0, `3 records, unbroken; last hash ${last}\n`])
  })

  it("ends with 1 at the line that somebody changed, and with 2 where there is no trail", async () => {
    const copy = join(folder, "copy.jsonl")
    writeFileSync(copy, readFileSync(auditPath(folder), "utf8").replace('"a2"', '"a9"'))
    const changed = await egret(["audit", "verify", "--file", copy])
    expect([changed.code, changed.stdout]).toEqual([1, expect.stringMatching(/^Broken at line 2: /)])
    const none = await egret(["audit", "verify", "--file", join(folder, "none.jsonl")])
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining("no such file")])
  })
})
