import { z } from "zod"

export const mirrorConfig = z.strictObject({
  provider: z.enum(["aws", "manual"]).default("aws").describe("Which cloud carries the mirror."),
  deployment: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/)
    .default("default")
    .describe("Name of this installation: everything that Egret makes in the cloud carries it, and only that is ever changed."),
  region: z.string().optional().describe("Cloud region; the SDK's own settings when left out."),
  endpoint: z.string().optional().describe("Address of the cloud's API, for private endpoints."),
  loadBalancerEndpoint: z
    .string()
    .optional()
    .describe("The same for the load balancing API, which is asked for the targets behind an address that is a load balancer's."),
  target: z
    .strictObject({
      networkInterface: z.string().optional().describe("Interface of the sensor, eni-…: keeps packets in order; up to 10 sources."),
      networkLoadBalancer: z.string().optional().describe("ARN of a network load balancer with a UDP listener on 4789."),
      gatewayLoadBalancerEndpoint: z.string().optional().describe("Id of a gateway load balancer endpoint, vpce-…."),
    })
    .default({})
    .describe("Where the mirrored packets go: exactly one of the three."),
  dns: z.boolean().default(true).describe("Mirror look-ups at Amazon's resolver too."),
  sensor: z.string().default("127.0.0.1:4789").describe("Where the sensor listens for VXLAN; the doctor sends its canary there."),
  stateDir: z.string().default(".egret/mirror").describe("Folder of the journal, the protected addresses and the workload map."),
  reconcileSeconds: z.number().int().min(30).default(300).describe("How often the reconcile loop compares the cloud with the plan."),
})
export type MirrorConfig = z.infer<typeof mirrorConfig>
