// Who may reach the agents. Two independent lists, both must pass: the country a request comes from, and the e-mail domain of the verified user.
// No country known (localhost, no header, no database entry) skips the country list; no verified user fails the domain list before it is read.
import type { PolicyFacts } from "./facts.ts"
import type { PolicyFile } from "./schema.ts"
import type { Violation } from "./violation.ts"

type Lists = PolicyFile["access"]
type List = NonNullable<Lists["country"]>

export function accessViolations(lists: Lists): (facts: PolicyFacts) => Violation[] {
  const country = lists.country === undefined ? undefined : normalised(lists.country, (value) => value.toUpperCase())
  const domain =
    lists.email_domain === undefined ? undefined : normalised(lists.email_domain, (value) => value.toLowerCase().replace(/^@/, ""))
  return (facts) => {
    if (facts.direction !== "inbound" || !reaching.has(facts.kind)) return []
    const violations: Violation[] = []
    if (country !== undefined && facts.country !== undefined && denies(country, facts.country.toUpperCase()))
      violations.push(denied("country", country, facts, facts.country.toUpperCase()))
    if (domain !== undefined) {
      const value = facts.emailDomain?.toLowerCase()
      if (value === undefined) violations.push(unauthenticated(domain, facts))
      else if (denies(domain, value)) violations.push(denied("email domain", domain, facts, value))
    }
    return violations
  }
}

function normalised(list: List, fold: (value: string) => string): List {
  return { mode: list.mode, values: list.values.map(fold) }
}

/** An allow list refuses what it does not name; a block list refuses what it names. */
function denies({ mode, values }: List, value: string): boolean {
  return values.includes(value) === (mode === "block")
}

function denied(what: "country" | "email domain", { mode }: List, facts: PolicyFacts, value: string): Violation {
  return {
    rule: what === "country" ? "access/country" : "access/email-domain",
    action: "block",
    title: `Request to an agent from a ${what} that is not permitted`,
    reason: `Access denied: ${what} '${value}' is ${mode === "block" ? "blocked" : "not on the allow list"}`,
    knob: what === "country" ? "access.country.values" : "access.email_domain.values",
    facts: {
      ruleType: what === "country" ? "geo" : "domain",
      ruleMode: mode === "block" ? "BLOCK_LIST" : "ALLOW_LIST",
      blockedValue: value,
      ...who(facts),
    },
  }
}

function unauthenticated({ mode }: List, facts: PolicyFacts): Violation {
  return {
    rule: "access/unauthenticated",
    action: "block",
    title: "Request to an agent without a verified user",
    reason: "Access denied: an e-mail domain list is in force and the request carries no verified e-mail address",
    knob: "access.email_domain",
    facts: { ruleType: "domain", ruleMode: mode === "block" ? "BLOCK_LIST" : "ALLOW_LIST", blockedValue: "", ...who(facts) },
  }
}

function who({ country, userEmail, agent }: PolicyFacts): Record<string, string> {
  return { country: country ?? "", userEmail: userEmail ?? "", agent }
}

const reaching: ReadonlySet<string> = new Set(["http", "mcp", "a2a", "llm", "websocket"])
