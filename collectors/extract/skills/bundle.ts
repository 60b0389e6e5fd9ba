// From a set of files to the skills in it: each folder with a SKILL.md is one, its files are what lies under it.
import { createHash } from "node:crypto"
import type { ActivityData } from "../../../services/contracts/envelope.ts"
import type { Completeness } from "../../../services/contracts/primitives.ts"
import { isTextType, mediaTypeOf } from "../files/media-type.ts"
import { readFrontMatter } from "./front-matter.ts"

export interface BundleFile {
  readonly path: string
  readonly bytes: Uint8Array
  readonly executable: boolean
  readonly completeness: Completeness
}

export interface BundleOrigin {
  readonly route: string
  /** Where it came from as a person would name it: "github.com/owner/repo", "clawhub.ai/slug". */
  readonly source: string
  readonly host: string
  readonly ref?: string | undefined
  readonly version?: string | undefined
  readonly how: SkillData["how"]
  readonly digest?: SkillData["digest"]
  readonly problems?: readonly string[]
}

export type SkillData = ActivityData<"skill">

export function isSkillFile(path: string): boolean {
  return /(^|\/)(SKILL|skill|Skill|skills)\.md$/.test(path)
}

export function bundlesIn(files: readonly BundleFile[], origin: BundleOrigin): SkillData[] {
  const roots = files.filter((file) => isSkillFile(file.path)).map((file) => folderOf(file.path))
  const unique = [...new Set(roots)].sort((a, b) => b.length - a.length)
  return unique.slice(0, MAX_SKILLS).map((root) => {
    const inside = files.filter(
      (file) => file.path.startsWith(root) && !unique.some((other) => other.length > root.length && file.path.startsWith(other)),
    )
    return bundle(root, inside, origin)
  })
}

/** Hash that does not depend on the container: sha256 over the sorted "path NUL sha256 LF" lines. */
export function bundleHash(files: readonly { readonly path: string; readonly sha256: string }[]): string {
  const lines = files.map((file) => `${file.path}\0${file.sha256}\n`).sort()
  return createHash("sha256").update(lines.join("")).digest("hex")
}

function bundle(root: string, files: readonly BundleFile[], origin: BundleOrigin): SkillData {
  const listed = files.map((file) => ({
    path: file.path.slice(root.length),
    bytes: file.bytes.length,
    sha256: createHash("sha256").update(file.bytes).digest("hex"),
    mediaType: mediaTypeOf(file.bytes),
    ...(file.executable && { executable: true }),
  }))
  const main = files.find((file) => isSkillFile(file.path) && folderOf(file.path) === root)
  const text = main === undefined ? "" : textOf(main.bytes)
  const matter = readFrontMatter(text)
  const folder =
    root
      .split("/")
      .filter((part) => part !== "")
      .at(-1) ?? ""
  const name = stringOf(matter.fields["name"]) ?? (folder === "" ? origin.source : folder)
  const description = stringOf(matter.fields["description"])
  const version = stringOf(matter.fields["version"]) ?? stringOf(recordOf(matter.fields["metadata"])["version"]) ?? origin.version
  const problems = [...matter.problems, ...(origin.problems ?? []), ...nameProblems(name, folder)]
  return {
    name: name.slice(0, MAX_NAME),
    ...(description !== undefined && { description }),
    ...(version !== undefined && { version }),
    hash: bundleHash(listed),
    route: origin.route,
    source: origin.source,
    host: origin.host,
    ...(origin.ref !== undefined && { ref: origin.ref }),
    files: listed.slice(0, MAX_FILES),
    texts: textsOf(root, files),
    frontMatter: jsonSafe(matter.fields),
    allowedTools: toolsOf(matter.fields["allowed-tools"] ?? matter.fields["allowed_tools"] ?? matter.fields["tools"]),
    references: referencesIn(matter.body),
    ...(origin.digest !== undefined && { digest: origin.digest }),
    problems: [...new Set(problems)],
    how: origin.how,
    activated: false,
    completeness: files.some((file) => file.completeness !== "full") ? "truncated" : "full",
  }
}

function textsOf(root: string, files: readonly BundleFile[]): { path: string; text: string }[] {
  let left = MAX_TEXT
  const texts: { path: string; text: string }[] = []
  // SKILL.md first: it must never be crowded out by large references.
  const ordered = [...files].sort((a, b) => Number(isSkillFile(b.path)) - Number(isSkillFile(a.path)))
  for (const file of ordered) {
    if (left <= 0 || !isTextType(mediaTypeOf(file.bytes))) continue
    const text = textOf(file.bytes).slice(0, left)
    left -= text.length
    texts.push({ path: file.path.slice(root.length), text })
  }
  return texts
}

/** Relative files and addresses that the instructions point to. */
function referencesIn(body: string): string[] {
  const found = new Set<string>()
  for (const match of body.slice(0, MAX_TEXT).matchAll(/\]\(([^)\s]{1,500})\)|\bhttps?:\/\/[^\s<>"'`)\]]{1,500}/g)) {
    found.add(match[1] ?? match[0])
    if (found.size >= MAX_REFERENCES) break
  }
  return [...found]
}

function nameProblems(name: string, folder: string): string[] {
  const problems: string[] = []
  if (!/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name) || name.length > 64) problems.push("name-not-conforming")
  if (folder !== "" && folder !== name && !folder.endsWith(name)) problems.push("name-differs-from-folder")
  return problems
}

/** "Bash(git:*) Read" or a list. Parentheses keep their spaces. */
function toolsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.filter((item): item is string => typeof item === "string").slice(0, MAX_REFERENCES)
  if (typeof value !== "string") return []
  return (value.slice(0, 4_000).match(/[^\s,()]+(?:\([^)]*\))?/g) ?? []).slice(0, MAX_REFERENCES)
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1)
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8")
}

function stringOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : typeof value === "number" ? String(value) : undefined
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
}

/** YAML can hold dates and cycles through anchors; the row is JSON. */
function jsonSafe(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  try {
    const text = JSON.stringify(fields)
    return text.length > MAX_FIELDS_TEXT ? {} : (JSON.parse(text) as Record<string, unknown>)
  } catch {
    return {}
  }
}

// A repository can hold hundreds of skills; more than this in one transfer is a mirror of a registry, and its files are still listed one by one.
const MAX_SKILLS = 500
const MAX_FILES = 2_000
const MAX_NAME = 200
// Text handed to the detectors for one skill; SKILL.md bodies are recommended below 5,000 tokens.
const MAX_TEXT = 1024 * 1024
const MAX_REFERENCES = 500
const MAX_FIELDS_TEXT = 64 * 1024
