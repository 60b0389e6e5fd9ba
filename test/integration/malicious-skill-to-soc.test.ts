// A malicious skill from mirrored packets to every kind of destination, and the SOC's word back: rebuilt, judged by the static engine and by an engine over
// HTTP, raised as an event, arrived everywhere under one id; then a SOAR closes it, and the console's API shows who, why and the case.
import type { ChildProcess } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { afterAll, describe, expect, it } from "vitest"
import { Secret } from "../../services/contracts/config/secret.ts"
import { socDestinationTypes as destinationTypes } from "../../services/contracts/config/soc.ts"
import { egret, startEgret } from "../support/egret.ts"
import { type Broker, openBroker } from "../support/kafka-broker.ts"
import { freePort } from "../support/ports.ts"
import { missing, requires } from "../support/requires.ts"
import { download, mirror, skillName } from "../support/sandbox/malicious-skill.ts"
import { openReceiver } from "../support/soc.ts"
import { openKafkaKind } from "../support/soc-kafka-kind.ts"
import { type OpenKind, socKinds } from "../support/soc-kinds.ts"

const needs = requires("chdb", "openssl")
const found = needs.missing ? { unavailable: needs.reason } : await openBroker()
const broker: Broker | undefined = "unavailable" in found ? undefined : found
if ("unavailable" in found && !needs.missing) missing("kafka", found.unavailable)
const folder = mkdtempSync(join(tmpdir(), "egret-skill-soc-"))
afterAll(async () => {
  await broker?.close()
  rmSync(folder, { recursive: true, force: true })
})

describe.skipIf(needs.missing)("a malicious skill, as the SOC sees it", () => {
  it("arrives at every kind of destination under one id, and is closed by a SOAR in the console's API", async () => {
    const engine = await openReceiver(({ path }) => ({
      status: 200,
      body: JSON.stringify(path === "/submit" ? { id: "job-1" } : { state: "done", verdict: "Malware", names: ["Trojan.Skill"] }),
    }))
    const kinds = await Promise.all(socKinds.map(async ({ name, open }) => ({ name, receiver: await open() })))
    if (broker !== undefined) kinds.push({ name: "kafka", receiver: await openKafkaKind(broker.address) })
    const types = new Set(kinds.map(({ receiver }) => String(receiver.given["type"])))
    expect(destinationTypes.filter((type) => !types.has(type) && !(type === "kafka" && broker === undefined))).toEqual([])
    const [udp, api] = [await freePort("udp"), await freePort("tcp")]
    const { yaml, env } = configured(kinds, { udp, api, engine: engine.url })
    writeFileSync(join(folder, "egret.yaml"), yaml)
    const child = startEgret(["up"], { cwd: folder, env })
    let log = ""
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      log += text
    })
    const wait = (condition: () => boolean) => until(condition, { child, what: () => `${log.slice(-2_000)} ${arrivals(kinds)}` })
    try {
      await wait(() => log.includes('"msg":"running"'))
      await mirror(udp, download("10.2.0.11", 42_001))
      const [first] = kinds
      await wait(() => eventIdOf(first?.receiver.bytes() ?? "") !== "")
      const event = eventIdOf(first?.receiver.bytes() ?? "")
      await wait(() => kinds.every(({ receiver }) => receiver.arrived().includes(event)))
      await closeBySoar(event, { api, env })
      child.kill("SIGTERM")
      expect(await once(child, "exit")).toEqual([0, null])
    } finally {
      child.kill("SIGKILL")
      await Promise.all([engine.close(), ...kinds.map(({ receiver }) => receiver.close())])
    }
  })
})

async function closeBySoar(event: string, { api, env }: { api: number; env: Record<string, string> }): Promise<void> {
  const token = async (role: string) =>
    (await egret(["token", "create", `${role}-test`, "--role", role], { cwd: folder, env })).stdout.trim()
  const [soar, viewer] = [await token("soar"), await token("viewer")]
  const read = async () =>
    (await (
      await fetch(`http://127.0.0.1:${api}/v1/events/${event}`, { headers: { authorization: `Bearer ${viewer}` } })
    ).json()) as Record<string, unknown>
  // The row may still be on its way into the store.
  for (const end = Date.now() + 20_000; (await read())["id"] !== event; await sleep(100))
    if (Date.now() > end) throw new Error("no such event in the API")
  expect(await read()).toMatchObject({ status: "new", severity: "critical" })
  const send = () =>
    fetch(`http://127.0.0.1:${api}/v1/soar/verdicts`, {
      method: "POST",
      headers: { authorization: `Bearer ${soar}`, "content-type": "application/json", "idempotency-key": "case-4711-close" },
      body: JSON.stringify({
        event,
        action: "close",
        reason: "skill removed from all agents",
        by: "ann",
        reference: "https://thehive.example/cases/4711",
      }),
    })
  expect(await (await send()).json()).toMatchObject({ replayed: false, event: { status: "resolved" } })
  expect(await (await send()).json()).toMatchObject({ replayed: true })
  const closed = await read()
  expect(closed["status"]).toBe("resolved")
  // After what the sandbox noted itself.
  expect(notesOf(closed).at(-1)).toMatchObject({
    by: "ann (soar-test)",
    text: "Closed as resolved: skill removed from all agents",
    action: "close",
    reference: "https://thehive.example/cases/4711",
  })
}

function notesOf({ notes }: Record<string, unknown>): unknown[] {
  return (typeof notes === "string" ? JSON.parse(notes) : notes) as unknown[]
}

interface Named {
  readonly name: string
  readonly receiver: OpenKind
}

/** Secrets stand in the environment, as a configuration wants them. */
function configured(kinds: readonly Named[], { udp, api, engine }: { udp: number; api: number; engine: string }) {
  const env: Record<string, string> = {}
  const destinations = kinds.map(({ receiver }, index) => {
    const fields = Object.entries(receiver.given).map(([key, value]) => {
      if (!(value instanceof Secret)) return [key, value]
      const variable = `SOC_${index}_${key.toUpperCase()}`
      env[variable] = value.reveal()
      return [key, `env:${variable}`]
    })
    return { name: `d${index}`, minSeverity: "high", families: ["supply-chain"], ...Object.fromEntries(fields) }
  })
  // JSON is YAML.
  const yaml = JSON.stringify({
    log: { format: "json" },
    metrics: { listen: "127.0.0.1:0" },
    api: { listen: `127.0.0.1:${api}` },
    sensor: { capture: { udp: { listen: `127.0.0.1:${udp}`, genevePort: -1 } } },
    store: { writer: { delay: "200ms" } },
    soc: { destinations },
    sandbox: {
      engines: [
        {
          type: "http",
          name: "vendor",
          url: engine,
          kinds: ["skill"],
          poll: "300ms",
          submit: { path: "/submit" },
          report: "/report/{id}",
          running: { field: "state", values: ["running"] },
          verdict: { malicious: ["malware"], labels: "names" },
        },
      ],
    },
  })
  return { yaml, env }
}

/** From Splunk's OCSF: of the event that the sandbox raised. */
function eventIdOf(bytes: string): string {
  const line = bytes.split("\n").find((each) => each.startsWith("{") && each.includes(`Malicious skill: ${skillName}`))
  return line === undefined ? "" : (JSON.parse(line) as { event: { metadata: { correlation_uid: string } } }).event.metadata.correlation_uid
}

function arrivals(kinds: readonly Named[]): string {
  return JSON.stringify(kinds.map(({ name, receiver }) => [name, receiver.arrived().length]))
}

async function until(condition: () => boolean, { child, what }: { child: ChildProcess; what: () => string }): Promise<void> {
  for (const last = Date.now() + 60_000; !condition(); await sleep(50))
    if (child.exitCode !== null || Date.now() > last) throw new Error(`it did not happen: ${what()}`)
}
