// Skill indexes: /.well-known/agent-skills/index.json and /.well-known/skills/index.json. What an index promises is remembered until the file comes.
import { LimitedMap } from "../limited-map.ts"

export interface Promised {
  readonly name: string
  /** "sha256:<hex>" */
  readonly digest: string
  readonly index: string
}

export class SkillIndexes {
  readonly #promised = new LimitedMap<string, Promised>(MAX_PROMISES)

  /** Takes in an index body when it is one. */
  read(indexUrl: string, json: unknown): boolean {
    const skills = (json as { skills?: unknown } | null)?.skills
    if (!/\/\.well-known\/(?:agent-)?skills\/index\.json(?:\?|$)/.test(indexUrl) || !Array.isArray(skills)) return false
    for (const item of skills.slice(0, MAX_PER_INDEX)) {
      const { name, url, digest } = item as { name?: unknown; url?: unknown; digest?: unknown }
      if (typeof url !== "string" || typeof digest !== "string") continue
      const resolved = resolveUrl(url, indexUrl)
      if (resolved !== undefined) this.#promised.set(resolved, { name: typeof name === "string" ? name : "", digest, index: indexUrl })
    }
    return true
  }

  promisedFor(url: string): Promised | undefined {
    return this.#promised.get(url)
  }
}

function resolveUrl(url: string, base: string): string | undefined {
  try {
    return new URL(url, base).href
  } catch {
    return undefined
  }
}

const MAX_PROMISES = 10_000
const MAX_PER_INDEX = 2_000
