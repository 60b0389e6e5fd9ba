// The first day with Egret, as one story: protect an egress IP, let an agent behind it talk, read what it said, and leave no trace.
import type { ChildProcess } from "node:child_process"
import { createSocket } from "node:dgram"
import { once } from "node:events"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { createServer as createTlsServer } from "node:tls"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { Side, StreamEvent } from "../../collectors/wire/stream.ts"
import { workloadMap } from "../../services/contracts/workload-map.ts"
import { FakeEc2 } from "../support/ec2/fake.ts"
import { ips, sensorInterface, smallWorld } from "../support/ec2/world.ts"
import { egret, startEgret } from "../support/egret.ts"
import { tcpPacket, vxlan } from "../support/packets.ts"
import { freePort } from "../support/ports.ts"
import { requires } from "../support/requires.ts"
import { makeCertificate, startRecorder } from "../support/tls/recorded-session.ts"

const AGENT = "10.0.0.10"
const MODEL = "198.51.100.77"
const TOKEN = "enrolment token of this story"

describe.skipIf(requires("chdb", "openssl").missing)("an egress IP, from protection to destruction", () => {
  const cloud = new FakeEc2(smallWorld())
  const folder = mkdtempSync(join(tmpdir(), "egret-story-"))
  const settings = join(folder, "egret.yaml")
  let up: ChildProcess
  let log = ""
  let sensorPort = 0

  beforeAll(async () => {
    sensorPort = await freePort("udp")
    writeFileSync(join(folder, "token.txt"), TOKEN)
    writeFileSync(
      settings,
      [
        `mirror: { region: eu-central-1, endpoint: "${await cloud.start()}", stateDir: ${folder}/mirror, target: { networkInterface: ${sensorInterface} } }`,
        `sensor: { capture: { udp: { listen: "127.0.0.1:${sensorPort}", genevePort: -1 } } }`,
        `keys: { push: { enabled: true, listen: "127.0.0.1:${await freePort("tcp")}", folder: ${folder}/authority, token: "file:${folder}/token.txt" } }`,
        `api: { listen: "127.0.0.1:${await freePort("tcp")}", stateDir: ${folder}/api }`,
        `store: { embedded: { path: ${folder}/store }, writer: { delay: 200ms } }`,
        `detect: { stateDir: ${folder}/detect }`,
        "metrics: { listen: 127.0.0.1:0 }",
        "log: { format: json }",
        "",
      ].join("\n"),
    )
    up = startEgret(["up", "--config", settings], { cwd: folder, env: CREDENTIALS })
    for (const stream of [up.stdout, up.stderr]) stream?.setEncoding("utf8").on("data", (text: string) => (log += text))
    await logged('"msg":"running"')
  }, 120_000)
  afterAll(async () => {
    up.kill("SIGKILL")
    await cloud.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  it("is planned, applied, seen and decrypted under its workload, counted as covered, and destroyed without a trace", async () => {
    expect((await run("mirror", "plan", "--egress-ip", ips.instance)).stdout).toContain(`+ eni-agent  ${AGENT}`)
    expect(cloud.everything).toEqual([])
    expect((await run("mirror", "apply", "--egress-ip", ips.instance)).stdout).toContain("Mirroring is on: 1 interfaces")
    const [entry] = workloadMap.parse(JSON.parse(readFileSync(join(folder, "mirror/workloads.json"), "utf8"))).entries
    const vni = entry?.vni ?? 0
    await logged("who is behind the mirror has changed")

    const { url, fingerprint } = keyEndpoint()
    const profiles = ["--profiles", join(folder, "profiles")]
    await run(
      "keys",
      "enroll",
      url,
      "--fingerprint",
      fingerprint,
      "--token-file",
      join(folder, "token.txt"),
      "--name",
      "agent",
      ...profiles,
    )
    const events = await talk((port) => run("keys", "run", ...profiles, "--", process.execPath, "-e", agentProgram(port)))
    await mirror(vni, packetsOf(events))

    const token = (await run("token", "create", "story", "--role", "admin", "--config", settings)).stdout.match(/egret_\S+/)?.[0] ?? ""
    const api = <T>(path: string, init: RequestInit = {}) => ask<T>(`${apiUrl()}${path}`, token, init)
    const call = await eventually(async () => (await api<Items>("/v1/activity?kind=llm")).items[0])
    expect(call).toMatchObject({
      egress_ip: ips.instance,
      workload_id: `eni-agent/${AGENT}`,
      gen_ai_request_model: "gpt-4o-mini",
    })
    expect((await api<Items>("/v1/workloads")).items).toMatchObject([
      { egress_ip: ips.instance, network_interface: "eni-agent", instance: "i-agent", vpc: "vpc-1" },
    ])
    const coverage = await eventually(async () =>
      (await api<Items>("/v1/coverage?by=egress_ip")).items.find((row) => row["key"] === ips.instance && Number(row["tls"]) > 0),
    )
    expect(coverage).toMatchObject({ key: ips.instance, share: 1 })
    expect(await api("/v1/mirroring")).toMatchObject({ configured: true, protected: [ips.instance] })

    expect((await run("mirror", "status")).code).toBe(0)
    expect((await run("mirror", "destroy")).stdout).toContain("still protected: nothing")
    expect(cloud.everything).toEqual([])
    expect(await api("/v1/mirroring")).toMatchObject({ protected: [] })
  }, 180_000)

  async function run(...args: readonly string[]) {
    const file = args[0] === "mirror" ? ["--config", settings] : []
    const ran = await egret([...args.slice(0, 2), ...file, ...args.slice(2)], {
      cwd: folder,
      env: { ...CREDENTIALS, NODE_NO_WARNINGS: "1", NODE_TLS_REJECT_UNAUTHORIZED: "0" },
    })
    if (ran.code !== 0) throw new Error(`egret ${args.join(" ")}: ${ran.stderr}${ran.stdout}`)
    return ran
  }

  async function logged(text: string): Promise<void> {
    for (const last = Date.now() + 90_000; !log.includes(text); await sleep(50))
      if (up.exitCode !== null || Date.now() > last) throw new Error(`"${text}" was not logged: ${log}`)
  }

  function keyEndpoint(): { url: string; fingerprint: string } {
    const line = log.split("\n").find((text) => text.includes("taking keys over HTTPS")) ?? "{}"
    const { port, fingerprint } = JSON.parse(line) as { port: number; fingerprint: string }
    return { url: `https://127.0.0.1:${port}`, fingerprint }
  }

  function apiUrl(): string {
    return /"url":"(http[^"]+)"/.exec(log)?.[1] ?? ""
  }

  async function mirror(vni: number, packets: readonly Uint8Array[]): Promise<void> {
    const socket = createSocket("udp4")
    for (const packet of packets) await new Promise((done) => socket.send(vxlan(vni, packet), sensorPort, "127.0.0.1", done))
    socket.close()
  }
})

/** A model on loopback; what passes between the agent and it, as a tap would see it. */
async function talk(start: (port: number) => Promise<unknown>): Promise<readonly StreamEvent[]> {
  const { key, cert, path } = makeCertificate()
  const answer = JSON.stringify({
    id: "chatcmpl-1",
    object: "chat.completion",
    model: "gpt-4o-mini",
    choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: "Hello." } }],
    usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
  })
  const model = createTlsServer({ key, cert }, (socket) => {
    socket.once("data", () =>
      socket.end(
        `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${answer.length}\r\nconnection: close\r\n\r\n${answer}`,
      ),
    )
    socket.on("error", () => undefined)
  })
  model.listen(0, "127.0.0.1")
  await once(model, "listening")
  const recorder = await startRecorder((model.address() as AddressInfo).port)
  const closed = new Promise<void>((resolve) => recorder.onClosed(resolve))
  try {
    await start(recorder.port)
    await closed
    return recorder.events
  } finally {
    recorder.close()
    model.close()
    rmSync(path, { recursive: true, force: true })
  }
}

function agentProgram(port: number): string {
  const body = { model: "gpt-4o-mini", messages: [{ role: "user", content: "Say hello." }] }
  return `fetch("https://127.0.0.1:${port}/v1/chat/completions", { method: "POST", headers: { "content-type": "application/json" }, body: ${JSON.stringify(JSON.stringify(body))} }).then((r) => r.json()).then((j) => { if (j.choices[0].message.content !== "Hello.") process.exitCode = 1 })`
}

/** The recorded bytes as packets of the agent's private address. */
function packetsOf(events: readonly StreamEvent[]): Uint8Array[] {
  const client = { from: AGENT, to: MODEL, sport: 40_123, dport: 443 }
  const server = { from: MODEL, to: AGENT, sport: 443, dport: 40_123 }
  const next: Record<Side, number> = { client: 1_001, server: 9_001 }
  const packets = [
    tcpPacket({ ...client, seq: 1_000, flags: "S" }),
    tcpPacket({ ...server, seq: 9_000, ack: 1_001, flags: "SA" }),
    tcpPacket({ ...client, seq: 1_001, ack: 9_001, flags: "A" }),
  ]
  for (const event of events) {
    if (event.type !== "data") continue
    const { side } = event
    const ends = side === "client" ? client : server
    for (let at = 0; at < event.bytes.length; at += SEGMENT) {
      const payload = event.bytes.subarray(at, at + SEGMENT)
      packets.push(tcpPacket({ ...ends, seq: next[side], ack: next[side === "client" ? "server" : "client"], flags: "AP", payload }))
      next[side] += payload.length
    }
  }
  packets.push(tcpPacket({ ...client, seq: next.client, ack: next.server, flags: "FA" }))
  packets.push(tcpPacket({ ...server, seq: next.server, ack: next.client + 1, flags: "FA" }))
  return packets
}

async function ask<T>(url: string, token: string, init: RequestInit): Promise<T> {
  const answer = await fetch(url, { ...init, headers: { authorization: `Bearer ${token}`, "content-type": "application/json" } })
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as T
}

async function eventually<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (const last = Date.now() + 60_000; ; await sleep(300)) {
    const found = await look()
    if (found !== undefined) return found
    if (Date.now() > last) throw new Error("it never came")
  }
}

interface Items {
  readonly items: readonly Record<string, unknown>[]
}

const CREDENTIALS = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" }
const SEGMENT = 1_400
