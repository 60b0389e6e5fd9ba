// Whether an operator has said that this needs nobody's time for now.
import type { SecurityEvent } from "../contracts/event.ts"
import type { Finding } from "../contracts/finding.ts"
import { anyPattern } from "./match.ts"
import type { Suppression } from "./schema.ts"

export type SuppressionTest = (finding: Finding) => SecurityEvent["suppression"] | undefined

export function compileSuppressions(entries: readonly Suppression[]): SuppressionTest {
  const tests = entries.map(({ when, reason, by, until }) => {
    const reads: readonly (readonly [string | string[] | undefined, (finding: Finding) => string])[] = [
      [when.rule, ({ rule }) => rule],
      [when.agent, ({ agent }) => agent?.name ?? ""],
      [when.destination, ({ destination }) => destination?.host ?? ""],
      [when.fingerprint, ({ evidence }) => evidence.fingerprint],
    ]
    const conditions = reads.flatMap(([pattern, read]) => {
      if (pattern === undefined) return []
      const matches = anyPattern(pattern)
      return [(finding: Finding) => matches(read(finding))]
    })
    return {
      holds: (finding: Finding) => conditions.every((test) => test(finding)),
      suppression: { reason, by, until: Date.parse(until) * 1_000 },
    }
  })
  return (finding) => tests.find(({ holds, suppression }) => finding.at < suppression.until && holds(finding))?.suppression
}
