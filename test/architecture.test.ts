// Holds the house to its plan: who may import whom, which npm packages a room may use, what a pure room must not touch, how long a file may be.
import { readdirSync, readFileSync } from "node:fs"
import { dirname, join, relative, resolve, sep } from "node:path"
import { describe, expect, it } from "vitest"
import { forbiddenInPureRooms, pureRooms, roomRules } from "./architecture-rules.ts"

const root = resolve(import.meta.dirname, "..")
const MAX_LINES = 400

interface SourceFile {
  readonly path: string
  readonly room: string
  readonly text: string
  readonly imports: readonly string[]
}

const sources = ["collectors", "detectors", "services", "dashboards"].flatMap((top) => walk(join(root, top))).map(read)

describe("the house keeps its plan", () => {
  it("has a rule for every room", () => {
    const unknown = new Set(sources.map((file) => file.room).filter((room) => roomRules[room] === undefined))
    expect([...unknown]).toEqual([])
  })

  it("lets a room import only the rooms and packages its rule names", () => {
    const broken = sources.flatMap((file) => {
      const rule = roomRules[file.room]
      if (rule === undefined) return []
      return file.imports.flatMap((specifier) => {
        if (specifier.startsWith(".")) {
          const target = roomOf(
            relative(root, resolve(root, dirname(file.path), specifier))
              .split(sep)
              .join("/"),
          )
          return target === file.room || rule.rooms.includes(target) || rule.rooms.includes("*")
            ? []
            : [`${file.path} imports room ${target}`]
        }
        const name = packageOf(specifier)
        return rule.packages.includes(name) || rule.packages.includes("*") || (name.startsWith("node:") && rule.packages.includes("node:*"))
          ? []
          : [`${file.path} imports ${name}`]
      })
    })
    expect(broken).toEqual([])
  })

  it("keeps clocks, timers, sockets, files, loggers and the process out of the pure rooms", () => {
    const broken = sources
      .filter((file) => pureRooms.some((room) => file.room === room))
      .flatMap((file) =>
        forbiddenInPureRooms.filter(({ pattern }) => pattern.test(file.text)).map(({ name }) => `${file.path} uses ${name}`),
      )
    expect(broken).toEqual([])
  })

  it("reads the environment and ends the process only in the command line and the configuration", () => {
    const broken = sources
      .filter((file) => !file.path.startsWith("services/cli/") && !file.path.startsWith("services/runtime/config"))
      .filter((file) => /\bprocess\.(env|exit)\b/.test(file.text))
      .map((file) => file.path)
    expect(broken).toEqual([])
  })

  it("has no import cycle between files", () => {
    expect(findCycle(sources)).toEqual([])
  })

  it("has no file over 400 lines", () => {
    const long = sources
      .filter((file) => file.text.split("\n").length > MAX_LINES && !file.path.includes("/data/"))
      .map((file) => file.path)
    expect(long).toEqual([])
  })
})

function walk(folder: string): string[] {
  let entries: ReturnType<typeof readdirSync>
  try {
    entries = readdirSync(folder, { withFileTypes: true }) as never
  } catch {
    return []
  }
  return (entries as unknown as { name: string; isDirectory(): boolean }[]).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return entry.name === "node_modules" || entry.name === "dist" ? [] : walk(path)
    return /\.tsx?$/.test(entry.name) && !entry.name.endsWith(".d.ts") ? [path] : []
  })
}

function read(absolute: string): SourceFile {
  const path = relative(root, absolute).split(sep).join("/")
  const text = readFileSync(absolute, "utf8")
  const imports = importsOf(text)
  return { path, room: roomOf(path), text, imports: imports.filter((specifier) => /^(\.|node:|@?[a-z])/.test(specifier)) }
}

/** Specifiers of static and dynamic imports, line by line: a pattern over many lines would backtrack. */
function importsOf(text: string): string[] {
  return text.split("\n").flatMap((line) => {
    const fixed = /^(?:import|export)\b.*?\bfrom\s+["']([^"']+)["']|^\} from ["']([^"']+)["']|^import ["']([^"']+)["']/.exec(line)
    const dynamic = /\bimport\(\s*["']([^"']+)["']/.exec(line)
    const found = fixed?.[1] ?? fixed?.[2] ?? fixed?.[3] ?? dynamic?.[1]
    return found === undefined ? [] : [found]
  })
}

function roomOf(path: string): string {
  const [top = "", second = ""] = path.split("/")
  return top === "detectors" ? "detectors" : `${top}/${second}`
}

function packageOf(specifier: string): string {
  if (specifier.startsWith("node:")) return specifier
  const parts = specifier.split("/")
  return specifier.startsWith("@") ? parts.slice(0, 2).join("/") : (parts[0] ?? "")
}

/** The first cycle found, as paths; type-only imports count too, because they hide a wrong place. */
function findCycle(files: readonly SourceFile[]): string[] {
  const graph = new Map(
    files.map((file) => [
      file.path,
      file.imports
        .filter((s) => s.startsWith("."))
        .map((s) =>
          relative(root, resolve(root, dirname(file.path), s))
            .split(sep)
            .join("/"),
        ),
    ]),
  )
  const done = new Set<string>()
  const trail: string[] = []
  const visit = (path: string): string[] => {
    if (done.has(path)) return []
    const at = trail.indexOf(path)
    if (at >= 0) return [...trail.slice(at), path]
    trail.push(path)
    for (const next of graph.get(path) ?? []) {
      const cycle = visit(next)
      if (cycle.length > 0) return cycle
    }
    trail.pop()
    done.add(path)
    return []
  }
  for (const path of graph.keys()) {
    const cycle = visit(path)
    if (cycle.length > 0) return cycle
  }
  return []
}
