import { readFileSync } from "node:fs"
import { resolve } from "node:path"
import { Secret } from "../../contracts/config/secret.ts"
import { ConfigError } from "../../contracts/errors.ts"
import type { Environment } from "./environment.ts"
import type { ConfigPath } from "./yaml-source.ts"

interface Where {
  readonly env: Environment
  /** Relative `file:` references start here: the folder of the configuration. */
  readonly folder: string
  placeOf(path: ConfigPath): string
}

/** Fills every secret of the configuration; what cannot be fetched is told now, not at first use. */
export function fetchSecrets(value: unknown, where: Where, path: ConfigPath = []): ConfigError[] {
  if (value instanceof Secret) {
    const found = fetch(value.reference, where)
    if ("problem" in found)
      return [
        new ConfigError({
          path: path.join("."),
          place: where.placeOf(path),
          got: `${value.reference}: ${found.problem}`,
          want: "a secret",
        }),
      ]
    value.fill(found.value)
    return []
  }
  if (typeof value !== "object" || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => fetchSecrets(inner, where, [...path, Array.isArray(value) ? Number(key) : key]))
}

function fetch(reference: string, { env, folder }: Where): { readonly value: string } | { readonly problem: string } {
  const name = reference.slice(reference.indexOf(":") + 1)
  if (reference.startsWith("env:")) {
    const value = env[name]
    return value === undefined || value === "" ? { problem: "the variable is not set" } : { value }
  }
  try {
    // Editors and `echo` end a file with a line break that is no part of the secret.
    const value = readFileSync(resolve(folder, name), "utf8").replace(/\r?\n$/, "")
    return value === "" ? { problem: "the file is empty" } : { value }
  } catch (error) {
    return { problem: READ_PROBLEMS[(error as NodeJS.ErrnoException).code ?? ""] ?? "the file cannot be read" }
  }
}

const READ_PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: "no such file",
  EACCES: "no permission to read the file",
  EISDIR: "it is a directory",
}
