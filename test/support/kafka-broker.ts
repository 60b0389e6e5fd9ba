// A Kafka broker for tests: EGRET_TEST_KAFKA (host:port), else a container when a Docker engine answers, else Apache Kafka from Maven Central run by
// the machine's Java in KRaft mode in a temporary folder. Nothing is left running and nothing is left on disk but the cached jars.
import { type ChildProcess, execFileSync, spawn } from "node:child_process"
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { Kafka, logLevel } from "kafkajs"
import { freePort } from "./ports.ts"
import { which } from "./requires.ts"

export interface Broker {
  readonly address: string
  /** TLS and SASL PLAIN, when asked for and the broker is ours to set up. */
  readonly secureAddress?: string
  /** Absent when the broker is not ours to stop. */
  readonly stop?: (signal?: NodeJS.Signals) => Promise<void>
  /** On the same port, with what it had stored. */
  readonly start?: () => Promise<void>
  close(): Promise<void>
}

export interface BrokerOptions {
  /** PEM file of key and certificates, and who may log in. */
  readonly secure?: { readonly keystore: string; readonly username: string; readonly password: string }
}

export async function openBroker(options: BrokerOptions = {}): Promise<Broker | { readonly unavailable: string }> {
  const given = process.env["EGRET_TEST_KAFKA"]
  if (given !== undefined && given !== "") return { address: given, close: async () => {} }
  if (dockerAnswers()) return openContainer()
  const jars = kafkaJars()
  return typeof jars === "string" ? openJava(jars, options) : jars
}

function dockerAnswers(): boolean {
  if (which("docker") === undefined) return false
  try {
    execFileSync("docker", ["info"], { stdio: "ignore", timeout: 10_000 })
    return true
  } catch {
    return false
  }
}

async function openContainer(): Promise<Broker> {
  const { KafkaContainer } = await import("@testcontainers/kafka")
  const container = await new KafkaContainer("apache/kafka:4.1.0").start()
  return { address: `${container.getHost()}:${container.getMappedPort(9093)}`, close: async () => void (await container.stop()) }
}

/** The folder of jars, fetched by Maven on first use. */
export function kafkaJars(): string | { readonly unavailable: string } {
  const folder = resolve(import.meta.dirname, `../../.cache/kafka-${KAFKA_VERSION}`)
  if (existsSync(join(folder, "complete"))) return join(folder, "libs")
  if (which("java") === undefined || which("mvn") === undefined)
    return { unavailable: "no EGRET_TEST_KAFKA, no Docker engine, and no java and mvn to run Apache Kafka" }
  const work = mkdtempSync(join(tmpdir(), "egret-kafka-jars-"))
  try {
    writeFileSync(join(work, "pom.xml"), POM)
    execFileSync("mvn", ["-q", "-B", "dependency:copy-dependencies", "-DoutputDirectory=libs"], {
      cwd: work,
      stdio: "pipe",
      timeout: 240_000,
    })
    writeFileSync(join(work, "complete"), "")
    mkdirSync(resolve(folder, ".."), { recursive: true })
    moveFolder(work, folder)
    return join(folder, "libs")
  } catch (error) {
    if (existsSync(join(folder, "complete"))) return join(folder, "libs")
    return { unavailable: `Maven could not fetch Apache Kafka: ${(error as Error).message.split("\n", 1)[0]}` }
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

function moveFolder(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch {
    // Temporary folder on another file system.
    cpSync(from, to, { recursive: true })
  }
}

async function openJava(jars: string, { secure }: BrokerOptions): Promise<Broker> {
  const folder = mkdtempSync(join(tmpdir(), "egret-kafka-"))
  const [port, controllerPort, securePort] = [await freePort("tcp"), await freePort("tcp"), await freePort("tcp")]
  const properties = join(folder, "server.properties")
  writeFileSync(
    properties,
    serverProperties({ folder, port, controllerPort, secure: secure === undefined ? undefined : { ...secure, port: securePort } }),
  )
  const classPath = readdirSync(jars)
    .filter((name) => name.endsWith(".jar"))
    .map((name) => join(jars, name))
    .join(":")
  const java = (args: readonly string[]): string[] => ["-Xmx384m", "-XX:+UseSerialGC", "-cp", classPath, ...args]
  execFileSync("java", java(["kafka.tools.StorageTool", "format", "-t", "MkU3OEVBNTcwNTJENDM2Qk", "-c", properties]), {
    stdio: "pipe",
    timeout: 60_000,
  })
  let child: ChildProcess | undefined
  const start = async (): Promise<void> => {
    child = spawn("java", java(["kafka.Kafka", properties]), { stdio: "ignore" })
    await untilReady(`127.0.0.1:${port}`, child)
  }
  const stop = async (signal: NodeJS.Signals = "SIGTERM"): Promise<void> => {
    const ending = child
    child = undefined
    if (ending === undefined || ending.exitCode !== null) return
    const ended = new Promise((done) => ending.once("exit", done))
    ending.kill(signal)
    await ended
  }
  const close = async (): Promise<void> => {
    await stop("SIGKILL")
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await start()
  } catch (error) {
    await close()
    throw error
  }
  return { address: `127.0.0.1:${port}`, ...(secure === undefined ? {} : { secureAddress: `127.0.0.1:${securePort}` }), start, stop, close }
}

async function untilReady(address: string, child: ChildProcess): Promise<void> {
  const admin = new Kafka({ brokers: [address], logLevel: logLevel.NOTHING, retry: { retries: 0 }, connectionTimeout: 500 }).admin()
  for (const end = Date.now() + 60_000; Date.now() < end; await sleep(200)) {
    if (child.exitCode !== null) throw new Error(`the Kafka broker ended with code ${child.exitCode}`)
    try {
      await admin.connect()
      await admin.describeCluster()
      return await admin.disconnect()
    } catch {
      // not yet
    }
  }
  throw new Error("the Kafka broker did not answer within 60 s")
}

interface Properties {
  readonly folder: string
  readonly port: number
  readonly controllerPort: number
  readonly secure: (NonNullable<BrokerOptions["secure"]> & { readonly port: number }) | undefined
}

function serverProperties({ folder, port, controllerPort, secure }: Properties): string {
  const [listener, protocol] = secure === undefined ? ["", ""] : [`,SECURE://127.0.0.1:${secure.port}`, ",SECURE:SASL_SSL"]
  return `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${controllerPort}
listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}${listener}
advertised.listeners=PLAINTEXT://127.0.0.1:${port}${listener}
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT${protocol}
log.dirs=${join(folder, "data")}
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
auto.create.topics.enable=false
${secure === undefined ? "" : secureProperties(secure)}`
}

function secureProperties({ keystore, username, password }: NonNullable<BrokerOptions["secure"]>): string {
  const module = "org.apache.kafka.common.security.plain.PlainLoginModule"
  return `sasl.enabled.mechanisms=PLAIN
listener.name.secure.sasl.enabled.mechanisms=PLAIN
listener.name.secure.plain.sasl.jaas.config=${module} required user_${username}="${password}";
ssl.keystore.type=PEM
ssl.keystore.location=${keystore}
`
}

const KAFKA_VERSION = "4.1.0"
const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>egret.test</groupId><artifactId>kafka-broker</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${KAFKA_VERSION}</version></dependency>
  </dependencies>
</project>
`
