#!/usr/bin/env node
// The composition root.
import { CommanderError } from "commander"
import { ConfigError } from "../contracts/errors.ts"
import { buildProgram } from "./program.ts"

process.stdout.on("error", leaveQuietly)
try {
  const program = await buildProgram(process.argv[2])
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

/** `egret ... | head` closes our output: no error worth telling. */
function leaveQuietly(error: NodeJS.ErrnoException): void {
  if (error.code === "EPIPE") process.exit(0)
  throw error
}
