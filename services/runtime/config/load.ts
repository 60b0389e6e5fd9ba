// One YAML file, then EGRET__A__B variables over it, then the schema: unknown keys are errors, every error says where, what and what instead.
import { readFileSync, statSync } from "node:fs"
import { dirname, resolve } from "node:path"
import { type Config, config as schema } from "../../contracts/config/config.ts"
import { ConfigError } from "../../contracts/errors.ts"
import type { Environment } from "./environment.ts"
import { explainIssue } from "./explain.ts"
import { applyOverrides } from "./overrides.ts"
import { fetchSecrets } from "./secrets.ts"
import { parseYaml } from "./yaml-source.ts"

export interface ConfigOptions {
  /** Given by `--config`. Without it: EGRET_CONFIG, ./egret.yaml, /etc/egret/egret.yaml, else the defaults. */
  readonly file?: string | undefined
  readonly env?: Environment
}

export interface LoadedConfig {
  readonly config: Config
  /** Absent when everything is default or comes from the environment. */
  readonly file: string | undefined
}

export function loadConfig(options: ConfigOptions = {}): LoadedConfig {
  const { loaded, problems } = examineConfig(options)
  const [first] = problems
  if (first !== undefined)
    throw problems.length === 1
      ? first
      : new ConfigError({ ...first, hint: joinHints(first.hint, `${problems.length - 1} more: run \`egret check\``) })
  if (loaded === undefined) throw new Error("a configuration without problems was not loaded")
  return loaded
}

/** All problems at once, for `egret check`. */
export function examineConfig({ file, env = process.env }: ConfigOptions = {}): {
  readonly loaded?: LoadedConfig
  readonly problems: readonly ConfigError[]
} {
  try {
    const path = findFile(file, env)
    const source = parseYaml(path === undefined ? "" : readText(path), path ?? "configuration")
    const { value, placeOf } = applyOverrides(source, env)
    const result = schema.safeParse(value)
    if (!result.success) return { problems: result.error.issues.flatMap((issue) => explainIssue(issue, { value, placeOf })) }
    const problems = fetchSecrets(result.data, { env, folder: path === undefined ? process.cwd() : dirname(path), placeOf })
    return problems.length > 0 ? { problems } : { loaded: { config: deepFreeze(result.data), file: path }, problems: [] }
  } catch (error) {
    if (error instanceof ConfigError) return { problems: [error] }
    throw error
  }
}

function findFile(file: string | undefined, env: Environment): string | undefined {
  const named = file ?? (env["EGRET_CONFIG"] === "" ? undefined : env["EGRET_CONFIG"])
  if (named !== undefined) return resolve(named)
  return USUAL_PLACES.map((path) => resolve(path)).find((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true)
}

function readText(path: string): string {
  const want = "a readable YAML file"
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats === undefined)
    throw new ConfigError({ path, got: "no such file", want, hint: "leave --config and EGRET_CONFIG out to run on defaults" })
  if (stats.isDirectory()) throw new ConfigError({ path, got: "a directory", want })
  if (stats.size > MAX_FILE_BYTES) throw new ConfigError({ path, got: `${stats.size} bytes`, want: `at most ${MAX_FILE_BYTES}` })
  try {
    return readFileSync(path, "utf8")
  } catch (error) {
    throw new ConfigError({ path, got: (error as NodeJS.ErrnoException).code ?? "an error", want })
  }
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    const plain = Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype
    if (plain) {
      for (const inner of Object.values(value)) deepFreeze(inner)
      Object.freeze(value)
    }
  }
  return value
}

function joinHints(...hints: readonly string[]): string {
  return hints.filter((hint) => hint !== "").join("; ")
}

const USUAL_PLACES = ["egret.yaml", "/etc/egret/egret.yaml"]
// A configuration is kilobytes; a bigger file is a mistake, and YAML parsing takes tens of times its size in memory.
const MAX_FILE_BYTES = 1_048_576
