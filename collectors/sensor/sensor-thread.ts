// One sensor worker of a live sensor: reads batches as they come, sends envelopes on as JSON lines. While the main thread is behind, batches are kept
// and not given back; the capture thread runs out of credit and drops at the door.
import { parentPort, workerData } from "node:worker_threads"
import type { Envelope } from "../../services/contracts/envelope.ts"
import { workloadLookup } from "../../services/contracts/workload-map.ts"
import { KeyStore } from "../keys/key-store.ts"
import { newBatch, RETAINED_SLABS } from "../wire/packet-batch.ts"
import { SensorCore } from "./core.ts"
import { FileOutlet } from "./file-outlet.ts"
import { type PackedBatch, unpack } from "./packed-batch.ts"
import { PacketSpool } from "./spool/packet-spool.ts"
import { summarise } from "./summary.ts"
import type { FromSensorThread, GivenBack, SensorThreadData, ToSensor, ToSensorThread } from "./threads.ts"

const TICK = 1_000
// Bytes of envelopes that the main thread has not published yet: the bus is behind.
const MAX_UNPUBLISHED = 64 * 1024 * 1024

const { sensor, seed, limits, keyLimits, workloads, files, issuers, spool: spoolOptions, capture } = workerData as SensorThreadData
const keys = new KeyStore(keyLimits)
const outlet = files === undefined ? undefined : new FileOutlet(files)
const spool = spoolOptions === undefined ? undefined : new PacketSpool(spoolOptions)
let lookup = workloadLookup(workloads)
const core = new SensorCore({
  sensor,
  seed,
  limits,
  keys,
  emit,
  issuers,
  workload: (vni, ip) => lookup(vni, ip),
  ...(outlet !== undefined && { onFile: (file) => outlet.add(file, performance.now()) }),
  ...(spool !== undefined && { lookup: spool.watching(keys) }),
})
const started = performance.now()
/** Batches that came while the main thread was behind. */
const waiting: ToSensor[] = []
/** Read batches whose bytes are still compared with. */
const retained: GivenBack[] = []
let lines: string[] = []
let lineKeys: string[] = []
let slab = 0
let unpublished = 0
let idle = true

capture.on("message", (batch: ToSensor) => {
  waiting.push(batch)
  work()
})
parentPort?.on("message", (message: ToSensorThread) => {
  if (message.type === "keys") {
    keys.addText(message.text)
    message.text.fill(0)
    core.read(newEmpty())
    spool?.flushKeys()
    send()
    return
  }
  if (message.type === "files-published") {
    outlet?.published(message.bytes)
    return
  }
  if (message.type === "workloads") {
    lookup = workloadLookup(message.workloads)
    return
  }
  unpublished -= message.bytes
  work()
})
const ticking = setInterval(tick, TICK)

function work(): void {
  while (waiting.length > 0 && unpublished < MAX_UNPUBLISHED) {
    const batch = waiting.shift()
    if (batch === undefined) {
      finish()
      return
    }
    read(batch)
    send()
  }
}

function read(batch: PackedBatch): void {
  idle = false
  const unpacked = unpack(batch, slab++)
  keys.advance(unpacked.at[unpacked.count - 1] ?? 0)
  spool?.write(unpacked)
  core.read(unpacked)
  spool?.flushKeys()
  retained.push({ bytes: batch.bytes, index: batch.index })
  const oldest = retained.length > RETAINED_SLABS ? retained.shift() : undefined
  if (oldest !== undefined) capture.postMessage(oldest, [oldest.bytes, oldest.index])
}

/** Silence has time too: flows end, and keys that came late find their flows. */
function tick(): void {
  if (idle) core.advance(Math.round((performance.timeOrigin + performance.now()) * 1000))
  idle = true
  send()
  tell({ type: "summary", summary: summary() })
}

function finish(): void {
  clearInterval(ticking)
  core.end()
  spool?.close()
  send()
  tell({ type: "summary", summary: summary() })
  tell({ type: "done" })
  capture.close()
  parentPort?.close()
  keys.clear()
}

function emit(envelope: Envelope): void {
  lines.push(JSON.stringify(envelope))
  lineKeys.push(envelope.agent.workload.id)
}

function send(): void {
  sendFiles()
  if (lines.length === 0) return
  const encoded = lines.map((line) => Buffer.from(line))
  const ends = new Uint32Array(encoded.length)
  let end = 0
  encoded.forEach((line, at) => {
    end += line.length
    ends[at] = end
  })
  const all = new Uint8Array(end)
  encoded.forEach((line, at) => {
    all.set(line, (ends[at] ?? 0) - line.length)
  })
  unpublished += end
  parentPort?.postMessage({ type: "envelopes", lines: all, ends, keys: lineKeys } satisfies FromSensorThread, [all.buffer, ends.buffer])
  lines = []
  lineKeys = []
}

function sendFiles(): void {
  const files = outlet?.take() ?? []
  if (files.length > 0)
    parentPort?.postMessage(
      { type: "files", files } satisfies FromSensorThread,
      files.map(({ bytes }) => bytes.buffer),
    )
}

function summary() {
  return summarise({
    wire: core.wire,
    tally: core.tally,
    findings: 0,
    drops: spool === undefined ? {} : { notSpooled: spool.lost },
    filesLeftOut: outlet?.left ?? {},
    seconds: (performance.now() - started) / 1000,
  })
}
function tell(message: FromSensorThread): void {
  parentPort?.postMessage(message)
}
function newEmpty() {
  return { ...newBatch(), slab }
}
