// Which files a run made, changed or removed, by looking before and after. Only the sandbox's own files, in memory: bound folders of the machine are read-only.
import { lstatSync, readdirSync } from "node:fs"
import { join } from "node:path"

export interface FileState {
  readonly size: number
  /** Nanoseconds. */
  readonly written: bigint
  readonly read: bigint
  readonly inode: bigint
}

export type Snapshot = ReadonlyMap<string, FileState>

export function snapshot(root: string): Snapshot {
  const found = new Map<string, FileState>()
  const { dev } = lstatSync(root, { bigint: true })
  const walk = (folder: string, depth: number): void => {
    if (depth > MAX_DEPTH || found.size > MAX_FILES) return
    let names: string[] = []
    try {
      names = readdirSync(join(root, folder))
    } catch {
      return
    }
    for (const name of names) {
      const path = `${folder}/${name}`
      try {
        const stats = lstatSync(join(root, path), { bigint: true })
        if (stats.dev !== dev) continue
        if (stats.isDirectory()) walk(path, depth + 1)
        else found.set(path, { size: Number(stats.size), written: stats.mtimeNs, read: stats.atimeNs, inode: stats.ino })
      } catch {
        // Removed while we looked: the sample is dead by then, so this is a name we cannot use.
      }
    }
  }
  walk("", 0)
  return found
}

/** Outside `folder`, and outside what is for anyone to scribble in. */
export function compare(before: Snapshot, after: Snapshot, folder: string): { path: string; how: "made" | "changed" | "removed" }[] {
  const isOwn = (path: string): boolean => path.startsWith(`/${folder}/`) || SCRATCH.test(path)
  const changes: { path: string; how: "made" | "changed" | "removed" }[] = []
  for (const [path, state] of after) {
    if (isOwn(path)) continue
    const earlier = before.get(path)
    if (earlier === undefined) changes.push({ path, how: "made" })
    else if (earlier.written !== state.written || earlier.inode !== state.inode) changes.push({ path, how: "changed" })
  }
  for (const path of before.keys()) if (!after.has(path) && !isOwn(path)) changes.push({ path, how: "removed" })
  return changes
}

const SCRATCH =
  /^\/(?:tmp|var\/tmp|dev\/shm|run|proc)\/|^\/home\/agent\/\.(?:cache|npm|local\/share\/(?:pip|uv)|pip|node-gyp|wget-hsts|python_history|lesshst)(?:\/|$)|\/__pycache__\//
const MAX_DEPTH = 40
const MAX_FILES = 50_000
