// npm run soak                                 ten minutes of mirrored traffic into a built `egret up`
// npm run soak -- --minutes 60 --calls 100     longer, and so many model calls a second
// Everything runs on loopback. Lost rows and memory that keeps growing make it fail.
import { type ChildProcess, spawn } from "node:child_process"
import { createSocket } from "node:dgram"
import { once } from "node:events"
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { parseArgs } from "node:util"
import { builtCommand } from "../support/console.ts"
import { freePort } from "../support/ports.ts"
import { modelCall } from "./traffic.ts"

interface Sample {
  readonly seconds: number
  /** Resident memory of the process and of the engine beside it, in MB. */
  readonly memory: number
  readonly sent: number
}

const { values } = parseArgs({
  options: { minutes: { type: "string", default: "10" }, calls: { type: "string", default: "40" } },
})
const minutes = Number(values.minutes)
const callsPerSecond = Number(values.calls)
const folder = mkdtempSync(join(tmpdir(), "egret-soak-"))
async function soak(): Promise<number> {
  const port = await freePort("udp")
  const child = start(port)
  const exited = once(child, "exit")
  const samples: Sample[] = []
  let sent = 0
  try {
    await running(child)
    const socket = createSocket("udp4")
    const began = performance.now()
    const passed = () => (performance.now() - began) / 1_000
    for (let nextSample = 0; passed() < minutes * 60; ) {
      while (sent < passed() * callsPerSecond) {
        for (const packet of modelCall(sent)) await new Promise((done) => socket.send(packet, port, "127.0.0.1", done))
        sent += 1
      }
      if (passed() >= nextSample) {
        nextSample += SAMPLE_SECONDS
        samples.push({ seconds: Math.round(passed()), memory: memoryOf(child.pid ?? 0), sent })
        process.stdout.write(`${JSON.stringify(samples.at(-1))}\n`)
      }
      await sleep(20)
    }
    socket.close()
    await sleep(2_000)
    child.kill("SIGTERM")
    const [code] = await exited
    return judge({ code, sent, stored: await stored(), samples })
  } finally {
    child.kill("SIGKILL")
  }
}

function judge({ code, sent, stored, samples }: { code: unknown; sent: number; stored: number; samples: readonly Sample[] }): number {
  // The first quarter is warming up: caches fill, the engine takes what it wants.
  const settled = samples.slice(Math.ceil(samples.length / 4)).map(({ memory }) => memory)
  const half = Math.ceil(settled.length / 2)
  const before = median(settled.slice(0, half))
  const after = median(settled.slice(half))
  const growth = before === 0 ? 0 : after / before
  const lost = sent - stored
  process.stdout.write(
    `${JSON.stringify({ minutes, sent, stored, lost, exit: code, memoryBefore: before, memoryAfter: after, growth: Number(growth.toFixed(3)) })}\n`,
  )
  const problems = [
    ...(code === 0 ? [] : [`egret ended with ${String(code)}`]),
    ...(lost === 0 ? [] : [`${lost} model calls are not in the store`]),
    ...(growth > MAX_GROWTH ? [`memory grew from ${before} to ${after} MB`] : []),
  ]
  for (const problem of problems) process.stderr.write(`soak: ${problem}\n`)
  return problems.length === 0 ? 0 : 1
}

function start(port: number): ChildProcess {
  return spawn(process.execPath, [builtCommand, "up"], {
    cwd: folder,
    env: {
      ...process.env,
      EGRET__SENSOR__CAPTURE__UDP__LISTEN: `127.0.0.1:${port}`,
      EGRET__SENSOR__CAPTURE__UDP__GENEVE_PORT: "-1",
      EGRET__METRICS__LISTEN: "127.0.0.1:0",
      EGRET__API__ENABLED: "false",
      EGRET__LOG__FORMAT: "json",
    },
    stdio: ["ignore", "inherit", "pipe"],
  })
}

async function running(child: ChildProcess): Promise<void> {
  let log = ""
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    if (log.length < MAX_LOG) log += text
  })
  for (const last = Date.now() + 90_000; !log.includes('"msg":"running"'); await sleep(100))
    if (child.exitCode !== null || Date.now() > last) throw new Error(`egret up does not run: ${log}`)
}

async function stored(): Promise<number> {
  const sql = "SELECT count() AS n FROM llm_calls"
  const child = spawn(process.execPath, [builtCommand, "query", sql, "--format", "ndjson"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "inherit"],
  })
  let text = ""
  child.stdout.setEncoding("utf8").on("data", (piece: string) => {
    text += piece
  })
  await once(child, "close")
  return Number((JSON.parse(text) as { n: number | string }).n)
}

/** Of a process and its children, in MB (Linux). */
function memoryOf(pid: number): number {
  let kilobytes = 0
  for (const entry of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const status = readFileSync(`/proc/${entry}/status`, "utf8")
      const parent = Number(/^PPid:\s+(\d+)/m.exec(status)?.[1])
      if (Number(entry) === pid || parent === pid) kilobytes += Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0)
    } catch {
      // it ended while we looked
    }
  }
  return Math.round(kilobytes / 1024)
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}

const SAMPLE_SECONDS = 15
const MAX_GROWTH = 1.25
const MAX_LOG = 100_000

try {
  process.exitCode = await soak()
} finally {
  rmSync(folder, { recursive: true, force: true })
}
