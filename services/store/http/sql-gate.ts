// What stands between a stranger's SQL and the embedded engine. Three fences, each of which holds alone against what it is for:
//
//   1. The connection's role (see engine/access-files.ts): the engine itself refuses every table with content, however it is named: joins,
//      subqueries, views, table functions, EXPLAIN, part internals.
//   2. `readonly = 1` on the connection, set before anything else runs: nothing is written, no setting can be changed, no table function
//      that reads files or the network is allowed.
//   3. This file. The role could be changed by a second statement (`...; SET ROLE x`), and two things of an embedded engine obey neither
//      fence because they are meant for its own process: the scalar function file() and INTO OUTFILE. So the text is first parsed by the
//      engine's own parser, which allows one statement only, and written anew by its formatter; what is judged is that text, and that text
//      is what runs. No trick of comments, quotes or encodings survives being parsed and written again.
import type { EngineProcess } from "../engine/engine-process.ts"

export interface Admitted {
  readonly sql: string
  /** Of the FORMAT clause, when there was one. */
  readonly format: string | undefined
}

/** The statement may not run here. Its message is for the caller. */
export class RefusedError extends Error {
  override name = "RefusedError"
}

export async function admit(engine: EngineProcess, text: string): Promise<Admitted> {
  const bytes = await engine.run({
    lane: "read",
    sql: "SELECT formatQuerySingleLine({statement:String}) AS statement",
    format: "JSONEachRow",
    params: { statement: escapeParam(text) },
  })
  const { statement } = JSON.parse(Buffer.from(bytes).toString("utf8")) as { statement: string }
  return judge(statement)
}

/** `statement` is the engine's own writing of one statement. */
export function judge(statement: string): Admitted {
  const words = bareWords(statement)
  const first = words[0]?.toUpperCase() ?? ""
  if (!ROOTS.has(first)) throw new RefusedError(`only ${[...ROOTS].join(", ")} can be run here`)
  const upper = words.map((word) => word.toUpperCase())
  if (upper.some((word, at) => word === "INTO" && upper[at + 1] === "OUTFILE")) throw new RefusedError("INTO OUTFILE cannot be used here")
  const names = identifiers(statement)
  const banned = names.find(
    (name, at) => BANNED.has(name.toLowerCase()) || BANNED_PREFIX.test(name) || isClosedSystemTable(name, names[at + 1]),
  )
  if (banned !== undefined) throw new RefusedError(`${banned} cannot be used here, also not as a name`)
  return splitFormat(statement)
}

/** The engine has one user, so that its lists of statements and errors show everybody's. */
function isClosedSystemTable(name: string, next = ""): boolean {
  return name.toLowerCase() === "system" && !OPEN_SYSTEM_TABLES.has(next.toLowerCase())
}

/** The formatter puts FORMAT, then SETTINGS, at the very end. */
function splitFormat(statement: string): Admitted {
  const found = / FORMAT ([A-Za-z0-9]{1,40})( SETTINGS [^']*)?$/.exec(statement)
  if (found === null) return { sql: statement, format: undefined }
  return { sql: statement.slice(0, found.index), format: found[1] }
}

/** Words outside of literals and quoted names. The formatter escapes quotes inside them with a backslash or by doubling. */
function bareWords(statement: string): string[] {
  return statement.replace(QUOTED, " ").match(/[A-Za-z_][A-Za-z0-9_]*/g) ?? []
}

/**
 * Names in their order, quoted or not; not the text of string literals. One pass over all kinds of quotes: a quote of one kind inside another
 * kind must not begin anything.
 */
function identifiers(statement: string): string[] {
  return [...statement.matchAll(TOKEN)].flatMap(([, back, double, bare]) => back ?? double ?? bare ?? [])
}

function escapeParam(text: string): string {
  return text.replace(
    /[\\\t\n\r'\0]/g,
    (character) => ({ "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "'": "\\'", "\0": "\\0" })[character] ?? "",
  )
}

const TOKEN = /'(?:[^'\\]|\\.|'')*'|`((?:[^`\\]|\\.|``)*)`|"((?:[^"\\]|\\.|"")*)"|([A-Za-z_][A-Za-z0-9_]*)/gs
const QUOTED = /'(?:[^'\\]|\\.|'')*'|`(?:[^`\\]|\\.|``)*`|"(?:[^"\\]|\\.|"")*"/gs
const ROOTS: ReadonlySet<string> = new Set(["SELECT", "WITH", "SHOW", "DESCRIBE", "EXISTS", "EXPLAIN"])
// Functions of an embedded engine that reach files, libraries or the network without a grant.
const BANNED: ReadonlySet<string> = new Set([
  "file",
  "catboostevaluate",
  "executable",
  "filesystemavailable",
  "filesystemcapacity",
  "filesystemunreserved",
  "sleep",
  "sleepeachrow",
  "getclienthttpheader",
  // Names tables by a pattern in a literal, also those of `system`.
  "merge",
  "processlist",
])
const OPEN_SYSTEM_TABLES: ReadonlySet<string> = new Set([
  "one",
  "numbers",
  "tables",
  "columns",
  "databases",
  "functions",
  "table_functions",
  "data_type_families",
  "formats",
  "settings",
  "time_zones",
  "keywords",
  "parts",
])
const BANNED_PREFIX = /^ai[A-Z]/
