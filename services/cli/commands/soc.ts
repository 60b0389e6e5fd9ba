import type { Command } from "commander"
import { ConfigError } from "../../contracts/errors.ts"
import { loadConfig } from "../../runtime/config/load.ts"
import { openSender } from "../../soc/senders/open-sender.ts"
import { testRecord } from "../../soc/test-record.ts"
import { version } from "../version.ts"

export function addSoc(program: Command): void {
  const soc = program.command("soc").description("The SOC's tools that findings, events and verdicts are sent to.")
  soc
    .command("list")
    .description("List the destinations of the configuration with what each gets.")
    .option("-c, --config <file>", "configuration file (section soc)")
    .addHelpText("after", "\nExamples:\n  $ egret soc list")
    .action((options: { config?: string }) => {
      for (const each of loadConfig({ file: options.config }).config.soc.destinations)
        process.stdout.write(`${each.name}\t${each.type}\t${each.kinds.join(",")} from ${each.minSeverity}\n`)
    })
  soc
    .command("test")
    .description("Send a test event to one destination and say what it answered. Exit code 1 when it did not arrive.")
    .argument("<name>", "name of the destination in the configuration")
    .option("-c, --config <file>", "configuration file (section soc)")
    .addHelpText("after", "\nThe event is marked as a test in its title and rule.\n\nExamples:\n  $ egret soc test splunk-prod")
    .action(async (name: string, options: { config?: string }) => {
      const { destinations } = loadConfig({ file: options.config }).config.soc
      const destination = destinations.find((each) => each.name === name)
      if (destination === undefined)
        throw new ConfigError({
          path: "soc.destinations",
          got: `no destination named ${name}`,
          want: destinations.map((each) => each.name).join(", ") || "at least one destination",
        })
      const sender = openSender(destination, { version, now: Date.now })
      const sent = await sender.send([testRecord(Date.now())])
      await sender.close()
      const problem =
        sent.outcome === "delivered"
          ? (sent.dead?.[0]?.reason ?? (sent.again !== undefined && sent.again.length > 0 ? "not taken now" : undefined))
          : sent.reason
      process.stdout.write(
        problem === undefined
          ? `${name}: delivered${destination.type === "syslog" && destination.transport === "udp" ? " (UDP cannot tell whether it arrived)" : ""}\n`
          : `${name}: ${problem}\n`,
      )
      if (problem !== undefined) process.exitCode = 1
    })
}
