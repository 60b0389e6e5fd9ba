// One table: what each of our severities is called elsewhere.
import type { Severity } from "../contracts/severity.ts"

interface Names {
  /** OCSF severity_id. */
  readonly ocsf: number
  /** CEF 0-10, and LEEF's sev. */
  readonly cef: number
  /** RFC 5424 severity. */
  readonly syslog: number
  /** ECS event.severity, 0-100. */
  readonly ecs: number
  readonly pagerDuty: "critical" | "error" | "warning" | "info"
  readonly securityHub: "CRITICAL" | "HIGH" | "MEDIUM" | "LOW" | "INFORMATIONAL"
  /** TheHive 1-4. */
  readonly theHive: number
  /** MISP threat level, 1 is high. */
  readonly misp: number
  /** OpenTelemetry severity number. */
  readonly otel: number
  /** Microsoft Sentinel has no critical. */
  readonly sentinel: "Informational" | "Low" | "Medium" | "High"
}

export const severityNames: Readonly<Record<Severity, Names>> = {
  info: {
    ocsf: 1,
    cef: 1,
    syslog: 6,
    ecs: 10,
    pagerDuty: "info",
    securityHub: "INFORMATIONAL",
    theHive: 1,
    misp: 4,
    otel: 9,
    sentinel: "Informational",
  },
  low: { ocsf: 2, cef: 3, syslog: 5, ecs: 30, pagerDuty: "info", securityHub: "LOW", theHive: 1, misp: 3, otel: 10, sentinel: "Low" },
  medium: {
    ocsf: 3,
    cef: 6,
    syslog: 4,
    ecs: 50,
    pagerDuty: "warning",
    securityHub: "MEDIUM",
    theHive: 2,
    misp: 2,
    otel: 13,
    sentinel: "Medium",
  },
  high: { ocsf: 4, cef: 8, syslog: 3, ecs: 75, pagerDuty: "error", securityHub: "HIGH", theHive: 3, misp: 1, otel: 17, sentinel: "High" },
  critical: {
    ocsf: 5,
    cef: 10,
    syslog: 2,
    ecs: 99,
    pagerDuty: "critical",
    securityHub: "CRITICAL",
    theHive: 4,
    misp: 1,
    otel: 21,
    sentinel: "High",
  },
}
