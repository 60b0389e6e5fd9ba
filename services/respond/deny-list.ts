// The list that gateways read, in one file: numbered and signed, so that nobody in between can change it or play back an old one.
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign } from "node:crypto"
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { isIP } from "node:net"
import { join } from "node:path"
import type { RespondAction } from "../contracts/config/respond.ts"
import { type DenyList, denyList, type SignedDenyList, signedDenyList } from "../contracts/deny-list.ts"
import { writeFileAtomic } from "../runtime/atomic-file.ts"
import type { Actor, Refusal, Response, Step, TakenBack, Target } from "./model.ts"

export class DenyListFile {
  readonly #path: string
  readonly #keyPath: string
  readonly #now: () => number

  constructor(folder: string, now: () => number) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    this.#path = join(folder, "deny-list.json")
    this.#keyPath = join(folder, "deny-list.key")
    this.#now = now
  }

  /** Signed, also when it is empty: a gateway must be able to tell "nothing is denied" from "somebody took the list away". */
  async read(): Promise<SignedDenyList> {
    if (!existsSync(this.#path)) await this.#write({ v: 1, version: 1, issuedAt: this.#now(), entries: [] })
    return signedDenyList.parse(JSON.parse(readFileSync(this.#path, "utf8")))
  }

  /** PEM; give it to the gateways. */
  publicKey(): string {
    return createPublicKey(this.#key()).export({ type: "spki", format: "pem" }).toString()
  }

  async put(entry: DenyList["entries"][number]): Promise<void> {
    await this.#change((entries) => [...entries.filter((each) => !sameEntry(each, entry)), entry])
  }

  async remove(entry: Pick<DenyList["entries"][number], "id" | "kind" | "value">): Promise<void> {
    await this.#change((entries) => entries.filter((each) => !sameEntry(each, entry)))
  }

  async #change(change: (entries: DenyList["entries"]) => DenyList["entries"]): Promise<void> {
    const { payload } = await this.read()
    const list = denyList.parse(JSON.parse(payload))
    const entries = change(list.entries).filter(({ until }) => until > this.#now())
    await this.#write({ ...list, version: list.version + 1, issuedAt: this.#now(), entries })
  }

  async #write(list: DenyList): Promise<void> {
    const payload = JSON.stringify(list)
    const key = this.#key()
    const signed: SignedDenyList = {
      payload,
      key: createHash("sha256")
        .update(createPublicKey(key).export({ type: "spki", format: "der" }))
        .digest("hex")
        .slice(0, 16),
      signature: sign(null, Buffer.from(payload), key).toString("base64"),
    }
    await writeFileAtomic(this.#path, `${JSON.stringify(signed, null, 2)}\n`, 0o644)
  }

  #key(): ReturnType<typeof createPrivateKey> {
    if (!existsSync(this.#keyPath)) {
      const { privateKey } = generateKeyPairSync("ed25519")
      writeFileSync(this.#keyPath, privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600, flag: "wx" })
    }
    return createPrivateKey(readFileSync(this.#keyPath))
  }
}

export class DenyListActor implements Actor {
  readonly #config: Extract<RespondAction, { type: "deny-list" }>
  readonly #file: DenyListFile

  constructor(config: Extract<RespondAction, { type: "deny-list" }>, file: DenyListFile) {
    this.#config = config
    this.#file = file
  }

  async plan({ workload, destination }: Target): Promise<{ steps: readonly Step[]; warnings: readonly string[] } | Refusal> {
    const warnings = ["only traffic that a gateway or egret respond reset sees, with this list, is stopped"]
    if (this.#config.deny === "workload") {
      if (workload?.ip === undefined) return { refused: "the agent's address is not known" }
      const value = workload.vni === undefined ? workload.ip : `${workload.vni}/${workload.ip}`
      return { steps: [{ kind: "deny-list", entry: { kind: "workload", value } }], warnings }
    }
    const host = destination?.host?.toLowerCase().replace(/\.$/, "") ?? ""
    if (host !== "" && isIP(host) === 0) return { steps: [{ kind: "deny-list", entry: { kind: "host", value: host } }], warnings }
    const ips = [...new Set([host, ...(destination?.ips ?? [])])].filter((ip) => isIP(ip) !== 0)
    if (ips.length === 0) return { refused: "the destination is not known" }
    return { steps: ips.map((value) => ({ kind: "deny-list" as const, entry: { kind: "ip" as const, value } })), warnings }
  }

  async apply(step: Step, { id, reason, until = 0 }: Response): Promise<void> {
    if (step.kind === "deny-list") await this.#file.put({ ...step.entry, id, reason, until })
  }

  async revert(step: Step, { id }: Response): Promise<TakenBack> {
    if (step.kind === "deny-list") await this.#file.remove({ ...step.entry, id })
    return { done: "restored" }
  }
}

function sameEntry(a: Pick<DenyList["entries"][number], "id" | "kind" | "value">, b: typeof a): boolean {
  return a.id === b.id && a.kind === b.kind && a.value === b.value
}
