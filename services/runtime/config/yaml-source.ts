import { relative } from "node:path"
import { isMap, isNode, isPair, isSeq, LineCounter, type Node, parseDocument } from "yaml"
import { ConfigError } from "../../contracts/errors.ts"

export type ConfigPath = readonly (string | number)[]

export interface YamlSource {
  readonly value: Record<string, unknown>
  /** "egret.yaml:3:7" of the key that path names, or of the deepest part of it that is written. */
  placeOf(path: ConfigPath): string
}

export function parseYaml(text: string, file: string): YamlSource {
  const name = shortName(file)
  const lines = new LineCounter()
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset)
    return `${name}:${line}:${col}`
  }
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: false, stringKeys: true })
  const [problem] = document.errors
  if (problem !== undefined)
    throw new ConfigError({ path: "YAML", place: at(problem.pos[0]), got: firstLine(problem.message), want: "valid YAML" })
  const value: unknown = readValue(document, at)
  if (value === null || value === undefined) return { value: {}, placeOf: () => "" }
  if (typeof value !== "object" || Array.isArray(value))
    throw new ConfigError({
      path: "YAML",
      place: at(0),
      got: Array.isArray(value) ? "a list" : typeof value,
      want: "sections, for example `log: { level: info }`",
    })
  return {
    value: value as Record<string, unknown>,
    placeOf: (path) => {
      const offset = offsetOf(document.contents, path)
      return offset === undefined ? name : at(offset)
    },
  }
}

function readValue(document: ReturnType<typeof parseDocument>, at: (offset: number) => string): unknown {
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES })
  } catch (error) {
    throw new ConfigError({ path: "YAML", place: at(0), got: firstLine(String(error)), want: "valid YAML" })
  }
}

function offsetOf(root: unknown, path: ConfigPath): number | undefined {
  let node: unknown = root
  let offset: number | undefined
  for (const segment of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isPair(item) && isNode(item.key) && String((item.key as Node).toJSON()) === String(segment))
      if (pair === undefined) return offset
      offset = startOf(pair.key) ?? offset
      node = pair.value
    } else if (isSeq(node)) {
      node = node.items[Number(segment)]
      offset = startOf(node) ?? offset
    } else return offset
  }
  return offset
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined
}

function shortName(file: string): string {
  const near = relative(process.cwd(), file)
  return near === "" || near.startsWith("..") ? file : near
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? ""
}

// Enough for honest reuse of a block; a "billion laughs" document stops here.
const MAX_ALIASES = 100
