import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { severity } from "../../../services/contracts/severity.ts"
import { asff, mispEvent, theHiveAlert } from "../../../services/soc/formats/cases.ts"
import { pagerDuty, slack, teams } from "../../../services/soc/formats/chat.ts"
import { ecs } from "../../../services/soc/formats/ecs.ts"
import { cef, leef } from "../../../services/soc/formats/lines.ts"
import { ocsf } from "../../../services/soc/formats/ocsf.ts"
import { otlpLogs } from "../../../services/soc/formats/otlp.ts"
import { stixBundle, stixObjects } from "../../../services/soc/formats/stix.ts"
import { octetCounted, syslogMessage } from "../../../services/soc/formats/syslog.ts"
import { severityNames } from "../../../services/soc/severity.ts"
import { fillTemplate } from "../../../services/soc/template.ts"
import { eventRecord } from "../../support/soc.ts"

const hostile = eventRecord("e1", {
  title: "a|b\\c\nCEF:0|x",
  summary: "act=allow\r\nsrc=1.2.3.4 <!channel> [x](http://evil)",
  destination: "h=1\tevil=2",
})

describe("CEF and LEEF", () => {
  it("let text from the wire forge neither fields nor lines", () => {
    const line = cef(hostile, "1.0")
    expect(line.split("\n")).toHaveLength(1)
    expect(line).toContain("|a\\|b\\\\c CEF:0\\|x|8|")
    expect(line).toContain("msg=act\\=allow\\r\\nsrc\\=1.2.3.4")
    const fields = leef(hostile, "1.0").split("\t")
    expect(fields.filter((field) => field.startsWith("evil="))).toEqual([])
    expect(fields.some((field) => field.startsWith("resource=h=1 evil=2"))).toBe(true)
  })

  it("leave out what is not known", () => {
    expect(cef(eventRecord("e1"), "1.0")).not.toMatch(/\b(src|dst|dpt)=/)
  })
})

describe("syslog", () => {
  it("has the priority of the severity, a version, a time and one line", () => {
    const message = syslogMessage(eventRecord("e1"), "line\nfeed", { hostname: "sensor 1", pid: 7 }).toString()
    expect(message).toMatch(/^<131>1 \d{4}-\d\d-\d\dT[\d:.]+Z sensor1 egret 7 event - \ufeffline feed$/)
  })
  it("counts octets, not characters", () => {
    expect(octetCounted(Buffer.from("é")).toString("utf8")).toBe("2 é")
  })
})

describe("OCSF", () => {
  it("makes a leak a Data Security Finding in transit, with what the schema requires", () => {
    const finding = ocsf(eventRecord("e1"), { version: "1.0", content: false })
    expect(finding).toMatchObject({
      class_uid: 2006,
      category_uid: 2,
      activity_id: 1,
      type_uid: 200601,
      severity_id: 4,
      metadata: { version: "1.8.0", product: { name: "Egret" } },
      finding_info: { uid: "e1" },
      data_security: { data_lifecycle_state_id: 2, pattern_match: "AKIA****WXYZ" },
      action_id: 3,
      disposition_id: 15,
    })
    expect(finding["finding_info"]).toMatchObject({ attacks: [{ technique: { uid: "T1552.001" } }] })
  })
  it("updates and closes under the same uid", () => {
    expect(ocsf(eventRecord("e1", { revision: 3 }), { version: "1", content: false })).toMatchObject({
      activity_id: 2,
      finding_info: { uid: "e1" },
      metadata: { uid: "e1-3" },
    })
    expect(ocsf(eventRecord("e1", { revision: 4, status: "resolved" }), { version: "1", content: false })).toMatchObject({
      activity_id: 3,
      status_id: 4,
    })
  })
  it("makes everything else a Detection Finding", () => {
    expect(ocsf(eventRecord("e1", { class: "supply-chain" }), { version: "1", content: false })).toMatchObject({
      class_uid: 2004,
      type_uid: 200401,
    })
  })
})

describe("other tools", () => {
  it("ECS names kind, rule, destination and techniques", () => {
    expect(ecs(eventRecord("e1"), "1")).toMatchObject({
      event: { kind: "alert", severity: 75 },
      rule: { id: "secret/aws-access-key-id" },
      destination: { domain: "paste.example" },
      threat: { technique: { id: ["T1552.001"] } },
    })
  })
  it("chat tools show hostile text as text", () => {
    expect(JSON.stringify(slack(hostile))).not.toContain("<!channel>")
    expect(JSON.stringify(teams(hostile))).not.toContain("[x](http")
  })
  it("PagerDuty resolves what was handled, under the same key", () => {
    expect(pagerDuty(eventRecord("e1"), "k")).toMatchObject({ event_action: "trigger", dedup_key: "e1" })
    expect(pagerDuty(eventRecord("e1", { status: "false-positive" }), "k")).toMatchObject({ event_action: "resolve", dedup_key: "e1" })
  })
  it("STIX ids are the same every time and valid UUIDv5", () => {
    const first = stixObjects(eventRecord("e1"))
    expect(stixObjects(eventRecord("e1"))).toEqual(first)
    for (const { type, id } of first)
      expect(id).toMatch(new RegExp(`^${type}--[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`))
    const refs = first.flatMap((object) => (object["object_refs"] as string[] | undefined) ?? [])
    for (const ref of refs) expect(first.map((object) => object.id)).toContain(ref)
    expect(stixBundle([...first, ...first], "s")["objects"]).toHaveLength(first.length)
  })
  it("case tools get their severity, their key and the host", () => {
    expect(theHiveAlert(eventRecord("e1"))).toMatchObject({
      sourceRef: "e1",
      severity: 3,
      observables: [{ dataType: "domain", data: "paste.example" }],
    })
    expect(mispEvent(eventRecord("e1"))).toMatchObject({
      Event: { threat_level_id: 1, Attribute: [{ type: "domain", to_ids: false }, { type: "text", value: "e1" }, { type: "comment" }] },
    })
    expect(asff(eventRecord("e1"), { region: "eu-central-1", account: "111122223333" })).toMatchObject({
      Id: "egret/e1",
      Severity: { Label: "HIGH" },
      Types: ["Effects/Data Exposure"],
    })
    expect(JSON.stringify(otlpLogs([eventRecord("e1")], "1"))).toContain('"severityNumber":17')
  })
  it("every severity has a name everywhere, and a worse one is never ranked lower", () => {
    const ranks = severity.options.map((name) => severityNames[name])
    for (const key of ["ocsf", "cef", "ecs", "otel", "theHive"] as const)
      expect(ranks.map((names) => names[key])).toEqual([...ranks.map((names) => names[key])].sort((a, b) => a - b))
  })
  it("a template stays JSON whatever the value holds", () => {
    const filled = fillTemplate('{"t":"{{title}}","n":{{count}},"x":"{{no.such}}","p":"{{__proto__.x}}"}', { title: 'a"b\\\n', count: 3 })
    expect(JSON.parse(filled)).toEqual({ t: 'a"b\\\n', n: 3, x: "", p: "" })
  })
})

describe("text from the wire, whatever it is", () => {
  const text = fc.oneof(
    fc.string({ maxLength: 50 }),
    fc.constantFrom("", " ", "<", "&", "[", "é", "🔑").chain((one) => fc.integer({ min: 0, max: 5_000 }).map((count) => one.repeat(count))),
  )
  const records = fc.record({
    title: text,
    summary: text,
    destination: fc.oneof(text, fc.constantFrom("203.0.113.9", "2001:db8::1")),
    evidence: fc.array(fc.record({ masked: text, place: text, path: text }), { maxLength: 1 }),
    rules: fc.array(fc.constantFrom("secret/x", ""), { maxLength: 2 }),
  })

  it("cannot make Slack, Teams or PagerDuty refuse the message", () => {
    fc.assert(
      fc.property(records, (more) => {
        const record = eventRecord("e1", more)
        const { blocks } = slack(record) as { blocks: { type: string; text?: { text: string }; fields?: { text: string }[] }[] }
        for (const { type, text, fields = [] } of blocks) {
          if (text !== undefined) {
            expect(text.text.trim().length).toBeGreaterThan(0)
            expect(text.text.length).toBeLessThanOrEqual(type === "header" ? 150 : 3_000)
          }
          expect(fields.length).toBeLessThanOrEqual(10)
          for (const field of fields) expect(field.text.length).toBeLessThanOrEqual(2_000)
        }
        expect(Buffer.byteLength(JSON.stringify(teams(record)))).toBeLessThan(28_000)
        const { summary, source } = pagerDuty(record, "k")["payload"] as { summary: string; source: string }
        expect([summary.trim() === "", summary.length > 1_024, source === ""]).toEqual([false, false, false])
      }),
      { numRuns: 60 },
    )
  })

  it("cannot make Security Hub refuse the finding: no text is empty or too long", () => {
    const empty = (value: unknown): boolean =>
      typeof value === "string" ? value.trim() === "" : typeof value === "object" && value !== null && Object.values(value).some(empty)
    fc.assert(
      fc.property(records, (more) => {
        const finding = asff(eventRecord("e1", more), { region: "eu-central-1", account: "111122223333" })
        expect(empty(finding)).toBe(false)
        expect(String(finding["Title"]).length).toBeLessThanOrEqual(256)
        expect(String(finding["Description"]).length).toBeLessThanOrEqual(1_024)
      }),
      { numRuns: 60 },
    )
  })

  it("of an address is no domain", () => {
    const address = eventRecord("e1", { destination: "2001:db8::1", destinationIps: ["203.0.113.9"] })
    expect(theHiveAlert(address)).toMatchObject({
      observables: [
        { dataType: "ip", data: "2001:db8::1" },
        { dataType: "ip", data: "203.0.113.9" },
      ],
    })
    expect(mispEvent(address)).toMatchObject({ Event: { Attribute: [{ type: "ip-dst" }, { type: "ip-dst" }, {}, {}] } })
    const { destination } = ecs(address, "1") as { destination: Record<string, unknown> }
    expect(destination).toEqual({ address: "2001:db8::1", ip: "203.0.113.9" })
  })
})

it("Security Hub is told in order what became of an event, and archives what was handled", () => {
  const at = { region: "us-gov-west-1", account: "111122223333" }
  const [first, second] = [asff(eventRecord("e1"), at), asff(eventRecord("e1", { revision: 1, status: "resolved" }), at)]
  expect([first["RecordState"], second["RecordState"]]).toEqual(["ACTIVE", "ARCHIVED"])
  expect(String(second["UpdatedAt"]) > String(first["UpdatedAt"])).toBe(true)
  expect(first["ProductArn"]).toBe("arn:aws-us-gov:securityhub:us-gov-west-1:111122223333:product/111122223333/default")
})
