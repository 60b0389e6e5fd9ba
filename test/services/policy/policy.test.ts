import { describe, expect, it } from "vitest"
import { ConfigError } from "../../../services/contracts/errors.ts"
import { compilePolicy, shippedPolicy } from "../../../services/policy/decide.ts"
import type { PolicyFacts } from "../../../services/policy/facts.ts"
import { loadPolicy } from "../../../services/policy/load.ts"
import type { FindingFacts } from "../../../services/policy/match.ts"

const finding: FindingFacts = { rule: "injection/override", family: "injection", severity: "high", confidence: 0.85, place: "tool-result" }
const facts: PolicyFacts = {
  at: Date.UTC(2026, 10, 20, 12) * 1_000,
  vantage: "gateway",
  kind: "http",
  agent: "claude-code",
  workload: "0/10.0.0.5",
  host: "api.vendor.io",
  ip: "203.0.113.4",
  port: 443,
  destinationClass: "unknown",
  application: "http",
  models: [],
  tools: ["send_mail"],
  method: "POST",
  direction: "outbound",
}

describe("presets", () => {
  it.each([
    ["observe", "critical", 0.99, "alert"],
    ["balanced", "critical", 0.85, "block"],
    ["balanced", "high", 0.85, "alert"],
    ["balanced", "high", 0.95, "block"],
    ["balanced", "low", 0.99, "log"],
    ["strict", "high", 0.65, "block"],
    ["strict", "medium", 0.65, "review"],
  ] as const)("%s answers %s at %s with %s", (preset, severity, confidence, action) => {
    expect(shippedPolicy(preset).decide(facts, { ...finding, severity, confidence }).action).toBe(action)
  })
  it("record what a mirror cannot do and say so", () => {
    const decision = shippedPolicy("balanced").decide(
      { ...facts, vantage: "mirror" },
      { ...finding, severity: "critical", confidence: 0.95 },
    )
    expect(decision).toMatchObject({ action: "block", enforced: false })
    expect(decision.reason).toContain("mirror")
  })
})

describe("rules", () => {
  it.each([
    ["agent: 'claude-*'", true],
    ["agent: codex", false],
    ["destination: '*.vendor.io'", true],
    ["destination: vendor.io", false],
    ["destination: 203.0.113.0/24", true],
    ["destination: 2001:db8::/32", false],
    ["port: [80, 443]", true],
    ["tool: 'send_*'", true],
    ["family: [pii, injection]", true],
    ["severity: medium", false],
    ["severity: '>=medium'", true],
    ["confidence: '>=0.9'", false],
    ["place: [url, tool-result]", true],
    ["method: post", true],
    ["time: { from: '11:00', to: '13:00' }", true],
    ["time: { from: '22:00', to: '06:00' }", false],
    ["time: { from: '19:00', to: '21:00', zone: '+08:00' }", true],
    ["time: { days: [sat, sun] }", false],
    ["time: { days: [fri] }", true],
  ])("match by %s: %s", (condition, matches) => {
    const policy = loadPolicy(
      `version: 1\nrules:\n  - { id: r, when: { ${condition.replace(/^(\w+): /, "$1: ")} }, action: redact }\n`,
      "p.yaml",
    )
    const matched = policy.trace(facts, finding).some(({ id }) => id === "r")
    expect(matched).toBe(matches)
  })
  it("win when they come later", () => {
    const policy = loadPolicy(
      "version: 1\nrules:\n  - { id: a, when: { family: injection }, action: block }\n  - { id: b, when: { agent: claude-code, family: injection }, action: log }\n",
      "p.yaml",
    )
    expect(policy.decide(facts, finding)).toMatchObject({ action: "log", rule: "b" })
  })
  it("cannot weaken a floor, and the decision says who tried", () => {
    const policy = loadPolicy(
      "version: 1\nrules:\n  - { id: floor, floor: true, when: { family: injection }, action: review }\n  - { id: weak, when: { family: injection }, action: allow }\n",
      "p.yaml",
    )
    const decision = policy.decide(facts, finding)
    expect(decision).toMatchObject({ action: "review", rule: "floor" })
    expect(decision.reason).toContain("weak")
  })
  it("stay linear on a pattern of many stars", () => {
    const policy = loadPolicy(`version: 1\nrules:\n  - { id: r, when: { destination: '${"*a".repeat(40)}' }, action: block }\n`, "p.yaml")
    const start = performance.now()
    policy.decide({ ...facts, host: "a".repeat(20_000).concat("b") }, finding)
    expect(performance.now() - start).toBeLessThan(1_000)
  })
})

describe("bad policy files", () => {
  it.each([
    ["version: 1\nruls: []\n", "p.yaml:2:1", 'did you mean "rules"'],
    ["version: 1\nrules:\n  - id: a\n    when: { famly: pii }\n    action: block\n", "p.yaml:4:13", 'did you mean "family"'],
    ["version: 1\nrules:\n  - id: a\n    action: blok\n", "p.yaml:4:13", "block"],
    ["version: 2\n", "p.yaml:1:10", "1"],
    ["version: 1\nrules: [\n", "p.yaml:", "YAML"],
    ["version: 1\nrules:\n  - { id: a, action: log }\n  - { id: a, action: log }\n", "p.yaml:4:11", "used once"],
  ])("%j names the place and a way out", (text, place, hint) => {
    const error = caught(() => loadPolicy(text, "p.yaml"))
    expect(error).toBeInstanceOf(ConfigError)
    expect(String(error)).toContain(place)
    expect(String(error)).toContain(hint)
  })
  it.each(["version: 1\nrules: &a [*a]\n", "a: &x [1]\n".repeat(3), "!!js/function 'x'", "- 1", "\u0000", "version: 1\nrules: {}"])(
    "%j is an error for the operator, never a crash",
    (text) => {
      expect(caught(() => loadPolicy(text, "p.yaml"))).toBeInstanceOf(ConfigError)
    },
  )
})

describe("access to agents", () => {
  const inbound = (headers: Record<string, string>, ip = "198.51.100.1"): PolicyFacts => ({
    ...facts,
    direction: "inbound",
    caller: { ip, headers },
  })
  const rules = (yaml: string, given: PolicyFacts, country?: (ip: string) => string | undefined): string[] =>
    loadPolicy(`version: 1\naccess:\n${yaml}`, "p.yaml", country)
      .violations(given)
      .map(({ rule, reason }) => `${rule}: ${reason}`)

  it("refuses a blocked country by the trusted header", () => {
    const yaml = "  country_header: cf-ipcountry\n  country: { mode: block, values: [CN] }\n"
    expect(rules(yaml, inbound({ "cf-ipcountry": "CN" }))).toEqual(["access/country: Access denied: country 'CN' is blocked"])
    expect(rules(yaml, inbound({ "cf-ipcountry": "US" }))).toEqual([])
  })
  it("refuses what an allow list does not name, and asks the database where no header says", () => {
    const yaml = "  country: { mode: allow, values: [us, DE] }\n"
    expect(rules(yaml, inbound({}), () => "FR")[0]).toContain("not on the allow list")
    expect(rules(yaml, inbound({}), () => "US")).toEqual([])
  })
  it("skips the country list where no country is known", () => {
    expect(rules("  country: { mode: allow, values: [US] }\n", inbound({ "cf-ipcountry": "CN" }))).toEqual([])
  })
  it("does not believe a header that the policy does not trust", () => {
    const yaml = "  email_domain: { mode: allow, values: [acme.com] }\n"
    expect(rules(yaml, inbound({ "x-forwarded-email": "a@acme.com" }))[0]).toContain("access/unauthenticated")
  })
  it("judges the domain of a verified user, whatever its letters' case", () => {
    const yaml = "  email_header: x-forwarded-email\n  email_domain: { mode: block, values: ['@Evil.org'] }\n"
    expect(rules(yaml, inbound({ "x-forwarded-email": "Bob@EVIL.ORG" }))).toEqual([
      "access/email-domain: Access denied: email domain 'evil.org' is blocked",
    ])
    expect(rules(yaml, inbound({ "x-forwarded-email": "bob@acme.com" }))).toEqual([])
  })
  it("wants both lists to pass", () => {
    const yaml =
      "  country_header: cf-ipcountry\n  email_header: x-forwarded-email\n  country: { mode: block, values: [KP] }\n  email_domain: { mode: allow, values: [acme.com] }\n"
    expect(rules(yaml, inbound({ "cf-ipcountry": "KP", "x-forwarded-email": "a@other.com" }))).toHaveLength(2)
  })
  it("says nothing of what agents ask of others", () => {
    expect(rules("  email_domain: { mode: allow, values: [acme.com] }\n", facts)).toEqual([])
  })
})

describe("suppressions and lists", () => {
  it("are refused without an end", () => {
    expect(
      caught(() => loadPolicy("version: 1\nsuppress:\n  - { id: s, when: { rule: x }, reason: r, by: me }\n", "p.yaml")),
    ).toBeInstanceOf(ConfigError)
  })
  it("answer a model off the list with the list's action", () => {
    const policy = compilePolicy({
      version: 1,
      preset: "balanced",
      allow_only: { models: { values: ["gpt-5*"], action: "alert" } },
      access: {},
      rules: [],
      budgets: [],
      suppress: [],
    })
    expect(policy.violations({ ...facts, models: ["gpt-5-mini", "llama-x"] })).toMatchObject([
      { rule: "policy/model-not-allowed", action: "alert", knob: "allow_only.models.values" },
    ])
  })
})

function caught(work: () => unknown): unknown {
  try {
    work()
    return undefined
  } catch (error) {
    return error
  }
}
