// Files and skills out of traffic, written where an analyst can look at them and nothing else happens:
//
//   files/HASH-NAME      every file once, by the first digits of its sha256 and its own name made safe
//   skills/NAME-HASH/…   every skill with its tree
//   index.ndjson         one line a file and a skill: where it came from, its full sha256, the path written; added to, never rewritten
// Nothing is overwritten, no link is followed or made, nothing is executable. A second run into the same folder adds what is new.
import { createHash } from "node:crypto"
import { closeSync, constants, lstatSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs"
import { join } from "node:path"
import type { Envelope } from "../../contracts/envelope.ts"
import { ConfigError } from "../../contracts/errors.ts"
import type { FileBytes } from "../../contracts/file-part.ts"
import { folded, safeName, safePath } from "./safe-name.ts"

type FileRow = Extract<Envelope, { kind: "file" }>
type SkillData = Extract<Envelope, { kind: "skill" }>["data"]

export class ExtractFolder {
  readonly #folder: string
  /** Path under the folder by sha256. */
  readonly #files = new Map<string, string>()
  readonly #skills = new Map<string, SkillData>()
  readonly #skillRows: { readonly key: string; readonly entry: object }[] = []
  #last: FileRow | undefined
  #written = 0
  readonly #index: number

  constructor(folder: string) {
    this.#folder = folder
    try {
      mkdirSync(folder, { recursive: true })
      for (const part of ["files", "skills"]) ownFolder(join(folder, part))
      this.#index = openSync(join(folder, "index.ndjson"), APPEND, 0o600)
    } catch (error) {
      throw new ConfigError({
        path: "--extract",
        got: error instanceof Error ? error.message : String(error),
        want: "a folder that may be written, in which files, skills and index.ndjson are its own",
      })
    }
  }

  get counts(): { readonly files: number; readonly skills: number } {
    return { files: this.#files.size, skills: this.#written }
  }

  /** A file's bytes follow its row. */
  row(envelope: Envelope): void {
    if (envelope.kind === "file") {
      this.#last = envelope
      if (this.#files.has(envelope.data.sha256)) this.#tellFile(envelope)
    }
    if (envelope.kind !== "skill") return
    const { files, texts } = envelope.data
    const key = keyOf(envelope.data)
    if (files.length + texts.length > 0) this.#skills.set(key, envelope.data)
    if (this.#skillRows.length < MAX_SKILL_ROWS) this.#skillRows.push({ key, entry: { ...seen(envelope), ...skillEntry(envelope.data) } })
  }

  file({ sha256, bytes }: FileBytes): void {
    if (this.#files.has(sha256)) return
    const row = this.#last?.data.sha256 === sha256 ? this.#last : undefined
    const name = safeName(safePath(row?.data.name ?? "").at(-1) ?? "")
    this.#files.set(sha256, writeNew(join(this.#folder, "files"), `${sha256.slice(0, SHOWN_HASH)}-${name}`, bytes))
    if (row !== undefined) this.#tellFile(row)
  }

  /** Skills grow while they are fetched file by file, so they are written when all is known: the whole, not each step on the way. */
  end(): void {
    const paths = new Map<string, string>()
    for (const [key, skill] of this.#skills) if (!this.#isPartOfAnother(skill)) paths.set(key, this.#skill(skill))
    for (const { key, entry } of this.#skillRows) this.#tell({ ...entry, ...maybePath("skills", paths.get(key)) })
    closeSync(this.#index)
    this.#written = paths.size
  }

  #tellFile(row: FileRow): void {
    this.#tell({ ...seen(row), ...row.data, ...maybePath("files", this.#files.get(row.data.sha256)) })
  }

  #tell(entry: object): void {
    writeSync(this.#index, `${JSON.stringify(entry)}\n`)
  }

  #isPartOfAnother(skill: SkillData): boolean {
    const mine = skill.files.map(({ path, sha256 }) => `${path}\0${sha256}`)
    return [...this.#skills.values()].some((other) => {
      if (other.name !== skill.name || other.source !== skill.source || other.files.length <= mine.length) return false
      const theirs = new Set(other.files.map(({ path, sha256 }) => `${path}\0${sha256}`))
      return mine.every((file) => theirs.has(file))
    })
  }

  #skill(skill: SkillData): string {
    const tree = newFolder(join(this.#folder, "skills"), `${safeName(skill.name)}-${skill.hash.slice(0, SHOWN_HASH)}`)
    const taken = new Set<string>()
    const texts = new Map(skill.texts.map(({ path, text }) => [path, text]))
    for (const { path, sha256 } of skill.files) {
      const kept = this.#files.get(sha256)
      const text = texts.get(path)
      const bytes = kept === undefined ? text : readFileSync(join(this.#folder, "files", kept))
      texts.delete(path)
      if (bytes !== undefined) writeInside(tree.path, freeParts(path, taken), bytes)
    }
    // Seen only in a transcript: the text is all there is.
    for (const [path, text] of texts) writeInside(tree.path, freeParts(path, taken), text)
    return tree.name
  }
}

function seen({ kind, at, agent, flow }: Envelope) {
  return { kind, at, agent: agent.name, workload: agent.workload.id, server: flow.host ?? flow.server.ip }
}

function skillEntry({ name, version, hash, source, host, route, ref, how, files, problems, completeness }: SkillData) {
  return { name, version, hash, source, host, route, ref, how, files, problems, completeness }
}

function keyOf({ name, hash, source }: SkillData): string {
  return `${name}\0${hash}\0${source}`
}

function maybePath(folder: string, name: string | undefined) {
  return name === undefined ? {} : { path: `${folder}/${name}` }
}

/** A folder of ours: made, or there already and no link to somewhere else. */
function ownFolder(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error
    if (!lstatSync(path).isDirectory()) throw new Error(`${path} is not a folder`)
  }
}

/** `name`, or the same bytes that are there under that name already, or the next free name. */
function writeNew(folder: string, name: string, bytes: Uint8Array): string {
  for (let turn = 1; ; turn++) {
    const tried = turn === 1 ? name : `${turn}-${name}`
    const path = join(folder, tried)
    try {
      writeExclusive(path, bytes)
      return tried
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST" || turn >= MAX_TRIES) throw error
      if (holds(path, bytes)) return tried
    }
  }
}

function holds(path: string, bytes: Uint8Array): boolean {
  const stat = lstatSync(path)
  return stat.isFile() && stat.size === bytes.length && digest(readFileSync(path)) === digest(bytes)
}

function newFolder(parent: string, name: string): { readonly path: string; readonly name: string } {
  for (let turn = 1; ; turn++) {
    const tried = turn === 1 ? name : `${turn}-${name}`
    try {
      mkdirSync(join(parent, tried), { mode: 0o700 })
      return { path: join(parent, tried), name: tried }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST" || turn >= MAX_TRIES) throw error
    }
  }
}

/** Safe components whose whole is not taken, also where case is not told apart, nor a file in the place of a folder. */
function freeParts(raw: string, taken: Set<string>): string[] {
  const parts: string[] = []
  const wanted = safePath(raw)
  wanted.forEach((part, at) => {
    const last = at === wanted.length - 1
    const isTaken = (name: string): boolean => {
      const whole = [...parts, name].map(folded).join("/")
      return taken.has(`file ${whole}`) || (last && taken.has(`folder ${whole}`))
    }
    let name = part
    for (let turn = 2; isTaken(name) && turn < MAX_TRIES; turn++) name = `${turn}-${part}`
    parts.push(name)
    taken.add(`${last ? "file" : "folder"} ${parts.map(folded).join("/")}`)
  })
  return parts
}

/** The tree is new and ours alone: its folders are only those made here. */
function writeInside(tree: string, parts: readonly string[], bytes: Uint8Array | string): void {
  try {
    mkdirSync(join(tree, ...parts.slice(0, -1)), { recursive: true, mode: 0o700 })
    writeExclusive(join(tree, ...parts), typeof bytes === "string" ? Buffer.from(bytes) : bytes)
  } catch (error) {
    // Names that only this file system takes for one: what is there stays.
    if (!["EEXIST", "ENOTDIR", "EISDIR", "ENAMETOOLONG"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error
  }
}

/** Fails where anything has the name, a link included. */
function writeExclusive(path: string, bytes: Uint8Array): void {
  const file = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0), 0o600)
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at)
  } finally {
    closeSync(file)
  }
}

function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex")
}

const APPEND = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | (constants.O_NOFOLLOW ?? 0)
const SHOWN_HASH = 12
// Lines of the index for skills: a few hundred bytes each.
const MAX_SKILL_ROWS = 200_000
// Names are made of a hash: more than this many of one name are somebody's attempt to keep us busy.
const MAX_TRIES = 1_000
