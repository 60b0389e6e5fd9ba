// `egret replay`: a capture file through the whole sensor, once, and what was seen on the standard output.
import { readFileSync } from "node:fs"
import type { Command } from "commander"
import { Option } from "commander"
import { type CaptureProgress, readCaptureFile } from "../../../collectors/capture/capture-file.ts"
import { readSecrets } from "../../../collectors/capture/secrets.ts"
import { KeyStore } from "../../../collectors/keys/key-store.ts"
import { SensorCore } from "../../../collectors/sensor/core.ts"
import { summarise } from "../../../collectors/sensor/summary.ts"
import type { Envelope } from "../../contracts/envelope.ts"
import { ConfigError } from "../../contracts/errors.ts"
import { LineWriter } from "../line-writer.ts"
import { Progress } from "../progress.ts"
import { envelopeLine, summaryTable } from "../replay-table.ts"

interface ReplayOptions {
  readonly keylog: readonly string[]
  readonly format: "table" | "ndjson" | "summary"
  readonly sensor: string
}

export function addReplay(program: Command): void {
  program
    .command("replay")
    .description("Read a capture file (pcap, pcapng, either in gzip) and print what was said in it, as activities.")
    .argument("<file>", "capture to read")
    .option("-k, --keylog <file>", "TLS key log (SSLKEYLOGFILE, RFC 9850); may be given more than once", collect, [])
    .addOption(new Option("-f, --format <format>", "what to print").choices(["table", "ndjson", "summary"]).default("table"))
    .option("--sensor <name>", "name of the sensor; part of every id", "replay")
    .addHelpText(
      "after",
      `
Key logs inside a pcapng file (secrets blocks) are used without being asked for.
ndjson prints one envelope a line (docs/schemas), then one last line of kind "summary".

Examples:
  $ egret replay agents.pcapng --keylog keys.log
  $ egret replay agents.pcap.gz --format ndjson | jq 'select(.kind == "http") | .data.path'`,
    )
    .action((file: string, options: ReplayOptions) => replay(file, options))
}

async function replay(file: string, { keylog, format, sensor }: ReplayOptions): Promise<void> {
  const started = performance.now()
  const keys = new KeyStore()
  for (const path of keylog) keys.addText(readKeyLog(path))
  for await (const secrets of readSecrets(file)) keys.addText(secrets)
  const output = new LineWriter(process.stdout)
  const print =
    format === "ndjson"
      ? (envelope: Envelope) => output.line(JSON.stringify(envelope))
      : (envelope: Envelope) => output.line(envelopeLine(envelope))
  const core = new SensorCore({ sensor, keys, emit: format === "summary" ? () => undefined : print })
  const read: CaptureProgress = { bytes: 0 }
  const progress = new Progress(file, read)
  for await (const batch of readCaptureFile(file, read)) {
    core.read(batch)
    progress.show(core.wire.counters.packets)
    await output.drained()
  }
  core.end()
  progress.clear()
  const summary = summarise({ wire: core.wire, tally: core.tally, findings: 0, drops: {}, seconds: (performance.now() - started) / 1000 })
  if (format === "ndjson") output.line(JSON.stringify({ v: 1, kind: "summary", data: summary }))
  else for (const line of summaryTable(summary)) output.line(line)
  await output.end()
}

function readKeyLog(path: string): Uint8Array {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new ConfigError({ path, got: String((error as NodeJS.ErrnoException).code), want: "a TLS key log file (SSLKEYLOGFILE)" })
  }
}

function collect(value: string, before: readonly string[]): string[] {
  return [...before, value]
}
