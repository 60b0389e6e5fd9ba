import type { Command } from "commander"
import { describe, expect, it } from "vitest"
import { buildProgram } from "../../../services/cli/program.ts"

const program = await buildProgram()
const all = descend(program).filter((command) => command !== program)

describe("egret --help", () => {
  it("lists every command with a description", () => {
    const help = program.helpInformation()
    for (const command of program.commands) expect(help).toContain(command.name())
  })

  it.each(all.map((command) => [pathOf(command), command] as const))(
    "%s: description, every option and argument described, an example",
    (path, command) => {
      expect(command.description(), "a description").toMatch(/^[A-Z].{15,}[.?]$/s)
      for (const option of command.options) expect(option.description, `${option.flags} described`).toMatch(/\S{3,}/)
      for (const argument of command.registeredArguments) expect(argument.description, `${argument.name()} described`).toMatch(/\S{3,}/)
      if (command.commands.length === 0) expect(fullHelp(command), "an example").toContain(`$ ${path}`)
    },
  )
})

function descend(command: Command): Command[] {
  return [command, ...command.commands.flatMap(descend)]
}

function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`
}

/** With what `addHelpText` puts after it. */
function fullHelp(command: Command): string {
  let text = ""
  command.configureOutput({ writeOut: (part) => (text += part) })
  command.outputHelp()
  return text
}
