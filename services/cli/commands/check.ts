import type { Command } from "commander"
import { examineConfig } from "../../runtime/config/load.ts"
import { printConfig } from "../../runtime/config/print.ts"

export function addCheck(program: Command): void {
  program
    .command("check")
    .description(
      "Validate the configuration and print what is in effect. Secrets are fetched but never printed. Exit code 2 when something is wrong.",
    )
    .option("-c, --config <file>", "configuration to check (default: EGRET_CONFIG, ./egret.yaml, /etc/egret/egret.yaml)")
    .option("-q, --quiet", "print problems only")
    .addHelpText(
      "after",
      `
Every key can be set by a variable: EGRET__BUS__KAFKA__CLIENT_ID=x is bus.kafka.clientId.

Examples:
  $ egret check
  $ egret check --config /etc/egret/egret.yaml --quiet
  $ EGRET__LOG__LEVEL=debug egret check`,
    )
    .action(({ config, quiet }: { config?: string; quiet?: boolean }) => check({ file: config, quiet: quiet === true }))
}

function check({ file, quiet }: { file: string | undefined; quiet: boolean }): void {
  const { loaded, problems } = examineConfig({ file })
  for (const problem of problems) process.stderr.write(`egret: ${problem.message}\n`)
  if (loaded === undefined) {
    process.exitCode = 2
    return
  }
  if (!quiet)
    process.stdout.write(
      `# from ${loaded.file ?? "defaults and environment"}; durations in milliseconds, sizes in bytes\n${printConfig(loaded.config)}`,
    )
}
