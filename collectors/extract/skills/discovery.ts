// What indexes promise of files that are fetched later: well-known skill indexes, package registries. Remembered until the file comes.
//
//   /.well-known/[agent-]skills/index.json   skills[].url, digest "sha256:HEX"
//   npm packument                            versions.V.dist.tarball, integrity "sha512-BASE64" or shasum (SHA-1, hex)
//   PyPI                                     urls[] or files[] with url and digests.sha256 or hashes.sha256; simple pages: href="URL#sha256=HEX"
import { createHash } from "node:crypto"
import { isObject, type Json, type JsonObject, obj, objects, str } from "../json/read.ts"
import { LimitedMap } from "../limited-map.ts"

export interface Digest {
  /** As the index wrote it. */
  readonly claimed: string
  readonly matches: boolean
}

export class FileIndexes {
  readonly #promised = new LimitedMap<string, string>(MAX_PROMISES)

  /** Takes in a body when it is an index of skills: then it is nothing else. */
  readSkills(indexUrl: string, json: unknown): boolean {
    const skills = (json as { skills?: unknown } | null)?.skills
    if (!/\/\.well-known\/(?:agent-)?skills\/index\.json(?:\?|$)/.test(indexUrl) || !Array.isArray(skills)) return false
    for (const item of (skills as Json[]).slice(0, MAX_PER_INDEX))
      if (isObject(item)) this.#promise(str(item, "url"), str(item, "digest"), indexUrl)
    return true
  }

  /** Package registries, by the shape of what they answer: mirrors are anywhere. */
  readPackages(indexUrl: string, json: unknown): void {
    if (!isObject(json)) return
    const versions = obj(json, "versions") ?? (json["dist"] === undefined ? {} : { one: json })
    for (const version of Object.values(versions).slice(-MAX_PER_INDEX)) {
      const dist = isObject(version) ? obj(version, "dist") : undefined
      const shasum = str(dist, "shasum")
      this.#promise(str(dist, "tarball"), str(dist, "integrity") ?? (shasum === undefined ? undefined : `sha1:${shasum}`), indexUrl)
    }
    for (const file of [...objects(json, "urls"), ...objects(json, "files")].slice(0, MAX_PER_INDEX)) this.#ofPyPi(file, indexUrl)
  }

  /** The simple index of Python packages, as a page. */
  readLinks(indexUrl: string, html: string): void {
    let links = 0
    for (const [, url = "", hex = ""] of html.matchAll(/href\s*=\s*["']([^"'#<>\s]{1,2000})#sha256=([0-9a-f]{64})/gi)) {
      this.#promise(url, `sha256:${hex}`, indexUrl)
      if (++links >= MAX_PER_INDEX) return
    }
  }

  /** Undefined: nobody promised anything of this address. */
  check(url: string, bytes: Uint8Array): Digest | undefined {
    const claimed = this.#promised.get(url)
    return claimed === undefined ? undefined : { claimed, matches: matches(claimed, bytes) }
  }

  #ofPyPi(file: JsonObject, indexUrl: string): void {
    const sha256 = str(obj(file, "digests") ?? obj(file, "hashes"), "sha256")
    this.#promise(str(file, "url"), sha256 === undefined ? undefined : `sha256:${sha256}`, indexUrl)
  }

  #promise(url: string | undefined, digest: string | undefined, base: string): void {
    if (url === undefined || digest === undefined || url.length > MAX_URL || digest.length > MAX_URL) return
    const resolved = resolveUrl(url, base)
    if (resolved !== undefined) this.#promised.set(resolved, digest)
  }
}

/** "sha256:HEX", or "sha512-BASE64 …" (several may be given: one that matches is enough). */
function matches(claimed: string, bytes: Uint8Array): boolean {
  const [, plain, hex] = /^(sha1|sha256|sha384|sha512):([0-9a-f]+)$/i.exec(claimed) ?? []
  if (plain !== undefined) return createHash(plain.toLowerCase()).update(bytes).digest("hex") === hex?.toLowerCase()
  return claimed.split(/\s+/).some((one) => {
    const [, algorithm, base64] = /^(sha256|sha384|sha512)-([A-Za-z0-9+/=]+)/.exec(one) ?? []
    return algorithm !== undefined && createHash(algorithm).update(bytes).digest("base64") === base64
  })
}

function resolveUrl(url: string, base: string): string | undefined {
  try {
    return new URL(url, base).href
  } catch {
    return undefined
  }
}

const MAX_PROMISES = 20_000
const MAX_PER_INDEX = 2_000
const MAX_URL = 2_000
