import { setTimeout as sleep } from "node:timers/promises"
import { describe, expect, it } from "vitest"
import { Health } from "../../../services/runtime/health.ts"
import { Lifecycle } from "../../../services/runtime/lifecycle.ts"
import { silentLogger } from "../../../services/runtime/logger.ts"

function make(closeMillis?: number): { life: Lifecycle; health: Health; log: string[]; part(name: string): Promise<string> } {
  const health = new Health()
  const life = new Lifecycle({ logger: silentLogger(), health, ...(closeMillis === undefined ? {} : { closeMillis }) })
  const log: string[] = []
  const part = (name: string): Promise<string> =>
    life.open(
      name,
      () => {
        log.push(`open ${name}`)
        return name
      },
      async () => {
        await sleep(1)
        log.push(`close ${name}`)
      },
    )
  return { life, health, log, part }
}

describe("Lifecycle", () => {
  it("closes in reverse order on SIGTERM, each after the one before has finished", async () => {
    const { life, health, log, part } = make()
    await part("store")
    await part("bus")
    await part("sensor")
    expect(health.ready).toBe(true)
    const running = life.run({ exitNow: () => log.push("exit") })
    process.emit("SIGTERM")
    await running
    expect(log).toEqual(["open store", "open bus", "open sensor", "close sensor", "close bus", "close store"])
    expect(health.ready).toBe(false)
  })

  it("stops at once on the second signal", async () => {
    const { life, log } = make()
    await life.open(
      "slow",
      () => 1,
      () => sleep(50),
    )
    const running = life.run({ exitNow: () => log.push("exit") })
    process.emit("SIGTERM")
    process.emit("SIGTERM")
    expect(log).toEqual(["exit"])
    await running
  })

  it("closes what is open when a later part cannot open, and hands the error on", async () => {
    const { life, log, part } = make()
    await part("store")
    await expect(life.open("bus", () => Promise.reject(new Error("no broker")))).rejects.toThrow("no broker")
    expect(log).toEqual(["open store", "close store"])
  })

  it("closes the others when one throws or hangs, and tells it in the end", async () => {
    const { life, log, part } = make(20)
    await part("store")
    await life.open(
      "hangs",
      () => 1,
      () => new Promise<void>(() => {}),
    )
    await life.open(
      "throws",
      () => 1,
      () => Promise.reject(new Error("broken")),
    )
    const running = life.run({ exitNow: () => {} })
    life.stop("end of file")
    await expect(running).rejects.toThrow("broken")
    expect(log).toEqual(["open store", "close store"])
  })

  it("goes down in good order when a part fails", async () => {
    const { life, health, log, part } = make()
    await part("store")
    const running = life.run({ exitNow: () => {} })
    life.fail("store", new Error("disk full"))
    expect(health.alive).toBe(false)
    await expect(running).rejects.toThrow("disk full")
    expect(log).toEqual(["open store", "close store"])
  })

  it("leaves no signal handler behind", async () => {
    const before = process.listenerCount("SIGTERM")
    const { life } = make()
    const running = life.run({ exitNow: () => {} })
    life.stop("done")
    await running
    expect(process.listenerCount("SIGTERM")).toBe(before)
  })
})
