import { describe, expect, it } from "vitest"
import { driftEvent } from "../../../../services/cli/roles/mirror-role.ts"
import { securityEvent } from "../../../../services/contracts/event.ts"

const drift = { kind: "session", change: "missing", what: "eni-1", detail: "the session does not exist" } as const

describe("the event that tells of drift", () => {
  it("keeps the contract and says what had drifted", () => {
    const event = driftEvent([drift], { repaired: true, deployment: "default", now: 1_795_000_000_000 })
    expect(securityEvent.parse(event)).toMatchObject({ severity: "medium", summary: "missing session eni-1: the session does not exist" })
  })

  it("is the same event for the same drift, and worse when it stays", () => {
    const [first, again] = [1, 2].map((now) => driftEvent([drift], { repaired: false, deployment: "default", now }))
    expect(again?.id).toBe(first?.id)
    expect(again?.revision).toBeGreaterThan(first?.revision ?? 0)
    expect(first?.severity).toBe("high")
    expect(driftEvent([{ ...drift, what: "eni-2" }], { repaired: false, deployment: "default", now: 1 }).id).not.toBe(first?.id)
  })
})
