import { randomBytes } from "node:crypto"
import { existsSync, readFileSync } from "node:fs"
import { availableParallelism } from "node:os"
import { join } from "node:path"
import type { Bus } from "../../contracts/bus.ts"
import type { Config } from "../../contracts/config/config.ts"
import { ConfigError } from "../../contracts/errors.ts"
import { Correlation } from "../../detect/correlate/correlation.ts"
import { fileKeeper } from "../../detect/file-keeper.ts"
import { openPool } from "../../detect/pool.ts"
import { type DetectHooks, startDetect } from "../../detect/runner.ts"
import { writeFileAtomic } from "../../runtime/atomic-file.ts"
import type { Metrics } from "../../runtime/metrics.ts"
import type { RoleParts } from "../role.ts"
import type { PolicyHolder } from "./policy-part.ts"

/** Bus to findings and events, back on the bus. */
export async function openDetectPart(parts: RoleParts, { bus, policy }: { bus: Bus; policy: PolicyHolder }): Promise<void> {
  const { config, life, logger, metrics } = parts
  const correlation = await life.open(
    "correlation",
    () => new Correlation(fileKeeper(config.detect.stateDir)),
    () => {},
  )
  const restarts = metrics.counter({
    name: "egret_detect_worker_restarts_total",
    help: "Workers that crashed, hung or wanted too much memory.",
  })
  const fingerprintKey = await fingerprintKeyOf(config)
  const pool = await life.open(
    "pool",
    () =>
      openPool({
        workers: config.detect.workers > 0 ? config.detect.workers : Math.max(1, availableParallelism() - 1),
        envelopeTimeoutMs: config.detect.inspectionTimeout,
        memoryMb: Math.max(64, Math.floor(config.detect.workerMemory / 1_048_576)),
        fingerprintKey,
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

/** Equal secrets must have equal fingerprints for as long as findings are compared, so a key that we made ourselves is kept. */
async function fingerprintKeyOf({ detect }: Config): Promise<string> {
  const given = detect.fingerprintKey?.reveal()
  if (given !== undefined) {
    if (/^[0-9a-f]{64}$/i.test(given)) return given
    throw new ConfigError({
      path: "detect.fingerprintKey",
      got: "something else (not shown)",
      want: "64 hex digits",
      hint: "openssl rand -hex 32",
    })
  }
  const path = join(detect.stateDir, "fingerprint.key")
  if (existsSync(path)) return readFileSync(path, "utf8").trim()
  const made = randomBytes(32).toString("hex")
  await writeFileAtomic(path, made)
  return made
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
