import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { eventClass, eventStatus } from "../../../services/contracts/event.ts"
import { severity } from "../../../services/contracts/severity.ts"
import { activityNote } from "../../../services/soc/activity.ts"
import { ocsf } from "../../../services/soc/formats/ocsf.ts"
import type { SocRecord } from "../../../services/soc/record.ts"
import { testRecord } from "../../../services/soc/test-record.ts"
import { ocsfProblems } from "../../support/ocsf/validate.ts"
import { sampleDay } from "../../support/sample-activities.ts"
import { eventRecord, findingRecord, verdictRecord } from "../../support/soc.ts"

const made = (record: SocRecord, content = false) => ocsf(record, { version: "1.2.3", content })

describe("OCSF 1.8, against what the schema publishes", () => {
  it("holds for events of every class, severity, status and revision, with hostile text", () => {
    const text = fc.oneof(fc.string({ maxLength: 40 }), fc.constantFrom("", "\u0000", "a\nb", '"', "{}", "::1", "203.0.113.9"))
    const events = fc.record({
      class: fc.constantFrom(...eventClass.options),
      status: fc.constantFrom(...eventStatus.options),
      severity: fc.constantFrom(...severity.options),
      revision: fc.nat(3),
      title: text,
      summary: text,
      destination: text,
      references: fc.array(fc.constantFrom("T1552.001", "LLM02:2025", "T1567")),
      evidence: fc.array(fc.record({ masked: text, place: text, path: text }), { maxLength: 3 }),
    })
    fc.assert(
      fc.property(events, (more) => {
        expect(ocsfProblems(made(eventRecord("e1", more)))).toEqual([])
      }),
      { numRuns: 200 },
    )
  })

  it("holds for findings of every family, verdicts of every result, and the test event", () => {
    for (const family of ["secret", "pii", "injection", "tools", "skills", "destinations", "exfiltration", "access"])
      for (const content of [false, true])
        expect([family, ocsfProblems(made(findingRecord("f1", { family }), content))]).toEqual([family, []])
    for (const result of ["clean", "suspicious", "malicious", "unsupported", "error", "timeout", "partial", "pending"] as const)
      for (const subject of ["file", "skill"] as const)
        expect([result, ocsfProblems(made(verdictRecord("v1", { result, subject })))]).toEqual([result, []])
    expect(ocsfProblems(made(testRecord(1_795_000_000_000)))).toEqual([])
  })

  it.each([
    ["flow", 4001],
    ["tls", 4001],
    ["dns", 4003],
    ["http", 4002],
    ["llm", 6003],
    ["mcp", 6003],
    ["file", 6006],
    ["skill", 6006],
  ])("holds for activity of kind %s, class %s", (kind, classUid) => {
    const envelopes = sampleDay().filter((envelope) => envelope.kind === kind)
    expect(envelopes.length).toBeGreaterThan(0)
    for (const envelope of envelopes)
      for (const content of [false, true]) {
        const note = activityNote(envelope, { content })
        if (note === undefined) throw new Error(`no note of ${kind}`)
        const record = made({ kind: "activity", value: note }, content)
        expect([kind, ocsfProblems(record), record["class_uid"]]).toEqual([kind, [], classUid])
      }
  })

  it("names the model, the provider and the tokens of a model call by the ai_operation profile", () => {
    const envelope = sampleDay().find(({ kind }) => kind === "llm")
    const note = envelope === undefined ? undefined : activityNote(envelope, { content: false })
    if (note?.ai === undefined) throw new Error("no model call")
    expect(made({ kind: "activity", value: note })).toMatchObject({
      metadata: { profiles: ["ai_operation"] },
      ai_model: { ai_provider: note.ai.provider },
      message_context: { ai_role_id: 4 },
    })
  })

  it("finds what is wrong", () => {
    const good = made(eventRecord("e1"))
    const { finding_info: _, ...without } = good
    expect(ocsfProblems(without)).toEqual(["finding_info is required"])
    expect(ocsfProblems({ ...good, severity_id: 7 })).toEqual(["severity_id 7 is not one of its values"])
    expect(ocsfProblems({ ...good, egret: 1 })).toEqual(["egret is not in the schema"])
    expect(ocsfProblems({ ...good, time: 1_795_000_000 })).toEqual(["time 1795000000 is no timestamp_t"])
    expect(ocsfProblems({ ...good, activity_id: 2 })).toEqual(["type_uid is not class_uid * 100 + activity_id"])
    expect(ocsfProblems({ ...made(eventRecord("e1", { class: "anomaly" })), dst_endpoint: { ip: "203.0.113.9" } })).toEqual([
      "dst_endpoint is not in the schema",
    ])
  })
})
