import { readFile } from "node:fs/promises"
import { homedir, hostname } from "node:os"
import { join } from "node:path"
import type { Command } from "commander"
import { enrol, readProfiles } from "../../../collectors/keys/enrolment.ts"
import { KeyFile } from "../../../collectors/keys/key-file.ts"
import { FollowedPaths } from "../../../collectors/keys/key-log-tail.ts"
import { KeyPusher } from "../../../collectors/keys/key-pusher.ts"
import { runWithKeys, whatCannotBeLogged } from "../../../collectors/keys/key-run.ts"
import { ConfigError } from "../../contracts/errors.ts"

export function addKeys(program: Command): void {
  const keys = program.command("keys").description("Give sensors the TLS keys of agents on this host.")
  addEnroll(keys)
  addRun(keys)
  addForward(keys)
}

function addEnroll(keys: Command): void {
  keys
    .command("enroll")
    .alias("enrol")
    .description("Make this host known to a sensor: it gets a client certificate with which it may push keys.")
    .argument("<sensor>", "address of the sensor's key endpoint, https://HOST:9943")
    .requiredOption("--fingerprint <sha256>", "of the sensor's key authority, as the sensor prints it at its start")
    .requiredOption("--token-file <file>", "file that holds the enrolment token (keys.push.token of the sensor)")
    .option("--name <name>", "name of this host in the certificate", hostname())
    .option("--profiles <folder>", "where enrolments are kept", defaultProfiles())
    .addHelpText("after", "\nExamples:\n  $ egret keys enroll https://sensor.internal:9943 --fingerprint 3f0c...9a --token-file token.txt")
    .action(async (url: string, options: { fingerprint: string; tokenFile: string; name: string; profiles: string }) => {
      const token = (await readFile(options.tokenFile, "utf8").catch(() => unreadable(options.tokenFile))).trim()
      const path = await enrol({ url, token, fingerprint: options.fingerprint, name: options.name, folder: options.profiles })
      process.stdout.write(`Enrolled with ${url} as ${options.name}: ${path}\n`)
    })
}

interface PushOptions {
  readonly to: readonly string[]
  readonly profiles: string
}

function addRun(keys: Command): void {
  keys
    .command("run")
    .description("Start a command with TLS key logging switched on and push its keys to the sensors this host is enrolled with.")
    .argument("<command...>", "the command and its arguments, after --")
    .option("--to <sensor>", "only this sensor; may be given more than once", collect, [])
    .option("--profiles <folder>", "where enrolments are kept", defaultProfiles())
    .option("--java-agent <jar>", "library for Java that writes key lines to the path it is given")
    .addHelpText(
      "after",
      `
Keys go through a FIFO that only this user can open, and over mutual TLS; nothing is written to disk.
Node, Python, Deno, curl, Chromium and Electron log all their keys. Bun logs those of node:https and not those of fetch. Go and Rust programs log keys
only when they were written to; Java needs --java-agent. What cannot be logged is said before the command starts.

Examples:
  $ egret keys run -- node agent.js
  $ egret keys run --to https://sensor.internal:9943 -- python3 agent.py`,
    )
    .action(async (command: readonly string[], options: PushOptions & { javaAgent?: string }) => {
      const pusher = await openPusher(options)
      const warning = await whatCannotBeLogged(command, process.env["PATH"], options.javaAgent)
      if (warning !== undefined) tell(warning)
      const stop = new AbortController()
      for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stop.abort())
      const code = await runWithKeys({
        command,
        env: process.env,
        onBytes: pusher.newSource(),
        javaAgent: options.javaAgent,
        signal: stop.signal,
      })
      await pusher.close()
      if (pusher.counts.keys === 0) tell("the command logged no TLS keys: it made no TLS connection, or its runtime cannot log")
      report(pusher)
      process.exitCode = code
    })
}

function addForward(keys: Command): void {
  keys
    .command("forward")
    .description("Follow key logs that something else writes (a daemon, eCapture, a sidecar's volume) and push what comes.")
    .argument("<path...>", "files, FIFOs or directories")
    .option("--to <sensor>", "only this sensor; may be given more than once", collect, [])
    .option("--profiles <folder>", "where enrolments are kept", defaultProfiles())
    .option("--once", "send what is there and end")
    .addHelpText(
      "after",
      "\nExamples:\n  $ egret keys forward /var/run/agents/keys.log\n  $ ecapture tls -m keylog --keylogfile=/run/egret/keys.log & egret keys forward /run/egret/keys.log",
    )
    .action(async (paths: readonly string[], options: PushOptions & { once?: boolean }) => {
      const pusher = await openPusher(options)
      const followed = new FollowedPaths(paths, (path) => new KeyFile(path, pusher.newSource()))
      let running = options.once !== true
      for (const signal of ["SIGINT", "SIGTERM"] as const) {
        process.on(signal, () => {
          running = false
        })
      }
      do {
        await followed.poll()
        if (running) await new Promise((resolve) => setTimeout(resolve, POLL_MILLIS))
      } while (running)
      await followed.close()
      await pusher.close()
      report(pusher)
    })
}

async function openPusher({ to, profiles }: PushOptions): Promise<KeyPusher> {
  return new KeyPusher({ sensors: await readProfiles(profiles, to), onProblem: tell })
}

function report(pusher: KeyPusher): void {
  const { keys, exportersRefused, garbage } = pusher.counts
  const lost = pusher.dropped === 0 ? "" : `, ${pusher.dropped} lost because a sensor was away`
  tell(`${keys} keys, ${pusher.sent} sent${lost}; kept back: ${exportersRefused} exporter secrets, ${garbage} lines that are no keys`)
}

/** Standard output belongs to the command that runs. */
function tell(text: string): void {
  process.stderr.write(`egret keys: ${text}\n`)
}

function defaultProfiles(): string {
  return join(process.env["XDG_CONFIG_HOME"] ?? join(homedir(), ".config"), "egret", "keys")
}
function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value]
}
function unreadable(path: string): never {
  throw new ConfigError({ path, got: "a file that cannot be read", want: "the file with the enrolment token" })
}

const POLL_MILLIS = 100
