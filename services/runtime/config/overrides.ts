// EGRET__BUS__KAFKA__CLIENT_ID=x is bus.kafka.clientId: two underscores part the sections, one joins words. Values are YAML, so that
// numbers, true, false and [lists] work; `EGRET__X='"12"'` is the text 12. A number as a segment is a place in a list.
import { parse } from "yaml"
import { ConfigError } from "../../contracts/errors.ts"
import type { Environment } from "./environment.ts"
import type { ConfigPath, YamlSource } from "./yaml-source.ts"

export function applyOverrides(
  source: YamlSource,
  env: Environment,
): { readonly value: Record<string, unknown>; placeOf(path: ConfigPath): string } {
  const value = structuredClone(source.value)
  const variables = new Map<string, string>()
  for (const name of Object.keys(env)
    .filter((key) => key.startsWith(PREFIX))
    .sort()) {
    const path = pathOf(name)
    put(value, path, { name, value: parsedValue(name, env[name] ?? "") })
    variables.set(path.join("."), name)
  }
  /** A section that only variables speak of: EGRET__LOGG__LEVEL is where "logg" was written. */
  const below = (path: ConfigPath): string | undefined => {
    const start = `${path.join(".")}.`
    return [...variables].find(([written]) => written.startsWith(start))?.[1]
  }
  return {
    value,
    placeOf: (path) => {
      for (let length = path.length; length > 0; length--) {
        const name = variables.get(path.slice(0, length).join("."))
        if (name !== undefined) return name
      }
      return inFile(source.value, path) ? source.placeOf(path) : (below(path) ?? source.placeOf(path))
    },
  }
}

function inFile(value: unknown, path: ConfigPath): boolean {
  let at = value
  for (const segment of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, segment)) return false
    at = (at as Record<string, unknown>)[segment]
  }
  return true
}

function pathOf(name: string): string[] {
  const path = name.slice(PREFIX.length).split("__").map(camelCase)
  if (path.some((segment) => segment === "" || segment === "__proto__"))
    throw new ConfigError({ path: name, got: "an empty part", want: `${PREFIX}SECTION__KEY, for example EGRET__LOG__LEVEL=debug` })
  return path
}

function camelCase(segment: string): string {
  return segment.toLowerCase().replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}

function parsedValue(name: string, text: string): unknown {
  try {
    return parse(text) ?? text
  } catch {
    throw new ConfigError({ path: name, got: "text that is not YAML", want: "a YAML value", hint: `quote it: ${name}='"..."'` })
  }
}

function put(root: Record<string, unknown>, path: readonly string[], entry: { readonly name: string; readonly value: unknown }): void {
  let at: Record<string, unknown> | unknown[] = root
  path.forEach((segment, index) => {
    const key = Array.isArray(at) ? indexOf(at, segment, entry.name) : segment
    const holder = at as Record<string | number, unknown>
    if (index === path.length - 1) {
      holder[key] = entry.value
      return
    }
    const inner = holder[key]
    if (typeof inner !== "object" || inner === null) holder[key] = /^\d+$/.test(path[index + 1] ?? "") ? [] : {}
    at = holder[key] as Record<string, unknown> | unknown[]
  })
}

function indexOf(list: readonly unknown[], segment: string, name: string): number {
  const index = /^\d+$/.test(segment) ? Number(segment) : Number.NaN
  if (!(index <= list.length))
    throw new ConfigError({ path: name, got: `place ${segment} of a list of ${list.length}`, want: `0 to ${list.length}` })
  return index
}

const PREFIX = "EGRET__"
