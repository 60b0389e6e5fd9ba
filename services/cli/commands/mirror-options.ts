// What all mirror commands share: their options, and how they become a driver and a request.
import type { Command } from "commander"
import type { MirrorConfig } from "../../contracts/config/mirror.ts"
import { ConfigError } from "../../contracts/errors.ts"
import { Mirroring } from "../../mirroring/mirroring.ts"
import type { EgressRequest } from "../../mirroring/model.ts"
import { loadConfig } from "../../runtime/config/load.ts"

export interface MirrorOptions {
  readonly config?: string
  readonly egressIp?: string[]
  readonly all?: boolean
  readonly tag?: string
  readonly first?: boolean
  readonly target?: string
  readonly region?: string
  readonly deployment?: string
  readonly json?: boolean
}

export function withOptions(command: Command, choosing: boolean): Command {
  command
    .option("-c, --config <file>", "configuration file (section mirror)")
    .option("--target <id>", "where packets go: eni-…, a load balancer's ARN, or vpce-… (mirror.target)")
    .option("--region <region>", "cloud region (mirror.region)")
    .option("--deployment <name>", "name that everything made carries (mirror.deployment)")
    .option("--json", "print JSON")
  if (!choosing) return command
  return command
    .option("--egress-ip <ip...>", "public addresses to protect")
    .option("--all", "every associated public address of the account and region")
    .option("--tag <key=value>", "public addresses that carry this tag")
    .option("--first", "go before other mirror sessions of the same interface, which then see nothing")
}

/** The deployment that the configuration and the options name. */
export function openMirroring(options: MirrorOptions): Mirroring {
  const base = loadConfig({ file: options.config }).config.mirror
  return new Mirroring({
    ...base,
    ...(options.region !== undefined && { region: options.region }),
    ...(options.deployment !== undefined && { deployment: options.deployment }),
    ...(options.target !== undefined && { target: targetFrom(options.target) }),
  })
}

/** Without addresses on the command line, those that were applied before. */
export function requestOf(mirroring: Mirroring, options: MirrorOptions): EgressRequest {
  const given = options.egressIp ?? []
  const chosen = given.length > 0 || options.all === true || options.tag !== undefined
  const request: EgressRequest = {
    egressIps: chosen ? given : mirroring.protectedIps,
    ...(options.all === true && { all: true }),
    ...(options.tag !== undefined && { tag: options.tag }),
    ...(options.first === true && { first: true }),
  }
  if (!chosen && request.egressIps.length === 0)
    throw new ConfigError({
      path: "--egress-ip",
      got: "nothing",
      want: "at least one public address, --all or --tag",
      hint: "egret mirror plan --egress-ip 203.0.113.7 --target eni-…",
    })
  return request
}

function targetFrom(id: string): MirrorConfig["target"] {
  if (id.startsWith("eni-")) return { networkInterface: id }
  if (id.startsWith("vpce-")) return { gatewayLoadBalancerEndpoint: id }
  if (id.startsWith("arn:")) return { networkLoadBalancer: id }
  throw new ConfigError({ path: "--target", got: id, want: "eni-…, vpce-… or a load balancer's ARN" })
}
