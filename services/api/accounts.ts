// Users and tokens, in one file that only the owner may read. Tokens are kept as hashes: a token has 256 random bits, so a plain hash is enough.
import { createHash, randomBytes, timingSafeEqual } from "node:crypto"
import { mkdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { z } from "zod"
import { ConfigError } from "../contracts/errors.ts"
import { writeFileAtomic } from "../runtime/atomic-file.ts"
import { hashPassword, passwordMatches } from "./password.ts"
import { type Role, roles } from "./roles.ts"

const file = z.object({
  v: z.literal(1),
  users: z.array(z.object({ name: z.string(), role: z.enum(roles), password: z.string(), createdAt: z.number() })),
  tokens: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      role: z.enum(roles),
      hash: z.string(),
      createdAt: z.number(),
      expiresAt: z.number().optional(),
    }),
  ),
})
type AccountFile = z.infer<typeof file>

export interface Principal {
  readonly name: string
  readonly role: Role
  readonly by: "token" | "session" | "oidc"
}

export class Accounts {
  readonly #path: string
  #read: AccountFile
  #version = MISSING
  #changing: Promise<void> = Promise.resolve()

  constructor(stateDir: string) {
    mkdirSync(stateDir, { recursive: true, mode: 0o700 })
    this.#path = join(stateDir, "accounts.json")
    this.#read = { v: 1, users: [], tokens: [] }
  }

  /** `egret user` and `egret token` write the same file while the API runs: it is read again when it has changed. */
  get #state(): AccountFile {
    const version = versionOf(this.#path)
    if (version !== this.#version) {
      this.#read = readAccounts(this.#path)
      this.#version = version
    }
    return this.#read
  }

  get empty(): boolean {
    return this.#state.users.length === 0 && this.#state.tokens.length === 0
  }
  users(): { name: string; role: Role; createdAt: number }[] {
    return this.#state.users.map(({ name, role, createdAt }) => ({ name, role, createdAt }))
  }
  tokens(): { id: string; name: string; role: Role; createdAt: number; expiresAt?: number | undefined }[] {
    return this.#state.tokens.map(({ hash: _, ...shown }) => shown)
  }

  async addUser({ name, role, password, now }: { name: string; role: Role; password: string; now: number }): Promise<void> {
    const hashed = await hashPassword(password)
    await this.#change((state) => ({
      ...state,
      users: [...state.users.filter((user) => user.name !== name), { name, role, password: hashed, createdAt: now }],
    }))
  }
  async removeUser(name: string): Promise<boolean> {
    if (!this.#state.users.some((user) => user.name === name)) return false
    await this.#change((state) => ({ ...state, users: state.users.filter((user) => user.name !== name) }))
    return true
  }
  async checkPassword(name: string, password: string): Promise<Principal | undefined> {
    const user = this.#state.users.find((candidate) => candidate.name === name)
    // An unknown name costs as much time as a wrong password.
    const matches = await passwordMatches(password, user?.password ?? UNKNOWN)
    return user !== undefined && matches ? { name: user.name, role: user.role, by: "session" } : undefined
  }

  /** The clear token is returned once and kept nowhere. */
  async addToken({
    name,
    role,
    now,
    expiresAt,
  }: {
    name: string
    role: Role
    now: number
    expiresAt?: number | undefined
  }): Promise<{ id: string; token: string }> {
    const id = randomBytes(6).toString("hex")
    const token = `egret_${id}_${randomBytes(32).toString("base64url")}`
    const entry = { id, name, role, hash: hashToken(token), createdAt: now, ...(expiresAt !== undefined && { expiresAt }) }
    await this.#change((state) => ({ ...state, tokens: [...state.tokens, entry] }))
    return { id, token }
  }
  async removeToken(id: string): Promise<boolean> {
    if (!this.#state.tokens.some((token) => token.id === id)) return false
    await this.#change((state) => ({ ...state, tokens: state.tokens.filter((token) => token.id !== id) }))
    return true
  }
  checkToken(token: string, now: number): Principal | undefined {
    const id = /^egret_([0-9a-f]{12})_/.exec(token)?.[1]
    const found = this.#state.tokens.find((candidate) => candidate.id === id)
    if (found === undefined || (found.expiresAt !== undefined && found.expiresAt <= now)) return undefined
    return timingSafeEqual(Buffer.from(found.hash), Buffer.from(hashToken(token)))
      ? { name: found.name, role: found.role, by: "token" }
      : undefined
  }

  /** One after the other: two changes that read the same state would undo each other, and a removed token would come back. */
  #change(change: (state: AccountFile) => AccountFile): Promise<void> {
    const mine = this.#changing.then(async () => {
      const state = change(this.#state)
      await writeFileAtomic(this.#path, `${JSON.stringify(state, null, 2)}\n`)
      this.#read = state
      this.#version = versionOf(this.#path)
    })
    this.#changing = mine.catch(() => undefined)
    return mine
  }
}

/** Clocks of file systems tick every few milliseconds: two writes in one tick differ in their inode. */
function versionOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false })
  return stat === undefined ? MISSING : `${stat.ino} ${stat.size} ${stat.mtimeMs}`
}

function readAccounts(path: string): AccountFile {
  try {
    return file.parse(JSON.parse(readFileSync(path, "utf8")))
  } catch {
    throw new ConfigError({
      path,
      got: "a file that does not parse",
      want: "the accounts as egret user and egret token write them",
      hint: "restore it from a backup, or delete it to start without users",
    })
  }
}

function hashToken(token: string): string {
  return createHash("sha256").update(token).digest("hex")
}

const MISSING = ""
const UNKNOWN = "scrypt$32768$8$1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
