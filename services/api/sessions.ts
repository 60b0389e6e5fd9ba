// Browser sessions and the one-time link of the first start. In memory: a restart logs people out, and nothing has to be kept secret on disk.
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto"
import type { Principal } from "./accounts.ts"

interface Session {
  readonly principal: Principal
  readonly expiresAt: number
}

export class Sessions {
  readonly #sessions = new Map<string, Session>()
  readonly #lifetime: number
  readonly #key = randomBytes(32)
  #once: string | undefined

  constructor(lifetime: number) {
    this.#lifetime = lifetime
  }

  open(principal: Principal, now: number): string {
    for (const [id, session] of this.#sessions) if (session.expiresAt <= now) this.#sessions.delete(id)
    if (this.#sessions.size >= MAX_SESSIONS) this.#sessions.delete(this.#sessions.keys().next().value ?? "")
    const id = randomBytes(32).toString("base64url")
    this.#sessions.set(id, { principal, expiresAt: now + this.#lifetime })
    return id
  }
  find(id: string, now: number): Principal | undefined {
    const session = this.#sessions.get(id)
    return session === undefined || session.expiresAt <= now ? undefined : session.principal
  }
  close(id: string): void {
    this.#sessions.delete(id)
  }

  /** Sent back in a header by our own pages: another site can make the browser send the cookie, but cannot read this. */
  csrf(id: string): string {
    return createHmac("sha256", this.#key).update(id).digest("base64url")
  }
  csrfMatches(id: string, given: string): boolean {
    const expected = Buffer.from(this.csrf(id))
    const actual = Buffer.from(given)
    return expected.length === actual.length && timingSafeEqual(expected, actual)
  }

  /** Good for one log-in as administrator, while this process runs. */
  makeOnceCode(): string {
    this.#once = randomBytes(32).toString("base64url")
    return this.#once
  }
  useOnceCode(code: string): boolean {
    const expected = this.#once
    if (expected === undefined || expected.length !== code.length || !timingSafeEqual(Buffer.from(expected), Buffer.from(code)))
      return false
    this.#once = undefined
    return true
  }
}

const MAX_SESSIONS = 1_000
