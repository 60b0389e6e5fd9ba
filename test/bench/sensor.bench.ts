import { execFileSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { readCaptureFile } from "../../collectors/capture/capture-file.ts"
import { KeyStore } from "../../collectors/keys/key-store.ts"
import { Wire } from "../../collectors/wire/wire.ts"
import { requires } from "../support/requires.ts"
import type { Benchmark } from "./benchmark.ts"
import { perCpuSecond, perCpuSecondOf } from "./cpu.ts"
import type { Profile, Recording } from "./support/load.ts"

// Captures of some 80 to 100 MB: with 30 MB the optimising compiler was still at work in most rounds on one side, and the start of the process and its
// dissectors counted on the other. Ours runs in this process; types are stripped when it loads, so a built copy measures the same.
export const benchmarks: readonly Benchmark[] = [
  sensorRow({ profile: "mix", requests: 3_200, goal: 12, floor: 8 }),
  sensorRow({ profile: "sse", requests: 2_880, goal: 15, floor: 10 }),
  sensorRow({ profile: "bulk", requests: 960, goal: 8, floor: 5 }),
]

interface Shape {
  readonly profile: Profile
  readonly requests: number
  readonly goal: number
  readonly floor: number
}

function sensorRow({ profile, requests, goal, floor }: Shape): Benchmark {
  return {
    name: `sensor-${profile}`,
    title: `TLS 1.3 file of 80 to 100 MB (${profile}, HTTP/1.1 and HTTP/2) to exchanges with body hashes, against tshark with the same keys, fields only; CPU time of both`,
    unit: "MB/s",
    better: "higher",
    goal,
    floor,
    rounds: 3,
    setup: async () => {
      const needs = requires("tshark", "tcpdump", "openssl", "root")
      if (needs.missing) return { unavailable: needs.reason }
      const folder = mkdtempSync(join(tmpdir(), "egret-bench-"))
      const record = join(import.meta.dirname, "support/record.ts")
      execFileSync(process.execPath, [...process.execArgv, record, folder, profile, String(requests)], {
        stdio: ["ignore", "ignore", "inherit"],
      })
      const recording = JSON.parse(readFileSync(join(folder, "recording.json"), "utf8")) as Recording
      const megabytes = recording.size / 1e6
      return {
        ours: () => perCpuSecond(megabytes, () => exchanges(recording)),
        yardstick: () => perCpuSecondOf(megabytes, "tshark", fieldsOnly(recording)),
        close: () => rmSync(folder, { recursive: true }),
      }
    },
  }
}

/** Right before fast: every body that an endpoint sent must be there, whole. */
async function exchanges({ capture, keyLog, bodies }: Recording): Promise<void> {
  const keys = new KeyStore()
  keys.addText(readFileSync(keyLog))
  const seen: string[] = []
  const wire = new Wire({
    keys,
    sink: {
      fact(_, fact) {
        if (fact.type !== "exchange") return
        for (const message of [fact.request, fact.response]) if (message?.body.completeness === "full") seen.push(message.body.sha256)
      },
      closed() {},
      problem() {},
    },
  })
  for await (const batch of readCaptureFile(capture)) wire.read(batch)
  wire.end()
  if (seen.sort().join() !== bodies.join()) throw new Error(`${seen.length} whole bodies of ${bodies.length}, or other ones`)
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
