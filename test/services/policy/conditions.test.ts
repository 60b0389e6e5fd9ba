import { describe, expect, it } from "vitest"
import type { PolicyFacts } from "../../../services/policy/facts.ts"
import { loadPolicy } from "../../../services/policy/load.ts"
import type { FindingFacts } from "../../../services/policy/match.ts"
import { conditions } from "../../../services/policy/schema.ts"
import { compileSuppressions } from "../../../services/policy/suppress.ts"

const finding: FindingFacts = { rule: "secret/aws-access-key-id", family: "secrets", severity: "high", confidence: 0.92, place: "body" }
const facts: PolicyFacts = {
  at: Date.UTC(2026, 10, 20, 12) * 1_000,
  vantage: "mirror",
  kind: "llm",
  agent: "claude-code",
  workload: "0/10.0.0.5",
  host: "api.vendor.io",
  ip: "203.0.113.4",
  port: 8_443,
  destinationClass: "provider",
  application: "llm",
  provider: "vendor",
  models: ["gpt-5-mini"],
  tools: ["read_file", "send_mail"],
  mcpServer: "tools.vendor.io",
  method: "chat",
  direction: "outbound",
  country: "DE",
  emailDomain: "acme.com",
}

/** For each condition of the schema: what holds of the facts above, and what does not. */
const cases: Readonly<Record<string, readonly [holds: readonly string[], fails: readonly string[]]>> = {
  agent: [
    ["claude-code", "'claude*'", "[codex, claude-code]"],
    ["codex", "claude"],
  ],
  workload: [["'0/10.0.0.5'", "'0/10.0.*'"], ["'1/10.0.0.5'"]],
  destination: [
    ["api.vendor.io", "'*.vendor.io'", "203.0.113.4", "203.0.113.0/24"],
    ["vendor.io", "203.0.114.0/24", "'2001:db8::/32'"],
  ],
  destination_class: [["provider", "[unknown, provider]"], ["internal"]],
  port: [["8443", "[80, 8443]"], ["443"]],
  application: [["llm"], ["mcp"]],
  provider: [["vendor"], ["openai"]],
  model: [["gpt-5-mini", "'gpt-5*'"], ["'claude*'"]],
  tool: [["send_mail", "'send_*'"], ["write_file"]],
  mcp_server: [["tools.vendor.io"], ["other.vendor.io"]],
  method: [["chat", "CHAT"], ["embed"]],
  direction: [["outbound"], ["inbound"]],
  vantage: [["mirror"], ["gateway"]],
  country: [["DE", "[FR, de]"], ["FR"]],
  email_domain: [["acme.com", "'*.com'"], ["evil.org"]],
  time: [
    ["{ from: '11:00', to: '13:00' }", "{ days: [fri] }"],
    ["{ from: '22:00', to: '06:00' }", "{ days: [sat] }"],
  ],
  detector: [["secrets", "'secret/aws-*'"], ["pii"]],
  family: [["secrets"], ["injection"]],
  rule: [["secret/aws-access-key-id", "'secret/*'"], ["'pii/*'"]],
  place: [["body", "[url, body]"], ["url"]],
  severity: [
    ["high", "'>=medium'"],
    ["critical", "'>=critical'"],
  ],
  confidence: [["'>=0.9'"], ["'>=0.95'"]],
}

describe("conditions of a rule", () => {
  it("are all tried here, none is left out", () => {
    expect(Object.keys(cases).sort()).toEqual(Object.keys(conditions.shape).sort())
  })
  it.each(Object.entries(cases))("match by %s", (name, [holds, fails]) => {
    for (const value of holds) expect(matches(`${name}: ${value}`), `${name}: ${value}`).toBe(true)
    for (const value of fails) expect(matches(`${name}: ${value}`), `${name}: ${value}`).toBe(false)
  })
  it("must all hold", () => {
    expect(matches("agent: claude-code, port: 8443, family: secrets")).toBe(true)
    expect(matches("agent: claude-code, port: 443, family: secrets")).toBe(false)
  })
})

describe("allow lists", () => {
  it.each([
    ["models", "gpt-5*", "gpt-4*", "model"],
    ["mcp_servers", "tools.vendor.io", "tools.acme.com", "mcp-server"],
    ["tools", "'*'", "read_*", "tool"],
    ["hosts", "'*.vendor.io'", "'*.acme.com'", "host"],
  ])("of %s answer what is not on them, and nothing else", (list, on, off, name) => {
    const objections = (value: string) =>
      loadPolicy(`version: 1\nallow_only:\n  ${list}: { values: [${value}], action: review }\n`, "p.yaml").violations(facts)
    expect(objections(on)).toEqual([])
    expect(objections(off)).toMatchObject([{ rule: `policy/${name}-not-allowed`, action: "review", knob: `allow_only.${list}.values` }])
  })
  it("that are empty allow nothing", () => {
    const policy = loadPolicy("version: 1\nallow_only:\n  tools: { values: [] }\n", "p.yaml")
    expect(policy.violations(facts).map(({ action }) => action)).toEqual(["block", "block"])
  })
})

describe("a suppression", () => {
  const given = compileSuppressions(
    loadPolicy(
      "version: 1\nsuppress:\n  - { id: s, when: { rule: 'secret/*', agent: claude-code }, reason: known, by: dana, until: 2026-12-31T18:00:00Z }\n",
      "p.yaml",
    ).file.suppress,
  )
  type Seen = Parameters<typeof given>[0]
  const seen = (at: string, rule = "secret/npmrc"): Seen =>
    ({ at: Date.parse(at) * 1_000, rule, agent: { name: "claude-code" }, evidence: { fingerprint: "f" } }) as unknown as Seen

  it("holds until its instant and not a moment longer", () => {
    expect(given(seen("2026-12-31T17:59:59.999Z"))).toMatchObject({ reason: "known", by: "dana" })
    expect(given(seen("2026-12-31T18:00:00Z"))).toBeUndefined()
  })
  it("says nothing of other rules", () => {
    expect(given(seen("2026-12-01T00:00:00Z", "pii/bulk"))).toBeUndefined()
  })
})

function matches(condition: string): boolean {
  const policy = loadPolicy(`version: 1\nrules:\n  - { id: r, when: { ${condition} }, action: redact }\n`, "p.yaml")
  return policy.trace(facts, finding).some(({ id }) => id === "r")
}
