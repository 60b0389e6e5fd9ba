import { setTimeout as sleep } from "node:timers/promises"
import { describe, expect, it } from "vitest"
import { MemoryBus } from "../../../services/bus/memory-bus.ts"
import { topics } from "../../../services/contracts/topics.ts"
import { silentLogger } from "../../../services/runtime/logger.ts"
import { Metrics } from "../../../services/runtime/metrics.ts"
import { Collected, describeBus, event, range } from "../../support/contract/bus.ts"

function open(maxBytes = 64_000_000, metrics = new Metrics()): MemoryBus {
  return new MemoryBus({ maxBytes, maxAttempts: 3, logger: silentLogger(), metrics })
}

describeBus("MemoryBus", () => ({ open: () => Promise.resolve(open()) }))

describe("MemoryBus", () => {
  it("makes the publisher wait for the slowest group instead of holding without bound", async () => {
    const metrics = new Metrics()
    const bus = open(10_000, metrics)
    const seen = new Collected()
    let release = (): void => {}
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    await bus.subscribe(topics.activity, "slow", async (batch) => {
      await gate
      seen.add(batch)
    })
    let accepted = 0
    const publishing = (async () => {
      for (const n of range(100)) {
        await bus.publish(topics.activity, [{ key: "k", value: Buffer.alloc(1_000, String(n % 10)) }])
        accepted += 1
      }
    })()
    await sleep(20)
    expect(accepted).toBeLessThan(10)
    expect(await metrics.render()).toMatch(/egret_bus_queued_bytes [1-9]\d{3}\n/)
    release()
    await publishing
    await seen.until(100)
    await bus.close()
  })

  it("does not wait for itself when a handler publishes while the bus is full", async () => {
    const bus = open(2_000)
    const [activities, findings] = [new Collected(), new Collected()]
    await bus.subscribe(topics.finding, "store", findings.handler)
    await bus.subscribe(topics.activity, "detect", async (batch) => {
      await bus.publish(topics.finding, batch.events)
      activities.add(batch)
    })
    for (const n of range(50)) await bus.publish(topics.activity, [event(`k${n % 3}`, { n, pad: "x".repeat(300) })])
    await findings.until(50)
    await bus.close()
  })

  it("handles everything that was accepted before close ends, also what handlers publish on the way", async () => {
    const bus = open()
    const findings = new Collected()
    await bus.subscribe(topics.finding, "store", async (batch) => {
      await sleep(1)
      findings.add(batch)
    })
    await bus.subscribe(topics.activity, "detect", async (batch) => {
      await sleep(2)
      await bus.publish(topics.finding, batch.events)
    })
    await bus.publish(
      topics.activity,
      range(50).map((n) => event(`k${n}`, { n })),
    )
    await bus.close()
    expect(findings.count).toBe(50)
  })

  it("counts what nobody reads", async () => {
    const metrics = new Metrics()
    const bus = open(1_000, metrics)
    await bus.publish(topics.file, [event("k", { n: 1 })])
    expect(await metrics.render()).toContain(`egret_bus_unread_events_total{topic="${topics.file}"} 1`)
    await bus.close()
  })
})
