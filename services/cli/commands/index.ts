import type { Command } from "commander"

/** In the order of `egret --help`. One line a command. */
export const commands: readonly ((program: Command) => void)[] = []
