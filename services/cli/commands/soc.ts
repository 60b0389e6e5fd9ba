import { join } from "node:path"
import type { Command } from "commander"
import type { SocConfig, SocDestination } from "../../contracts/config/soc.ts"
import { ConfigError } from "../../contracts/errors.ts"
import { loadConfig } from "../../runtime/config/load.ts"
import { DeadLetters } from "../../soc/dead-letters.ts"
import { waitingIn } from "../../soc/outbox.ts"
import { answers, tryDestination } from "../../soc/try-destination.ts"
import { version } from "../version.ts"

export function addSoc(program: Command): void {
  const soc = program.command("soc").description("The SOC's tools that findings, events and verdicts are sent to.")
  soc
    .command("list")
    .description("List the destinations of the configuration: what each gets, how much waits for it, how many dead letters it has.")
    .option("-c, --config <file>", "configuration file (section soc)")
    .addHelpText("after", "\nExamples:\n  $ egret soc list")
    .action((options: { config?: string }) => {
      const { destinations, stateDir } = loadConfig({ file: options.config }).config.soc
      for (const { name, type, kinds, minSeverity } of destinations) {
        const [waiting, dead] = [waitingIn(join(stateDir, name)), new DeadLetters(stateDir, name).count()]
        process.stdout.write(`${name}\t${type}\t${kinds.join(",")} from ${minSeverity}\t${waiting} waiting\t${dead} dead\n`)
      }
    })
  soc
    .command("test")
    .description("Send a test event to one destination and say what it answered. Exit code 1 when it did not arrive.")
    .argument("<name>", "name of the destination in the configuration")
    .option("-c, --config <file>", "configuration file (section soc)")
    .addHelpText("after", "\nThe event is marked as a test in its title and rule.\n\nExamples:\n  $ egret soc test splunk-prod")
    .action(async (name: string, options: { config?: string }) => {
      const destination = destinationOf(loadConfig({ file: options.config }).config.soc, name)
      const problem = await tryDestination(destination, version)
      process.stdout.write(
        problem === undefined
          ? `${name}: delivered${answers(destination) ? "" : " (UDP cannot tell whether it arrived)"}\n`
          : `${name}: ${problem}\n`,
      )
      if (problem !== undefined) process.exitCode = 1
    })
  soc
    .command("retry")
    .description(
      "Put a destination's dead letters back into its queue, once the cause is mended. A running egret up or egret api sends them within seconds.",
    )
    .argument("<name>", "name of the destination in the configuration")
    .option("-c, --config <file>", "configuration file (section soc)")
    .addHelpText("after", "\nExamples:\n  $ egret soc retry splunk-prod")
    .action((name: string, options: { config?: string }) => {
      const { soc } = loadConfig({ file: options.config }).config
      const count = new DeadLetters(soc.stateDir, destinationOf(soc, name).name).sendAgain(Date.now())
      process.stdout.write(`${name}: ${count} put back\n`)
    })
}

function destinationOf({ destinations }: SocConfig, name: string): SocDestination {
  const destination = destinations.find((each) => each.name === name)
  if (destination === undefined)
    throw new ConfigError({
      path: "soc.destinations",
      got: `no destination named ${name}`,
      want: destinations.map((each) => each.name).join(", ") || "at least one destination",
    })
  return destination
}
