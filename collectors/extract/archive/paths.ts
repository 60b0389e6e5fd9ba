// Names inside archives are attacker-controlled: "../../.ssh/authorized_keys", "C:\\x", "a.txt:stream", names that read otherwise than they sort.

export interface CleanPath {
  readonly path: string
  readonly problems: readonly string[]
}

/** A relative path that cannot leave its folder, with what was wrong about the name it came from. */
export function cleanPath(raw: string): CleanPath {
  const problems: string[] = []
  let name = raw.replaceAll("\\", "/")
  if (raw.includes("\\")) problems.push("backslash-path")
  if (/^[A-Za-z]:/.test(name)) {
    problems.push("drive-letter")
    name = name.slice(2)
  }
  if (name.startsWith("/")) problems.push("absolute-path")
  if (name.includes("\0")) {
    problems.push("nul-in-name")
    name = name.replaceAll("\0", "")
  }
  if (MISLEADING.test(name)) problems.push("misleading-characters")
  const parts: string[] = []
  for (const part of name.split("/")) {
    if (part === "" || part === ".") continue
    if (part === "..") {
      problems.push("path-escape")
      parts.pop()
      continue
    }
    if (part.includes(":")) problems.push("alternate-stream")
    parts.push(part.slice(0, MAX_NAME))
    if (parts.length >= MAX_PARTS) break
  }
  return { path: parts.join("/"), problems }
}

/** Two names that are one file on Windows and macOS: the second overwrites the first there. */
export function caseCollisions(paths: readonly string[]): boolean {
  const seen = new Map<string, string>()
  for (const path of paths) {
    const folded = path.toLowerCase().normalize("NFC")
    const other = seen.get(folded)
    if (other !== undefined && other !== path) return true
    seen.set(folded, path)
  }
  return false
}

// Bidirectional controls, zero-width and tag characters: the name shown is not the name stored.
const MISLEADING = /[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]|\udb40[\udc00-\udc7f]/
// Longest name of common file systems.
const MAX_NAME = 255
const MAX_PARTS = 64
