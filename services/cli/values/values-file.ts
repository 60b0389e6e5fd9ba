// Canaries and a customer's own values, between the file and who uses them.
import { existsSync, mkdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import type { Config } from "../../contracts/config/config.ts"
import { ConfigError } from "../../contracts/errors.ts"
import { type KnownValues, type KnownValuesFile, knownValuesFile } from "../../contracts/known-values.ts"
import { writeFileAtomic } from "../../runtime/atomic-file.ts"
import { fingerprintKeyOf, keyIdOf, valuesKeyOf } from "./fingerprint-key.ts"

export function valuesPathOf({ detect }: Config): string {
  return detect.valuesFile ?? join(detect.stateDir, "values.json")
}

/** Undefined when there is no file and none was asked for. */
export async function knownValuesOf(config: Config): Promise<KnownValues | undefined> {
  const path = valuesPathOf(config)
  if (!existsSync(path)) {
    if (config.detect.valuesFile === undefined) return undefined
    throw new ConfigError({ path: "detect.valuesFile", got: `${path}: no such file`, want: "a file made by `egret values`" })
  }
  const key = valuesKeyOf(await fingerprintKeyOf(config))
  const { values } = readValues(path, key)
  return values.length === 0 ? undefined : { key, fingerprints: values }
}

export function readValues(path: string, key: string): KnownValuesFile {
  if (!existsSync(path)) return { v: 1, keyId: keyIdOf(key), values: [] }
  let json: unknown
  try {
    json = JSON.parse(readFileSync(path, "utf8"))
  } catch (error) {
    throw new ConfigError({ path, got: error instanceof Error ? error.message : String(error), want: "a file made by `egret values`" })
  }
  const parsed = knownValuesFile.safeParse(json)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw new ConfigError({
      path: `${path} (${issue?.path.join(".") || "top level"})`,
      got: issue?.message ?? "another shape",
      want: "a file made by `egret values`",
    })
  }
  if (parsed.data.keyId !== keyIdOf(key))
    throw new ConfigError({
      path,
      got: "fingerprints made with another key",
      want: "those made with detect.fingerprintKey, or the key in detect.stateDir",
      hint: "give every role the same detect.fingerprintKey, or add the values again",
    })
  return parsed.data
}

export async function writeValues(path: string, file: KnownValuesFile): Promise<void> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  await writeFileAtomic(path, `${JSON.stringify(file, undefined, 1)}\n`)
}
