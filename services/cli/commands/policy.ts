// `egret policy`: is it right, what would it have done, why did it decide so.
import type { Command } from "commander"
import { InvalidArgumentError } from "commander"
import { ConfigError } from "../../contracts/errors.ts"
import { places } from "../../contracts/inspection.ts"
import { severity } from "../../contracts/severity.ts"
import { actionRank, type Policy } from "../../policy/decide.ts"
import type { PolicyFacts } from "../../policy/facts.ts"
import { presets } from "../../policy/presets.ts"
import { difference } from "../policy/rejudge.ts"
import { policyFrom, policyInForce, type StoreChoice, storeFrom } from "../policy/source.ts"

export function addPolicy(program: Command): void {
  const policy = program
    .command("policy")
    .description("Check, try and explain policies: what is done about a finding and about any activity.")
  policy
    .command("check")
    .description("Validate a policy file and say what each rule can and cannot do. Exit code 2 when something is wrong.")
    .argument("<policy>", "policy file, or the name of a preset: observe, balanced, strict")
    .addHelpText("after", "\nExamples:\n  $ egret policy check policy.yaml\n  $ egret policy check balanced")
    .action((source: string) => check(policyFrom(source)))
  policy
    .command("test")
    .description("Show what a changed policy would have done to the last days, as a difference to the one in force. Nothing is changed.")
    .argument("<policy>", "the changed policy: a file, or the name of a preset")
    .option("--days <n>", "how far back to look", days, 7)
    .option("--against <policy>", "compare with this policy instead of the one in force")
    .option("-c, --config <file>", "configuration that names the store and the policy in force")
    .option("-d, --data <directory>", "directory of an embedded store, instead of the configured store")
    .option("--format <format>", "table or ndjson", "table")
    .addHelpText(
      "after",
      "\nExit code 1 when the two policies differ for what was seen.\n\nExamples:\n  $ egret policy test policy.yaml\n  $ egret policy test strict --days 30 --against balanced --data .egret/store",
    )
    .action(test)
  policy
    .command("explain")
    .description("Say what a policy decides about a finding of the given kind, which rules matched, and which knob changes it.")
    .argument("<policy>", "policy file, or the name of a preset")
    .requiredOption("--rule <id>", "rule of the finding, for example secret/aws-access-key or injection/override")
    .option("--family <name>", "family of the finding (default: what stands before the slash)")
    .option("--severity <severity>", "info, low, medium, high or critical", "high")
    .option("--confidence <number>", "confidence from 0 to 1", "0.9")
    .option("--place <place>", "where the text sat", "body")
    .option("--agent <name>", "agent", "")
    .option("--host <host>", "destination", "")
    .option("--port <port>", "destination port", "443")
    .option("--model <name>", "model")
    .option("--tool <name>", "tool")
    .option("--vantage <vantage>", "mirror, gateway or sdk", "mirror")
    .addHelpText(
      "after",
      "\nExamples:\n  $ egret policy explain balanced --rule secret/aws-access-key --severity critical\n  $ egret policy explain policy.yaml --rule injection/override --agent claude-code --vantage gateway",
    )
    .action(explain)
}

function check(policy: Policy): void {
  const { file } = policy
  const lines = [
    `preset ${file.preset}: ${presets[file.preset].length} rules, own rules: ${file.rules.length}, suppressions: ${file.suppress.length}`,
  ]
  for (const [name, list] of Object.entries(file.allow_only))
    if (list !== undefined) lines.push(`allow_only.${name}: ${list.values.length} values, all else is answered with ${list.action}`)
  for (const name of ["country", "email_domain"] as const) {
    const list = file.access[name]
    if (list !== undefined) lines.push(`access.${name}: ${list.mode} list of ${list.values.length}`)
  }
  for (const rule of file.rules) {
    const floor = presets[file.preset].find(
      (other) =>
        other.floor &&
        other.when.rule !== undefined &&
        other.when.rule === rule.when.rule &&
        actionRank[other.action] > actionRank[rule.action],
    )
    const warning = floor === undefined ? "" : `  WARNING: floor ${floor.id} holds at ${floor.action}; this rule cannot weaken it`
    lines.push(`rule ${rule.id}: ${rule.action}${rule.floor ? " (floor)" : ""} when ${JSON.stringify(rule.when)}${warning}`)
  }
  process.stdout.write(`${lines.join("\n")}\nok\n`)
}

interface TestOptions extends StoreChoice {
  readonly days: number
  readonly against?: string
  readonly format: string
}

async function test(source: string, options: TestOptions): Promise<void> {
  const after = policyFrom(source)
  const before = options.against === undefined ? policyInForce(options.config) : policyFrom(options.against)
  const store = await storeFrom(options)
  try {
    const { findings, activities, changes } = await difference(store, { before, after, days: options.days })
    if (options.format === "ndjson") for (const change of changes) process.stdout.write(`${JSON.stringify(change)}\n`)
    else {
      process.stdout.write(`${findings} findings and ${activities} activities of the last ${options.days} days, decided by both policies\n`)
      for (const { what, agent, destination, from, to, rule, count } of changes)
        process.stdout.write(
          `${String(count).padStart(7)}  ${`${from} -> ${to}`.padEnd(18)} ${what}  agent=${agent} destination=${destination} (${rule})\n`,
        )
      process.stdout.write(changes.length === 0 ? "no difference\n" : `${changes.length} kinds of difference\n`)
    }
    if (changes.length > 0) process.exitCode = 1
  } finally {
    await store.close()
  }
}

type ExplainOptions = Readonly<Record<"rule" | "severity" | "confidence" | "place" | "agent" | "host" | "port" | "vantage", string>> & {
  readonly family?: string
  readonly model?: string
  readonly tool?: string
}

function explain(source: string, options: ExplainOptions): void {
  const policy = policyFrom(source)
  const level = severity.safeParse(options.severity)
  if (!level.success) throw new ConfigError({ path: "--severity", got: options.severity, want: "info, low, medium, high or critical" })
  if (!places.some((place) => place === options.place))
    throw new ConfigError({ path: "--place", got: options.place, want: places.join(", ") })
  const finding = {
    rule: options.rule,
    family: options.family ?? options.rule.split("/")[0] ?? "",
    severity: level.data,
    confidence: Number(options.confidence),
    place: options.place,
  }
  const facts = factsOf(options)
  const decision = policy.decide(facts, finding)
  const matched = policy.trace(facts, finding)
  process.stdout.write(
    `${[
      `action    ${decision.action}${decision.enforced ? "" : " (wanted; this vantage cannot do it)"}`,
      `rule      ${decision.rule}`,
      `reason    ${decision.reason}`,
      `knob      ${decision.knob ?? "-"}`,
      `matched   ${matched.length === 0 ? "nothing" : matched.map(({ id, action, floor }) => `${id}=${action}${floor ? " (floor)" : ""}`).join(", then ")}`,
      ...policy.violations(facts).map((violation) => `also      ${violation.action}: ${violation.reason} (${violation.knob})`),
    ].join("\n")}\n`,
  )
}

function factsOf({ agent, host, port, model, tool, vantage }: ExplainOptions): PolicyFacts {
  if (vantage !== "mirror" && vantage !== "gateway" && vantage !== "sdk")
    throw new ConfigError({ path: "--vantage", got: vantage, want: "mirror, gateway or sdk" })
  return {
    at: Date.now() * 1_000,
    vantage,
    kind: "http",
    agent,
    workload: "",
    host,
    ip: host,
    port: Number(port),
    destinationClass: "unknown",
    application: "http",
    models: model === undefined ? [] : [model],
    tools: tool === undefined ? [] : [tool],
    method: "",
    direction: "outbound",
  }
}

function days(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1 || value > 3_650) throw new InvalidArgumentError("want a number of days from 1 to 3650")
  return value
}
