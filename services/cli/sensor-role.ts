// The sensor as a role: packets from the configured capture, keys from the configured logs, envelopes to the bus, counts to the metrics and the log.
import { accessSync, constants, mkdirSync } from "node:fs"
import { keyLogLine } from "../../collectors/keys/key-log.ts"
import { keyStoreLimits, openKeySources } from "../../collectors/keys/key-sources.ts"
import { LiveSensor } from "../../collectors/sensor/live.ts"
import type { SpoolOptions } from "../../collectors/sensor/spool/packet-spool.ts"
import type { SensorSummary } from "../../collectors/sensor/summary.ts"
import type { CaptureSettings } from "../../collectors/sensor/threads.ts"
import type { Bus } from "../contracts/bus.ts"
import type { Config } from "../contracts/config/config.ts"
import type { SensorConfig } from "../contracts/config/sensor.ts"
import { ConfigError } from "../contracts/errors.ts"
import { type FileBytes, fileParts } from "../contracts/file-part.ts"
import { topics } from "../contracts/topics.ts"
import { readWorkloadMap, workloadMapPath } from "../mirroring/state.ts"
import { followFile, stateOfFile } from "../runtime/follow-file.ts"
import type { Lifecycle } from "../runtime/lifecycle.ts"
import type { Logger } from "../runtime/logger.ts"
import type { Metrics } from "../runtime/metrics.ts"
import { trustedIssuers } from "./issuers.ts"

export interface SensorParts {
  readonly config: Config
  readonly life: Lifecycle
  readonly logger: Logger
  readonly metrics: Metrics
}

/** Where a sensor's output goes: a bus, or the standard output. */
export interface SensorOutput {
  /** JSON lines in order, with the workload each belongs to. */
  readonly publish: (lines: readonly Uint8Array[], keys: readonly string[]) => Promise<void>
  /** Absent where there is no use for the bytes of files. */
  readonly publishFile?: (file: FileBytes) => Promise<void>
}

export async function openSensor(
  { config, life, logger, metrics }: SensorParts,
  { publish, publishFile }: SensorOutput,
): Promise<LiveSensor> {
  const events = sensorEvents(metrics)
  const workloadsSince = stateOfFile(workloadMapPath(config.mirror.stateDir))
  const sensor = await life.open(
    "sensor",
    () =>
      LiveSensor.start({
        sensor: config.sensor.name,
        capture: captureSettings(config.sensor),
        workers: config.sensor.workers,
        limits: { maxFlows: config.sensor.limits.flows, maxHeld: config.sensor.limits.memory },
        keyLimits: keyStoreLimits(config.keys),
        workloads: readWorkloadMap(config.mirror.stateDir),
        spool: spoolOptions(config.sensor),
        issuers: trustedIssuers(config.sensor),
        publish,
        ...(config.sensor.files.keep && publishFile !== undefined && { files: config.sensor.files, publishFile }),
        onNote: (note) => logger.warn({ note }, "capture"),
        onFailure: (error) => life.fail("sensor", error),
      }),
    async (it) => {
      clearInterval(telling)
      await it.close()
      events.tell(it.summary())
      logger.info({ summary: it.summary() }, "sensor stopped")
    },
  )
  const telling = setInterval(() => events.tell(sensor.summary()), TELL_EVERY)
  await followWorkloads(sensor, workloadsSince, { config, life, logger, metrics })
  await openKeys(sensor, { config, life, logger, metrics })
  logger.info({ capture: config.sensor.capture.kind, ports: sensor.ports, workers: config.sensor.workers }, "taking packets")
  return sensor
}

/** Envelopes onto the activity topic, each under its workload; files onto theirs. */
export function publishTo(bus: Bus): SensorOutput {
  return {
    publish: (lines, keys) =>
      bus.publish(
        topics.activity,
        lines.map((value, at) => ({ key: keys[at] ?? "", value })),
      ),
    publishFile: (file) => bus.publish(topics.file, fileParts(file)),
  }
}

/** Egress IPs are protected and given up while the sensor runs. */
async function followWorkloads(sensor: LiveSensor, since: string, { config, life, logger }: SensorParts): Promise<void> {
  const path = workloadMapPath(config.mirror.stateDir)
  const changed = (): void => {
    try {
      const map = readWorkloadMap(config.mirror.stateDir)
      sensor.setWorkloads(map)
      logger.info({ interfaces: map.entries.length }, "who is behind the mirror has changed")
    } catch (error) {
      logger.error({ err: error, path }, "the workload map cannot be read; the one before stays in force")
    }
  }
  let stop = (): void => {}
  await life.open(
    "workload map",
    () => {
      stop = followFile({ path, every: WORKLOADS_EVERY, since }, changed)
    },
    () => stop(),
  )
}

async function openKeys(sensor: LiveSensor, { config, life, logger, metrics }: SensorParts): Promise<void> {
  if (config.keys.logs.length === 0 && !config.keys.push.enabled) return
  const counter = metrics.counter({ name: "egret_sensor_keys_total", help: "TLS secrets taken." })
  let lines: string[] = []
  // One message to the workers for the lines of one handshake, not one for each.
  const flush = (): void => {
    if (lines.length > 0) sensor.addKeys(Buffer.from(lines.join("")))
    lines = []
  }
  const sources = await life.open(
    "keys",
    () =>
      openKeySources(config.keys, (entry) => {
        if (lines.length === 0) setImmediate(flush)
        lines.push(keyLogLine(entry))
        entry.secret.fill(0)
        counter.add(1, {})
      }),
    (it) => it.close(),
  )
  if (sources.push !== undefined) logger.info({ port: sources.push.port, fingerprint: sources.push.fingerprint }, "taking keys over HTTPS")
}

function spoolOptions({ spool: { size, folder } }: SensorConfig): SpoolOptions | undefined {
  if (size === 0) return undefined
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    accessSync(folder, constants.W_OK)
  } catch (error) {
    throw new ConfigError({
      path: "sensor.spool.folder",
      got: `${folder}: ${(error as NodeJS.ErrnoException).code ?? String(error)}`,
      want: "a folder that can be written",
    })
  }
  return { folder, maxBytes: size }
}

function captureSettings({ capture }: SensorConfig): CaptureSettings {
  switch (capture.kind) {
    case "udp": {
      const { listen, genevePort, receiveBuffer } = capture.udp
      return { kind: "udp", host: listen.host, vxlanPort: listen.port, genevePort, receiveBuffer }
    }
    case "pcap":
      return { kind: "pcap", ...capture.pcap }
    case "stdin":
      return { kind: "stdin" }
  }
}

/** Counters grow by what is new since the last look. */
function sensorEvents(metrics: Metrics) {
  const packets = metrics.counter({ name: "egret_sensor_packets_total", help: "Packets received." })
  const drops = metrics.counter({ name: "egret_sensor_dropped_total", help: "What was lost, by reason.", labels: ["reason"] })
  const files = metrics.counter({
    name: "egret_sensor_files_left_out_total",
    help: "Files of which only name and hash went on.",
    labels: ["reason"],
  })
  const activities = metrics.counter({ name: "egret_sensor_activities_total", help: "Activities told.", labels: ["kind"] })
  const anomalies = metrics.counter({ name: "egret_sensor_anomalies_total", help: "Traffic that breaks its protocol.", labels: ["code"] })
  const flows = metrics.counter({ name: "egret_sensor_flows_total", help: "Connections seen." })
  const gaps = metrics.counter({ name: "egret_sensor_gap_bytes_total", help: "Bytes of connections that were not captured." })
  const sessions = metrics.counter({
    name: "egret_sensor_tls_sessions_total",
    help: "TLS sessions by how far they could be read.",
    labels: ["decryption"],
  })
  const known = new Map<string, number>()
  const rise = (name: string, now: number): number => {
    const before = known.get(name) ?? 0
    known.set(name, Math.max(before, now))
    return Math.max(0, now - before)
  }
  return {
    tell(summary: SensorSummary): void {
      packets.add(rise("packets", summary.packets), {})
      flows.add(rise("flows", summary.flows), {})
      gaps.add(rise("gaps", summary.decode.gapBytes), {})
      for (const [reason, count] of Object.entries(summary.drops)) drops.add(rise(`drop ${reason}`, count), { reason })
      for (const [reason, count] of Object.entries(summary.filesLeftOut)) files.add(rise(`file ${reason}`, count), { reason })
      for (const [kind, count] of Object.entries(summary.decode.activities)) activities.add(rise(`kind ${kind}`, count), { kind })
      for (const [code, count] of Object.entries(summary.decode.anomalies)) anomalies.add(rise(`code ${code}`, count), { code })
      for (const [decryption, count] of Object.entries(summary.decode.tls)) sessions.add(rise(`tls ${decryption}`, count), { decryption })
    },
  }
}

const TELL_EVERY = 1_000
// Written when an operator switches mirroring, and by the reconcile loop every few minutes. A look is one stat call.
const WORKLOADS_EVERY = 2_000
