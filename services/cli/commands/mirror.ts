// `egret mirror`: protect an egress IP by one command, see what it covers, and undo it without a trace.
import { type Command, Option } from "commander"
import type { MirrorConfig } from "../../contracts/config/mirror.ts"
import type { AwsMirroring } from "../../mirroring/aws/driver.ts"
import { manualClouds, manualInstructions } from "../../mirroring/manual.ts"
import type { MirrorPlan } from "../../mirroring/model.ts"
import { reconcileOnce } from "../../mirroring/reconcile.ts"
import { cloudFormation } from "../../mirroring/render/cloudformation.ts"
import { terraform } from "../../mirroring/render/terraform.ts"
import { driftText, planText } from "../../mirroring/render/text.ts"
import { readProtected, writeProtected, writeWorkloadMap } from "../../mirroring/state.ts"
import { addMirrorDoctor } from "./mirror-doctor.ts"
import { type MirrorOptions, openMirroring, withOptions } from "./mirror-options.ts"

export function addMirror(program: Command): void {
  const mirror = program
    .command("mirror")
    .description("Enable mirroring on an egress IP: plan it, apply it, watch over it, undo it.")
    .addHelpText("after", EXAMPLES)
  withOptions(
    mirror.command("plan").description("Show what would be mirrored, what not and why, and what it costs. Changes nothing."),
    true,
  )
    .addOption(
      new Option("--format <format>", "how to print the plan").choices(["text", "json", "terraform", "cloudformation"]).default("text"),
    )
    .addHelpText("after", EXAMPLES)
    .action(async (options: MirrorOptions & { format: string }) => {
      const { provider, request } = openMirroring(options)
      process.stdout.write(render(await provider.plan(request), options.json === true ? "json" : options.format))
    })
  withOptions(
    mirror
      .command("apply")
      .description("Make the plan real. Safe to repeat: what is there is adopted, what differs is mended, a crash is continued."),
    true,
  )
    .option("--dry-run", "show the plan and what would change, and stop")
    .addHelpText("after", EXAMPLES)
    .action(apply)
  withOptions(mirror.command("status").description("Show what is protected and whether it is as planned. Exit code 2 on drift."), false)
    .addHelpText("after", EXAMPLES)
    .action((options: MirrorOptions) => showDrift(options, true))
  withOptions(mirror.command("diff").description("Show how the cloud differs from the plan. Exit code 2 when it does."), true)
    .addHelpText("after", EXAMPLES)
    .action((options: MirrorOptions) => showDrift(options, false))
  withOptions(
    mirror
      .command("destroy")
      .description("Stop mirroring: of the given egress IPs, or of everything in the deployment. Leaves nothing behind."),
    true,
  )
    .addHelpText("after", EXAMPLES)
    .action(destroy)
  withOptions(mirror.command("reconcile").description("Compare once and repair what drifted; run it from a timer, or use egret up."), false)
    .addHelpText("after", EXAMPLES)
    .action(reconcile)
  addMirrorDoctor(mirror)
  mirror
    .command("manual")
    .description("Print what to do by hand in a cloud that Egret has no driver for.")
    .addOption(new Option("--cloud <cloud>", "which cloud").choices(manualClouds).default("other"))
    .option("--egress-ip <ip...>", "egress IPs to name in the instructions")
    .addHelpText("after", EXAMPLES)
    .action(({ cloud, egressIp = [] }: { cloud: string; egressIp?: string[] }) => {
      process.stdout.write(manualInstructions(cloud, egressIp))
    })
}

async function apply(options: MirrorOptions & { readonly dryRun?: boolean }): Promise<void> {
  const { config, provider, request } = openMirroring(options)
  const known = readProtected(config.stateDir, config.deployment)
  const plan = await provider.plan({ ...request, egressIps: [...new Set([...known, ...request.egressIps])] })
  const drifts = await provider.diff(plan)
  if (options.json !== true) process.stdout.write(planText(plan))
  if (options.dryRun === true || plan.blockers.length > 0) {
    process.stdout.write(options.json === true ? `${JSON.stringify({ plan, drifts }, null, 2)}\n` : driftText(drifts))
    if (plan.blockers.length > 0) process.exitCode = 2
    return
  }
  const result = await provider.apply(plan, (line) => options.json !== true && process.stdout.write(`${line}\n`))
  await writeProtected(
    config.stateDir,
    config.deployment,
    plan.egress.filter((egress) => egress.sources.length > 0).map((egress) => egress.ip),
  )
  await writeWorkloadMap(config.stateDir, plan)
  if (options.json === true) process.stdout.write(`${JSON.stringify({ plan, result }, null, 2)}\n`)
  else process.stdout.write(`Mirroring is on: ${plan.sessions.length} interfaces. Run egret mirror doctor to see packets arrive.\n`)
}

async function showDrift(options: MirrorOptions, withSessions: boolean): Promise<void> {
  const { provider, request } = openMirroring(options)
  const plan = await provider.plan(request)
  const drifts = await provider.diff(plan)
  if (options.json === true)
    process.stdout.write(`${JSON.stringify({ ...(withSessions && { sessions: plan.sessions, egress: plan.egress }), drifts }, null, 2)}\n`)
  else {
    if (withSessions)
      for (const session of plan.sessions)
        process.stdout.write(
          `${session.egressIps.join(",")}  ${session.networkInterface}  VNI ${session.vni}  ${session.addresses.map((address) => address.ip).join(" ")}\n`,
        )
    process.stdout.write(driftText(drifts))
  }
  if (drifts.length > 0) process.exitCode = 2
}

/** Some of several addresses: the rest is planned again without them, and what that no longer needs goes. */
async function destroy(options: MirrorOptions): Promise<void> {
  const protectedBefore = openState(options)
  const leaving = options.egressIp ?? []
  const staying = leaving.length === 0 ? [] : protectedBefore.known.filter((ip) => !leaving.includes(ip))
  const report = (line: string) => options.json !== true && process.stdout.write(`${line}\n`)
  const { config, provider } = protectedBefore
  const plan = staying.length === 0 ? undefined : await provider.plan({ egressIps: staying })
  const result = plan === undefined ? await provider.destroy(report) : await provider.apply(plan, report)
  await writeProtected(config.stateDir, config.deployment, staying)
  await writeWorkloadMap(config.stateDir, plan)
  process.stdout.write(
    options.json === true
      ? `${JSON.stringify({ deleted: result.deleted, staying }, null, 2)}\n`
      : `Deleted ${result.deleted.length}; still protected: ${staying.join(", ") || "nothing"}.\n`,
  )
}

function openState(options: MirrorOptions): { config: MirrorConfig; provider: AwsMirroring; known: string[] } {
  const { config, provider } = openMirroring({ ...options, all: true })
  return { config, provider, known: readProtected(config.stateDir, config.deployment) }
}

async function reconcile(options: MirrorOptions): Promise<void> {
  const { config, provider } = openMirroring(options)
  const outcome = await reconcileOnce(provider, {
    stateDir: config.stateDir,
    deployment: config.deployment,
    report: (line) => options.json !== true && process.stdout.write(`${line}\n`),
  })
  if (options.json === true)
    process.stdout.write(`${JSON.stringify({ drifts: outcome?.drifts ?? [], repaired: outcome?.repaired ?? false }, null, 2)}\n`)
  else process.stdout.write(driftText(outcome?.drifts ?? []))
}

function render(plan: MirrorPlan, format: string): string {
  switch (format) {
    case "json":
      return `${JSON.stringify(plan, null, 2)}\n`
    case "terraform":
      return terraform(plan)
    case "cloudformation":
      return cloudFormation(plan)
    default:
      return planText(plan)
  }
}

const EXAMPLES = `
Examples:
  $ egret mirror plan --egress-ip 203.0.113.7 --target eni-0123456789abcdef0
  $ egret mirror apply --egress-ip 203.0.113.7 --target eni-0123456789abcdef0
  $ egret mirror plan --all --target eni-0123456789abcdef0 --format terraform
  $ egret mirror status
  $ egret mirror diff --json
  $ egret mirror doctor --canary
  $ egret mirror reconcile
  $ egret mirror manual --cloud azure
  $ egret mirror destroy`
