// What an operator asked to protect, and the map that the sensor reads. Both are small files in the state folder.
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { type WorkloadMap, workloadMap } from "../contracts/workload-map.ts"
import { writeFileAtomic } from "../runtime/atomic-file.ts"
import type { MirrorPlan } from "./model.ts"

export function readProtected(stateDir: string, deployment: string): string[] {
  const path = protectedPath(stateDir, deployment)
  if (!existsSync(path)) return []
  const parsed = JSON.parse(readFileSync(path, "utf8")) as { egressIps?: unknown }
  return Array.isArray(parsed.egressIps) ? parsed.egressIps.filter((ip): ip is string => typeof ip === "string") : []
}

export async function writeProtected(stateDir: string, deployment: string, egressIps: readonly string[]): Promise<void> {
  await writeFileAtomic(protectedPath(stateDir, deployment), `${JSON.stringify({ egressIps: [...egressIps].sort() }, null, 2)}\n`)
}

export async function writeWorkloadMap(stateDir: string, plan: MirrorPlan | undefined): Promise<void> {
  await writeFileAtomic(
    workloadMapPath(stateDir),
    `${JSON.stringify(plan === undefined ? { v: 1, entries: [] } : workloadsOf(plan), null, 2)}\n`,
  )
}

/** Empty when mirroring was never applied here. */
export function readWorkloadMap(stateDir: string): WorkloadMap {
  const path = workloadMapPath(stateDir)
  return existsSync(path) ? workloadMap.parse(JSON.parse(readFileSync(path, "utf8"))) : { v: 1, entries: [] }
}

export function workloadsOf(plan: MirrorPlan): WorkloadMap {
  return {
    v: 1,
    entries: plan.sessions.map((session) => ({
      vni: session.vni,
      ...(plan.account !== "" && { account: plan.account }),
      vpc: session.vpc,
      networkInterface: session.networkInterface,
      ...(session.instance !== undefined && { instance: session.instance }),
      addresses: session.addresses.map((address) => ({ ip: address.ip, egressIp: address.egressIp })),
    })),
  }
}

function protectedPath(stateDir: string, deployment: string): string {
  return join(stateDir, `${deployment}.protected.json`)
}

export function workloadMapPath(stateDir: string): string {
  return join(stateDir, "workloads.json")
}
