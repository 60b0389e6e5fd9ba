import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { openStore } from "../../../services/store/open-store.ts"
import { rowOfEvent, rowsOfFinding } from "../../../services/store/rows.ts"
import { egret } from "../../support/egret.ts"
import { requires } from "../../support/requires.ts"
import { sampleEvent, sampleFinding } from "../../support/sample-activities.ts"

const FIRST = "3f9a0c51".padEnd(32, "0")
const SECOND = "3f9a7777".padEnd(32, "0")

describe.skipIf(requires("chdb").missing)("egret explain", () => {
  const folder = mkdtempSync(join(tmpdir(), "egret-explain-"))
  const data = join(folder, "store")

  beforeAll(async () => {
    const store = await openStore({ engine: "embedded", path: data })
    const decision = { action: "alert", enforced: false, rule: "leak-to-model", reason: "secrets leave", knob: "rules[3].action" } as const
    const hostile = sampleFinding({ id: FIRST, reason: "An access key.\u001b[2J\u202eevil", decision })
    for (const { table, row } of [...rowsOfFinding(hostile), ...rowsOfFinding(sampleFinding({ id: SECOND }))])
      if (table === "finding") await store.insert(table, [row])
    await store.insert("event", [rowOfEvent(sampleEvent({ findings: [FIRST] }))])
    await store.close()
  }, 60_000)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it("tells what, where, who, why, what was decided by which rule, what changes it, and the event; hostile text is shown, not obeyed", async () => {
    const { code, stdout } = await egret(["explain", "3F9A0C51", "--data", data])
    expect(code).toBe(0)
    for (const said of [
      "AWS access key leaves the agent  [high, confidence 95 %]",
      "rule         secret/aws-access-key (secrets)",
      "claude-code on",
      "api.anthropic.com:443",
      "evidence     AKIA************WXYZ",
      "characters 10 to 30",
      "An access key.\\u{1b}[2J\\u{202e}evil",
      "decision     alert (wanted; seen where it cannot be done)",
      "by rule      leak-to-model: secrets leave",
      "to change    rules[3].action",
      "event        event-1: AWS access key leaves the agent, new, 1 times",
    ])
      expect(stdout).toContain(said)
    expect(stdout).not.toContain("\u001b")
  }, 60_000)

  it.each([
    ["3f9a", "both begin so"],
    ["ffff", "the id of a stored finding"],
  ])(
    "says in one line what is wrong with %s",
    async (id, said) => {
      const { code, stderr } = await egret(["explain", id, "--data", data])
      expect([code, stderr.trim().split("\n").length]).toEqual([2, 1])
      expect(stderr).toContain(said)
    },
    60_000,
  )
})
