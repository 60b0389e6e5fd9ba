// The audit trail: every read of content and every change, one JSON line each, chained by hashes. A line that is changed, removed or put in breaks the
// chain from there on; the last hash, kept elsewhere (it is logged), proves that nothing was cut off at the end.
import { createHash } from "node:crypto"
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, statSync, writeSync } from "node:fs"
import { join } from "node:path"
import { withFileLockSync } from "../runtime/file-lock.ts"

export interface AuditEntry {
  readonly at: string
  readonly who: string
  readonly role: string
  readonly action: string
  readonly object: string
  readonly detail?: string
}
export interface AuditRecord extends AuditEntry {
  readonly n: number
  readonly previous: string
  readonly hash: string
}

export type AuditCheck =
  | { readonly ok: true; readonly records: number; readonly last: string }
  | { readonly ok: false; readonly line: number; readonly problem: string }

export class AuditTrail {
  readonly #path: string
  #n = 0
  #last = START
  /** Bytes of the file that #n and #last tell of. */
  #size = 0

  constructor(stateDir: string) {
    mkdirSync(stateDir, { recursive: true, mode: 0o700 })
    this.#path = auditPath(stateDir)
    this.#catchUp()
  }

  /** On disk before it returns: what is answered was recorded. */
  write(entry: AuditEntry): AuditRecord {
    return withFileLockSync(`${this.#path}.lock`, () => this.#append(entry))
  }

  #append(entry: AuditEntry): AuditRecord {
    this.#catchUp()
    const chained = { n: this.#n, previous: this.#last, ...entry }
    const record: AuditRecord = { ...chained, hash: hashOf(chained) }
    const file = openSync(this.#path, "a", 0o600)
    try {
      writeSync(file, `${JSON.stringify(record)}\n`)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    this.#n += 1
    this.#last = record.hash
    this.#size = statSync(this.#path).size
    return record
  }

  /** Commands (`egret respond`) write to the same trail while the API runs: the chain goes on from what they wrote. */
  #catchUp(): void {
    const size = statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0
    if (size === this.#size) return
    const records = size === 0 ? [] : readRecords(this.#path)
    this.#n = records.length
    this.#last = records.at(-1)?.hash ?? START
    this.#size = size
  }

  latest(limit: number): AuditRecord[] {
    return existsSync(this.#path) ? readRecords(this.#path).slice(-limit).reverse() : []
  }
}

export function verifyAudit(path: string): AuditCheck {
  let previous = START
  let n = 0
  for (const [index, line] of readFileSync(path, "utf8").split("\n").entries()) {
    if (line === "") continue
    const bad = (problem: string): AuditCheck => ({ ok: false, line: index + 1, problem })
    const record = parse(line)
    if (record === undefined) return bad("not a record")
    const { hash, ...chained } = record
    if (record.n !== n) return bad(`number ${record.n} where ${n} belongs: records were removed or put in`)
    if (record.previous !== previous) return bad("does not follow from the record before it")
    if (hashOf(chained) !== hash) return bad("was changed after it was written")
    previous = hash
    n += 1
  }
  return { ok: true, records: n, last: previous }
}

export function auditPath(stateDir: string): string {
  return join(stateDir, "audit.jsonl")
}

/** Keys in a fixed order, so that the hash does not depend on who wrote the JSON. */
function hashOf({ n, previous, at, who, role, action, object, detail }: Omit<AuditRecord, "hash">): string {
  return createHash("sha256")
    .update(JSON.stringify([n, previous, at, who, role, action, object, detail ?? ""]))
    .digest("hex")
}

function readRecords(path: string): AuditRecord[] {
  return readFileSync(path, "utf8")
    .split("\n")
    .flatMap((line) => parse(line) ?? [])
}

function parse(line: string): AuditRecord | undefined {
  try {
    return JSON.parse(line) as AuditRecord
  } catch {
    return undefined
  }
}

const START = "0".repeat(64)
