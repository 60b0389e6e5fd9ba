import { availableParallelism } from "node:os"
import type { Bus } from "../../contracts/bus.ts"
import { Correlation } from "../../detect/correlate/correlation.ts"
import { fileKeeper } from "../../detect/file-keeper.ts"
import { openPool } from "../../detect/pool.ts"
import { type DetectHooks, startDetect } from "../../detect/runner.ts"
import type { Metrics } from "../../runtime/metrics.ts"
import type { RoleParts } from "../role.ts"
import { fingerprintKeyOf } from "../values/fingerprint-key.ts"
import { knownValuesOf } from "../values/values-file.ts"
import type { PolicyHolder } from "./policy-part.ts"

/** Bus to findings and events, back on the bus. */
export async function openDetectPart(parts: RoleParts, { bus, policy }: { bus: Bus; policy: PolicyHolder }): Promise<void> {
  const { config, life, logger, metrics } = parts
  const correlation = await life.open(
    "correlation",
    () => new Correlation(bus.memory ?? fileKeeper(config.detect.stateDir)),
    () => {},
  )
  const restarts = metrics.counter({
    name: "egret_detect_worker_restarts_total",
    help: "Workers that crashed, hung or wanted too much memory.",
  })
  const fingerprintKey = await fingerprintKeyOf(config)
  const values = await knownValuesOf(config)
  const pool = await life.open(
    "pool",
    () =>
      openPool({
        workers: config.detect.workers > 0 ? config.detect.workers : Math.max(1, availableParallelism() - 1),
        envelopeTimeoutMs: config.detect.inspectionTimeout,
        memoryMb: Math.max(64, Math.floor(config.detect.workerMemory / 1_048_576)),
        fingerprintKey,
        ...(values === undefined ? {} : { values }),
        onRestart: (reason) => {
          restarts.add(1, {})
          logger.warn({ reason }, "a detection worker was started again")
        },
      }),
    (it) => it.close(),
  )
  await life.open(
    "detect",
    () => startDetect({ bus, pool, policy: () => policy.policy, correlation, group: "detect", hooks: hooksOf(metrics) }),
    (runner) => runner.close(),
  )
}

function hooksOf(metrics: Metrics): DetectHooks {
  const inspected = metrics.counter({ name: "egret_detect_activities_total", help: "Activities inspected." })
  const findings = metrics.counter({ name: "egret_detect_findings_total", help: "Findings.", labels: ["family", "severity"] })
  const events = metrics.counter({ name: "egret_detect_events_total", help: "Events opened or changed.", labels: ["severity"] })
  const dead = metrics.counter({ name: "egret_detect_dead_total", help: "Activities that could not be inspected.", labels: ["code"] })
  return {
    inspected: (count) => inspected.add(count, {}),
    finding: ({ family, severity }) => findings.add(1, { family, severity }),
    event: ({ severity }) => events.add(1, { severity }),
    dead: (code) => dead.add(1, { code }),
  }
}
