import { execFileSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { readCaptureFile } from "../../collectors/capture/capture-file.ts"
import { KeyStore } from "../../collectors/keys/key-store.ts"
import { SensorCore } from "../../collectors/sensor/core.ts"
import { Judgement } from "../../services/cli/replay/judgement.ts"
import { storeConfig } from "../../services/contracts/config/store.ts"
import { shippedPolicy } from "../../services/policy/decide.ts"
import { silentLogger } from "../../services/runtime/logger.ts"
import { openStore } from "../../services/store/open-store.ts"
import { requires } from "../support/requires.ts"
import { type Benchmark, perSecond } from "./benchmark.ts"
import type { Recording } from "./support/load.ts"

// What `egret replay --store` does, from the first packet until the last row is in the engine and the engine is closed. Both sides read the same file with
// the same keys; tshark prints fields and stores nothing.
export const benchmarks: readonly Benchmark[] = [
  storedRow({ name: "stored-rows", detect: false, goal: 4, floor: 2.5, title: "TLS 1.3 file (mix) to stored audit rows, bodies kept" }),
  storedRow({
    name: "stored-judged",
    detect: true,
    goal: 2,
    floor: 1,
    title: "TLS 1.3 file (mix) to stored audit rows, bodies kept, every exchange judged",
  }),
]

interface Shape extends Pick<Benchmark, "name" | "title" | "goal" | "floor"> {
  readonly detect: boolean
}

function storedRow({ detect, title, ...row }: Shape): Benchmark {
  return {
    ...row,
    title: `${title}, against tshark with the same keys, fields only`,
    unit: "MB/s",
    better: "higher",
    rounds: 3,
    setup: async () => {
      const needs = requires("tshark", "tcpdump", "openssl", "root", "chdb")
      if (needs.missing) return { unavailable: needs.reason }
      const folder = mkdtempSync(join(tmpdir(), "egret-bench-"))
      const record = join(import.meta.dirname, "support/record.ts")
      execFileSync(process.execPath, [...process.execArgv, record, folder, "mix", String(REQUESTS), "1"], {
        stdio: ["ignore", "ignore", "inherit"],
      })
      const recording = JSON.parse(readFileSync(join(folder, "recording.json"), "utf8")) as Recording
      const megabytes = recording.size / 1e6
      let round = 0
      return {
        ours: () => store(recording, { path: join(folder, `store-${round++}`), detect, megabytes }),
        yardstick: () => perSecond(megabytes, () => tshark(recording)),
        close: () => rmSync(folder, { recursive: true }),
      }
    },
  }
}

async function store(
  { capture, keyLog }: Recording,
  { path, detect, megabytes }: { path: string; detect: boolean; megabytes: number },
): Promise<number> {
  const config = storeConfig.parse({ embedded: { path } })
  const judgement = await Judgement.open({ detect, policy: shippedPolicy("balanced"), logger: silentLogger(), store: config })
  const measured = await perSecond(megabytes, async () => {
    const keys = new KeyStore()
    keys.addText(readFileSync(keyLog))
    const core = new SensorCore({ sensor: "bench", keys, emit: (envelope) => judgement.take(envelope, JSON.stringify(envelope)) })
    for await (const batch of readCaptureFile(capture)) {
      core.read(batch)
      await judgement.flush()
    }
    core.end()
    await judgement.end()
  })
  // Right before fast: every exchange is a row, and its body is there.
  const opened = await openStore({ engine: "embedded", path })
  const [row] = await opened.query<{ exchanges: number; bodies: number }>(
    "SELECT (SELECT count() FROM activity WHERE kind = 'http') AS exchanges, (SELECT count() FROM content) AS bodies",
  )
  await opened.close()
  rmSync(path, { recursive: true })
  if (Number(row?.exchanges) < REQUESTS || Number(row?.bodies) < REQUESTS)
    throw new Error(`${JSON.stringify(row)} rows of ${REQUESTS} exchanges`)
  return measured
}

function tshark({ capture, keyLog }: Recording): void {
  const fields = [
    "http.request.method",
    "http.request.uri",
    "http.response.code",
    "http2.headers.path",
    "http2.headers.status",
    "tcp.stream",
  ]
  const args = [
    "-r",
    capture,
    "-o",
    `tls.keylog_file:${keyLog}`,
    "-Y",
    "http or http2",
    "-T",
    "fields",
    ...fields.flatMap((field) => ["-e", field]),
  ]
  execFileSync("tshark", args, { stdio: ["ignore", "ignore", "ignore"] })
}

const REQUESTS = 1_600
