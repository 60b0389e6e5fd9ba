// `egret values`: canaries and a customer's own values become fingerprints. Clear text is read from standard input or a file, never from an argument, which
// every process of the machine and the shell's history would see.
import { randomBytes } from "node:crypto"
import { readFileSync } from "node:fs"
import { type Command, Option } from "commander"
import { type Fingerprint, fingerprintOf, SHORTEST_VALUE } from "../../../detectors/secrets/exact.ts"
import { ConfigError } from "../../contracts/errors.ts"
import { loadConfig } from "../../runtime/config/load.ts"
import { fingerprintKeyOf, valuesKeyOf } from "../values/fingerprint-key.ts"
import { readValues, valuesPathOf, writeValues } from "../values/values-file.ts"

interface Options {
  readonly config?: string
}

export function addValues(program: Command): void {
  const values = program
    .command("values")
    .description(
      "Keep canaries and your own secret values as keyed fingerprints: what is known exactly is found in any encoding, and its clear text is nowhere.",
    )
  values
    .command("add")
    .description("Fingerprint values read from standard input or a file, one a line. The clear text is not kept.")
    .argument("<label>", 'what a finding calls them, for example "customer list"; several lines get a number each')
    .addOption(
      new Option("--kind <kind>", "canary: nothing honest uses it, always critical; dictionary: must not leave")
        .choices(["canary", "dictionary"])
        .default("dictionary"),
    )
    .option("--file <file>", "read from this file instead of standard input")
    .option("--whole", "the whole input is one value, line ends and all", false)
    .option("-c, --config <file>", CONFIG)
    .addHelpText(
      "after",
      '\nRead again by `egret detect` and `egret up` at their next start.\n\nExamples:\n  $ egret values add "project names" --file names.txt\n  $ pass show prod/db | egret values add "production database password"',
    )
    .action(add)
  values
    .command("plant")
    .description(
      "Make a canary: a value that looks like a token is printed once and known from then on. Leave it where only a thief would take it.",
    )
    .argument("<label>", 'where it will lie, for example "build server .env"')
    .option("-c, --config <file>", CONFIG)
    .addHelpText("after", '\nExamples:\n  $ egret values plant "build server .env" >> .env.backup')
    .action(plant)
  values
    .command("list")
    .description("List what is known, by label.")
    .option("-c, --config <file>", CONFIG)
    .addHelpText("after", "\nExamples:\n  $ egret values list")
    .action(list)
  values
    .command("remove")
    .description("Forget the values of a label.")
    .argument("<label>", "label as listed")
    .option("-c, --config <file>", CONFIG)
    .addHelpText("after", '\nExamples:\n  $ egret values remove "project names"')
    .action(remove)
}

async function add(label: string, options: Options & { kind: Fingerprint["kind"]; file?: string; whole: boolean }): Promise<void> {
  const text = read(options.file)
  const lines = options.whole ? [text] : text.split(/\r?\n/).map((line) => line.trim())
  const wanted = lines.filter((line) => line !== "")
  const long = wanted.filter(({ length }) => length >= SHORTEST_VALUE && length <= LONGEST_VALUE)
  if (long.length === 0)
    throw new ConfigError({
      path: options.file ?? "standard input",
      got: wanted.length === 0 ? "no value" : `${wanted.length} values that are too short or too long`,
      want: `values of ${SHORTEST_VALUE} to ${LONGEST_VALUE} characters, one a line`,
    })
  const kept = await change(options, (key, values) => {
    const known = new Set(values.map(({ digest }) => digest))
    const made = long.map((value, at) => fingerprintOf(value, key, long.length === 1 ? label : `${label} ${at + 1}`, options.kind))
    return [...values, ...made.filter(({ digest }) => !known.has(digest) && known.add(digest))]
  })
  process.stdout.write(`${long.length} values read, ${kept.added} new, ${kept.total} known\n`)
  if (long.length < wanted.length)
    process.stderr.write(
      `egret: ${wanted.length - long.length} values were left out: shorter than ${SHORTEST_VALUE} or longer than ${LONGEST_VALUE} characters\n`,
    )
}

async function plant(label: string, options: Options): Promise<void> {
  const value = randomBytes(30).toString("base64url")
  await change(options, (key, values) => [...values, fingerprintOf(value, key, label, "canary")])
  process.stdout.write(`${value}\n`)
}

async function list({ config: file }: Options): Promise<void> {
  const { config } = loadConfig({ file })
  const { values } = readValues(valuesPathOf(config), valuesKeyOf(await fingerprintKeyOf(config)))
  for (const { kind, label, length } of values) process.stdout.write(`${kind.padEnd(10)}  ${label}  (${length} characters)\n`)
}

async function remove(label: string, options: Options): Promise<void> {
  // "names" was given to all of a list, "names 3" to one of it.
  const isMeant = (print: Fingerprint): boolean =>
    print.label === label || (print.label.startsWith(`${label} `) && /^ \d+$/.test(print.label.slice(label.length)))
  const { total, added } = await change(options, (_, values) => values.filter((print) => !isMeant(print)))
  if (added === 0) throw new ConfigError({ path: label, got: "no value with this label", want: "one of egret values list" })
  process.stdout.write(`${-added} values forgotten, ${total} known\n`)
}

async function change(
  { config: file }: Options,
  edit: (key: string, values: readonly Fingerprint[]) => Fingerprint[],
): Promise<{ total: number; added: number }> {
  const { config } = loadConfig({ file })
  const path = valuesPathOf(config)
  const key = valuesKeyOf(await fingerprintKeyOf(config))
  const before = readValues(path, key)
  const values = edit(key, before.values)
  if (values.length > MAX_VALUES) throw new ConfigError({ path, got: `${values.length} values`, want: `at most ${MAX_VALUES}` })
  await writeValues(path, { ...before, values })
  return { total: values.length, added: values.length - before.values.length }
}

function read(file: string | undefined): string {
  try {
    return readFileSync(file ?? 0, "utf8")
  } catch (error) {
    throw new ConfigError({ path: file ?? "standard input", got: String((error as NodeJS.ErrnoException).code), want: "a readable text" })
  }
}

const CONFIG = "configuration that names the key and the file (default: EGRET_CONFIG, ./egret.yaml, /etc/egret/egret.yaml)"
const LONGEST_VALUE = 100_000
const MAX_VALUES = 100_000
