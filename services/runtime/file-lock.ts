// One process at a time in a folder: a file that names its holder. A holder that is gone (killed, rebooted) is found out by its start time, and its lock is
// taken over.
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { pause } from "./retry.ts"

export class LockedError extends Error {
  override name = "LockedError"
}

export async function withFileLock<T>(path: string, work: () => Promise<T>, waitMillis = WAIT_MS): Promise<T> {
  const end = Date.now() + waitMillis
  while (!take(path)) {
    if (Date.now() > end) throw new LockedError(`${path} is held by ${read(path) ?? "somebody"}`)
    await pause(POLL_MS)
  }
  try {
    return await work()
  } finally {
    rmSync(path, { force: true })
  }
}

/** For short work that must be done when the caller goes on: an audit record, before what it tells of. */
export function withFileLockSync<T>(path: string, work: () => T, waitMillis = WAIT_MS): T {
  const end = Date.now() + waitMillis
  while (!take(path)) {
    if (Date.now() > end) throw new LockedError(`${path} is held by ${read(path) ?? "somebody"}`)
    Atomics.wait(SLEEP, 0, 0, POLL_MS)
  }
  try {
    return work()
  } finally {
    rmSync(path, { force: true })
  }
}

function take(path: string): boolean {
  const me = `${process.pid} ${startOf(process.pid) ?? ""}`
  const own = `${path}.${process.pid}.${counter++}`
  writeFileSync(own, me, { mode: 0o600 })
  try {
    // Linking fails when the name is taken, and shows the content whole: nobody reads half a lock.
    linkSync(own, path)
    return true
  } catch {
    const holder = read(path)
    if (holder !== undefined && !lives(holder)) giveAway(path, holder)
    return false
  } finally {
    rmSync(own, { force: true })
  }
}

/** Moved aside first and looked at again: another process may have taken it over in between. */
function giveAway(path: string, holder: string): void {
  const aside = `${path}.${process.pid}.aside`
  try {
    renameSync(path, aside)
    if (read(aside) !== holder) linkSync(aside, path)
  } catch {
    // somebody else was faster
  } finally {
    rmSync(aside, { force: true })
  }
}

function lives(holder: string): boolean {
  const [pid = "", start = ""] = holder.split(" ")
  try {
    process.kill(Number(pid), 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false
  }
  return start === "" || startOf(Number(pid)) === start
}

/** Ticks since boot when the process began (proc(5), field 22): a number used again is another process. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8")
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]
  } catch {
    return undefined
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8")
  } catch {
    return undefined
  }
}

let counter = 0
const SLEEP = new Int32Array(new SharedArrayBuffer(4))
const WAIT_MS = 10_000
const POLL_MS = 20
