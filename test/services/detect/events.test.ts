import { describe, expect, it } from "vitest"
import type { Finding } from "../../../services/contracts/finding.ts"
import { EventFolder } from "../../../services/detect/events.ts"
import { sampleFinding } from "../../support/sample-activities.ts"

let sequence = 0

function found({ rule = "secret/x", subject = "s", activity = `a${++sequence}`, at = 0, host = "h", family = "secrets" } = {}): Finding {
  const base = sampleFinding()
  return {
    ...base,
    id: `f${++sequence}`,
    rule,
    family,
    at,
    activity: { id: activity, kind: "http" },
    destination: { host, port: 443, class: "unknown" },
    facts: {},
    evidence: { ...base.evidence, fingerprint: subject },
    decision: { ...base.decision, action: "alert" },
  }
}

const DAY = 24 * 3_600 * 1_000_000

describe("EventFolder", () => {
  it("makes one event of the same thing many times", () => {
    const folder = new EventFolder()
    for (let n = 0; n < 1_000; n++) folder.add(found())
    expect(folder.drain()).toMatchObject([{ count: 1_000, revision: 999 }])
  })
  it("makes one event of what several rules of a family say of one activity, named after the worst", () => {
    const folder = new EventFolder()
    folder.add(found({ rule: "injection/conceal", family: "injection", activity: "page", subject: "one" }))
    folder.add({
      ...found({ rule: "injection/override", family: "injection", activity: "page", subject: "two" }),
      severity: "critical",
      title: "worst",
    })
    expect(folder.drain()).toMatchObject([
      { rules: ["injection/conceal", "injection/override"], severity: "critical", title: "worst", count: 2 },
    ])
  })
  it("makes one event of the supply chain of all that is wrong with a skill", () => {
    const folder = new EventFolder()
    const skill = (rule: string, family: string) => ({ ...found({ rule, family }), activity: { id: "skill-1", kind: "skill" } })
    folder.add(skill("command/pipe-to-shell", "command"))
    folder.add(skill("skills/claim-mismatch", "skills"))
    expect(folder.drain()).toMatchObject([{ class: "supply-chain", count: 2, rules: ["command/pipe-to-shell", "skills/claim-mismatch"] }])
  })
  it("finds the event again by any of the things it is about", () => {
    const folder = new EventFolder()
    folder.add(found({ activity: "both", subject: "id" }))
    folder.add(found({ activity: "both", subject: "secret" }))
    folder.add(found({ subject: "secret" }))
    expect(folder.drain()).toMatchObject([{ count: 3 }])
  })
  it("keeps families, agents and destinations apart", () => {
    const folder = new EventFolder()
    folder.add(found({ activity: "a" }))
    folder.add(found({ activity: "a", family: "pii", rule: "pii/card" }))
    folder.add(found({ activity: "a", host: "other" }))
    expect(folder.drain()).toHaveLength(3)
  })
  it("cannot be buried: a storm of different things of one rule ends in one event", () => {
    const folder = new EventFolder()
    for (let n = 0; n < 2_000; n++) folder.add(found({ subject: `s${n}` }))
    const events = folder.drain()
    expect(events.length).toBeLessThanOrEqual(6)
    expect(events.reduce((sum, { count }) => sum + count, 0)).toBe(2_000)
  })
  it("opens a new episode after a day of quiet", () => {
    const folder = new EventFolder()
    folder.add(found({ at: 0 }))
    folder.add(found({ at: DAY * 2 }))
    expect(folder.drain()).toHaveLength(2)
  })
  it("raises nothing below alert", () => {
    const folder = new EventFolder()
    const one = found()
    expect(folder.add({ ...one, decision: { ...one.decision, action: "log" } })).toBe(false)
    expect(folder.drain()).toEqual([])
  })
  it("stays suppressed as long as everything in it is, and wakes for what is not", () => {
    const folder = new EventFolder()
    const quiet = { reason: "known", by: "ana", until: 5 }
    folder.add(found(), quiet)
    folder.add(found(), quiet)
    expect(folder.drain()).toMatchObject([{ status: "suppressed", suppression: quiet, count: 2 }])
    folder.add(found())
    const [awake] = folder.drain()
    expect(awake).toMatchObject({ status: "new", count: 3 })
    expect(awake?.suppression).toBeUndefined()
  })
  it("holds a bounded number of events and forgets the one that has been quiet for longest", () => {
    const folder = new EventFolder()
    for (let n = 0; n < 3_000; n++) {
      folder.add(found({ host: `h${n}`, subject: `s${n}` }))
      folder.drain()
    }
    expect(folder.save().length).toBeLessThanOrEqual(512)
    const restored = new EventFolder()
    restored.restore(JSON.parse(JSON.stringify(folder.save())))
    restored.add(found({ host: "h2999", subject: "s2999" }))
    expect(restored.drain()).toMatchObject([{ count: 2 }])
  })
})
