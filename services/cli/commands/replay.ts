// `egret replay`: a capture file through the whole sensor, once, and what was seen on the standard output.
import { readFileSync } from "node:fs"
import type { Command } from "commander"
import { Option } from "commander"
import { type CaptureProgress, readCaptureFile } from "../../../collectors/capture/capture-file.ts"
import { readSecrets } from "../../../collectors/capture/secrets.ts"
import { loadKeyLog } from "../../../collectors/keys/key-log-tail.ts"
import { KeyStore } from "../../../collectors/keys/key-store.ts"
import { SensorCore } from "../../../collectors/sensor/core.ts"
import { type SensorSummary, summarise } from "../../../collectors/sensor/summary.ts"
import type { PacketBatch } from "../../../collectors/wire/packet-batch.ts"
import type { Envelope } from "../../contracts/envelope.ts"
import { ConfigError } from "../../contracts/errors.ts"
import { type Policy, shippedPolicy } from "../../policy/decide.ts"
import { loadPolicy } from "../../policy/load.ts"
import { loadConfig } from "../../runtime/config/load.ts"
import { createLogger } from "../../runtime/logger.ts"
import { LineWriter } from "../line-writer.ts"
import { Progress } from "../progress.ts"
import { ExtractFolder } from "../replay/extract-folder.ts"
import { type Judged, Judgement } from "../replay/judgement.ts"
import { envelopeLine, judgedTable, summaryTable } from "../replay/table.ts"

interface ReplayOptions {
  readonly keylog: readonly string[]
  readonly format: "table" | "ndjson" | "summary"
  readonly sensor: string
  readonly detect: boolean
  readonly store: boolean
  readonly config?: string
  readonly preset: "observe" | "balanced" | "strict"
  readonly policy?: string
  readonly extract?: string
}

export function addReplay(program: Command): void {
  program
    .command("replay")
    .description("Read a capture file (pcap, pcapng, either in gzip) and print what was said in it, as activities.")
    .argument("<file>", "capture to read")
    .option("-k, --keylog <file>", "TLS key log (SSLKEYLOGFILE, RFC 9850); may be given more than once", collect, [])
    .addOption(new Option("-f, --format <format>", "what to print").choices(["table", "ndjson", "summary"]).default("table"))
    .option(
      "--extract <folder>",
      "write the files and skills that were sent into this folder, with an index; never overwrites, follows no links",
    )
    .option("--store", "put the rows into the configured store too", false)
    .option("-c, --config <file>", "configuration, for --store (default: EGRET_CONFIG, ./egret.yaml, /etc/egret/egret.yaml)")
    .option("--no-detect", "only say what was seen, do not judge it")
    .addOption(new Option("--preset <preset>", "shipped policy").choices(["observe", "balanced", "strict"]).default("balanced"))
    .option("--policy <file>", "policy file (YAML) instead of a shipped one")
    .option("--sensor <name>", "name of the sensor; part of every id", "replay")
    .addHelpText(
      "after",
      `
Key logs inside a pcapng file (secrets blocks) are used without being asked for.
ndjson prints one envelope a line (docs/schemas), then lines of kind "finding" and "event", and one last line of kind "summary".

Examples:
  $ egret replay agents.pcapng --keylog keys.log
  $ egret replay agents.pcapng -k keys.log --store && egret query "SELECT kind, count() FROM activity GROUP BY kind"
  $ egret replay agents.pcap -k keys.log --extract evidence && ls evidence/skills
  $ egret replay agents.pcap.gz --format ndjson | jq 'select(.kind == "http") | .data.path'`,
    )
    .action((file: string, options: ReplayOptions) => replay(file, options))
}

async function replay(file: string, options: ReplayOptions): Promise<void> {
  const { keylog, format, sensor, extract } = options
  const started = performance.now()
  const keys = new KeyStore()
  for (const path of keylog) await loadKeyLog(path, keys)
  for await (const secrets of readSecrets(file)) keys.addText(secrets)
  const read: CaptureProgress = { bytes: 0 }
  const batches = readCaptureFile(file, read)
  // Whatever is wrong with the file is said before anything is started.
  const first = await batches.next()
  const output = new LineWriter(process.stdout)
  const judgement = await openJudgement(options)
  const files = extract === undefined ? undefined : new ExtractFolder(extract)
  const emit = (envelope: Envelope): void => {
    const line = format === "ndjson" || judgement !== undefined ? JSON.stringify(envelope) : ""
    judgement?.take(envelope, line)
    files?.row(envelope)
    if (format === "ndjson") output.line(line)
    else if (format === "table") output.line(envelopeLine(envelope))
  }
  const core = new SensorCore({
    sensor,
    keys,
    emit,
    onFile: (file) => {
      files?.file(file)
      judgement?.takeFile(file)
    },
  })
  const progress = new Progress(file, read)
  const take = async (batch: PacketBatch): Promise<void> => {
    core.read(batch)
    progress.show(core.wire.counters.packets)
    await output.drained()
    await judgement?.flush()
  }
  if (first.done !== true) await take(first.value)
  for await (const batch of batches) await take(batch)
  core.end()
  progress.clear()
  const judged = (await judgement?.end()) ?? { findings: [], events: [] }
  const seconds = (performance.now() - started) / 1000
  const summary = summarise({ wire: core.wire, tally: core.tally, findings: judged.findings.length, drops: {}, seconds })
  print({ judged, summary, format, output })
  files?.end()
  if (files !== undefined) process.stderr.write(`${files.counts.files} files and ${files.counts.skills} skills in ${extract}\n`)
  await output.end()
}

async function openJudgement({ detect, store, config: file, preset, policy }: ReplayOptions): Promise<Judgement | undefined> {
  if (!detect && !store) return undefined
  const logger = createLogger({ level: "warn", format: "auto" }, { name: "replay" })
  return Judgement.open({
    detect,
    policy: policyOf(preset, policy),
    logger,
    ...(store ? { store: loadConfig({ file }).config.store } : {}),
  })
}

interface Results {
  readonly judged: Judged
  readonly summary: SensorSummary
  readonly format: ReplayOptions["format"]
  readonly output: LineWriter
}

function print({ judged, summary, format, output }: Results): void {
  if (format !== "ndjson") {
    for (const line of [...judgedTable(judged), ...summaryTable(summary)]) output.line(line)
    return
  }
  for (const data of judged.findings) {
    const { id, at, sensor, flow, agent } = data
    output.line(JSON.stringify({ v: 1, kind: "finding", id, at, sensor, flow, agent, data }))
  }
  for (const data of judged.events)
    output.line(JSON.stringify({ v: 1, kind: "event", id: data.id, at: data.lastSeen, agent: data.agent, data }))
  output.line(JSON.stringify({ v: 1, kind: "summary", data: summary }))
}

function policyOf(preset: ReplayOptions["preset"], file: string | undefined): Policy {
  if (file === undefined) return shippedPolicy(preset)
  try {
    return loadPolicy(readFileSync(file, "utf8"), file)
  } catch (error) {
    if (error instanceof ConfigError) throw error
    throw new ConfigError({ path: file, got: error instanceof Error ? error.message : String(error), want: "a policy file" })
  }
}

function collect(value: string, before: readonly string[]): string[] {
  return [...before, value]
}
