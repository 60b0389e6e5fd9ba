// Brokers that want it otherwise: TLS with a password, smaller records than ours, topics that are missing, nobody there.
import { execFileSync } from "node:child_process"
import { randomBytes } from "node:crypto"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Kafka, logLevel } from "kafkajs"
import { afterAll, describe, expect, it } from "vitest"
import { openKafkaBus } from "../../services/bus/kafka/kafka-bus.ts"
import type { Bus } from "../../services/contracts/bus.ts"
import { busConfig } from "../../services/contracts/config/bus.ts"
import { Secret } from "../../services/contracts/config/secret.ts"
import { topics } from "../../services/contracts/topics.ts"
import { silentLogger } from "../../services/runtime/logger.ts"
import { Metrics } from "../../services/runtime/metrics.ts"
import { Collected, event, range } from "../support/contract/bus.ts"
import { openBroker } from "../support/kafka-broker.ts"
import { missing, requires } from "../support/requires.ts"

const openssl = requires("openssl")
const folder = mkdtempSync(join(tmpdir(), "egret-kafka-settings-"))
const password = randomBytes(12).toString("hex")
const certificate = openssl.missing ? undefined : makeCertificate()
const found = await openBroker(certificate === undefined ? {} : { secure: { ...certificate, username: "egret", password } })
const broker = "unavailable" in found ? undefined : found
if ("unavailable" in found) missing("kafka", found.unavailable)
afterAll(async () => {
  await broker?.close()
  rmSync(folder, { recursive: true, force: true })
})

describe.skipIf(broker === undefined)("the Kafka bus", () => {
  it.skipIf(broker?.secureAddress === undefined)(
    "speaks TLS to a broker of a private authority and logs in, and is refused with a wrong password",
    async () => {
      const secure = (clear: string): Promise<Bus> => {
        const sasl = { mechanism: "plain", username: "egret", password: "env:X" }
        const config = busConfig.parse({
          kafka: { brokers: [broker?.secureAddress], topicPrefix: "tls.", partitions: 1, tls: { ca: certificate?.ca }, sasl },
        }).kafka
        return openKafkaBus({
          config: { ...config, ...(config.sasl === undefined ? {} : { sasl: { ...config.sasl, password: new Secret("env:X", clear) } }) },
          logger: silentLogger(),
          metrics: new Metrics(),
        })
      }
      const bus = await secure(password)
      const seen = new Collected()
      await bus.subscribe(topics.activity, "detect", seen.handler)
      await bus.publish(topics.activity, [event("k", { n: 1 })])
      await seen.until(1)
      await bus.close()
      await expect(secure("wrong")).rejects.toThrow(/no Kafka broker answers well.*[Aa]uthentication/)
    },
  )

  it("cuts its records smaller when the broker takes less than it thought, and loses nothing", async () => {
    const prefix = `${randomBytes(4).toString("hex")}.`
    const admin = new Kafka({ brokers: [broker?.address ?? ""], logLevel: logLevel.NOTHING }).admin()
    await admin.connect()
    await admin.createTopics({
      topics: [{ topic: prefix + topics.activity, numPartitions: 2, configEntries: [{ name: "max.message.bytes", value: "60000" }] }],
      waitForLeaders: true,
    })
    await admin.disconnect()
    const bus = await open({ topicPrefix: prefix, compression: "none" })
    const seen = new Collected()
    await bus.subscribe(topics.activity, "detect", seen.handler)
    await bus.publish(
      topics.activity,
      range(400).map((n) => event(`key-${n % 3}`, { n, pad: "x".repeat(1_000) })),
    )
    await bus.publish(topics.activity, [event("large", { n: 0, pad: "y".repeat(300_000) })])
    await seen.until(401)
    for (const key of [0, 1, 2]) expect(seen.numbersOf(`key-${key}`)).toEqual(range(400).filter((n) => n % 3 === key))
    await bus.close()
  })

  it("keeps two installations with topics of their own on one cluster apart", async () => {
    const [one, other] = [randomBytes(4).toString("hex"), randomBytes(4).toString("hex")]
    const buses = [await open({ topicPrefix: `${one}.` }), await open({ topicPrefix: `${other}.` })]
    const seen = await Promise.all(
      buses.map(async (bus) => {
        const collected = new Collected()
        await bus.subscribe(topics.activity, "detect", collected.handler)
        return collected
      }),
    )
    const keys = range(20).map((n) => `key-${n}`)
    await Promise.all(
      buses.map((bus, which) =>
        bus.publish(
          topics.activity,
          keys.map((key) => event(key, { n: which })),
        ),
      ),
    )
    for (const [which, collected] of seen.entries()) {
      await collected.until(keys.length)
      for (const key of keys) expect(collected.numbersOf(key)).toEqual([which])
    }
    await Promise.all(buses.map((bus) => bus.close()))
  })

  it("says which topics are missing when it may not make them", async () => {
    await expect(open({ topicPrefix: `${randomBytes(4).toString("hex")}.`, createTopics: false })).rejects.toThrow(
      /topics are missing: .*egret\.activity\.v1.*set bus\.kafka\.createTopics/,
    )
  })
})

describe("the Kafka bus without a broker", () => {
  it("says in one line that nobody answers, and where it asked", async () => {
    await expect(open({ brokers: ["127.0.0.1:1"] })).rejects.toThrow(/^no Kafka broker answers well at 127\.0\.0\.1:1: .*$/)
  })
})

function open(kafka: Record<string, unknown>): Promise<Bus> {
  const config = busConfig.parse({ kafka: { brokers: [broker?.address ?? "127.0.0.1:1"], partitions: 2, ...kafka } }).kafka
  return openKafkaBus({ config, logger: silentLogger(), metrics: new Metrics() })
}

/** An authority of its own and a certificate for 127.0.0.1, as PEM. */
function makeCertificate(): { ca: string; keystore: string } {
  const at = (name: string): string => join(folder, name)
  const run = (...args: readonly string[]): unknown => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" })
  run("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test authority", "-keyout", "ca.key", "-out", "ca.pem")
  run("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1", "-keyout", "broker.key", "-out", "broker.csr")
  writeFileSync(at("san"), "subjectAltName=IP:127.0.0.1\n")
  run(
    "x509",
    "-req",
    "-in",
    "broker.csr",
    "-CA",
    "ca.pem",
    "-CAkey",
    "ca.key",
    "-CAcreateserial",
    "-days",
    "2",
    "-extfile",
    "san",
    "-out",
    "broker.pem",
  )
  execFileSync("sh", ["-c", "cat broker.key broker.pem ca.pem > keystore.pem"], { cwd: folder })
  return { ca: at("ca.pem"), keystore: at("keystore.pem") }
}
