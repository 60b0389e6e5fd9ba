import { mkdirSync, rmSync } from "node:fs"
import type { Command } from "commander"
import type { LiveSensor } from "../../../collectors/sensor/live.ts"
import { ConfigError } from "../../contracts/errors.ts"
import type { Store } from "../../contracts/store.ts"
import { writeFileAtomic } from "../../runtime/atomic-file.ts"
import { demoKeys, demoWorkloads, playDemo } from "../demo/play.ts"
import { demoReport, settled } from "../demo/show.ts"
import { type RoleParts, runRole } from "../role.ts"
import { type ApiRole, openApiPart } from "../roles/api-role.ts"
import { openBusPart } from "../roles/bus-part.ts"
import { openDetectPart } from "../roles/detect-role.ts"
import { openMirrorPart, openMirrorSwitch } from "../roles/mirror-role.ts"
import { openPolicyPart } from "../roles/policy-part.ts"
import { openRespondPart } from "../roles/respond-role.ts"
import { openSandboxPart } from "../roles/sandbox-role.ts"
import { openSocPart } from "../roles/soc-role.ts"
import { openIngestPart, openStorePart } from "../roles/store-role.ts"
import { openSensor, publishTo } from "../sensor-role.ts"

interface UpOptions {
  readonly config?: string
  /** Seconds, or true for the usual pace. */
  readonly demo?: string | boolean
}

export function addUp(program: Command): void {
  program
    .command("up")
    .description("Run everything in one process: sensor, detection, store, API and console, with nothing else to install.")
    .option("-c, --config <file>", "configuration (default: EGRET_CONFIG, ./egret.yaml, /etc/egret/egret.yaml)")
    .option(
      "--demo [seconds]",
      "play a sample day of mirrored agent traffic into the sensor's own port within so many seconds (15), in a folder of its own (.egret/demo)",
    )
    .addHelpText(
      "after",
      `
Send mirrored traffic (VXLAN) to UDP port 4789 of this machine, and give TLS keys by EGRET__KEYS__LOGS. The console is served on the link that is
printed; it signs an administrator in once, while nobody else can sign in (egret user add). Rows are kept in .egret under the current folder; ask them in
the console, or with \`egret query\` once this has ended. SIGTERM or Ctrl-C finishes what was received; a second one ends at once.

Examples:
  $ egret up
  $ egret up --demo
  $ EGRET__SENSOR__CAPTURE__UDP__LISTEN=127.0.0.1:14789 EGRET__KEYS__LOGS=[/var/log/keys.log] egret up`,
    )
    .action(async ({ config, demo }: UpOptions) => {
      if (demo === undefined || demo === false) return runRole({ name: "up", file: config }, async (parts) => void (await openAll(parts)))
      const seconds = demo === true ? DEMO_SECONDS : secondsOf(demo)
      await prepareDemo()
      return runRole({ name: "up", file: config, env: { ...DEMO, ...process.env } }, (parts) => runDemo(parts, seconds))
    })
}

interface Everything {
  readonly store: Store
  readonly sensor: LiveSensor
  readonly api: ApiRole | undefined
}

/** Readers before writers: the in-process bus keeps nothing for readers that do not exist yet. Closing goes the other way. */
export async function openAll(parts: RoleParts): Promise<Everything> {
  const store = await openStorePart(parts)
  const bus = await openBusPart(parts)
  const policy = await openPolicyPart(parts, store)
  const mirror = openMirrorSwitch(parts)
  const respond = await openRespondPart(parts, { bus, store })
  const soc = await openSocPart(parts, bus)
  const api = parts.config.api.enabled
    ? await openApiPart(parts, { store, bus, policy, respond: { ...respond, ...soc }, ...(mirror !== undefined && { mirror }) })
    : undefined
  await openIngestPart(parts, { bus, store })
  await openSandboxPart(parts, { bus, policy, store })
  await openDetectPart(parts, { bus, policy })
  if (mirror !== undefined) await openMirrorPart(parts, { bus, mirror })
  // On the way down: the sensor is closed by then, the readers are still there to handle what it has put on the bus.
  await parts.life.open(
    "bus drained",
    () => bus,
    (it) => it.close(),
  )
  const sensor = await openSensor(parts, publishTo(bus))
  void sensor.ended.then(() => parts.life.stop("the input has ended"))
  if (api?.onceLink !== undefined) process.stdout.write(`\nConsole: ${api.onceLink}\n(the link signs an administrator in once)\n`)
  return { store, sensor, api }
}

async function prepareDemo(): Promise<void> {
  rmSync(DEMO_FOLDER, { recursive: true, force: true })
  mkdirSync(`${DEMO_FOLDER}/mirror`, { recursive: true })
  await writeFileAtomic(`${DEMO_FOLDER}/mirror/workloads.json`, JSON.stringify(demoWorkloads))
}

async function runDemo(parts: RoleParts, seconds: number): Promise<void> {
  const { store, sensor, api } = await openAll(parts)
  const [port] = sensor.ports
  if (port === undefined) return
  process.stdout.write(
    `\nPlaying a sample day of mirrored traffic into the sensor, which takes ${seconds} s; the console shows it as it comes …\n`,
  )
  const sent = await playDemo({ port, seconds })
  await settled(store)
  process.stdout.write(`${sent} packets sent.\n${await demoReport(store)}`)
  process.stdout.write(`
Look further:
  ${api === undefined ? "" : `the console: ${api.onceLink ?? api.url}\n  `}after Ctrl-C: npx egret query "SELECT name, confidence FROM agents" --data ${DEMO_FOLDER}/store
  your own capture: npx egret replay FILE --keylog KEYS

`)
}

function secondsOf(given: string): number {
  const seconds = Number(given)
  if (seconds >= 1 && seconds <= 3_600) return seconds
  throw new ConfigError({ path: "--demo", got: given, want: "seconds from 1 to 3600", hint: "egret up --demo 60 lets you watch it happen" })
}

/** Long enough to watch the console fill, short enough not to wait for it. */
const DEMO_SECONDS = 15
const DEMO_FOLDER = ".egret/demo"
/** Lower than anything the environment says, so that ports can be moved when they are taken. */
const DEMO: Readonly<Record<string, string>> = {
  EGRET__SENSOR__NAME: "demo",
  EGRET__SENSOR__CAPTURE__UDP__LISTEN: "127.0.0.1:4789",
  EGRET__SENSOR__SPOOL__SIZE: "64MB",
  EGRET__SENSOR__SPOOL__FOLDER: `${DEMO_FOLDER}/spool`,
  EGRET__KEYS__LOGS: JSON.stringify([demoKeys]),
  EGRET__STORE__EMBEDDED__PATH: `${DEMO_FOLDER}/store`,
  EGRET__STORE__WRITER__DELAY: "200ms",
  EGRET__DETECT__STATE_DIR: `${DEMO_FOLDER}/detect`,
  EGRET__API__STATE_DIR: `${DEMO_FOLDER}/api`,
  EGRET__MIRROR__STATE_DIR: `${DEMO_FOLDER}/mirror`,
  EGRET__SANDBOX__STATE_DIR: `${DEMO_FOLDER}/sandbox`,
  EGRET__LOG__LEVEL: "warn",
}
