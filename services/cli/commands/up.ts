import type { Command } from "commander"
import { type RoleParts, runRole } from "../role.ts"
import { openBusPart } from "../roles/bus-part.ts"
import { openDetectPart } from "../roles/detect-role.ts"
import { openIngestPart, openStorePart } from "../roles/store-role.ts"
import { openSensor, publishTo } from "../sensor-role.ts"

export function addUp(program: Command): void {
  program
    .command("up")
    .description("Run everything in one process: sensor, detection and store, with nothing else to install.")
    .option("-c, --config <file>", "configuration (default: EGRET_CONFIG, ./egret.yaml, /etc/egret/egret.yaml)")
    .addHelpText(
      "after",
      `
Send mirrored traffic (VXLAN) to UDP port 4789 of this machine, and give TLS keys by EGRET__KEYS__LOGS. Rows are kept in .egret under the current
folder; ask them with \`egret query\` once this has ended. SIGTERM or Ctrl-C finishes what was received; a second one ends at once.

Examples:
  $ egret up
  $ EGRET__SENSOR__CAPTURE__UDP__LISTEN=127.0.0.1:14789 EGRET__KEYS__LOGS=[/var/log/keys.log] egret up`,
    )
    .action(({ config }: { config?: string }) => runRole({ name: "up", file: config }, openAll))
}

/** Readers before writers: the in-process bus keeps nothing for readers that do not exist yet. Closing goes the other way. */
export async function openAll(parts: RoleParts): Promise<void> {
  const store = await openStorePart(parts)
  const bus = await openBusPart(parts)
  await openIngestPart(parts, { bus, store })
  await openDetectPart(parts, bus)
  // On the way down: the sensor is closed by then, the readers are still there to handle what it has put on the bus.
  await parts.life.open(
    "bus drained",
    () => bus,
    (it) => it.close(),
  )
  const sensor = await openSensor(parts, publishTo(bus))
  void sensor.ended.then(() => parts.life.stop("the input has ended"))
}
