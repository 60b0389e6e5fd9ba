// No destination gets a raw secret. Two properties: of every credential that the detectors know, sent in every place they look at, what is said in every
// format; and of activity, whichever of its texts holds a key.
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { secretsDetector } from "../../../detectors/secrets/detector.ts"
import { secretRules } from "../../../detectors/secrets/rules/index.ts"
import type { Envelope } from "../../../services/contracts/envelope.ts"
import type { Finding } from "../../../services/contracts/finding.ts"
import { EventFolder } from "../../../services/detect/events.ts"
import { inspect } from "../../../services/detect/inspect.ts"
import { activityNote } from "../../../services/soc/activity.ts"
import { asff, mispEvent, theHiveAlert } from "../../../services/soc/formats/cases.ts"
import { pagerDuty, slack, teams } from "../../../services/soc/formats/chat.ts"
import { jsonOf, lineOf } from "../../../services/soc/formats/format.ts"
import { otlpLogs } from "../../../services/soc/formats/otlp.ts"
import { sentinelRow } from "../../../services/soc/formats/sentinel.ts"
import { stixObjects } from "../../../services/soc/formats/stix.ts"
import type { SocRecord } from "../../../services/soc/record.ts"
import { sampleDay, sampleEnvelope, sampleLlm, sampleMcp } from "../../support/sample-activities.ts"
import { hitsOf } from "../../support/secret-samples.ts"

/** Every format of every kind of destination. */
function everything(record: SocRecord, content: boolean): string {
  const options = { version: "1", content }
  return JSON.stringify([
    ...(["ocsf", "ecs", "cloudevents"] as const).map((format) => jsonOf(format, record, options)),
    ...(["cef", "leef"] as const).map((format) => lineOf(format, record, options)),
    otlpLogs([record], "1"),
    sentinelRow(record, options),
    stixObjects(record),
    asff(record, { region: "eu-central-1", account: "111122223333" }),
    mispEvent(record),
    theHiveAlert(record),
    slack(record),
    teams(record),
    pagerDuty(record, "k"),
  ])
}

describe("a secret", () => {
  const detectors = [secretsDetector()]
  const key = new Uint8Array(32)

  it("of any kind that is known is told masked in every format, with content too", () => {
    let told = 0
    for (const [seed, rule] of secretRules.entries()) {
      const [hit] = hitsOf(rule, seed + 1)
      if (hit === undefined) continue
      for (const envelope of places(hit).slice(seed % 3, (seed % 3) + 1)) {
        const { judgements, raw } = inspect(envelope, detectors, key)
        const clear = raw.filter(({ sensitive, matched }) => sensitive && matched.length >= 12).map(({ matched }) => matched)
        const findings = judgements.map(
          (judgement): Finding => ({ ...judgement, decision: { action: "alert", enforced: false, rule: "r", reason: "" } }),
        )
        const folder = new EventFolder()
        for (const finding of findings) folder.add(finding)
        const records: SocRecord[] = [
          ...findings.map((value) => ({ kind: "finding" as const, value })),
          ...folder.drain().map((value) => ({ kind: "event" as const, value })),
        ]
        for (const record of records)
          for (const content of [false, true]) {
            const text = everything(record, content)
            told += 1
            for (const one of clear) if (text.includes(JSON.stringify(one).slice(1, -1))) throw new Error(`${rule.id}: ${one} in ${text}`)
          }
      }
    }
    expect(told).toBeGreaterThan(500)
  })

  it("in any text of any activity does not leave with it, where content is not granted", () => {
    const token = fc
      .tuple(
        fc.constantFrom("AKIA", "ghp_", "xoxb9", "sk1"),
        fc.string({ unit: fc.constantFrom(..."ABCDEFGHJKMNPQRSTVWXYZ0123456789abcdef"), minLength: 28, maxLength: 40 }),
      )
      .map(([prefix, rest]) => `${prefix}${rest}a7`)
    const activities = sampleDay().flatMap((envelope) => leavesOf(envelope.data).map((path) => ({ envelope, path })))
    fc.assert(
      fc.property(fc.constantFrom(...activities), token, ({ envelope, path }, clear) => {
        const changed = structuredClone(envelope)
        set(changed.data, path, clear)
        const note = activityNote(changed, { content: false })
        if (note === undefined) return
        if (path.some((step) => NOT_OF_THE_WIRE.includes(String(step)))) return
        const text = everything({ kind: "activity", value: note }, false)
        if (text.includes(clear)) throw new Error(`${envelope.kind} ${path.join(".")}: ${text}`)
      }),
      { numRuns: 400 },
    )
  })

  it("is not taken for one where it is the name of a model, a tool or a host", () => {
    const names = [
      "claude-sonnet-4-20250514",
      "gpt-4o-mini-2024-07-18",
      "mcp__server2__create_or_update_file",
      "k8s-default-web-1a2b3c.eu-west-1.elb.amazonaws.com",
    ]
    for (const name of names) {
      const note = activityNote(sampleLlm({ requestModel: name, responseModel: name }, { host: name }), { content: false })
      expect([note?.ai?.requestModel, note?.flow.host]).toEqual([name, name])
    }
  })
})

function places(hit: string): Envelope[] {
  const message = (text: string) => ({
    headers: [["x-note", text.replaceAll(/[\r\n]/g, " ")]],
    bytes: text.length,
    sha256: "00",
    completeness: "full",
    text,
    contentType: "text/plain",
  })
  return [
    sampleEnvelope("http", {
      version: "1.1",
      scheme: "https",
      method: "POST",
      authority: "paste.example",
      path: `/upload?note=${encodeURIComponent(hit)}`,
      status: 200,
      request: message(`note: ${hit}\n`),
      response: message("ok"),
      completeness: "full",
      stream: 0,
    }),
    sampleLlm({ inputMessages: [{ role: "user", parts: [{ type: "text", text: `please use ${hit}` }] }] }),
    sampleMcp({ arguments: JSON.stringify({ note: hit }) }),
  ]
}

type Path = readonly (string | number)[]

function leavesOf(value: unknown, at: Path = []): Path[] {
  if (typeof value === "string") return [at]
  if (typeof value !== "object" || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) => leavesOf(inner, [...at, Array.isArray(value) ? Number(name) : name]))
}

function set(target: unknown, path: Path, value: string): void {
  const [first, ...rest] = path
  const holder = target as Record<string | number, unknown>
  if (first === undefined) return
  if (rest.length === 0) holder[first] = value
  else set(holder[first], rest, value)
}

// Words and hashes of our own, and what a provider calls its answer and its conversation, which joins our record with its own.
const NOT_OF_THE_WIRE = [
  "responseId",
  "conversationId",
  "sha256",
  "hash",
  "ja3",
  "ja4",
  "version",
  "scheme",
  "cipher",
  "type",
  "rcode",
  "layers",
  "close",
  "decryption",
]
