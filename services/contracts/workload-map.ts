// What mirroring knows of the machines behind the egress IPs: written when mirroring is applied, read by the sensor.
import { z } from "zod"
import type { Workload } from "./envelope.ts"

export const workloadMap = z.object({
  v: z.literal(1),
  entries: z.array(
    z.object({
      vni: z.number().int().nonnegative(),
      account: z.string().optional(),
      vpc: z.string().optional(),
      networkInterface: z.string(),
      instance: z.string().optional(),
      /** Private addresses of the interface, each with the public address its traffic leaves by. */
      addresses: z.array(z.object({ ip: z.string(), egressIp: z.string().optional() })),
    }),
  ),
})
export type WorkloadMap = z.infer<typeof workloadMap>

/** By VNI and private address, so that the private ranges of two networks never mix. */
export function workloadLookup(map: WorkloadMap): (vni: number, ip: string) => Workload | undefined {
  const byKey = new Map<string, Workload>()
  for (const entry of map.entries) {
    for (const address of entry.addresses) {
      byKey.set(`${entry.vni} ${address.ip}`, {
        id: `${entry.networkInterface}/${address.ip}`,
        vni: entry.vni,
        ip: address.ip,
        networkInterface: entry.networkInterface,
        ...(address.egressIp !== undefined && { egressIp: address.egressIp }),
        ...(entry.account !== undefined && { account: entry.account }),
        ...(entry.vpc !== undefined && { vpc: entry.vpc }),
        ...(entry.instance !== undefined && { instance: entry.instance }),
      })
    }
  }
  return (vni, ip) => byKey.get(`${vni} ${ip}`)
}
