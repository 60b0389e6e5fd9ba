import { randomUUID } from "node:crypto"
import { userInfo } from "node:os"
import type { Command } from "commander"
import { ConfigError } from "../../contracts/errors.ts"
import { DenyListFile } from "../../respond/deny-list.ts"
import { RespondError, type Response, stepText } from "../../respond/model.ts"
import { loadConfig } from "../../runtime/config/load.ts"
import { merged, responderOf } from "../roles/respond-role.ts"
import { addReset } from "./respond-reset.ts"

interface Common {
  readonly config?: string
  readonly json?: boolean
}
interface PlanOptions extends Common {
  readonly action: string
  readonly reason: string
  readonly host?: string
  readonly ip?: string
  readonly networkInterface?: string
  readonly instance?: string
  readonly workloadIp?: string
  readonly minutes?: string
}

export function addRespond(program: Command): void {
  const respond = program
    .command("respond")
    .description(
      "Act on an agent or a destination: plan it, apply it for a time, take it back. Off until respond.enabled; a dry run until respond.dryRun is false.",
    )
    .addHelpText("after", EXAMPLES)
  withCommon(respond.command("plan").description("Show the exact steps of an action. Changes nothing."))
    .requiredOption("--action <name>", "one of the configuration's actions")
    .requiredOption("--reason <text>", "why; kept in the audit trail")
    .option("--host <name>", "destination by name")
    .option("--ip <address>", "destination by address")
    .option("--network-interface <id>", "the agent's interface, eni-…")
    .option("--instance <id>", "the agent's instance, i-…")
    .option("--workload-ip <address>", "the agent's private address")
    .option("--minutes <n>", "how long it stays in force; the action's own time when left out")
    .addHelpText("after", EXAMPLES)
    .action((options: PlanOptions) => plan(options))
  withCommon(respond.command("apply").description("Make a plan real, for its time. Exit code 1 when it could not be."))
    .argument("<id>", "id of the plan, as egret respond plan printed it")
    .addHelpText("after", EXAMPLES)
    .action((id: string, options: Common) => change(options, (responder) => responder.apply(id, me())))
  withCommon(respond.command("revert").description("Take an action back before its time is over."))
    .argument("<id>", "id of the action, as egret respond status prints it")
    .requiredOption("--reason <text>", "why; kept in the audit trail")
    .addHelpText("after", EXAMPLES)
    .action((id: string, options: Common & { reason: string }) =>
      change(options, (responder) => responder.revert(id, options.reason, me())),
    )
  withCommon(respond.command("status").description("List what is planned, in force and taken back, the latest first."))
    .addHelpText("after", EXAMPLES)
    .action((options: Common) => show(options, open(options).list()))
  withCommon(
    respond
      .command("expire")
      .description("Take back what is over, once. egret up and egret api do so by themselves; without them run it from a timer."),
  )
    .addHelpText("after", EXAMPLES)
    .action(async (options: Common) => show(options, await open(options).tick()))
  addReset(respond, EXAMPLES)
  respond
    .command("key")
    .description("Print the public key that gateways check the deny list with.")
    .option("-c, --config <file>", "configuration file (section respond)")
    .addHelpText("after", EXAMPLES)
    .action((options: Common) => {
      process.stdout.write(new DenyListFile(loadConfig({ file: options.config }).config.respond.stateDir, Date.now).publicKey())
    })
}

function withCommon(command: Command): Command {
  return command.option("-c, --config <file>", "configuration file (section respond)").option("--json", "print JSON")
}

function open({ config: file }: Common): ReturnType<typeof responderOf> {
  return responderOf(loadConfig({ file }).config)
}

async function plan(options: PlanOptions): Promise<void> {
  const { action, reason, minutes } = options
  const lasts = minutes === undefined ? undefined : Number(minutes) * 60_000
  if (lasts !== undefined && !(lasts > 0)) throw new ConfigError({ path: "--minutes", got: minutes ?? "", want: "a number above 0" })
  const planned = await open(options).plan({
    action,
    reason,
    target: merged({}, options),
    by: me(),
    key: randomUUID(),
    ...(lasts !== undefined && { lasts }),
  })
  if (!("refused" in planned)) return show(options, [planned])
  process.stdout.write(options.json === true ? `${JSON.stringify(planned)}\n` : `Not planned: ${planned.refused}\n`)
  process.exitCode = 1
}

async function change(options: Common, work: (responder: ReturnType<typeof responderOf>) => Promise<Response>): Promise<void> {
  try {
    const response = await work(open(options))
    show(options, [response])
    if (response.state === "failed" || response.state === "reverting") process.exitCode = 1
  } catch (error) {
    if (!(error instanceof RespondError)) throw error
    process.stdout.write(`Not done: ${error.message}\n`)
    process.exitCode = 1
  }
}

function show({ json }: Common, responses: readonly Response[]): void {
  if (json === true) {
    process.stdout.write(`${JSON.stringify(responses, null, 2)}\n`)
    return
  }
  if (responses.length === 0) process.stdout.write("Nothing.\n")
  for (const { id, state, action, until, lasts, steps, warnings, reason, by, problem } of responses) {
    const time = until === undefined ? `for ${Math.round(lasts / 60_000)} min once applied` : `until ${new Date(until).toISOString()}`
    process.stdout.write(`${id}  ${state}  ${action}  ${time}  (${by}: ${reason})\n`)
    for (const step of steps) process.stdout.write(`  ${stepText(step)}\n`)
    if (state === "planned") for (const warning of warnings) process.stdout.write(`  note: ${warning}\n`)
    if (problem !== undefined) process.stdout.write(`  ${problem}\n`)
  }
}

function me(): string {
  try {
    return `command line (${userInfo().username})`
  } catch {
    return "command line"
  }
}

const EXAMPLES = `
Examples:
  $ egret respond plan --action quarantine --network-interface eni-0123 --reason "leaks a key"
  $ egret respond plan --action deny --host paste.example --minutes 30 --reason "leaks a key"
  $ egret respond apply r-4f3c2b1a00112233
  $ egret respond status
  $ egret respond revert r-4f3c2b1a00112233 --reason "a false alarm"
  $ egret respond expire
  $ egret respond key > deny-list.pub
  $ egret respond reset --device br0 --key deny-list.pub --list https://egret.example/v1/respond/deny-list --token env:EGRET_TOKEN`
