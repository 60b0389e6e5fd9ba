import type { SocRecord } from "./record.ts"

/** What `egret soc test` sends: an event of its own kind, that nobody takes for a real one. */
export function testRecord(now: number): SocRecord {
  return {
    kind: "event",
    value: {
      v: 1,
      id: `test-${now}`,
      class: "anomaly",
      title: "Egret test event: no action needed",
      summary: "Somebody ran egret soc test to see whether events arrive here.",
      severity: "medium",
      status: "new",
      notes: [],
      count: 1,
      firstSeen: now * 1_000,
      lastSeen: now * 1_000,
      revision: 0,
      rules: ["test/soc"],
      action: "alert",
      findings: [],
      activities: [],
      evidence: [],
      references: [],
    },
  }
}
