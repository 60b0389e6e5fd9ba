// Who calls an agent, as far as the policy's trusted sources say: a header set by the proxy in front, or the operator's country database.
import type { PolicyFacts } from "./facts.ts"
import type { PolicyFile } from "./schema.ts"

export function callerFacts(
  access: PolicyFile["access"],
  countryOf: (ip: string) => string | undefined,
): (facts: PolicyFacts) => PolicyFacts {
  return (facts) => {
    const { caller } = facts
    if (caller === undefined) return facts
    const said = access.country_header === undefined ? undefined : caller.headers[access.country_header]
    const country = said ?? countryOf(caller.ip)
    const email = access.email_header === undefined ? undefined : emailIn(caller.headers[access.email_header] ?? "")
    return {
      ...facts,
      ...(country === undefined || !/^[A-Za-z]{2}$/.test(country) || unknown.has(country.toUpperCase())
        ? {}
        : { country: country.toUpperCase() }),
      ...(email === undefined ? {} : { userEmail: email, emailDomain: email.slice(email.lastIndexOf("@") + 1) }),
    }
  }
}

/** "accounts.google.com:user@acme.com" and "user@acme.com". */
function emailIn(value: string): string | undefined {
  return /(?:^|:)([^\s:@<>,]{1,64}@[A-Za-z0-9.-]{1,253})$/.exec(value.trim())?.[1]?.toLowerCase()
}

// What proxies write when they do not know: T1 is Tor, XX and ZZ are nobody.
const unknown: ReadonlySet<string> = new Set(["XX", "ZZ"])
