// One changing call: its intent is on disk before it is made, its token makes a repetition harmless, its result is on disk after.
import { createHash } from "node:crypto"
import { pause } from "../../runtime/retry.ts"
import type { Journal } from "../journal.ts"
import { type Ec2, isInUse, isNotFound } from "./ec2.ts"

export type ResourceKind = "target" | "filter" | "rule" | "session"

export interface Made {
  readonly kind: ResourceKind
  readonly key: string
  readonly id: string
}

interface Creation {
  readonly spec: string
  readonly send: (token: string) => Promise<string | undefined>
  /** Whether the cloud lists the thing; asked only when its token was used before. */
  readonly exists: (id: string) => Promise<boolean>
}

export interface CallsOptions {
  readonly ec2: Ec2
  readonly journal: Journal
  readonly deployment: string
  readonly report: (line: string) => void
  /** Milliseconds between tries while something just made is not yet visible everywhere. */
  readonly settle: number
}

export class Calls {
  readonly ec2: Ec2
  readonly deployment: string
  /** Made in this run, oldest first: what a failure takes back. */
  readonly made: Made[] = []
  readonly #journal: Journal
  readonly #report: (line: string) => void
  readonly #settle: number

  constructor({ ec2, journal, deployment, report, settle }: CallsOptions) {
    this.ec2 = ec2
    this.deployment = deployment
    this.#journal = journal
    this.#report = report
    this.#settle = settle
  }

  /** `spec` is part of the token: other contents under the same key are another thing. */
  async create(kind: ResourceKind, key: string, { spec, send, exists }: Creation): Promise<string> {
    for (;;) {
      const generation = this.#journal.generation(kind, key)
      const token = createHash("sha256").update([this.deployment, kind, key, spec, generation].join("\0")).digest("hex").slice(0, TOKEN)
      const before = this.#journal.living().some((item) => item.kind === kind && item.key === key)
      this.#journal.write({ step: "intent", kind, key, token })
      const id = await this.#untilVisible(() => send(token))
      if (id === undefined) throw new Error(`the cloud made a ${kind} for ${key} and did not say its id`)
      // A used token answers with the old thing: somebody may have deleted it since, and then another token is needed.
      if (before && !(await this.#comesToLight(() => exists(id)))) {
        this.#journal.write({ step: "deleted", kind, key, id })
        continue
      }
      this.#journal.write({ step: "created", kind, key, id })
      this.made.push({ kind, key, id })
      this.#report(`made ${kind} ${id} for ${key}`)
      return id
    }
  }

  async change(what: string, send: () => Promise<unknown>): Promise<void> {
    await this.#untilVisible(send)
    this.#report(`changed ${what}`)
  }

  /** Gone already is as good as deleted. */
  async remove({ kind, key, id }: Made): Promise<void> {
    const { sdk, client } = this.ec2
    try {
      switch (kind) {
        case "target":
          await this.#untilFree(() => client.send(new sdk.DeleteTrafficMirrorTargetCommand({ TrafficMirrorTargetId: id })))
          break
        case "filter":
          await this.#untilFree(() => client.send(new sdk.DeleteTrafficMirrorFilterCommand({ TrafficMirrorFilterId: id })))
          break
        case "rule":
          await client.send(new sdk.DeleteTrafficMirrorFilterRuleCommand({ TrafficMirrorFilterRuleId: id }))
          break
        case "session":
          await client.send(new sdk.DeleteTrafficMirrorSessionCommand({ TrafficMirrorSessionId: id }))
          break
      }
    } catch (error) {
      if (!isNotFound(error)) throw error
    }
    this.#journal.write({ step: "deleted", kind, key, id })
    this.#report(`deleted ${kind} ${id}`)
  }

  /** What was made a moment ago may be unknown to the next call for a while. */
  #untilVisible<T>(send: () => Promise<T>): Promise<T> {
    return this.#again(send, isNotFound)
  }

  /** A target or filter whose sessions were deleted a moment ago may still count as in use. */
  #untilFree<T>(send: () => Promise<T>): Promise<T> {
    return this.#again(send, isInUse)
  }

  async #comesToLight(exists: () => Promise<boolean>): Promise<boolean> {
    for (let attempt = 1; attempt < MAX_TRIES; attempt++) {
      if (await exists()) return true
      await pause(this.#settle * attempt)
    }
    return false
  }

  async #again<T>(send: () => Promise<T>, worth: (error: unknown) => boolean): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await send()
      } catch (error) {
        if (attempt >= MAX_TRIES || !worth(error)) throw error
        await pause(this.#settle * attempt)
      }
    }
  }
}

// AWS: length of a client token.
const TOKEN = 64
// With one second and growing waits: a quarter of a minute for the listings to agree.
const MAX_TRIES = 6
