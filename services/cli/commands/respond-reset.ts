import { readFileSync } from "node:fs"
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import type { Command } from "commander"
import { type ResetNews, Resetter } from "../../../collectors/reset/resetter.ts"
import { type Secret, secret } from "../../contracts/config/secret.ts"
import { ConfigError } from "../../contracts/errors.ts"
import { DenyListFile } from "../../respond/deny-list.ts"
import { fetchSecrets } from "../../runtime/config/secrets.ts"
import type { Logger } from "../../runtime/logger.ts"
import { runRole } from "../role.ts"

interface Options {
  readonly config?: string
  readonly device: string
  readonly list?: string
  readonly key?: string
  readonly token?: string
  readonly vni: readonly number[]
}

export function addReset(respond: Command, examples: string): void {
  respond
    .command("reset")
    .description(
      "Reset TCP connections that the deny list names, on an interface that sees them and takes packets back (the agent's host, a router, a bridge). Runs until it is stopped.",
    )
    .requiredOption("--device <name>", "network interface; not a mirror target, which takes no packets back")
    .option("--list <file or address>", "the signed deny list; that of this machine's respond.stateDir when left out")
    .option("--key <file>", "public key of the list, from egret respond key; needed with --list")
    .option("--token <reference>", "env:NAME or file:PATH of an API token, for a list behind an address")
    .option("--vni <number...>", "VNIs whose agents are behind this interface; agents of others are left alone", collect, [])
    .option("-c, --config <file>", "configuration file (sections respond, metrics, log)")
    .addHelpText("after", examples)
    .action((options: Options) => run(options))
}

async function run({ config: file, device, list, key, token, vni }: Options): Promise<void> {
  if (list !== undefined && key === undefined)
    throw new ConfigError({
      path: "--key",
      got: "nothing",
      want: "the list's public key",
      hint: "print it where the list is made: egret respond key",
    })
  await runRole({ name: "reset", file }, async ({ config, life, logger, metrics }) => {
    const own = new DenyListFile(config.respond.stateDir, Date.now)
    if (list === undefined) await own.read()
    const resetter = new Resetter({
      device,
      read: readerOf(list ?? join(config.respond.stateDir, "deny-list.json"), secretOf(token)),
      publicKey: key === undefined ? own.publicKey() : readKey(key),
      vnis: new Set(vni),
      now: Date.now,
      tell: (news) => log(logger, news),
    })
    const sampled = (name: string, help: string, value: () => number) => metrics.sampled({ name, help }, value)
    sampled("egret_reset_packets", "Packets looked at.", () => resetter.counts.packets)
    sampled("egret_reset_sent", "Packets answered by resets to both sides.", () => resetter.counts.resets)
    sampled("egret_reset_beyond_limit", "Packets not answered: too many in this second.", () => resetter.counts.beyondLimit)
    sampled("egret_reset_refused", "Resets that the interface did not take.", () => resetter.counts.refusedByInterface)
    await life.open(
      "reset",
      () => resetter.start(),
      () => resetter.close(),
    )
  })
}

function readerOf(list: string, token: Secret | undefined): () => Promise<string> {
  if (!/^https?:\/\//.test(list)) return () => readFile(list, "utf8")
  return async () => {
    const answer = await fetch(list, {
      headers: token === undefined ? {} : { authorization: `Bearer ${token.reveal()}` },
      // A token must not travel to where a server points.
      redirect: "manual",
      signal: AbortSignal.timeout(LIST_TIMEOUT),
    })
    if (answer.ok) return answer.text()
    await answer.body?.cancel()
    throw new Error(
      `${new URL(list).host} answered ${answer.status}${answer.status === 401 || answer.status === 403 ? ": give --token" : ""}`,
    )
  }
}

function secretOf(reference: string | undefined): Secret | undefined {
  if (reference === undefined) return undefined
  const { data: token } = secret.safeParse(reference)
  const problem = token && fetchSecrets(token, { env: process.env, folder: ".", placeOf: () => "" }, ["--token"])[0]
  if (problem !== undefined) throw problem
  if (token === undefined)
    throw new ConfigError({ path: "--token", got: "something else", want: "env:NAME or file:PATH, never the token itself" })
  return token
}

function readKey(file: string): string {
  try {
    return readFileSync(file, "utf8")
  } catch (error) {
    throw new ConfigError({
      path: "--key",
      got: `${file}: ${error instanceof Error ? error.message : String(error)}`,
      want: "a public key in PEM",
    })
  }
}

function log(logger: Logger, news: ResetNews): void {
  if (news.is === "reset") logger.warn({ from: news.from, to: news.to }, "a connection was reset")
  else if (news.is === "list") logger.info({ version: news.version, entries: news.entries }, "deny list taken")
  else logger.error({ problem: news.problem }, "the deny list could not be taken; the last one stays in force")
}

function collect(value: string, earlier: readonly number[]): readonly number[] {
  const vni = Number(value)
  if (!Number.isInteger(vni) || vni < 0 || vni > 0xffffff)
    throw new ConfigError({ path: "--vni", got: value, want: "a number from 0 to 16777215" })
  return [...earlier, vni]
}

const LIST_TIMEOUT = 10_000
