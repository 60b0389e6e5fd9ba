// `egret mirror`: protect an egress IP by one command, see what it covers, and undo it without a trace.
import { type Command, Option } from "commander"
import type { MirrorPlan } from "../../mirroring/model.ts"
import { cloudFormation } from "../../mirroring/render/cloudformation.ts"
import { terraform } from "../../mirroring/render/terraform.ts"
import { driftText, planText, statusText } from "../../mirroring/render/text.ts"
import { addMirrorDoctor } from "./mirror-doctor.ts"
import { addMirrorManual } from "./mirror-manual.ts"
import { type MirrorOptions, openMirroring, requestOf, withOptions } from "./mirror-options.ts"

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
      const mirroring = openMirroring(options)
      const plan = await mirroring.plan(requestOf(mirroring, options))
      process.stdout.write(render(plan, options.json === true ? "json" : options.format))
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
  addMirrorManual(mirror)
}

async function apply(options: MirrorOptions & { readonly dryRun?: boolean }): Promise<void> {
  const mirroring = openMirroring(options)
  const request = requestOf(mirroring, options)
  const json = options.json === true
  const tell = (line: string) => !json && process.stdout.write(`${line}\n`)
  if (!json || options.dryRun === true) {
    const plan = await mirroring.planWith(request)
    const drifts = await mirroring.diff(plan)
    if (!json) process.stdout.write(planText(plan))
    if (options.dryRun === true) {
      process.stdout.write(json ? `${JSON.stringify({ plan, drifts }, null, 2)}\n` : driftText(drifts))
      if (plan.blockers.length > 0) process.exitCode = 2
      return
    }
  }
  const { plan, drifts, result } = await mirroring.apply(request, tell)
  if (result === undefined) process.exitCode = 2
  if (json) process.stdout.write(`${JSON.stringify({ plan, drifts, result }, null, 2)}\n`)
  else if (result === undefined) process.stdout.write(driftText(drifts))
  else process.stdout.write(`Mirroring is on: ${plan.sessions.length} interfaces. Run egret mirror doctor to see packets arrive.\n`)
}

async function showDrift(options: MirrorOptions, withSessions: boolean): Promise<void> {
  const mirroring = openMirroring(options)
  const plan = await mirroring.plan(requestOf(mirroring, options))
  const drifts = await mirroring.diff(plan)
  if (options.json === true)
    process.stdout.write(`${JSON.stringify({ ...(withSessions && { sessions: plan.sessions, egress: plan.egress }), drifts }, null, 2)}\n`)
  else {
    if (withSessions) process.stdout.write(statusText(plan))
    process.stdout.write(driftText(drifts))
  }
  if (drifts.length > 0) process.exitCode = 2
}

async function destroy(options: MirrorOptions): Promise<void> {
  const mirroring = openMirroring(options)
  const { deleted, staying } = await mirroring.destroy(
    options.egressIp ?? [],
    (line) => options.json !== true && process.stdout.write(`${line}\n`),
  )
  process.stdout.write(
    options.json === true
      ? `${JSON.stringify({ deleted, staying }, null, 2)}\n`
      : `Deleted ${deleted.length}; still protected: ${staying.join(", ") || "nothing"}.\n`,
  )
}

async function reconcile(options: MirrorOptions): Promise<void> {
  const outcome = await openMirroring(options).reconcile((line) => options.json !== true && process.stdout.write(`${line}\n`))
  process.stdout.write(options.json === true ? `${JSON.stringify(outcome, null, 2)}\n` : driftText(outcome.drifts))
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
