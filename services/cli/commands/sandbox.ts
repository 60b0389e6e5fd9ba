import { type Command, InvalidArgumentError } from "commander"
import { ConfigError } from "../../contracts/errors.ts"
import type { Verdict } from "../../contracts/verdict.ts"
import { loadConfig } from "../../runtime/config/load.ts"
import { type Case, keyOf } from "../../sandbox/case.ts"
import { CaseStore } from "../../sandbox/case-store.ts"
import { isBad } from "../../sandbox/merge.ts"
import { MERGED, verdictOf } from "../../sandbox/words.ts"
import { openStore } from "../../store/open-store.ts"
import { storeOptions } from "../../store/options.ts"
import { runRole } from "../role.ts"
import { demandSharedBus, openBusPart } from "../roles/bus-part.ts"
import { openPolicyPart } from "../roles/policy-part.ts"
import { openEngines, openSandboxPart } from "../roles/sandbox-role.ts"
import { examineOnce } from "../sandbox/examine-once.ts"
import { readGiven } from "../sandbox/given.ts"

interface Common {
  readonly config?: string
}

export function addSandbox(program: Command): void {
  const sandbox = program.command("sandbox").description("Verdicts on rebuilt skills and files: engines, queue, a file of your own.")
  addRun(sandbox)
  addStatus(sandbox)
  addSubmit(sandbox)
  addVerdict(sandbox)
  addEngines(sandbox)
}

function addRun(sandbox: Command): void {
  configured(sandbox.command("run"))
    .description("Run the sandbox role: files and skills from Kafka to the engines, verdicts and events back, until stopped.")
    .addHelpText(
      "after",
      "\nOne process for one stateDir. `egret up` holds this role already.\n\nExamples:\n  $ egret sandbox run --config /etc/egret/egret.yaml",
    )
    .action(({ config }: Common) =>
      runRole({ name: "sandbox", file: config }, async (parts) => {
        demandSharedBus(parts, "sandbox")
        const bus = await openBusPart(parts)
        const policy = await openPolicyPart(parts)
        // Only a server can be asked beside the role that writes to it.
        const store =
          parts.config.store.engine === "server"
            ? await parts.life.open(
                "store",
                () => openStore(storeOptions(parts.config.store)),
                (it) => it.close(),
              )
            : undefined
        await openSandboxPart(parts, { bus, policy, store })
      }),
    )
}

function addStatus(sandbox: Command): void {
  configured(sandbox.command("status"))
    .description(
      "What waits, for which engine, and what the engines' last problems were. Reads the state folder; a running Egret is not disturbed.",
    )
    .addHelpText("after", "\nExamples:\n  $ egret sandbox status")
    .action(({ config: file }: Common) => {
      const { sandbox: settings } = loadConfig({ file }).config
      const { cases, broken } = new CaseStore(settings.stateDir).loadOpen()
      process.stdout.write(
        `${cases.length} under examination in ${settings.stateDir}${broken.length > 0 ? `, ${broken.length} that cannot be read` : ""}\n`,
      )
      for (const [engine, { waiting, problem }] of waitingOf(cases))
        process.stdout.write(`${engine}\t${waiting} waiting${problem === "" ? "" : `\t${problem}`}\n`)
      for (const one of cases.slice(0, MAX_LISTED))
        process.stdout.write(`${one.info.sha256}\t${one.info.subject}\t${one.merged.result}\t${one.info.name}\n`)
    })
}

function addSubmit(sandbox: Command): void {
  configured(sandbox.command("submit"))
    .description("Have a file, an archive or the folder of a skill examined now, by every engine the policy lets have it.")
    .argument("<path>", "what to examine")
    .option("--json", "print each verdict as a JSON line")
    .option("--timeout <seconds>", "how long to wait for the engines", seconds, 600)
    .addHelpText(
      "after",
      "\nExit code: 0 clean, 1 malicious or suspicious, 3 no verdict.\n\nExamples:\n  $ egret sandbox submit ./my-skill\n  $ egret sandbox submit download.zip --json",
    )
    .action(async (path: string, { config: file, json, timeout }: Common & { json?: boolean; timeout: number }) => {
      const { config } = loadConfig({ file })
      const given = readGiven(path)
      const last = new Map<string, Verdict>()
      const tell = (verdict: Verdict): void => {
        last.set(`${verdict.sha256} ${verdict.engine}`, verdict)
        if (json === true) process.stdout.write(`${JSON.stringify(verdict)}\n`)
        else if (verdict.engine !== MERGED) process.stdout.write(lineOf(verdict))
      }
      const { finished } = await examineOnce(config, openEngines(config), { given, timeout: timeout * 1_000, tell })
      const merged = [...last.values()].filter(({ engine }) => engine === MERGED)
      if (json !== true)
        for (const verdict of merged)
          process.stdout.write(
            `\n${verdict.name}: ${verdict.result}, score ${verdict.score}${finished ? "" : " (not all engines have answered)"}\n${verdict.sha256}\n`,
          )
      process.exitCode = merged.some(({ result }) => isBad(result))
        ? 1
        : merged.length > 0 && merged.every(({ result }) => result === "clean")
          ? 0
          : NO_VERDICT
    })
}

function addVerdict(sandbox: Command): void {
  configured(sandbox.command("verdict"))
    .description("Each engine's word on a file or skill that was examined, and who has it.")
    .argument("<sha256>", "of the file, or the canonical hash of the skill")
    .addHelpText("after", "\nExamples:\n  $ egret sandbox verdict 275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f")
    .action(async (sha256: string, { config: file }: Common) => {
      if (!/^[0-9a-f]{64}$/.test(sha256)) throw new ConfigError({ path: "<sha256>", got: sha256.slice(0, 80), want: "64 hex digits" })
      const { sandbox: settings } = loadConfig({ file }).config
      const store = new CaseStore(settings.stateDir)
      const found = (await store.find(keyOf("skill", sha256))) ?? (await store.find(keyOf("file", sha256)))
      if (found === undefined)
        throw new ConfigError({
          path: sha256,
          got: "no verdict",
          want: `one that was examined (in ${settings.stateDir})`,
          hint: 'older verdicts are in the store: egret query "SELECT * FROM verdicts"',
        })
      process.stdout.write(describe(found))
    })
}

function addEngines(sandbox: Command): void {
  const engines = sandbox.command("engines").description("The engines of the configuration.")
  configured(engines.command("list"))
    .description("Each engine with what it is asked about and what it may have.")
    .addHelpText("after", "\nExamples:\n  $ egret sandbox engines list")
    .action(({ config: file }: Common) => {
      process.stdout.write("static\tbuilt in\talways first\n")
      for (const { name, type, kinds, share, directions, perMinute, perDay } of loadConfig({ file }).config.sandbox.engines) {
        const limits = [perMinute > 0 ? `${perMinute}/min` : "", perDay > 0 ? `${perDay}/day` : ""].filter((text) => text !== "").join(", ")
        process.stdout.write(
          `${name}\t${type}\t${kinds.join(",")}\t${share === "hash" ? "hashes only" : `files that travel ${directions.join(" or ")}`}${limits === "" ? "" : `\t${limits}`}\n`,
        )
      }
    })
  configured(engines.command("test"))
    .description("Ask one engine whether it is there and takes our key, without sending a file. Exit code 1 when it does not.")
    .argument("<name>", "name of the engine in the configuration")
    .addHelpText(
      "after",
      "\nFor local detonation this runs an empty script and says what can be watched on this machine.\n\nExamples:\n  $ egret sandbox engines test cape",
    )
    .action(async (name: string, { config: file }: Common) => {
      const { config } = loadConfig({ file })
      const all = openEngines(config)
      const engine = all.find((each) => each.name === name)
      try {
        if (engine === undefined)
          throw new ConfigError({ path: "sandbox.engines", got: `no engine named ${name}`, want: all.map((each) => each.name).join(", ") })
        process.stdout.write(`${name}: ${await engine.test(AbortSignal.timeout(TEST_MILLIS))}\n`)
      } catch (error) {
        if (error instanceof ConfigError) throw error
        process.stdout.write(`${name}: ${error instanceof Error ? error.message : String(error)}\n`)
        process.exitCode = 1
      } finally {
        await Promise.all(all.map((each) => each.close?.()))
      }
    })
}

function configured(command: Command): Command {
  return command.option("-c, --config <file>", "configuration file (section sandbox)")
}

function waitingOf(cases: readonly Case[]): Map<string, { waiting: number; problem: string }> {
  const found = new Map<string, { waiting: number; problem: string }>()
  for (const { tasks } of cases)
    for (const { engine, state, problem = "" } of tasks) {
      if (state === "done") continue
      const before = found.get(engine)
      found.set(engine, { waiting: (before?.waiting ?? 0) + 1, problem: problem === "" ? (before?.problem ?? "") : problem })
    }
  return found
}

function describe(one: Case): string {
  const verdicts = [MERGED, ...one.tasks.map(({ engine }) => engine)].flatMap(
    (engine) => verdictOf(one, engine, one.closedAt ?? one.openedAt) ?? [],
  )
  const agents = [...new Set(one.sightings.map(({ agent }) => `${agent.name} (${agent.workload.id})`))]
  return [
    `${one.info.name}: ${one.merged.result}, score ${one.merged.score} (${one.info.subject} ${one.info.sha256})\n`,
    ...verdicts.filter(({ engine }) => engine !== MERGED).map(lineOf),
    ...one.skipped.map(({ engine, reason }) => `${engine}\tnot asked\t${reason}\n`),
    ...one.inner.map(({ engine, path, result }) => `${engine}\t${result}\t${path}\n`),
    ...agents.slice(0, MAX_LISTED).map((agent) => `fetched by\t${agent}\n`),
  ].join("")
}

function lineOf({ engine, result, score, name, reasons, reportUrl }: Verdict): string {
  return `${engine}\t${result}\t${score}\t${name}\t${reasons[0]?.text ?? ""}${reportUrl === undefined ? "" : `\t${reportUrl}`}\n`
}

function seconds(value: string): number {
  const parsed = Number(value)
  if (!Number.isInteger(parsed) || parsed < 1 || parsed > 86_400) throw new InvalidArgumentError("want whole seconds, 1 to 86400")
  return parsed
}

const MAX_LISTED = 50
const NO_VERDICT = 3
const TEST_MILLIS = 60_000
