// What a sensor has to say about itself: how much it saw, how far it could read it, and what it lost for which reason.
import type { WireFact } from "../wire/facts.ts"
import type { FlowSummary } from "../wire/flow/flow.ts"
import type { Wire } from "../wire/wire.ts"

export interface SensorSummary {
  packets: number
  bytes: number
  flows: number
  activities: number
  findings: number
  decode: {
    tcp: number
    udp: number
    /** ARP, ICMP and whatever else carries no transport. */
    other: number
    duplicates: number
    gapBytes: number
    tls: { full: number; partial: number; none: number }
    activities: Readonly<Record<string, number>>
    anomalies: Readonly<Record<string, number>>
  }
  drops: Readonly<Record<string, number>>
  /** Files of which only name and hash went on, by reason. */
  filesLeftOut: Readonly<Record<string, number>>
  seconds: number
}

/** Counts as the facts go by. */
export class SensorTally {
  readonly activities = new Map<string, number>()
  readonly anomalies = new Map<string, number>()
  readonly tls = { full: 0, partial: 0, none: 0 }
  gapBytes = 0

  activity(kind: string): void {
    this.activities.set(kind, (this.activities.get(kind) ?? 0) + 1)
  }
  fact(fact: WireFact): void {
    if (fact.type === "tls") this.tls[fact.decryption] += 1
    if (fact.type === "anomaly" && (this.anomalies.size < MAX_CODES || this.anomalies.has(fact.code))) {
      this.anomalies.set(fact.code, (this.anomalies.get(fact.code) ?? 0) + 1)
    }
  }
  closed(summary: FlowSummary): void {
    this.gapBytes += summary.gapBytes.client + summary.gapBytes.server
  }
}

interface SummaryParts {
  readonly wire: Wire
  readonly tally: SensorTally
  readonly findings: number
  readonly drops: Readonly<Record<string, number>>
  readonly filesLeftOut?: Readonly<Record<string, number>>
  readonly seconds: number
}

export function summarise({ wire, tally, findings, drops, filesLeftOut = {}, seconds }: SummaryParts): SensorSummary {
  const { counters } = wire
  return {
    packets: counters.packets,
    bytes: counters.bytes,
    flows: counters.flows,
    activities: [...tally.activities.values()].reduce((sum, count) => sum + count, 0),
    findings,
    decode: {
      tcp: counters.tcp,
      udp: counters.udp,
      other: counters.other,
      duplicates: counters.duplicates,
      gapBytes: tally.gapBytes,
      tls: tally.tls,
      activities: Object.fromEntries(tally.activities),
      anomalies: { ...Object.fromEntries(wire.problems), ...Object.fromEntries(tally.anomalies) },
    },
    drops: { ...drops, flowsEvicted: counters.evicted, flowsAbandoned: counters.abandoned },
    filesLeftOut,
    seconds,
  }
}

// Codes come from our own layers; the bound is there for the day when one puts something of the traffic into its code.
const MAX_CODES = 1_000
