// The whole of detection without worker threads: bus, inspection, correlation, policy, bus.
import { allDetectors } from "../../../detectors/all.ts"
import type { Bus, BusBatch, BusEvent, KeyMemory } from "../../../services/contracts/bus.ts"
import { type Envelope, envelope } from "../../../services/contracts/envelope.ts"
import { type SecurityEvent, securityEvent } from "../../../services/contracts/event.ts"
import { type Finding, finding } from "../../../services/contracts/finding.ts"
import { type Topic, topics } from "../../../services/contracts/topics.ts"
import { Correlation } from "../../../services/detect/correlate/correlation.ts"
import { signalsOf } from "../../../services/detect/correlate/signals.ts"
import { inspect } from "../../../services/detect/inspect.ts"
import { inspectedOf } from "../../../services/detect/inspected.ts"
import type { InspectionPool } from "../../../services/detect/pool.ts"
import { startDetect } from "../../../services/detect/runner.ts"
import { type Policy, shippedPolicy } from "../../../services/policy/decide.ts"

const key = Buffer.from("00112233445566778899aabbccddeeff", "hex")

export interface Outcome {
  readonly findings: Finding[]
  readonly events: SecurityEvent[]
  readonly dead: string[]
  rules(): string[]
}

export async function detected(
  activities: readonly Envelope[],
  { policy = shippedPolicy("balanced"), keeper, pool = inlinePool() }: { policy?: Policy; keeper?: KeyMemory; pool?: InspectionPool } = {},
): Promise<Outcome> {
  const findings = new Map<string, Finding>()
  const events = new Map<string, SecurityEvent>()
  const dead: string[] = []
  const bus: Bus = new DirectBus(dead)
  const read = (topic: Topic, take: (value: unknown) => void) =>
    bus.subscribe(topic, "test", async (batch) => {
      for (const { value } of batch.events) take(JSON.parse(Buffer.from(value).toString()))
    })
  await read(topics.finding, (value) => {
    const parsed = finding.parse(value)
    findings.set(parsed.id, parsed)
  })
  await read(topics.event, (value) => {
    const parsed = securityEvent.parse(value)
    events.set(parsed.id, parsed)
  })
  const correlation = new Correlation(keeper)
  const runner = await startDetect({ bus, pool, policy: () => policy, correlation })
  for (const one of activities)
    await bus.publish(topics.activity, [{ key: one.agent.workload.id, value: Buffer.from(JSON.stringify(one)) }])
  await runner.close()

  await bus.close()
  return {
    findings: [...findings.values()],
    events: [...events.values()],
    dead,
    rules: () => [...new Set([...findings.values()].map(({ rule }) => rule))],
  }
}

/** What a worker does, in this thread. */
export function inlinePool(): InspectionPool {
  return {
    inspect: async (values) =>
      values.map((value) => {
        const parsed = envelope.parse(JSON.parse(Buffer.from(value).toString())) as Envelope
        const inspection = inspect(parsed, allDetectors, key)
        return { ok: true, value: inspectedOf(parsed, inspection, signalsOf(parsed, inspection.subject, { raw: inspection.raw, key })) }
      }),
    close: async () => {},
  }
}

/** Hands every event to its handlers before publish resolves: the order of a test is the order of its lines. */
class DirectBus implements Bus {
  readonly #handlers = new Map<Topic, ((batch: BusBatch) => Promise<void>)[]>()
  readonly #dead: string[]

  constructor(dead: string[]) {
    this.#dead = dead
  }

  async deadLetter(_from: Topic, _event: BusEvent, reason: string): Promise<void> {
    this.#dead.push(reason)
  }

  async publish(topic: Topic, events: readonly BusEvent[]): Promise<void> {
    for (const event of events)
      for (const handle of this.#handlers.get(topic) ?? []) await handle({ topic, key: event.key, events: [event] })
  }

  async subscribe(topic: Topic, _group: string, handler: (batch: BusBatch) => Promise<void>): Promise<{ close(): Promise<void> }> {
    this.#handlers.set(topic, [...(this.#handlers.get(topic) ?? []), handler])
    return { close: async () => {} }
  }

  async close(): Promise<void> {}
}
