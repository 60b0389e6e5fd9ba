// Two `egret detect` processes share the workloads; one is killed with -9 in the middle. Budgets are as exact as if nothing had happened: each agent goes over the
// one that is a byte below what it sent, and none over the one that is a byte above. Each process has a state folder of its own: memory follows over Kafka.
import type { ChildProcess } from "node:child_process"
import { randomBytes } from "node:crypto"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { afterAll, describe, expect, it } from "vitest"
import { openKafkaBus } from "../../../services/bus/kafka/kafka-bus.ts"
import { busConfig } from "../../../services/contracts/config/bus.ts"
import type { SecurityEvent } from "../../../services/contracts/event.ts"
import type { Finding } from "../../../services/contracts/finding.ts"
import { topics } from "../../../services/contracts/topics.ts"
import { silentLogger } from "../../../services/runtime/logger.ts"
import { Metrics } from "../../../services/runtime/metrics.ts"
import { range } from "../../support/contract/bus.ts"
import { http } from "../../support/detect/activities.ts"
import { startEgret } from "../../support/egret.ts"
import { openBroker } from "../../support/kafka-broker.ts"
import { missing } from "../../support/requires.ts"

const found = await openBroker()
const broker = "unavailable" in found ? undefined : found
if ("unavailable" in found) missing("kafka", found.unavailable)
const folder = mkdtempSync(join(tmpdir(), "egret-rebalance-"))
const children = new Set<ChildProcess>()
const said = new WeakMap<ChildProcess, string>()
afterAll(async () => {
  for (const child of children) child.kill("SIGKILL")
  await broker?.close()
  rmSync(folder, { recursive: true, force: true })
})

describe.skipIf(broker === undefined)("two detect processes", () => {
  it("count every byte of a slow drip once, though one is killed with -9 and every activity is delivered twice", async () => {
    const prefix = `${randomBytes(4).toString("hex")}.`
    writeFileSync(join(folder, "policy.yaml"), POLICY)
    const config = busConfig.parse({ kafka: { brokers: [broker?.address], topicPrefix: prefix, partitions: 4 } }).kafka
    const bus = await openKafkaBus({ config, logger: silentLogger(), metrics: new Metrics() })
    const findings = new Map<string, Finding>()
    const events = new Map<string, SecurityEvent>()
    await bus.subscribe(topics.finding, "test", async (batch) => {
      for (const { value } of batch.events) take(findings, JSON.parse(Buffer.from(value).toString()))
    })
    await bus.subscribe(topics.event, "test", async (batch) => {
      for (const { value } of batch.events) {
        const event = JSON.parse(Buffer.from(value).toString()) as SecurityEvent
        if ((events.get(event.id)?.revision ?? -1) < event.revision) take(events, event)
      }
    })
    const start = (name: string) => startDetect(name, prefix)
    const [first] = [start("one"), start("two")]
    await Promise.all([...children].map(running))

    for (let round = 0; round < UPLOADS; round++) {
      const activities = range(WORKLOADS).map((workload) => upload(workload, round))
      // Twice: what is delivered again must not count again.
      for (const _ of [1, 2]) await bus.publish(topics.activity, activities)
      await sleep(50)
      if (round === Math.floor(UPLOADS / 2)) first?.kill("SIGKILL")
    }
    const over = (rule: string) =>
      [...findings.values()].filter((finding) => finding.rule === `policy/${rule}`).map(({ agent }) => agent?.workload.id)
    for (const last = Date.now() + 90_000; over("drip").length < WORKLOADS && Date.now() < last; ) await sleep(200)
    // Whatever would still come wrongly has time to come.
    await sleep(2_000)
    expect(over("drip").toSorted()).toEqual(
      range(WORKLOADS)
        .map((n) => `0/10.0.1.${n}`)
        .toSorted(),
    )
    expect(over("never")).toEqual([])
    const leaks = [...events.values()].filter(({ rules }) => rules.includes("policy/each"))
    expect(leaks.map(({ count }) => count)).toEqual(range(WORKLOADS).map(() => UPLOADS))
    await bus.close()
  })
})

const UPLOADS = 30
const WORKLOADS = 12
const BODY = "ordinary words of a report. ".repeat(30)
const SENT = BODY.length + "/up".length
const POLICY = `
version: 1
budgets:
  - { id: drip, bytes: ${UPLOADS * SENT - 1}, per: day }
  - { id: never, bytes: ${UPLOADS * SENT}, per: day }
rules:
  - { id: each, when: { application: http }, action: alert }
`

function upload(workload: number, round: number): { key: string; value: Uint8Array } {
  const id = `0/10.0.1.${workload}`
  const envelope = http("POST", "/up", { body: BODY, at: 1_790_000_000_000_000 + round * 60_000_000 })
  const agent = { ...envelope.agent, id: `agent-${workload}`, workload: { id, vni: 0, ip: `10.0.1.${workload}` } }
  return { key: id, value: Buffer.from(JSON.stringify({ ...envelope, id: `upload-${workload}-${round}`, agent })) }
}

function startDetect(name: string, prefix: string): ChildProcess {
  const cwd = join(folder, name)
  mkdirSync(cwd, { recursive: true })
  const env = {
    EGRET__BUS__KIND: "kafka",
    EGRET__BUS__KAFKA__BROKERS: `["${broker?.address}"]`,
    EGRET__BUS__KAFKA__TOPIC_PREFIX: `"${prefix}"`,
    EGRET__BUS__KAFKA__PARTITIONS: "4",
    EGRET__BUS__KAFKA__SESSION_TIMEOUT: "3s",
    EGRET__DETECT__STATE_DIR: join(cwd, "state"),
    EGRET__DETECT__WORKERS: "1",
    EGRET__DETECT__FINGERPRINT_KEY: "env:EGRET_TEST_FINGERPRINT",
    EGRET_TEST_FINGERPRINT: "ab".repeat(32),
    EGRET__POLICY__FILE: join(folder, "policy.yaml"),
    EGRET__METRICS__ENABLED: "false",
    EGRET__LOG__FORMAT: "json",
  }
  const child = startEgret(["detect"], { env, cwd })
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => said.set(child, `${said.get(child) ?? ""}${text}`.slice(-20_000)))
  children.add(child)
  return child
}

async function running(child: ChildProcess): Promise<void> {
  for (const last = Date.now() + 60_000; !said.get(child)?.includes('"msg":"running"'); await sleep(50))
    if (child.exitCode !== null || Date.now() > last) throw new Error(`not running: ${said.get(child)}`)
}

function take<T extends { readonly id: string }>(into: Map<string, T>, value: T): void {
  into.set(value.id, value)
}
