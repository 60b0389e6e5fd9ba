// Skills that arrive file by file: raw SKILL.md first, then its scripts and references as the agent needs them. A skill is told again when it grows.
import { LimitedMap } from "../limited-map.ts"
import { type BundleFile, type BundleOrigin, bundlesIn, isSkillFile, type SkillData } from "./bundle.ts"

export class LooseSkills {
  /** By the address of the folder that holds the SKILL.md. */
  readonly #skills = new LimitedMap<string, { origin: BundleOrigin; files: Map<string, BundleFile> }>(MAX_SKILLS)
  /** Files that came before any SKILL.md above them. */
  readonly #early = new LimitedMap<string, BundleFile>(MAX_EARLY)

  /** `address` is the file's own, without query: "host/path/to/SKILL.md". */
  add(address: string, file: BundleFile, origin: BundleOrigin): SkillData | undefined {
    const folder = address.slice(0, address.lastIndexOf("/") + 1)
    if (isSkillFile(address)) {
      const files = this.#skills.get(folder)?.files ?? new Map<string, BundleFile>()
      files.set(relative(folder, address), { ...file, path: relative(folder, address) })
      for (const early of this.#early.values())
        if (early.path.startsWith(folder)) files.set(relative(folder, early.path), { ...early, path: relative(folder, early.path) })
      this.#skills.set(folder, { origin, files })
      return this.#tell(folder)
    }
    const home = this.#homeOf(folder)
    if (home === undefined) {
      if (file.bytes.length <= MAX_EARLY_BYTES) this.#early.set(address, { ...file, path: address, bytes: file.bytes.slice() })
      return undefined
    }
    const skill = this.#skills.get(home)
    if (skill === undefined || skill.files.size >= MAX_FILES) return undefined
    skill.files.set(relative(home, address), { ...file, path: relative(home, address) })
    return this.#tell(home)
  }

  #homeOf(folder: string): string | undefined {
    let at = folder
    for (let depth = 0; depth < MAX_DEPTH && at.includes("/"); depth++) {
      if (this.#skills.get(at) !== undefined) return at
      at = at.slice(0, at.lastIndexOf("/", at.length - 2) + 1)
    }
    return undefined
  }

  #tell(folder: string): SkillData | undefined {
    const skill = this.#skills.get(folder)
    if (skill === undefined) return undefined
    // The folder's own name is part of the path, so that name and folder can be compared.
    const name =
      folder
        .split("/")
        .filter((part) => part !== "")
        .at(-1) ?? ""
    const files = [...skill.files.values()].map((file) => ({ ...file, path: `${name}/${file.path}` }))
    return bundlesIn(files, skill.origin)[0]
  }
}

function relative(folder: string, address: string): string {
  return address.slice(folder.length)
}

const MAX_SKILLS = 1_000
const MAX_FILES = 200
const MAX_EARLY = 200
const MAX_EARLY_BYTES = 256 * 1024
// scripts/lib/x.py lies two below; nobody nests deeper than this.
const MAX_DEPTH = 6
