// `egret query`: one SQL statement, or a named query, against the store.
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import type { Command } from "commander"
import { Option } from "commander"
import { ConfigError } from "../../contracts/errors.ts"
import { loadConfig } from "../../runtime/config/load.ts"
import type { ClickHouseStore } from "../../store/clickhouse-store.ts"
import { hashPassword } from "../../store/http/password.ts"
import { openStore, type StoreOptions } from "../../store/open-store.ts"
import { storeOptions } from "../../store/options.ts"
import { namedQueries } from "../../store/queries/catalogue.ts"
import { hintFor } from "../query-hint.ts"
import { printTable } from "../query-table.ts"

interface QueryOptions {
  readonly config?: string
  readonly data?: string
  readonly url?: string
  readonly file?: string
  readonly name?: string
  readonly list?: true
  readonly format: keyof typeof formats
  readonly param: Readonly<Record<string, string>>
  readonly write?: true
  readonly hashPassword?: true
}

const formats = {
  table: "JSONCompactEachRowWithNamesAndTypes",
  json: "JSON",
  ndjson: "JSONEachRow",
  csv: "CSVWithNames",
  tsv: "TSVWithNames",
} as const

export function addQuery(program: Command): void {
  program
    .command("query")
    .description("Ask the store in SQL (ClickHouse dialect). Only reading statements are run unless --write is given.")
    .argument("[sql]", 'statement; "-" reads it from the standard input')
    .option("-c, --config <file>", "configuration that names the store (default: EGRET_CONFIG, ./egret.yaml, /etc/egret/egret.yaml)")
    .option("-d, --data <directory>", "directory of an embedded store, instead of the configured store")
    .option("-u, --url <url>", "ClickHouse server by URL, user and password in it, instead of the configured store")
    .option("--file <file>", "read the statement from a file")
    .option("-n, --name <name>", "run a named query; its parameters are given by --param")
    .option("-l, --list", "list the named queries and end")
    .addOption(new Option("-f, --format <format>", "how to print the answer").choices(Object.keys(formats)).default("table"))
    .option("-p, --param <name=value>", "value of {name:Type} in the statement; may be given more than once", collectParam, {})
    .option("--write", "run statements that change the store too")
    .option("--hash-password", "read a password from the standard input and print its hash for store.http.passwordHash")
    .addHelpText("after", HELP)
    .action((sql: string | undefined, options: QueryOptions) => query(sql, options))
}

async function query(argument: string | undefined, options: QueryOptions): Promise<void> {
  if (options.list) return listQueries()
  if (options.hashPassword) return printHash()
  const { sql, params } =
    options.name === undefined ? { sql: statementOf(argument, options), params: options.param } : named(options.name, options)
  const store = await openStore(whichStore(options))
  try {
    await print(store, sql, params, options)
  } catch (error) {
    throw await explain(error, store, sql)
  } finally {
    await store.close()
  }
}

async function print(store: ClickHouseStore, sql: string, params: Readonly<Record<string, unknown>>, options: QueryOptions): Promise<void> {
  if (options.write && !/^\s*(?:\(|SELECT|WITH|SHOW|DESC|EXPLAIN|EXISTS|CHECK)/i.test(sql)) return store.command(sql)
  const pieces = store.raw(sql, { format: formats[options.format], params, write: options.write === true })
  if (options.format === "table") return printTable(pieces, process.stdout)
  for await (const piece of pieces) {
    // A reader that went away, as `head` does, is no error.
    if (process.stdout.destroyed) return
    if (!process.stdout.write(piece)) await new Promise((done) => process.stdout.once("drain", done))
  }
}

function statementOf(argument: string | undefined, { file }: QueryOptions): string {
  if (file !== undefined && argument !== undefined)
    throw new ConfigError({ path: "egret query", got: "a statement and --file", want: "one of them" })
  const text = file !== undefined ? readStatement(file) : argument === "-" ? readFileSync(0, "utf8") : argument
  const sql = (text ?? "").trim().replace(/[;\s]+$/, "")
  if (sql === "")
    throw new ConfigError({
      path: "egret query",
      got: "no statement",
      want: "SQL, --file, --name or --list",
      hint: 'for example: egret query "SELECT * FROM agents"',
    })
  if (/\bFORMAT\s+\w+$/i.test(sql))
    throw new ConfigError({
      path: "egret query",
      got: "a FORMAT clause",
      want: "the statement without it",
      hint: "use --format table, json, ndjson, csv or tsv",
    })
  return sql
}

function readStatement(path: string): string {
  try {
    return readFileSync(path, "utf8")
  } catch (error) {
    throw new ConfigError({
      path: "--file",
      got: `${path} (${String((error as NodeJS.ErrnoException).code)})`,
      want: "a file with one SQL statement",
    })
  }
}

function named(name: string, { param }: QueryOptions): { sql: string; params: Readonly<Record<string, unknown>> } {
  const found = namedQueries.get(name)
  if (found === undefined)
    throw new ConfigError({ path: "--name", got: name, want: "the name of a query", hint: "egret query --list shows them" })
  const given = Object.fromEntries(Object.entries(param).map(([key, value]) => [key, looseJson(value)]))
  const parsed = found.params.safeParse(given)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new ConfigError({
      path: `--param ${issue?.path.join(".") ?? ""}`,
      got: issue?.message ?? "a wrong value",
      want: `parameters of ${name}`,
      hint: "numbers, true, false and JSON are read as such",
    })
  }
  return found.build(parsed.data)
}

function looseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

function whichStore({ config: file, data, url }: QueryOptions): StoreOptions {
  if (data !== undefined && url !== undefined) throw new ConfigError({ path: "egret query", got: "--data and --url", want: "one of them" })
  if (data !== undefined) return existing({ engine: "embedded", path: data })
  if (url !== undefined) return fromUrl(url)
  return existing(storeOptions(loadConfig({ ...(file === undefined ? {} : { file }) }).config.store))
}

/** A mistyped path must not become a new, empty store. */
function existing(options: StoreOptions): StoreOptions {
  if (options.engine === "server" || existsSync(join(options.path, "engine"))) return options
  throw new ConfigError({
    path: "store",
    got: options.path,
    want: "the directory of an embedded store that exists",
    hint: "run `egret up` or `egret replay --store` first, or name it with --data",
  })
}

function fromUrl(text: string): StoreOptions {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    throw new ConfigError({ path: "--url", got: JSON.stringify(text), want: "http://user:password@host:8123/database" })
  }
  const { username, password, pathname } = url
  const database = pathname.replace(/^\//, "")
  return {
    engine: "server",
    url: url.origin,
    readOnly: true,
    ...(username === "" ? {} : { username: decodeURIComponent(username) }),
    ...(password === "" ? {} : { password: decodeURIComponent(password) }),
    ...(database === "" ? {} : { database }),
  }
}

/** What the engine says of a statement is the user's to mend: one line, no stack. */
async function explain(error: unknown, store: ClickHouseStore, sql: string): Promise<unknown> {
  const { name, code, message = "" } = error as { name?: string; code?: string; message?: string }
  if (code === undefined || name === "ConfigError") return error
  const line = message.replace(/\s+/g, " ").trim().slice(0, 600)
  const hint = await hintFor(store, { code, message, sql })
  return new ConfigError({ path: "SQL", got: line, want: "a statement the store can run", hint })
}

async function printHash(): Promise<void> {
  const password = readFileSync(0, "utf8").split("\n", 1)[0] ?? ""
  if (password.length < 12)
    throw new ConfigError({
      path: "--hash-password",
      got: `${password.length} characters`,
      want: "a password of 12 or more on the standard input",
    })
  process.stdout.write(`${await hashPassword(password)}\n`)
}

function listQueries(): void {
  const width = Math.max(...[...namedQueries.keys()].map(({ length }) => length))
  for (const { name, description } of namedQueries.values()) process.stdout.write(`${name.padEnd(width)}  ${description}\n`)
}

function collectParam(text: string, before: Readonly<Record<string, string>>): Record<string, string> {
  const at = text.indexOf("=")
  if (at < 1) throw new ConfigError({ path: "--param", got: JSON.stringify(text), want: "name=value" })
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) }
}

const HELP = `
An embedded store belongs to one process at a time. While \`egret up\` runs, ask it over its
read-only interface (store.http.enabled: true) with --url http://user:password@127.0.0.1:8124/egret.

What to ask (SHOW TABLES lists all; DESCRIBE TABLE llm_calls tells the columns):
  llm_calls mcp_messages a2a_messages http_exchanges websocket_messages tls_sessions dns_lookups
  files skill_transfers anomalies flows findings events verdicts
  agents agent_uses models mcp_servers tools skills destinations workloads
  content (prompts, bodies, headers)

Examples:
  $ egret query "SELECT name, last_seen FROM agents"
  $ egret query "SELECT at, summary FROM llm_calls WHERE gen_ai_agent_name = {agent:String}" --param agent=claude-code
  $ egret query --name tokens-by-agent-and-model --format csv
  $ egret query --data .egret/store --file report.sql --format ndjson`
