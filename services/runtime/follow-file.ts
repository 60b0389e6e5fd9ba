// Tells when a file has changed, by looking at its times instead of listening: a file that is mounted into a container is replaced by changing a link elsewhere.
// The first look is taken by whoever reads the file, before it is read: what is written between reading and watching is not missed.
import { statSync } from "node:fs"
import { stat } from "node:fs/promises"

/** What tells one state of a file from another. */
export function stateOfFile(path: string): string {
  try {
    return written(statSync(path, { bigint: true }))
  } catch {
    return ABSENT
  }
}

/** Calls `changed` when the file is no longer as it was in the state `since`, once for each change seen. Returns how to stop. */
export function followFile({ path, every, since }: { path: string; every: number; since: string }, changed: () => void): () => void {
  let seen = since
  let looking = false
  let stopped = false
  const look = async (): Promise<void> => {
    if (looking) return
    looking = true
    const now = await stat(path, { bigint: true }).then(written, () => ABSENT)
    looking = false
    if (stopped || now === seen) return
    seen = now
    changed()
  }
  const timer = setInterval(() => void look(), every)
  timer.unref()
  return () => {
    stopped = true
    clearInterval(timer)
  }
}

function written({ ino, size, mtimeNs }: { ino: bigint; size: bigint; mtimeNs: bigint }): string {
  return `${ino} ${size} ${mtimeNs}`
}

const ABSENT = "absent"
