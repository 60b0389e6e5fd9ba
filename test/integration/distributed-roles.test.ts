// The roles as processes of their own over a real broker: what is published becomes rows and findings, each id once, though every activity is published twice and
// the store is killed with -9 again and again while it inserts.
import type { ChildProcess } from "node:child_process"
import { randomBytes } from "node:crypto"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { Kafka, logLevel } from "kafkajs"
import { afterAll, describe, expect, it } from "vitest"
import { openKafkaBus } from "../../services/bus/kafka/kafka-bus.ts"
import type { BusEvent } from "../../services/contracts/bus.ts"
import { busConfig } from "../../services/contracts/config/bus.ts"
import type { Envelope } from "../../services/contracts/envelope.ts"
import { topics } from "../../services/contracts/topics.ts"
import { silentLogger } from "../../services/runtime/logger.ts"
import { Metrics } from "../../services/runtime/metrics.ts"
import { range } from "../support/contract/bus.ts"
import { egret, startEgret } from "../support/egret.ts"
import { openBroker } from "../support/kafka-broker.ts"
import { missing, requires } from "../support/requires.ts"
import { SAMPLE_START, sampleLlm } from "../support/sample-activities.ts"

const chdb = requires("chdb")
const found = chdb.missing ? { unavailable: chdb.reason } : await openBroker()
const broker = "unavailable" in found ? undefined : found
if ("unavailable" in found && !chdb.missing) missing("kafka", found.unavailable)
const folder = mkdtempSync(join(tmpdir(), "egret-roles-"))
const children = new Set<ChildProcess>()
afterAll(async () => {
  for (const child of children) child.kill("SIGKILL")
  await broker?.close()
  rmSync(folder, { recursive: true, force: true })
})

const prefix = `${randomBytes(4).toString("hex")}.`
const env = {
  EGRET__BUS__KIND: "kafka",
  EGRET__BUS__KAFKA__BROKERS: `["${broker?.address}"]`,
  EGRET__BUS__KAFKA__TOPIC_PREFIX: `"${prefix}"`,
  EGRET__BUS__KAFKA__PARTITIONS: "3",
  EGRET__BUS__KAFKA__SESSION_TIMEOUT: "3s",
  EGRET__STORE__EMBEDDED__PATH: join(folder, "store"),
  EGRET__DETECT__STATE_DIR: join(folder, "detect"),
  EGRET__DETECT__WORKERS: "1",
  EGRET__METRICS__ENABLED: "false",
}

describe.skipIf(broker === undefined)("egret detect and egret store over Kafka", () => {
  it("store every activity, finding and event once, through repeated delivery and kill -9 in the middle of inserts", async () => {
    const config = busConfig.parse({ kafka: { brokers: [broker?.address], topicPrefix: prefix, partitions: 3 } }).kafka
    const bus = await openKafkaBus({ config, logger: silentLogger(), metrics: new Metrics() })
    const detect = start("detect")
    const activities = range(ACTIVITIES).map(activity)
    for (const copy of [1, 2]) {
      for (let n = 0; n < ACTIVITIES; n += 100) await bus.publish(topics.activity, activities.slice(n, n + 100))
      expect(copy).toBeDefined()
    }
    for (let kill = 0; kill < 3; kill++) {
      const store = start("store")
      await running(store)
      await sleep(300 + kill * 700)
      await end(store, "SIGKILL")
      // The engine's process sees its parent go and lets the folder free.
      await sleep(500)
    }
    const store = start("store")
    await running(store)
    await caughtUp("detect", topics.activity)
    await end(detect, "SIGTERM")
    for (const topic of [topics.activity, topics.finding, topics.event]) await caughtUp("store", topic)
    expect(await end(store, "SIGTERM")).toBe(0)
    await bus.close()

    expect(await ask("SELECT count() AS n, uniqExact(id) AS ids FROM activity FINAL")).toEqual({ n: ACTIVITIES, ids: ACTIVITIES })
    const secrets = await ask("SELECT count() AS n, uniqExact(id) AS ids FROM finding FINAL WHERE family = 'secrets'")
    expect(secrets["n"]).toBe(secrets["ids"])
    expect(secrets["n"]).toBeGreaterThanOrEqual(LEAKS)
    expect((await ask("SELECT count() AS n FROM events WHERE class = 'data-leak'"))["n"]).toBeGreaterThan(0)
  })
})

describe("a role in a process of its own", () => {
  it("is refused over the in-process bus, with what to do", async () => {
    const { code, stderr } = await egret(["detect"], { env: { EGRET__METRICS__ENABLED: "false", EGRET__LOG__LEVEL: "silent" } })
    expect(code).toBe(2)
    expect(stderr).toContain('bus.kind: got "embedded", want "kafka"')
    expect(stderr).toContain("egret up")
  })
})

function activity(n: number): BusEvent {
  const clear = ["AK", "IA", "Q3EGRET7X2ZP", letters(n)].join("")
  const text = n % (ACTIVITIES / LEAKS) === 0 ? `deploy with aws_access_key_id = ${clear}` : `question ${n}: how do herons fish?`
  const who = { at: SAMPLE_START + n * 1_000, workload: 1 + (n % 20) }
  const envelope: Envelope = sampleLlm({ inputMessages: [{ role: "user", parts: [{ type: "text", text }] }] }, who)
  return { key: envelope.agent.workload.id, value: Buffer.from(JSON.stringify(envelope)) }
}

/** Four letters, as the alphabet of access keys has no 0, 1, 8 or 9. */
function letters(n: number): string {
  return [0, 1, 2, 3].map((place) => String.fromCharCode(65 + (Math.floor(n / 26 ** place) % 26))).join("")
}

function start(role: string): ChildProcess {
  const child = startEgret([role], { env, cwd: folder })
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    errors.set(child, `${errors.get(child) ?? ""}${text}`.slice(-20_000))
  })
  child.stdout?.resume()
  children.add(child)
  return child
}

const errors = new WeakMap<ChildProcess, string>()

/** Until the group has committed everything on the topic. */
async function caughtUp(role: string, topic: string): Promise<void> {
  const groupId = `egret-${role}-${prefix}${topic}`
  const admin = new Kafka({ brokers: [broker?.address ?? ""], logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  try {
    for (const last = Date.now() + 120_000; ; await sleep(200)) {
      const ends = await admin.fetchTopicOffsets(prefix + topic)
      const [{ partitions = [] } = {}] = await admin.fetchOffsets({ groupId, topics: [prefix + topic] })
      const committed = new Map(partitions.map(({ partition, offset }) => [partition, Math.max(0, Number(offset))]))
      const left = ends.reduce((sum, { partition, high }) => sum + Number(high) - (committed.get(partition) ?? 0), 0)
      if (left === 0) return
      if (Date.now() > last) throw new Error(`${groupId} has still ${left} records of ${topic} to handle`)
    }
  } finally {
    await admin.disconnect()
  }
}

async function running(child: ChildProcess): Promise<void> {
  for (const last = Date.now() + 60_000; !(errors.get(child) ?? "").includes('"msg":"running"'); await sleep(20))
    if (child.exitCode !== null || Date.now() > last) throw new Error(`not running: ${errors.get(child)}`)
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  const ended = new Promise<number | null>((done) => child.once("exit", done))
  child.kill(signal)
  children.delete(child)
  return ended
}

async function ask(sql: string): Promise<Record<string, number>> {
  const { code, stdout, stderr } = await egret(["query", sql, "--format", "ndjson", "--data", join(folder, "store")])
  expect(stderr).toBe("")
  expect(code).toBe(0)
  return Object.fromEntries(Object.entries(JSON.parse(stdout) as Record<string, unknown>).map(([key, value]) => [key, Number(value)]))
}

const ACTIVITIES = 2_000
const LEAKS = 20
