// SARIF 2.1.0 (OASIS): what code-scanning views of CI systems read.
import { createHash } from "node:crypto"
import type { Severity } from "../../contracts/severity.ts"
import { version } from "../version.ts"
import type { Judged, JudgedFinding } from "./judge.ts"

/** Gathers results; a run has at most MAX_RESULTS, which is what the common viewers accept. */
export class SarifLog {
  readonly #rules = new Map<string, object>()
  readonly #results: object[] = []

  add({ id, findings }: Judged): void {
    for (const finding of findings) {
      if (finding.verdict === "allow" || this.#results.length >= MAX_RESULTS) continue
      this.#rules.set(finding.rule, ruleOf(finding))
      this.#results.push(resultOf(id, finding))
    }
  }

  toString(): string {
    return JSON.stringify({
      $schema: "https://json.schemastore.org/sarif-2.1.0.json",
      version: "2.1.0",
      runs: [
        {
          tool: { driver: { name: "egret", version, rules: [...this.#rules.values()] } },
          columnKind: "utf16CodeUnits",
          results: this.#results,
        },
      ],
    })
  }
}

function ruleOf({ rule, title, severity }: JudgedFinding): object {
  return { id: rule, shortDescription: { text: title }, properties: { "security-severity": score[severity], tags: ["security"] } }
}

function resultOf(id: string, { rule, severity, reason, masked, span, path, ...place }: JudgedFinding): object {
  const uri = encodeURI(path === "text" || path.includes("[") ? id : path).replace(/[#?]/g, encodeURIComponent)
  return {
    ruleId: rule,
    level: severity === "critical" || severity === "high" ? "error" : severity === "medium" ? "warning" : "note",
    message: { text: `${reason} (${masked})` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri },
          region: {
            startLine: place.line,
            startColumn: place.column,
            endLine: place.endLine,
            endColumn: place.endColumn,
            charOffset: span[0],
            charLength: span[1] - span[0],
          },
        },
      },
    ],
    // What makes two runs' results the same, so that a line moved is no new alert.
    partialFingerprints: { "egretMatch/v1": createHash("sha256").update(`${rule}\n${uri}\n${masked}`).digest("hex").slice(0, 32) },
  }
}

const score: Readonly<Record<Severity, string>> = { info: "0.0", low: "3.0", medium: "5.5", high: "8.0", critical: "9.5" }
const MAX_RESULTS = 5_000
