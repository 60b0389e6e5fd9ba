// From commits to paths. tree = { mode " " name NUL id(20) }*
import { archiveLimits } from "../archive/limits.ts"
import { cleanPath } from "../archive/paths.ts"
import type { GitObject, GitObjects } from "./pack.ts"

export interface GitFile {
  readonly path: string
  /** undefined: the blob did not cross the wire (partial clone). */
  readonly bytes: Uint8Array | undefined
  readonly executable: boolean
}

export interface GitTree {
  readonly commit: string
  readonly files: readonly GitFile[]
  readonly problems: readonly string[]
}

/** The trees of the commits that no other commit here has as its parent: the tips. */
export function tipTrees(objects: GitObjects): GitTree[] {
  const commits = objects.commits()
  const parents = new Set(
    commits.flatMap(([, commit]) => [...textOf(commit).matchAll(/^parent ([0-9a-f]{40})$/gm)].map((match) => match[1])),
  )
  return commits
    .filter(([id]) => !parents.has(id))
    .slice(0, MAX_TIPS)
    .flatMap(([id, commit]) => {
      const root = /^tree ([0-9a-f]{40})/.exec(textOf(commit))?.[1]
      return root === undefined ? [] : [readTree(objects, id, root)]
    })
}

function readTree(objects: GitObjects, commit: string, root: string): GitTree {
  const files: GitFile[] = []
  const problems = new Set<string>()
  const queue: { id: string; prefix: string; depth: number }[] = [{ id: root, prefix: "", depth: 0 }]
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const tree = objects.get(next.id)
    if (tree?.type !== "tree") {
      problems.add("tree-missing")
      continue
    }
    for (const entry of treeEntries(tree.data)) {
      const { path, problems: named } = cleanPath(next.prefix + entry.name)
      for (const problem of named) problems.add(problem)
      if (entry.mode === "40000") {
        if (next.depth < MAX_DEPTH) queue.push({ id: entry.id, prefix: `${path}/`, depth: next.depth + 1 })
      } else if (entry.mode === "120000") problems.add("symlink")
      else if (entry.mode.startsWith("100")) {
        if (files.length >= archiveLimits.entries) {
          problems.add("too-many-entries")
          return { commit, files, problems: [...problems] }
        }
        files.push({ path, bytes: objects.get(entry.id)?.data, executable: entry.mode === "100755" })
      }
    }
  }
  if (files.some((file) => file.bytes === undefined)) problems.add("blob-missing")
  return { commit, files, problems: [...problems] }
}

function* treeEntries(data: Uint8Array): Generator<{ mode: string; name: string; id: string }> {
  const buffer = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  let at = 0
  while (at < buffer.length) {
    const space = buffer.indexOf(0x20, at)
    const end = buffer.indexOf(0, space)
    if (space < 0 || end < 0 || end + 21 > buffer.length) return
    yield {
      mode: buffer.toString("latin1", at, space),
      name: buffer.toString("utf8", space + 1, end),
      id: buffer.toString("hex", end + 1, end + 21),
    }
    at = end + 21
  }
}

function textOf(object: GitObject): string {
  return Buffer.from(object.data.buffer, object.data.byteOffset, object.data.byteLength).toString("utf8", 0, MAX_COMMIT)
}

const MAX_TIPS = 16
const MAX_DEPTH = 64
// Commit headers stand first; a message may be long.
const MAX_COMMIT = 64 * 1024
