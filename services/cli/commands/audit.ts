import { existsSync } from "node:fs"
import type { Command } from "commander"
import { auditPath, verifyAudit } from "../../api/audit.ts"
import { ConfigError } from "../../contracts/errors.ts"
import { loadConfig } from "../../runtime/config/load.ts"

export function addAudit(program: Command): void {
  const audit = program.command("audit").description("The trail of who read prompts and who changed what.")
  audit
    .command("verify")
    .description("Check that no record of the audit trail was changed, removed or put in. Exit code 1 when one was.")
    .option("-c, --config <file>", "configuration file")
    .option("--file <path>", "a trail elsewhere, for example from a backup")
    .addHelpText(
      "after",
      "\nThe last hash proves that nothing was cut off at the end: compare it with the one you kept.\n\nExamples:\n  $ egret audit verify\n  $ egret audit verify --file backup/audit.jsonl",
    )
    .action((options: { config?: string; file?: string }) => {
      const path = options.file ?? auditPath(loadConfig({ file: options.config }).config.api.stateDir)
      if (!existsSync(path))
        throw new ConfigError({
          path,
          got: "no such file",
          want: "an audit trail",
          hint: "it is made when somebody signs in or reads content",
        })
      const check = verifyAudit(path)
      process.stdout.write(
        check.ok ? `${check.records} records, unbroken; last hash ${check.last}\n` : `Broken at line ${check.line}: ${check.problem}\n`,
      )
      if (!check.ok) process.exitCode = 1
    })
}
