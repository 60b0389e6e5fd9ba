// Files, folders, skill bundles and lists of tools to what the detectors are given.
import { createHash } from "node:crypto"
import { closeSync, type Dirent, openSync, readdirSync, readFileSync, readSync, statSync } from "node:fs"
import { basename, join, relative, sep } from "node:path"
import { unpackAll } from "../../../collectors/extract/archive/open.ts"
import { type BundleFile, bundlesIn } from "../../../collectors/extract/skills/bundle.ts"
import { toolTexts } from "../../../detectors/subjects.ts"
import { ConfigError } from "../../contracts/errors.ts"
import type { Subject, TextItem } from "../../contracts/inspection.ts"
import { type Defaults, readRecord, textSubject } from "./records.ts"

/** Subjects of a path, one at a time: a folder is never held in memory as a whole, a skill is. */
export function* subjectsOf(path: string, defaults: Defaults, skip: Skip = () => {}): Generator<Subject> {
  const stats = stat(path)
  if (!stats.isDirectory()) {
    yield* fileSubjects(path, basename(path), { defaults, skip })
    return
  }
  const files = [...walk(path, skip)]
  const roots = files.filter((file) => /^skills?\.md$/i.test(basename(file))).map((file) => file.slice(0, -basename(file).length))
  for (const root of roots) yield* skillSubjects(filesUnder(root, files, { roots, skip }), relativePath(path, root) || basename(path))
  for (const file of files) {
    if (!roots.some((root) => file.startsWith(root))) yield* fileSubjects(file, relativePath(path, file), { defaults, skip })
  }
}

/** Told of what is not judged: a file that cannot be read must not look like one without findings. */
export type Skip = (path: string, reason: string, kind: "unreadable" | "binary" | "cut") => void

interface Walking {
  readonly defaults: Defaults
  readonly skip: Skip
}

function* fileSubjects(path: string, id: string, walking: Walking): Generator<Subject> {
  const bytes = readFirst(path, walking.skip)
  if (bytes !== undefined) yield* subjectsOfBytes(bytes, id, walking)
}

/** Subjects of a file's content: the skills or texts of an archive, a list of tools, a text. None of what is no text. */
export function* subjectsOfBytes(
  bytes: Uint8Array,
  id: string,
  { defaults, skip = () => {} }: Partial<Walking> & Pick<Walking, "defaults">,
): Generator<Subject> {
  const unpacked = unpackAll(id, bytes)
  if (unpacked !== undefined) {
    const files = unpacked.entries.map((entry): BundleFile => ({ ...entry, path: entry.path }))
    const skills = [...skillSubjects(files, id)]
    yield* skills
    if (skills.length > 0) return
    for (const entry of unpacked.entries)
      if (!isBinary(entry.bytes)) yield* textSubjects(textOf(entry.bytes), `${id}!${entry.path}`, defaults)
    return
  }
  if (isBinary(bytes)) {
    skip(id, "binary", "binary")
    return
  }
  yield* textSubjects(textOf(bytes), id, defaults)
}

/** A text that may be a list of tools, a skill, or records in an array. */
export function* textSubjects(text: string, id: string, defaults: Defaults): Generator<Subject> {
  const tools = toolsIn(text)
  if (tools !== undefined) {
    yield { id, kind: "scan", direction: "inbound", texts: tools }
    return
  }
  if (/(?:^|\/)skills?\.md$/i.test(id)) {
    yield* skillSubjects([{ path: basename(id), bytes: Buffer.from(text), executable: false, completeness: "full" }], id)
    return
  }
  const records = recordsIn(text)
  if (records === undefined) yield textSubject(id, { ...defaults, path: id, text })
  else
    for (const [index, record] of records.entries()) {
      const result = readRecord(JSON.stringify(record), index + 1, defaults)
      if ("subject" in result) yield result.subject
    }
}

/** Records in one JSON array instead of lines. */
function recordsIn(text: string): readonly unknown[] | undefined {
  if (!/^\s*\[\s*\{/.test(text) || !text.includes('"text"')) return undefined
  try {
    const list: unknown = JSON.parse(text)
    return Array.isArray(list) && list.every((entry) => typeof (entry as { text?: unknown } | null)?.text === "string") ? list : undefined
  } catch {
    return undefined
  }
}

/** A list of tools: the result of tools/list, bare or inside its JSON-RPC answer, or the tools of a model request. */
function toolsIn(text: string): TextItem[] | undefined {
  if (!/^\s*[[{]/.test(text) || !text.includes('"name"')) return undefined
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return undefined
  }
  const record = json as { tools?: unknown; result?: { tools?: unknown; instructions?: unknown }; instructions?: unknown }
  const list = Array.isArray(json) ? json : Array.isArray(record.tools) ? record.tools : record.result?.tools
  if (!Array.isArray(list) || list.length === 0 || !list.every(isTool)) return undefined
  const texts = list.flatMap((tool: Record<string, unknown>, index) => toolTexts(toolOf(tool), `tools[${index}]`, "inbound"))
  const instructions = record.result?.instructions ?? record.instructions
  if (typeof instructions === "string")
    texts.push({ place: "tool-definition", direction: "inbound", path: "instructions", name: "instructions", text: instructions })
  return texts
}

function isTool(value: unknown): boolean {
  const tool = flatten(value)
  return typeof tool["name"] === "string" && ["description", "inputSchema", "input_schema", "parameters"].some((key) => key in tool)
}

function toolOf(value: unknown): Parameters<typeof toolTexts>[0] {
  const tool = flatten(value)
  const text = (key: string) => (typeof tool[key] === "string" ? { [key]: tool[key] as string } : {})
  const json = (key: string, ...from: string[]) => {
    const found = from.map((name) => tool[name]).find((schema) => schema !== undefined)
    return found === undefined ? {} : { [key]: JSON.stringify(found) }
  }
  return {
    name: String(tool["name"]),
    type: "function",
    hash: createHash("sha256").update(JSON.stringify(tool)).digest("hex"),
    ...text("title"),
    ...text("description"),
    ...json("inputSchema", "inputSchema", "input_schema", "parameters"),
    ...json("outputSchema", "outputSchema"),
    ...json("annotations", "annotations", "_meta"),
  }
}

/** OpenAI wraps a tool in `function`. */
function flatten(value: unknown): Record<string, unknown> {
  const tool = (value ?? {}) as Record<string, unknown>
  const inner = tool["function"]
  return typeof inner === "object" && inner !== null ? (inner as Record<string, unknown>) : tool
}

export function* skillSubjects(files: readonly BundleFile[], id: string): Generator<Subject> {
  const skills = bundlesIn(files, { route: "scan", source: id, host: "", how: "fetched" })
  for (const data of skills) {
    yield {
      id: skills.length === 1 ? id : `${id}#${data.name}`,
      kind: "skill",
      direction: "inbound",
      texts: data.texts.map(
        ({ path, text }, index): TextItem => ({ place: "skill", direction: "inbound", path: `texts[${index}]`, name: path, text }),
      ),
      data,
    }
  }
}

function filesUnder(root: string, files: readonly string[], { roots, skip }: { roots: readonly string[]; skip: Skip }): BundleFile[] {
  return files
    .filter(
      (file) =>
        file.startsWith(root) && !roots.some((other) => other.length > root.length && other.startsWith(root) && file.startsWith(other)),
    )
    .slice(0, MAX_SKILL_FILES)
    .flatMap((file) => {
      const bytes = readFirst(file, skip)
      const path = `${basename(root)}/${file.slice(root.length).split(sep).join("/")}`
      return bytes === undefined ? [] : [{ path, bytes, executable: (statSync(file).mode & 0o111) !== 0, completeness: "full" as const }]
    })
}

/** Links are not followed: they may lead out of the folder, or round in a circle. */
function* walk(folder: string, skip: Skip): Generator<string> {
  for (const entry of entriesOf(folder, skip)) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) {
      if (!SKIPPED.has(entry.name)) yield* walk(path, skip)
    } else if (entry.isFile()) yield path
  }
}

function entriesOf(folder: string, skip: Skip): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  } catch (error) {
    skip(folder, codeOf(error), "unreadable")
    return []
  }
}

function readFirst(path: string, skip: Skip): Uint8Array | undefined {
  try {
    const { size } = statSync(path)
    if (size > MAX_FILE) skip(path, `${size} bytes, only the first ${MAX_FILE} are read`, "cut")
    if (size <= MAX_FILE) return readFileSync(path)
    const bytes = Buffer.alloc(MAX_FILE)
    const file = openSync(path, "r")
    try {
      return bytes.subarray(0, readSync(file, bytes, 0, MAX_FILE, 0))
    } finally {
      closeSync(file)
    }
  } catch (error) {
    skip(path, codeOf(error), "unreadable")
    return undefined
  }
}

function codeOf(error: unknown): string {
  return String((error as NodeJS.ErrnoException).code ?? error)
}

function stat(path: string): ReturnType<typeof statSync> & object {
  try {
    return statSync(path) as ReturnType<typeof statSync> & object
  } catch (error) {
    throw new ConfigError({ path, got: String((error as NodeJS.ErrnoException).code), want: "a file, a folder, or - for standard input" })
  }
}

function textOf(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return buffer.toString("utf16le").slice(1)
  const text = buffer.toString("utf8")
  return text.startsWith("\ufeff") ? text.slice(1) : text
}

/** A NUL early on, as git decides it; UTF-16 with its mark is text. */
export function isBinary(bytes: Uint8Array): boolean {
  return !(bytes[0] === 0xff && bytes[1] === 0xfe) && bytes.subarray(0, 8_000).includes(0)
}

function relativePath(from: string, to: string): string {
  return relative(from, to).split(sep).join("/")
}

// Dependencies and history are someone else's text; name them to scan them.
const SKIPPED = new Set([".git", "node_modules", ".hg", ".svn"])
const MAX_FILE = 16 * 1024 * 1024
const MAX_SKILL_FILES = 2_000
