// The day that `npm start` shows: everything it promises is found, once and under a title that says it, and ordinary work raises nothing.
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { demoCapture, demoKeys } from "../../../services/cli/demo/play.ts"
import type { SecurityEvent } from "../../../services/contracts/event.ts"
import { shippedPolicy } from "../../../services/policy/decide.ts"
import { replayFile } from "../../support/detect/replay.ts"
import { requires } from "../../support/requires.ts"

describe.skipIf(requires("chdb").missing)("the demonstration's day", () => {
  const folder = mkdtempSync(join(tmpdir(), "egret-day-"))
  let events: readonly SecurityEvent[] = []
  beforeAll(async () => {
    const judged = await replayFile({
      capture: demoCapture,
      keyLog: readFileSync(demoKeys, "utf8"),
      store: join(folder, "store"),
      sensor: "demo",
      policy: shippedPolicy("balanced"),
    })
    events = judged.events
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it.each([
    ["a leaked key", "secret/aws-secret-near-id", "data-leak"],
    ["a poisoned tool", "tools/poisoned-definition", "supply-chain"],
    ["a rug pull", "tools/tool-changed", "supply-chain"],
    ["a malicious skill", "command/pipe-to-shell", "supply-chain"],
    ["a shadow model API", "destination/unknown-model-api", "anomaly"],
    ["a DNS tunnel", "exfiltration/dns-tunnel", "data-leak"],
    ["a poisoned page", "injection/override", "anomaly"],
  ])("shows %s as an event", (_, rule, kind) => {
    expect(events.filter(({ rules }) => rules.includes(rule)).map((event) => event.class)).toContain(kind)
  })
  it("has no storm: a person can read all of it", () => {
    expect(events.length).toBeLessThanOrEqual(15)
  })
  it("raises nothing for the agents that only do their work", () => {
    const machines = new Set(events.map(({ agent }) => agent?.workload.ip))
    expect(machines.has("10.20.1.12")).toBe(false)
    expect(machines.has("10.20.1.13")).toBe(false)
  })
})
