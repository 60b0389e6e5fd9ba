import type { Command } from "commander"
import { openBus } from "../../bus/open-bus.ts"
import { LineWriter } from "../line-writer.ts"
import { runRole } from "../role.ts"
import { openSensor, publishTo, type SensorOutput } from "../sensor-role.ts"

export function addSensor(program: Command): void {
  program
    .command("sensor")
    .description("Take mirrored traffic (VXLAN, GENEVE, libpcap, a tcpdump pipe), rebuild what was said, and put it on the bus.")
    .option("-c, --config <file>", "configuration (default: EGRET_CONFIG, ./egret.yaml, /etc/egret/egret.yaml)")
    .option("--print", "print envelopes as JSON lines on the standard output instead of putting them on the bus")
    .addHelpText(
      "after",
      `
Configured under sensor and keys, for example by variables:
  EGRET__SENSOR__CAPTURE__KIND          udp (default), pcap or stdin
  EGRET__SENSOR__CAPTURE__UDP__LISTEN   where VXLAN is received (default 0.0.0.0:4789)
  EGRET__SENSOR__WORKERS                threads that rebuild traffic
  EGRET__KEYS__LOGS                     TLS key logs to follow

Examples:
  $ egret sensor --config egret.yaml
  $ EGRET__SENSOR__CAPTURE__KIND=pcap egret sensor --print
  $ tcpdump -i eth0 -U -w - tcp port 443 | EGRET__SENSOR__CAPTURE__KIND=stdin egret sensor --print`,
    )
    .action(({ config: file, print }: { config?: string; print?: boolean }) => run({ file, print: print === true }))
}

async function run({ file, print }: { file: string | undefined; print: boolean }): Promise<void> {
  await runRole({ name: "sensor", file }, async (parts) => {
    const { life, logger, metrics, config } = parts
    const output = print
      ? printTo(new LineWriter(process.stdout))
      : publishTo(
          await life.open(
            "bus",
            () => openBus(config.bus, { logger, metrics }),
            (bus) => bus.close(),
          ),
        )
    const sensor = await openSensor(parts, output)
    void sensor.ended.then(() => life.stop("the input has ended"))
  })
}

function printTo(output: LineWriter): SensorOutput {
  return {
    publish: async (lines) => {
      for (const line of lines) output.line(Buffer.from(line).toString())
      await output.drained()
    },
  }
}
