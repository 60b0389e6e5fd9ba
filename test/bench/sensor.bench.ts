import { execFileSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { requires } from "../support/requires.ts"
import type { Benchmark, Unavailable } from "./benchmark.ts"
import { perCpuSecond, perCpuSecondOf } from "./cpu.ts"
import { peakMegabytesOf } from "./memory.ts"
import { exchanges } from "./support/exchanges.ts"
import type { LoadOptions, Profile, Recording } from "./support/load.ts"

// A sensor runs for days, so the runs are long: in a capture of 100 MB, half a second's work, the optimising compiler was a tenth of ours and more, and the
// start of the process and its dissectors counted on the other side. Ours runs in this process; types are stripped when it loads, so a built copy measures
// the same.
const CONNECTIONS = 4

export const benchmarks: readonly Benchmark[] = [
  sensorRow({ profile: "mix", requests: 3_200, goal: 12, floor: 8 }),
  sensorRow({ profile: "sse", requests: 2_880, goal: 15, floor: 10 }),
  sensorRow({ profile: "bulk", requests: 960, goal: 8, floor: 5 }),
  {
    name: "sensor-memory",
    title:
      "peak resident memory while the file of sensor-mix is decoded, each in a process of its own, against tshark with the same keys, fields only",
    unit: "MB",
    better: "lower",
    goal: 4,
    floor: 2,
    // Memory says nearly the same each time. tshark keeps all of what it decoded and we do not: with a quarter of this file the ratio is half as good.
    rounds: 1,
    setup: async () => {
      const recorded = record({ profile: "mix", requests: 3_200 * CONNECTIONS, connections: CONNECTIONS })
      if ("unavailable" in recorded) return recorded
      const { folder, recording, close } = recorded
      const decode = [...process.execArgv, join(import.meta.dirname, "support/decode.ts"), folder]
      return {
        ours: () => peakMegabytesOf(process.execPath, decode),
        yardstick: () => peakMegabytesOf("tshark", fieldsOnly(recording)),
        close,
      }
    },
  },
]

interface Shape {
  readonly profile: Profile
  /** Of the first connections of all clients. */
  readonly requests: number
  readonly goal: number
  readonly floor: number
}

function sensorRow({ profile, requests, goal, floor }: Shape): Benchmark {
  return {
    name: `sensor-${profile}`,
    title: `TLS 1.3 file of 350 to 400 MB (${profile}, HTTP/1.1 and HTTP/2) to exchanges with body hashes, against tshark with the same keys, fields only; CPU time of both`,
    unit: "MB/s",
    better: "higher",
    goal,
    floor,
    rounds: 3,
    setup: async () => {
      const recorded = record({ profile, requests: requests * CONNECTIONS, connections: CONNECTIONS })
      if ("unavailable" in recorded) return recorded
      const { recording, close } = recorded
      const megabytes = recording.size / 1e6
      return {
        ours: () => perCpuSecond(megabytes, () => exchanges(recording)),
        yardstick: () => perCpuSecondOf(megabytes, "tshark", fieldsOnly(recording)),
        close,
      }
    },
  }
}

interface Recorded {
  readonly folder: string
  readonly recording: Recording
  readonly close: () => void
}

function record({ profile, requests, connections }: Omit<LoadOptions, "folder">): Recorded | Unavailable {
  const needs = requires("tshark", "tcpdump", "openssl", "python3", "root")
  if (needs.missing) return { unavailable: needs.reason }
  const folder = mkdtempSync(join(tmpdir(), "egret-bench-"))
  const script = join(import.meta.dirname, "support/record.ts")
  execFileSync(process.execPath, [...process.execArgv, script, folder, profile, String(requests), String(connections)], {
    stdio: ["ignore", "ignore", "inherit"],
  })
  const recording = JSON.parse(readFileSync(join(folder, "recording.json"), "utf8")) as Recording
  return { folder, recording, close: () => rmSync(folder, { recursive: true }) }
}

function fieldsOnly({ capture, keyLog }: Recording): string[] {
  const fields = [
    "http.request.method",
    "http.request.uri",
    "http.response.code",
    "http2.headers.path",
    "http2.headers.status",
    "tcp.stream",
  ]
  const wanted = fields.flatMap((field) => ["-e", field])
  return ["-r", capture, "-o", `tls.keylog_file:${keyLog}`, "-Y", "http or http2", "-T", "fields", ...wanted]
}
