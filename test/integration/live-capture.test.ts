// The sensor on an interface, and behind a pipe of tcpdump: a real exchange on loopback is told, what the filter leaves out is not, and it ends when told to.
import { type ChildProcess, execFile, spawn } from "node:child_process"
import { once } from "node:events"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { setTimeout as sleep } from "node:timers/promises"
import { promisify } from "node:util"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { startEgret } from "../support/egret.ts"
import { requires } from "../support/requires.ts"

interface Running {
  readonly child: ChildProcess
  readonly output: () => string
  readonly log: () => string
}

const settings = { EGRET__METRICS__ENABLED: "false", EGRET__LOG__FORMAT: "json" }

describe("live capture", () => {
  let watched: Server
  let other: Server
  const portOf = (server: Server): number => (server.address() as AddressInfo).port
  beforeAll(async () => {
    ;[watched, other] = await Promise.all([serve(), serve()])
  })
  afterAll(() => {
    for (const server of [watched, other]) {
      server.closeAllConnections()
      server.close()
    }
  })

  it.skipIf(requires("pcap", "root", "curl").missing)(
    "takes packets from an interface through libpcap, by its filter, and ends on SIGTERM",
    async () => {
      const sensor = start({
        EGRET__SENSOR__CAPTURE__KIND: "pcap",
        EGRET__SENSOR__CAPTURE__PCAP__DEVICE: "lo",
        EGRET__SENSOR__CAPTURE__PCAP__FILTER: `tcp port ${portOf(watched)}`,
      })
      await until(() => sensor.log().includes('"msg":"running"'))
      await ask(other)
      await ask(watched)
      await until(() => exchanges(sensor).length > 0)
      const exited = once(sensor.child, "exit")
      sensor.child.kill("SIGTERM")
      expect(await exited).toEqual([0, null])
      expect(exchanges(sensor)).toEqual([`GET /hello 200 5 ${portOf(watched)}`])
      expect(summary(sensor)).toMatchObject({ flows: 1, drops: { libpcapRingFull: 0, sensorBusy: 0 } })
    },
  )

  it.skipIf(requires("pcap", "root", "curl").missing)("tells what a snap length cut off as a gap", async () => {
    const sensor = start({
      EGRET__SENSOR__CAPTURE__KIND: "pcap",
      EGRET__SENSOR__CAPTURE__PCAP__DEVICE: "lo",
      EGRET__SENSOR__CAPTURE__PCAP__FILTER: `tcp port ${portOf(watched)}`,
      EGRET__SENSOR__CAPTURE__PCAP__SNAP_LENGTH: "96",
    })
    await until(() => sensor.log().includes('"msg":"running"'))
    await ask(watched)
    await sleep(500)
    const exited = once(sensor.child, "exit")
    sensor.child.kill("SIGTERM")
    expect(await exited).toEqual([0, null])
    expect(summary(sensor).decode.gapBytes).toBeGreaterThan(0)
  })

  it.skipIf(requires("tcpdump", "root", "curl").missing)("reads tcpdump through a pipe, and ends when it ends", async () => {
    const tcpdump = spawn("tcpdump", ["-i", "lo", "-U", "-w", "-", `tcp port ${portOf(watched)}`], { stdio: ["ignore", "pipe", "pipe"] })
    const sensor = start({ EGRET__SENSOR__CAPTURE__KIND: "stdin" })
    if (sensor.child.stdin !== null) tcpdump.stdout.pipe(sensor.child.stdin)
    await Promise.all([once(tcpdump.stderr, "data"), until(() => sensor.log().includes('"msg":"running"'))])
    await ask(watched)
    await until(() => exchanges(sensor).length > 0)
    const exited = once(sensor.child, "exit")
    tcpdump.kill("SIGINT")
    expect(await exited).toEqual([0, null])
    expect(exchanges(sensor)).toEqual([`GET /hello 200 5 ${portOf(watched)}`])
  })
})

async function serve(): Promise<Server> {
  const server = createServer((_, response) => response.end("hello")).listen(0, "127.0.0.1")
  await once(server, "listening")
  return server
}

async function ask(server: Server): Promise<void> {
  await promisify(execFile)("curl", ["-s", `http://127.0.0.1:${(server.address() as AddressInfo).port}/hello`])
}

function start(env: Record<string, string>): Running {
  const child = startEgret(["sensor", "--print"], { env: { ...settings, ...env } })
  let output = ""
  let log = ""
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    output += text
  })
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    log += text
  })
  return { child, output: () => output, log: () => log }
}

function exchanges({ output }: Running): string[] {
  return output()
    .split("\n")
    .filter((line) => line.includes('"kind":"http"'))
    .map((line) => JSON.parse(line) as { data: Exchange; flow: { server: { port: number } } })
    .map(({ data, flow }) => `${data.method} ${data.path} ${data.status} ${data.response.bytes} ${flow.server.port}`)
}

function summary({ log }: Running): Summary {
  const line = log()
    .split("\n")
    .find((text) => text.includes('"msg":"sensor stopped"'))
  return (JSON.parse(line ?? "{}") as { summary: Summary }).summary
}

async function until(holds: () => boolean): Promise<void> {
  for (const last = Date.now() + 60_000; !holds(); await sleep(50)) if (Date.now() > last) throw new Error("it never came")
}

interface Exchange {
  readonly method: string
  readonly path: string
  readonly status: number
  readonly response: { readonly bytes: number }
}
interface Summary {
  readonly flows: number
  readonly drops: Readonly<Record<string, number>>
  readonly decode: { readonly gapBytes: number }
}
