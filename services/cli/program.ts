import { Command } from "commander"
import { commands } from "./commands/index.ts"
import { version } from "./version.ts"

/** The `egret` command. Each subcommand is one file in commands/; one that is not known, or is used wrongly, throws CommanderError. */
export function buildProgram(): Command {
  const program = new Command("egret")
    .description("Network detection and response for AI agents.")
    .version(version)
    .showHelpAfterError("(add --help for what can be given)")
    .exitOverride()
  for (const add of commands) add(program)
  return program
}
