import { Command } from "commander"
import { commandsFor } from "./commands/index.ts"
import { version } from "./version.ts"

/** The `egret` command, with one subcommand or all. Each is one file in commands/; one that is not known, or is used wrongly, throws CommanderError. */
export async function buildProgram(name?: string): Promise<Command> {
  const program = new Command("egret")
    .description("Network detection and response for AI agents.")
    .version(version)
    .showHelpAfterError("(add --help for what can be given)")
    .exitOverride()
  for (const add of await commandsFor(name)) add(program)
  return program
}
