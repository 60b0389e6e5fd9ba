// A file or folder of this machine as the examiner takes it in: the skills in it, or the file itself.
import { createHash } from "node:crypto"
import { readdirSync, readFileSync, statSync } from "node:fs"
import { basename, join } from "node:path"
import { unpackAll } from "../../../collectors/extract/archive/open.ts"
import { mediaTypeOf } from "../../../collectors/extract/files/media-type.ts"
import type { SkillData } from "../../../collectors/extract/skills/bundle.ts"
import { ConfigError } from "../../contracts/errors.ts"
import { kindOf } from "../../sandbox/kinds.ts"
import type { Submission } from "../../sandbox/subject.ts"
import { subjectsOf } from "../scan/files.ts"

export interface Given {
  readonly submissions: readonly Submission[]
  /** By SHA-256. */
  readonly bytes: ReadonlyMap<string, Uint8Array>
}

export function readGiven(path: string): Given {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats === undefined) throw new ConfigError({ path, got: "nothing there", want: "a file or the folder of a skill" })
  const files = stats.isDirectory() ? [...walk(path)].map((each) => readFileSync(each)) : [readFileSync(path)]
  const inside = stats.isDirectory()
    ? []
    : (unpackAll(basename(path), files[0] ?? Buffer.alloc(0))?.entries ?? []).map(({ bytes }) => bytes)
  const bytes = new Map([...files, ...inside].map((each) => [sha256(each), each]))
  const skills = [...subjectsOf(path, { direction: "inbound", place: "skill" })]
    .filter(({ kind }) => kind === "skill")
    .map(({ data }) => data as SkillData)
  if (skills.length > 0) return { submissions: skills.map(skillSubmission), bytes }
  const [only] = files
  if (stats.isDirectory() || only === undefined)
    throw new ConfigError({ path, got: "a folder without SKILL.md", want: "a file or the folder of a skill" })
  return { submissions: [fileSubmission(basename(path), only)], bytes }
}

function skillSubmission(data: SkillData): Submission {
  return {
    info: {
      subject: "skill",
      sha256: data.hash,
      name: data.name,
      kind: "skill",
      mediaType: "application/zip",
      bytes: data.files.reduce((total, file) => total + file.bytes, 0),
      direction: "inbound",
      whole: data.completeness === "full",
    },
    members: data.files.map(({ path, sha256, bytes, mediaType }) => ({ path, sha256, bytes, mediaType })),
    texts: { texts: data.texts, executable: data.files.filter(({ executable }) => executable === true).map(({ path }) => path) },
    sighting,
  }
}

function fileSubmission(name: string, bytes: Uint8Array): Submission {
  const mediaType = mediaTypeOf(bytes)
  const info = {
    subject: "file" as const,
    sha256: sha256(bytes),
    name,
    kind: kindOf(name, mediaType),
    mediaType,
    bytes: bytes.length,
    direction: "inbound" as const,
    whole: true,
  }
  return { info, members: [], sighting }
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex")
}

function* walk(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory() && entry.name !== ".git" && entry.name !== "node_modules") yield* walk(path)
    else if (entry.isFile() && statSync(path).size <= MAX_FILE) yield path
  }
}

/** Nobody fetched it: it was given. */
const sighting = {
  activity: "given",
  kind: "file",
  at: 0,
  sensor: "cli",
  host: "",
  agent: { id: "cli", name: "command line", confidence: 1, signals: [], conflicts: [], workload: { id: "cli", vni: 0, ip: "127.0.0.1" } },
}
const MAX_FILE = 32 * 1024 * 1024
