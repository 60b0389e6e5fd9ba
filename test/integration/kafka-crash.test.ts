// What survives: a consumer killed in the middle of its work, a consumer that leaves and one that joins, a broker that stops and comes back.
import { type ChildProcess, spawn } from "node:child_process"
import { randomBytes } from "node:crypto"
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { afterAll, afterEach, describe, expect, it } from "vitest"
import { openKafkaBus } from "../../services/bus/kafka/kafka-bus.ts"
import type { Bus } from "../../services/contracts/bus.ts"
import { busConfig } from "../../services/contracts/config/bus.ts"
import { topics } from "../../services/contracts/topics.ts"
import { silentLogger } from "../../services/runtime/logger.ts"
import { Metrics } from "../../services/runtime/metrics.ts"
import { Collected, event, range } from "../support/contract/bus.ts"
import { openBroker } from "../support/kafka-broker.ts"
import { missing } from "../support/requires.ts"

const found = await openBroker()
const broker = "unavailable" in found ? undefined : found
if ("unavailable" in found) missing("kafka", found.unavailable)
const folder = mkdtempSync(join(tmpdir(), "egret-crash-"))
const children = new Set<ChildProcess>()
// A test that fails leaves no reader behind for the next.
afterEach(async () => {
  await Promise.all([...children].map((child) => end(child, "SIGKILL")))
})
afterAll(async () => {
  await broker?.close()
  rmSync(folder, { recursive: true, force: true })
})

describe.skipIf(broker === undefined)("a Kafka consumer process", () => {
  it("killed with -9 in the middle of a load loses nothing: the next one handles every event at least once, in order by key", async () => {
    const { settings, bus, file } = await prepare()
    await publishAll(bus)
    for (let kill = 0; kill < 3; kill++) {
      const before = linesOf(file).length
      const consumer = startConsumer(settings, file)
      await until(() => linesOf(file).length > before + 150)
      await end(consumer, "SIGKILL")
    }
    expect(new Set(linesOf(file)).size).toBeLessThan(EVENTS)
    const last = startConsumer(settings, file)
    await until(() => new Set(linesOf(file)).size === EVENTS)
    await end(last, "SIGTERM")
    expectInOrder(file)
    await bus.close()
  })

  it("that leaves and joins while others work takes no event along", async () => {
    const { settings, bus, file } = await prepare()
    const first = startConsumer(settings, file)
    // However long the second one takes to start, there is work left for it.
    let published = 0
    let enough = false
    const publishing = (async () => {
      for (; !enough; published += PUBLISHED_AT_ONCE) {
        await publishFrom(bus, published)
        await sleep(10)
      }
    })()
    await until(() => linesOf(file).length > 50)
    const second = startConsumer(settings, `${file}.2`)
    await until(() => linesOf(`${file}.2`).length > 20)
    await end(first, "SIGTERM")
    enough = true
    await publishing
    await until(() => new Set([...linesOf(file), ...linesOf(`${file}.2`)]).size === published)
    await end(second, "SIGTERM")
    await bus.close()
  })

  it.skipIf(broker?.stop === undefined).each(["SIGKILL", "SIGTERM"] as const)(
    "outlives a broker that ends by %s under load and comes back: publishers wait, nothing accepted is lost",
    async (signal) => {
      const { settings, bus } = await prepare()
      const seen = new Collected()
      await bus.subscribe(topics.activity, "store", async (batch) => {
        await sleep(1)
        seen.add(batch)
      })
      const publishing = publishAll(bus, 2)
      await seen.until(300, PATIENCE_MILLIS)
      await broker?.stop?.(signal)
      await sleep(1_500)
      await broker?.start?.()
      await publishing
      await until(() => seen.distinct().length === EVENTS)
      expect(settings).toBeDefined()
      await bus.close()
    },
  )
})

async function prepare(): Promise<{ settings: Record<string, unknown>; bus: Bus; file: string }> {
  const unique = randomBytes(4).toString("hex")
  const settings = { brokers: [broker?.address], topicPrefix: `${unique}.`, partitions: 3, sessionTimeout: "3s", concurrency: 4 }
  const bus = await openKafkaBus({ config: busConfig.parse({ kafka: settings }).kafka, logger: silentLogger(), metrics: new Metrics() })
  return { settings, bus, file: join(folder, unique) }
}

/** In small publications, so that there are many records. */
async function publishAll(bus: Bus, pauseMillis = 0): Promise<void> {
  for (let n = 0; n < EVENTS; n += PUBLISHED_AT_ONCE) {
    await publishFrom(bus, n)
    if (pauseMillis > 0) await sleep(pauseMillis)
  }
}

function publishFrom(bus: Bus, n: number): Promise<void> {
  return bus.publish(
    topics.activity,
    range(PUBLISHED_AT_ONCE).map((i) => event(`key-${(n + i) % KEYS}`, { n: n + i, pad: "x".repeat(500) })),
  )
}

function startConsumer(settings: Record<string, unknown>, file: string): ChildProcess {
  const root = resolve(import.meta.dirname, "../..")
  const child = spawn(
    process.execPath,
    [
      "--import",
      resolve(root, "node_modules/tsx/dist/loader.mjs"),
      resolve(root, "test/support/bus-consumer.ts"),
      JSON.stringify(settings),
      file,
    ],
    { stdio: ["ignore", "ignore", "inherit"] },
  )
  children.add(child)
  return child
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const ended = new Promise((done) => child.once("exit", done))
  child.kill(signal)
  await ended
  children.delete(child)
}

function linesOf(file: string): string[] {
  return existsSync(file)
    ? readFileSync(file, "utf8")
        .split("\n")
        .filter((line) => line !== "")
    : []
}

/** A restart may begin a key again from an earlier event, never skip one. */
function expectInOrder(file: string): void {
  for (const key of range(KEYS).map((n) => `key-${n}`)) {
    let highest = -1
    for (const line of linesOf(file).filter((text) => text.startsWith(`${key} `))) {
      const n = Number(line.split(" ")[1])
      if (n > highest) {
        expect(n).toBe(highest < 0 ? Number(key.slice(4)) : highest + KEYS)
        highest = n
      }
    }
  }
}

async function until(test: () => boolean): Promise<void> {
  for (const last = Date.now() + PATIENCE_MILLIS; !test(); await sleep(20)) if (Date.now() > last) throw new Error("waited in vain")
}

// Of a machine that shares its cores with everything else.
const PATIENCE_MILLIS = 90_000
const EVENTS = 4_000
const PUBLISHED_AT_ONCE = 20
const KEYS = 40
