#!/usr/bin/env node
// The composition root. Each command is one file in commands/, added to the program here.
import { Command, CommanderError } from "commander"
import { ConfigError } from "../contracts/errors.ts"
import { commands } from "./commands/index.ts"
import { version } from "./version.ts"

const program = new Command("egret")
  .description("Network detection and response for AI agents.")
  .version(version)
  .showHelpAfterError("(add --help for what can be given)")
  .exitOverride()
for (const add of commands) add(program)

try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = exitCodeOf(error)
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  if (error instanceof ConfigError) {
    process.stderr.write(`egret: ${error.message}\n`)
    return 2
  }
  process.stderr.write(`egret: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  return 1
}
