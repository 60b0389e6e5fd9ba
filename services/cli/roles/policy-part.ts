// The policy in force: read at the start, when its file changes and on SIGHUP; changed through the API with every version kept. A policy with a mistake is refused and the one
// before stays.
import { createHash } from "node:crypto"
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import type { PolicyControl } from "../../api/parts.ts"
import type { Config } from "../../contracts/config/config.ts"
import { ConfigError } from "../../contracts/errors.ts"
import type { StoreReader } from "../../contracts/store.ts"
import { type Policy, shippedPolicy } from "../../policy/decide.ts"
import { loadPolicy } from "../../policy/load.ts"
import { presets } from "../../policy/presets.ts"
import type { PolicyRule } from "../../policy/schema.ts"
import { writeFileAtomic } from "../../runtime/atomic-file.ts"
import { followFile, stateOfFile } from "../../runtime/follow-file.ts"
import { difference } from "../policy/rejudge.ts"
import { loadPolicyFile } from "../policy/source.ts"
import type { RoleParts } from "../role.ts"

export async function openPolicyPart(
  { config, life, logger }: Pick<RoleParts, "config" | "life" | "logger">,
  store?: StoreReader,
  lookEvery = LOOK_EVERY_MS,
): Promise<PolicyHolder> {
  const since = stateOfFile(policyFileOf(config))
  const holder = new PolicyHolder(config, store)
  const reload = (): void => {
    try {
      if (holder.read()) logger.info({ version: holder.current().version }, "the policy was read again")
    } catch (error) {
      logger.error({ err: error }, "the policy has a mistake; the one before stays in force")
    }
  }
  let stop = (): void => {}
  return life.open(
    "policy",
    () => {
      process.on("SIGHUP", reload)
      stop = followFile({ path: holder.file, every: lookEvery, since }, reload)
      return holder
    },
    () => {
      stop()
      process.off("SIGHUP", reload)
    },
  )
}

function policyFileOf({ policy, detect }: Config): string {
  return policy.file ?? join(detect.stateDir, "policy.yaml")
}

export class PolicyHolder implements PolicyControl {
  readonly #config: Config
  readonly #store: StoreReader | undefined
  #policy: Policy
  #text: string

  constructor(config: Config, store: StoreReader | undefined) {
    this.#config = config
    this.#store = store
    ;[this.#policy, this.#text] = this.#load()
  }

  get policy(): Policy {
    return this.#policy
  }

  /** True when it is another policy than before. Throws what is wrong with it and keeps the one before. */
  read(): boolean {
    const before = this.#text
    ;[this.#policy, this.#text] = this.#load()
    return this.#text !== before
  }

  current() {
    const { preset, rules, allow_only: allowOnly, access, suppress, budgets } = this.#policy.file
    const shown = (builtIn: boolean) => (rule: PolicyRule) => ({
      id: rule.id,
      builtIn,
      floor: rule.floor,
      action: rule.action,
      when: rule.when,
      reason: rule.reason ?? rule.description,
    })
    return {
      text: this.#text,
      version: versionOf(this.#text),
      preset,
      rules: [...presets[preset].map(shown(true)), ...rules.map(shown(false))],
      allowOnly,
      access,
      suppress,
      budgets,
    }
  }

  validate(text: string) {
    try {
      loadPolicy(text, "policy")
      return []
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      const [, line = "1", column = "1"] = /^policy:(\d+):(\d+)/.exec(error.path) ?? []
      return [{ line: Number(line), column: Number(column), message: `got ${error.got}, want ${error.want}`, hint: error.hint }]
    }
  }

  async test(text: string, days: number) {
    if (this.#store === undefined) return { findings: 0, activities: 0, changes: [] }
    return difference(this.#store, { before: this.#policy, after: loadPolicy(text, "policy"), days })
  }

  async apply(text: string, by: string) {
    const policy = loadPolicy(text, "policy")
    await this.#keep(this.#text, "before")
    await writeFileAtomic(this.file, text)
    this.#policy = policy.file.access.country_database === undefined ? policy : loadPolicyFile(this.file)
    this.#text = text
    return { version: await this.#keep(text, by) }
  }

  history() {
    if (!existsSync(this.#folder)) return []
    return readdirSync(this.#folder)
      .flatMap((name) => {
        const [, stamp = "", version = "", by = ""] = /^(\d+)\.([0-9a-f]{16})\.([\w-]*)\.yaml$/.exec(name) ?? []
        return version === ""
          ? []
          : [{ version, at: new Date(Number(stamp)).toISOString(), by: Buffer.from(by, "base64url").toString("utf8") }]
      })
      .sort((a, b) => b.at.localeCompare(a.at))
  }

  async rollBack(version: string, by: string) {
    const name = readdirSync(this.#folder).find((candidate) => candidate.includes(`.${version}.`))
    if (name === undefined) throw new ConfigError({ path: "version", got: version, want: "a version of the history" })
    return this.apply(readFileSync(join(this.#folder, name), "utf8"), by)
  }

  get file(): string {
    return policyFileOf(this.#config)
  }
  get #folder(): string {
    return join(this.#config.detect.stateDir, "policy-history")
  }

  async #keep(text: string, by: string): Promise<string> {
    const version = versionOf(text)
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
    if (!readdirSync(this.#folder).some((name) => name.includes(`.${version}.`))) {
      await writeFileAtomic(
        join(this.#folder, `${Date.now()}.${version}.${Buffer.from(by).toString("base64url").slice(0, 100)}.yaml`),
        text,
      )
    }
    return version
  }

  #load(): [Policy, string] {
    const { file, preset } = this.#config.policy
    if (file !== undefined && !existsSync(file))
      throw new ConfigError({ path: "policy.file", got: `${file}: no such file`, want: "a policy file" })
    if (!existsSync(this.file))
      return [
        shippedPolicy(preset),
        `# The shipped policy. Rules added here come after those of the preset; the last that matches wins.\nversion: 1\npreset: ${preset}\nrules: []\n`,
      ]
    const text = readFileSync(this.file, "utf8")
    return [loadPolicyFile(this.file), text]
  }
}

function versionOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16)
}

const LOOK_EVERY_MS = 2_000
