// Keeps reality as asked for: interfaces come and go, addresses move, people delete things. Repairs, and says what it found.
import type { Drift, MirrorPlan, MirrorProvider } from "./model.ts"
import { readProtected, writeWorkloadMap } from "./state.ts"

export interface ReconcileOutcome {
  readonly plan: MirrorPlan
  readonly drifts: readonly Drift[]
  readonly repaired: boolean
}

/** One round. Nothing protected means nothing to do: it never destroys what another state folder asked for. */
export async function reconcileOnce(
  provider: MirrorProvider,
  { stateDir, deployment, report }: { stateDir: string; deployment: string; report: (line: string) => void },
): Promise<ReconcileOutcome | undefined> {
  const egressIps = readProtected(stateDir, deployment)
  if (egressIps.length === 0) return undefined
  const plan = await provider.plan({ egressIps })
  const drifts = await provider.diff(plan)
  if (drifts.length === 0 || plan.blockers.length > 0) return { plan, drifts, repaired: false }
  await provider.apply(plan, report)
  await writeWorkloadMap(stateDir, plan)
  return { plan, drifts, repaired: true }
}
