// `egret scan`: the detectors and a policy over a file, a folder, a skill, a list of tools, or lines of records. For CI and for trying a rule.
import { createReadStream, existsSync, readFileSync, statSync } from "node:fs"
import { availableParallelism } from "node:os"
import { type Command, InvalidArgumentError, Option } from "commander"
import { ConfigError } from "../../contracts/errors.ts"
import { places, type Subject } from "../../contracts/inspection.ts"
import { type Policy, shippedPolicy } from "../../policy/decide.ts"
import { loadPolicy } from "../../policy/load.ts"
import { LineWriter } from "../line-writer.ts"
import { subjectsOf, textSubjects } from "../scan/files.ts"
import { type Judged, judgeSubject, ndjsonLine, type Verdict } from "../scan/judge.ts"
import { type Line, linesOf } from "../scan/lines.ts"
import { ParallelScan } from "../scan/parallel.ts"
import { type Defaults, isRecord, type RecordResult, readRecord } from "../scan/records.ts"
import { SarifLog } from "../scan/sarif.ts"
import type { BatchResult } from "../scan/worker.ts"

interface ScanOptions {
  readonly format: "table" | "ndjson" | "sarif"
  readonly preset: "observe" | "balanced" | "strict"
  readonly policy?: string
  readonly direction?: Subject["direction"]
  readonly place?: Defaults["place"]
  readonly failOn: "alert" | "block" | "never"
  readonly jobs?: number
}

export function addScan(program: Command): void {
  program
    .command("scan")
    .description("Judge a file, a folder, a skill bundle, a tools/list answer, or lines of records, without any traffic.")
    .argument("<path>", "what to judge; - reads standard input")
    .addOption(new Option("-f, --format <format>", "what to print").choices(["table", "ndjson", "sarif"]).default("table"))
    .addOption(new Option("--preset <preset>", "shipped policy").choices(["observe", "balanced", "strict"]).default("balanced"))
    .option("--policy <file>", "policy file (YAML) instead of a shipped one")
    .addOption(new Option("--direction <direction>", "where texts without one travel").choices(["outbound", "inbound"]))
    .addOption(new Option("--place <place>", "where texts without one sit").choices([...places]))
    .addOption(new Option("--fail-on <verdict>", "exit with 1 from this verdict on").choices(["alert", "block", "never"]).default("block"))
    .addOption(
      new Option("--jobs <number>", "threads for long streams of records (default: one for each processor, at most 8)").argParser(readJobs),
    )
    .addHelpText(
      "after",
      `
Records are JSON lines {id, direction, place, text}; direction is outbound (leaves the agent) or inbound. ndjson prints one line an input:
{id, verdict, severity, findings: [{rule, family, severity, confidence, span}]}. A line that is no record gets {id, line, error}.

Exit code: 0 nothing found from --fail-on up, 1 something was, 2 the call was wrong or something could not be read.

Examples:
  $ egret scan ./my-skill
  $ egret scan records.jsonl --format ndjson > verdicts.jsonl
  $ curl -s https://mcp.example/tools.json | egret scan - --fail-on alert
  $ egret scan . --format sarif > egret.sarif`,
    )
    .action((path: string, options: ScanOptions) => scan(path, options))
}

function readJobs(value: string): number {
  const jobs = Number(value)
  if (!Number.isInteger(jobs) || jobs < 1 || jobs > 64) throw new InvalidArgumentError("want a whole number from 1 to 64")
  return jobs
}

async function scan(path: string, options: ScanOptions): Promise<void> {
  const given = options.policy === undefined ? undefined : { text: readPolicy(options.policy), name: options.policy }
  const policy = given === undefined ? shippedPolicy(options.preset) : loadPolicy(given.text, given.name)
  const report = new Report(options, policy)
  const defaults: Defaults = { direction: options.direction ?? "outbound", place: options.place ?? "file" }
  const jobs = options.format === "ndjson" ? (options.jobs ?? Math.min(availableParallelism(), 8)) : 1
  const threads = () =>
    jobs === 1 ? undefined : new ParallelScan(jobs, { preset: options.preset, policy: given, defaults }, (result) => report.batch(result))
  if (path === "-") await scanStream(process.stdin, "-", { report, defaults, threads })
  else if (/\.(?:jsonl|ndjson)$/i.test(path) || isPipe(path)) await scanStream(openStream(path), path, { report, defaults, threads })
  else for (const subject of subjectsOf(path, defaults, (...skipped) => report.skipped(...skipped))) await report.judge(subject)
  process.exitCode = await report.end()
}

function readPolicy(path: string): string {
  try {
    return readFileSync(path, "utf8")
  } catch (error) {
    throw new ConfigError({ path, got: String((error as NodeJS.ErrnoException).code), want: "a policy file (YAML)" })
  }
}

/** What a shell passes for `<(command)`. */
function isPipe(path: string): boolean {
  return existsSync(path) && !statSync(path).isFile() && !statSync(path).isDirectory()
}

function openStream(path: string): NodeJS.ReadableStream {
  if (!existsSync(path)) throw new ConfigError({ path, got: "ENOENT", want: "a file, a folder, or - for standard input" })
  return createReadStream(path)
}

interface Streaming {
  readonly report: Report
  readonly defaults: Defaults
  /** Undefined: all in this thread. */
  readonly threads: () => ParallelScan | undefined
}

/** Lines of records are judged as they come; anything else is one text, read to its end within a limit. */
async function scanStream(input: NodeJS.ReadableStream, name: string, { report, defaults, threads }: Streaming): Promise<void> {
  const head: Line[] = []
  const lines = linesOf(input as AsyncIterable<Uint8Array>)
  while (head.length < MOST_LOOKED_AT && !head.some(({ text }) => isRecord(text))) {
    const next = await lines.next()
    if (next.done === true) break
    head.push(next.value)
  }
  const all = chained(head, lines)
  if (!head.some(({ text }) => isRecord(text))) return scanPlain(all, name, { report, defaults })
  let parallel: ParallelScan | undefined
  let number = 0
  for await (const { text, cut } of all) {
    number++
    // A short stream is done before threads are up.
    if (number === ALONE) parallel = threads()
    if (parallel !== undefined && !cut) {
      await parallel.push(text, number)
      continue
    }
    if (text.trim() === "") continue
    const result = cut ? { id: String(number), line: number, error: `line ${number}: too long` } : readRecord(text, number, defaults)
    if ("subject" in result) await report.judge(result.subject, result.id)
    else report.broken(result)
  }
  await parallel?.end()
}

async function scanPlain(lines: AsyncIterable<Line>, name: string, { report, defaults }: Omit<Streaming, "threads">): Promise<void> {
  const plain: string[] = []
  let length = 0
  for await (const { text } of lines) {
    if (length < MAX_TEXT) plain.push(text)
    length += text.length + 1
  }
  const text = plain.join("\n").slice(0, MAX_TEXT)
  if (length > MAX_TEXT) report.skipped(name, `${length} characters, only the first ${MAX_TEXT} are read`, "cut")
  for (const subject of textSubjects(text, name, defaults)) await report.judge(subject)
}

async function* chained(head: readonly Line[], rest: AsyncIterable<Line>): AsyncGenerator<Line> {
  yield* head
  yield* rest
}

class Report {
  readonly #options: ScanOptions
  readonly #policy: Policy
  readonly #output = new LineWriter(process.stdout)
  readonly #sarif = new SarifLog()
  readonly #counts: Record<Verdict, number> = { allow: 0, alert: 0, block: 0 }
  #inputs = 0
  #broken = 0
  #binary = 0

  constructor(options: ScanOptions, policy: Policy) {
    this.#options = options
    this.#policy = policy
  }

  async judge(subject: Subject, id?: string | number): Promise<void> {
    const judged = judgeSubject(subject, this.#policy)
    this.#counts[judged.verdict]++
    if (this.#options.format === "ndjson") this.#output.line(ndjsonLine(judged, id))
    else if (this.#options.format === "sarif") this.#sarif.add(judged)
    else this.#print(judged)
    if (++this.#inputs % 256 === 0) await this.#output.drained()
  }

  /** What a thread made of a batch of lines. */
  async batch({ text, counts }: BatchResult): Promise<void> {
    for (const verdict of ["allow", "alert", "block"] as const) {
      this.#counts[verdict] += counts[verdict]
      this.#inputs += counts[verdict]
    }
    this.#broken += counts.broken
    if (text !== "") this.#output.line(text)
    await this.#output.drained()
  }

  broken(result: Exclude<RecordResult, { subject: Subject }>): void {
    this.#broken++
    if (this.#options.format === "ndjson") this.#output.line(JSON.stringify(result))
    else process.stderr.write(`egret: ${result.error}\n`)
  }

  skipped(path: string, reason: string, kind: "unreadable" | "binary" | "cut"): void {
    if (kind === "unreadable") this.#broken++
    if (kind === "binary") this.#binary++
    else process.stderr.write(`egret: ${path}: ${reason}\n`)
  }

  async end(): Promise<number> {
    const { allow, alert, block } = this.#counts
    if (this.#options.format === "sarif") this.#output.line(this.#sarif.toString())
    if (this.#options.format === "table") {
      const skipped = this.#broken === 0 ? "" : `, ${this.#broken} not readable`
      this.#output.line(`${allow + alert + block} inputs: ${block} block, ${alert} alert, ${allow} allow${skipped}`)
    }
    await this.#output.end()
    const failing = this.#options.failOn === "never" ? 0 : this.#options.failOn === "alert" ? alert + block : block
    if (this.#binary > 0) process.stderr.write(`egret: ${this.#binary} binary files were not judged\n`)
    if (this.#broken > 0) process.stderr.write(`egret: ${this.#broken} inputs could not be read\n`)
    return failing > 0 ? 1 : this.#broken > 0 ? 2 : 0
  }

  #print({ id, verdict, findings }: Judged): void {
    const shown = findings.filter((finding) => finding.verdict !== "allow")
    if (shown.length === 0) return
    this.#output.line(`${verdict.toUpperCase().padEnd(6)} ${id}`)
    for (const finding of shown.slice(0, MAX_SHOWN)) {
      const where = finding.path === id || finding.path === "text" ? `line ${finding.line}` : `${finding.path}, line ${finding.line}`
      this.#output.line(`  ${finding.severity.padEnd(8)} ${finding.rule}  ${where}  ${finding.masked.slice(0, 80)}`)
      this.#output.line(`           ${finding.reason}`)
    }
    if (shown.length > MAX_SHOWN) this.#output.line(`  and ${shown.length - MAX_SHOWN} more`)
  }
}

const ALONE = 20_000
// A stream whose first lines are all broken is still one of records when a later one says so.
const MOST_LOOKED_AT = 20
// A stream that is not made of records is one text, and detectors read no more of it than this.
const MAX_TEXT = 16 * 1024 * 1024
const MAX_SHOWN = 20
