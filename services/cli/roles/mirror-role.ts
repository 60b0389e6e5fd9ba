// Keeps mirroring as it was asked for while the process runs, and tells people what had drifted.
import type { Bus } from "../../contracts/bus.ts"
import type { SecurityEvent } from "../../contracts/event.ts"
import { topics } from "../../contracts/topics.ts"
import { AwsMirroring } from "../../mirroring/aws/driver.ts"
import type { Drift } from "../../mirroring/model.ts"
import { reconcileOnce } from "../../mirroring/reconcile.ts"
import { readProtected } from "../../mirroring/state.ts"
import { deterministicId } from "../../runtime/ids.ts"
import type { RoleParts } from "../role.ts"

/** Nothing runs while nothing is protected from here (`egret mirror apply`). */
export async function openMirrorPart({ config, life, logger }: RoleParts, bus: Bus): Promise<void> {
  const { mirror } = config
  if (mirror.provider !== "aws" || readProtected(mirror.stateDir, mirror.deployment).length === 0) return
  const provider = new AwsMirroring(mirror)
  let running = Promise.resolve()
  const round = async (): Promise<void> => {
    try {
      const outcome = await reconcileOnce(provider, { ...mirror, report: (line) => logger.info({ line }, "mirroring") })
      if (outcome === undefined || outcome.drifts.length === 0) return
      logger.warn({ drifts: outcome.drifts.length, repaired: outcome.repaired }, "mirroring had drifted")
      const event = driftEvent(outcome.drifts, { repaired: outcome.repaired, deployment: mirror.deployment, now: Date.now() })
      await bus.publish(topics.event, [{ key: event.id, value: Buffer.from(JSON.stringify(event)) }])
    } catch (error) {
      logger.error({ err: error }, "mirroring could not be compared; it is tried again")
    }
  }
  const timer = setInterval(() => {
    running = running.then(round)
  }, mirror.reconcileSeconds * 1_000)
  await life.open(
    "mirror reconcile",
    () => undefined,
    async () => {
      clearInterval(timer)
      await running
    },
  )
}

/** One event for the same drift, however often it is found. */
export function driftEvent(
  drifts: readonly Drift[],
  { repaired, deployment, now }: { repaired: boolean; deployment: string; now: number },
): SecurityEvent {
  const told = drifts.map((drift) => `${drift.change} ${drift.kind} ${drift.what}: ${drift.detail}`)
  return {
    v: 1,
    id: deterministicId("mirror-drift", deployment, ...told),
    class: "anomaly",
    title: repaired ? "Mirroring had drifted and was repaired" : "Mirroring has drifted and could not be repaired",
    summary: told.join("; ").slice(0, 2_000),
    severity: repaired ? "medium" : "high",
    status: "new",
    notes: [],
    count: 1,
    firstSeen: now * 1_000,
    lastSeen: now * 1_000,
    revision: now,
    rules: ["mirroring/drift"],
    action: "alert",
    findings: [],
    activities: [],
    evidence: [],
    references: ["T1562.008"],
  }
}
