// What the threads of a live sensor say to each other.
//
//   capture thread --batches--> sensor threads --envelopes--> main thread
// Every arrow has credit: whoever sends counts what was not given back yet. A slow main thread makes a sensor thread stop giving batches back, and a
// capture thread without credit drops at the door and counts. Nothing in between is ever unbounded, and what was accepted is not lost.

import { extname } from "node:path"
import { fileURLToPath } from "node:url"
import { type MessagePort, Worker } from "node:worker_threads"
import type { TrustedIssuer } from "../../services/contracts/activity/principal.ts"
import type { FileBytes } from "../../services/contracts/file-part.ts"
import type { WorkloadMap } from "../../services/contracts/workload-map.ts"
import type { KeyStoreLimits } from "../keys/key-store.ts"
import type { WireLimits } from "../wire/wire.ts"
import type { FileLimits } from "./file-outlet.ts"
import type { PackedBatch } from "./packed-batch.ts"
import type { SpoolOptions } from "./spool/packet-spool.ts"
import type { SensorSummary } from "./summary.ts"

export type CaptureSettings =
  | { readonly kind: "udp"; readonly host: string; readonly vxlanPort: number; readonly genevePort: number; readonly receiveBuffer: number }
  | { readonly kind: "pcap"; readonly device: string; readonly filter: string; readonly snapLength: number; readonly bufferSize: number }
  | { readonly kind: "stdin" }

export interface CaptureThreadData {
  readonly role: "capture"
  readonly capture: CaptureSettings
  readonly sensors: readonly MessagePort[]
}
export interface SensorThreadData {
  readonly role: "sensor"
  readonly sensor: string
  readonly seed: number
  readonly limits: Partial<WireLimits>
  readonly keyLimits: KeyStoreLimits
  readonly workloads: WorkloadMap
  /** Absent: the bytes of files are not wanted. */
  readonly files: FileLimits | undefined
  readonly issuers: readonly TrustedIssuer[]
  /** Where this thread keeps its packets; undefined: nowhere. */
  readonly spool: SpoolOptions | undefined
  readonly capture: MessagePort
}

/** Capture thread to sensor thread. `undefined`: no more will come. */
export type ToSensor = PackedBatch | undefined
/** Sensor thread to capture thread: read and no longer needed. */
export interface GivenBack {
  readonly bytes: ArrayBuffer
  readonly index: ArrayBuffer
}

export type FromCapture =
  | { readonly type: "ready"; readonly notes: readonly string[]; readonly ports: readonly number[] }
  | { readonly type: "failed"; readonly message: string; readonly operator: boolean }
  | { readonly type: "drops"; readonly received: number; readonly drops: Readonly<Record<string, number>> }
  /** The input ended by itself (standard input). */
  | { readonly type: "ended"; readonly problem: string | undefined }
  | { readonly type: "closed" }
export type ToCapture = { readonly type: "stop" }

/** Main thread to sensor thread. */
export type ToSensorThread =
  | { readonly type: "keys"; readonly text: Uint8Array }
  | { readonly type: "published" | "files-published"; readonly bytes: number }
  /** Mirroring changed: who is behind which VNI from now on. */
  | { readonly type: "workloads"; readonly workloads: WorkloadMap }
export type FromSensorThread =
  /** JSON lines of envelopes: line i is lines[ends[i-1], ends[i]), of workload keys[i]. */
  | { readonly type: "envelopes"; readonly lines: Uint8Array; readonly ends: Uint32Array; readonly keys: readonly string[] }
  | { readonly type: "files"; readonly files: readonly FileBytes[] }
  | { readonly type: "summary"; readonly summary: SensorSummary }
  | { readonly type: "done" }

/** Starts a thread from the sources or from dist, whichever we run from. */
export function startThread(
  name: "capture-thread" | "sensor-thread",
  data: CaptureThreadData | SensorThreadData,
  transfer: readonly MessagePort[],
): Worker {
  const extension = extname(import.meta.url)
  const source = new URL(`./${name}${extension}`, import.meta.url)
  const fromSource = extension === ".ts"
  const file = fromSource ? new URL("./thread-from-source.mjs", import.meta.url) : source
  return new Worker(fileURLToPath(file), { workerData: { ...data, source: source.href }, transferList: [...transfer] })
}
