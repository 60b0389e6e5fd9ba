// Where a policy and a store come from on the command line.
import { existsSync, readFileSync } from "node:fs"
import { dirname, join, resolve } from "node:path"
import { countryLookup } from "../../../detectors/access/country.ts"
import { ConfigError } from "../../contracts/errors.ts"
import { type Policy, shippedPolicy } from "../../policy/decide.ts"
import { loadPolicy } from "../../policy/load.ts"
import type { PresetName } from "../../policy/presets.ts"
import { loadConfig } from "../../runtime/config/load.ts"
import type { ClickHouseStore } from "../../store/clickhouse-store.ts"
import { openStore } from "../../store/open-store.ts"
import { storeOptions } from "../../store/options.ts"

export interface StoreChoice {
  readonly config?: string
  readonly data?: string
}

/** A file, or the name of a shipped preset. */
export function policyFrom(source: string): Policy {
  if (isPreset(source) && !existsSync(source)) return shippedPolicy(source)
  try {
    return loadPolicyFile(source)
  } catch (error) {
    if (error instanceof ConfigError) throw error
    throw new ConfigError({
      path: source,
      got: String((error as NodeJS.ErrnoException).code ?? error),
      want: "a policy file, or observe, balanced or strict",
    })
  }
}

/** A policy file and the country database it names. */
export function loadPolicyFile(path: string): Policy {
  const text = readFileSync(path, "utf8")
  const policy = loadPolicy(text, path)
  const database = policy.file.access.country_database
  if (database === undefined) return policy
  try {
    return loadPolicy(text, path, countryLookup(readFileSync(resolve(dirname(path), database))))
  } catch (error) {
    throw new ConfigError({
      path: `${path} (access.country_database)`,
      got: `${database}: ${error instanceof Error ? error.message : String(error)}`,
      want: "a MaxMind DB file with countries",
    })
  }
}

/** The policy that the configuration has in force. */
export function policyInForce(file: string | undefined): Policy {
  const { policy } = loadConfig({ ...(file === undefined ? {} : { file }) }).config
  return policy.file === undefined ? shippedPolicy(policy.preset) : policyFrom(policy.file)
}

export async function storeFrom({ config, data }: StoreChoice): Promise<ClickHouseStore> {
  const options =
    data === undefined
      ? storeOptions(loadConfig({ ...(config === undefined ? {} : { file: config }) }).config.store)
      : ({ engine: "embedded", path: data } as const)
  if (options.engine === "embedded" && !existsSync(join(options.path, "engine")))
    throw new ConfigError({
      path: "store",
      got: options.path,
      want: "the directory of an embedded store that exists",
      hint: "run `egret up` or `egret replay --store` first, or name it with --data",
    })
  return openStore(options)
}

function isPreset(name: string): name is PresetName {
  return name === "observe" || name === "balanced" || name === "strict"
}
