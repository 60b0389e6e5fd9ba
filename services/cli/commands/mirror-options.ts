// What all mirror commands share: their options, and how they become a driver and a request.
import type { Command } from "commander"
import type { MirrorConfig } from "../../contracts/config/mirror.ts"
import { ConfigError } from "../../contracts/errors.ts"
import { AwsMirroring } from "../../mirroring/aws/driver.ts"
import type { EgressRequest } from "../../mirroring/model.ts"
import { readProtected } from "../../mirroring/state.ts"
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

interface OpenMirroring {
  readonly config: MirrorConfig
  readonly provider: AwsMirroring
  readonly request: EgressRequest
}

/** Without addresses on the command line, those that were applied before. */
export function openMirroring(options: MirrorOptions): OpenMirroring {
  const base = loadConfig({ file: options.config }).config.mirror
  const config: MirrorConfig = {
    ...base,
    ...(options.region !== undefined && { region: options.region }),
    ...(options.deployment !== undefined && { deployment: options.deployment }),
    ...(options.target !== undefined && { target: targetFrom(options.target) }),
  }
  if (config.provider === "manual")
    throw new ConfigError({ path: "mirror.provider", got: "manual", want: "aws", hint: "egret mirror manual prints what to do by hand" })
  const given = options.egressIp ?? []
  const chosen = given.length > 0 || options.all === true || options.tag !== undefined
  const request: EgressRequest = {
    egressIps: chosen ? given : readProtected(config.stateDir, config.deployment),
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
  return { config, provider: new AwsMirroring(config), request }
}

function targetFrom(id: string): MirrorConfig["target"] {
  if (id.startsWith("eni-")) return { networkInterface: id }
  if (id.startsWith("vpce-")) return { gatewayLoadBalancerEndpoint: id }
  if (id.startsWith("arn:")) return { networkLoadBalancer: id }
  throw new ConfigError({ path: "--target", got: id, want: "eni-…, vpce-… or a load balancer's ARN" })
}
