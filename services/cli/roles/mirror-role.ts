// Keeps mirroring as it was asked for while the process runs, and tells people what had drifted.
import type { Bus } from "../../contracts/bus.ts"
import type { SecurityEvent } from "../../contracts/event.ts"
import { topics } from "../../contracts/topics.ts"
import { Mirroring } from "../../mirroring/mirroring.ts"
import type { Drift } from "../../mirroring/model.ts"
import { MirrorSwitch } from "../../mirroring/switch.ts"
import { deterministicId } from "../../runtime/ids.ts"
import type { RoleParts } from "../role.ts"

/** Nothing where mirroring is made by hand. */
export function openMirrorSwitch({ config, logger }: RoleParts): MirrorSwitch | undefined {
  if (config.mirror.provider !== "aws") return undefined
  return new MirrorSwitch(new Mirroring(config.mirror), (line) => logger.info({ line }, "mirroring"))
}

/** A round costs nothing while nothing is protected. */
export async function openMirrorPart(
  { config, life, logger }: RoleParts,
  { bus, mirror: control }: { bus: Bus; mirror: MirrorSwitch },
): Promise<void> {
  const { mirror } = config
  let running = Promise.resolve()
  const round = async (): Promise<void> => {
    try {
      const { drifts, repaired } = await control.reconcile()
      if (drifts.length === 0) return
      logger.warn({ drifts: drifts.length, repaired }, "mirroring had drifted")
      const event = driftEvent(drifts, { repaired, deployment: mirror.deployment, now: Date.now() })
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
