import { randomBytes } from "node:crypto"
import { createInterface } from "node:readline/promises"
import { type Command, Option } from "commander"
import { Accounts } from "../../api/accounts.ts"
import { roles } from "../../api/roles.ts"
import { ConfigError } from "../../contracts/errors.ts"
import { loadConfig } from "../../runtime/config/load.ts"

const ROLE_HELP =
  "what it may do: viewer (no prompts and bodies), analyst (handles events), content (reads prompts and bodies), admin, soar (a program that sends verdicts back, nothing else)"

export function addUser(program: Command): void {
  const user = program.command("user").description("Manage the people who sign in to the console.")
  user
    .command("add")
    .description("Add a user, or give it a new password and role. The password is read from standard input, or made up and printed.")
    .argument("<name>", "name to sign in with")
    .addOption(new Option("--role <role>", ROLE_HELP).choices(roles).default("viewer"))
    .option("--password-stdin", "read the password from standard input")
    .option("-c, --config <file>", "configuration file")
    .addHelpText(
      "after",
      "\nExamples:\n  $ egret user add ann --role analyst\n  $ pass show egret | egret user add ann --role admin --password-stdin",
    )
    .action(async (name: string, options: { role: (typeof roles)[number]; passwordStdin?: boolean; config?: string }) => {
      const password = options.passwordStdin === true ? await readLine() : randomBytes(15).toString("base64url")
      if (password.length < MIN_PASSWORD)
        throw new ConfigError({ path: "password", got: `${password.length} characters`, want: `at least ${MIN_PASSWORD}` })
      await accountsOf(options.config).addUser({ name, role: options.role, password, now: Date.now() })
      process.stdout.write(
        options.passwordStdin === true
          ? `User ${name} (${options.role}) is set.\n`
          : `User ${name} (${options.role}), password ${password}\n`,
      )
    })
  user
    .command("remove")
    .description("Remove a user; sessions that are open end with their lifetime.")
    .argument("<name>", "name of the user")
    .option("-c, --config <file>", "configuration file")
    .addHelpText("after", "\nExamples:\n  $ egret user remove ann")
    .action(async (name: string, options: { config?: string }) => {
      if (!(await accountsOf(options.config).removeUser(name)))
        throw new ConfigError({ path: name, got: "no such user", want: "one of egret user list" })
    })
  user
    .command("list")
    .description("List the users and their roles.")
    .option("-c, --config <file>", "configuration file")
    .addHelpText("after", "\nExamples:\n  $ egret user list")
    .action((options: { config?: string }) => {
      for (const { name, role } of accountsOf(options.config).users()) process.stdout.write(`${name}\t${role}\n`)
    })
}

export function addToken(program: Command): void {
  const token = program.command("token").description("Manage tokens for programs that use the API.")
  token
    .command("create")
    .description("Make a token and print it; it is shown this once and stored as a hash.")
    .argument("<name>", "what the token is for")
    .addOption(new Option("--role <role>", ROLE_HELP).choices(roles).default("viewer"))
    .option("--days <n>", "days until it expires; for ever when left out")
    .option("-c, --config <file>", "configuration file")
    .addHelpText("after", "\nExamples:\n  $ egret token create grafana --role viewer --days 365")
    .action(async (name: string, options: { role: (typeof roles)[number]; days?: string; config?: string }) => {
      const now = Date.now()
      const expiresAt = options.days === undefined ? undefined : now + Number(options.days) * 86_400_000
      const { id, token: clear } = await accountsOf(options.config).addToken({ name, role: options.role, now, expiresAt })
      process.stdout.write(`${clear}\n`)
      process.stderr.write(`token ${id}: send it as Authorization: Bearer …\n`)
    })
  token
    .command("remove")
    .description("Remove a token by its id.")
    .argument("<id>", "id as egret token list prints it")
    .option("-c, --config <file>", "configuration file")
    .addHelpText("after", "\nExamples:\n  $ egret token remove 3f2a9c01b7de")
    .action(async (id: string, options: { config?: string }) => {
      if (!(await accountsOf(options.config).removeToken(id)))
        throw new ConfigError({ path: id, got: "no such token", want: "an id of egret token list" })
    })
  token
    .command("list")
    .description("List the tokens with their roles, never their secrets.")
    .option("-c, --config <file>", "configuration file")
    .addHelpText("after", "\nExamples:\n  $ egret token list")
    .action((options: { config?: string }) => {
      for (const { id, name, role, expiresAt } of accountsOf(options.config).tokens())
        process.stdout.write(`${id}\t${name}\t${role}\t${expiresAt === undefined ? "never expires" : new Date(expiresAt).toISOString()}\n`)
    })
}

function accountsOf(file: string | undefined): Accounts {
  return new Accounts(loadConfig({ file }).config.api.stateDir)
}

async function readLine(): Promise<string> {
  const lines = createInterface({ input: process.stdin })
  for await (const line of lines) {
    lines.close()
    return line
  }
  return ""
}

const MIN_PASSWORD = 12
