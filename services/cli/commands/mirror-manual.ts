// `egret mirror manual`: where Egret has no driver, the steps by hand, and a look whether packets arrive.
import { type Command, Option } from "commander"
import { ConfigError } from "../../contracts/errors.ts"
import { listenForVnis } from "../../mirroring/canary.ts"
import { manualClouds, manualInstructions } from "../../mirroring/manual.ts"

interface ManualOptions {
  readonly cloud: string
  readonly egressIp?: readonly string[]
  readonly listen?: boolean
  readonly port: string
  readonly seconds: string
}

export function addMirrorManual(mirror: Command): void {
  mirror
    .command("manual")
    .description("Print what to do by hand in a cloud that Egret has no driver for, or look whether mirrored packets arrive.")
    .addOption(new Option("--cloud <cloud>", "which cloud").choices(manualClouds).default("other"))
    .option("--egress-ip <ip...>", "egress IPs to name in the instructions")
    .option("--listen", "listen for mirrored packets (VXLAN) instead, while no sensor does. Exit code 2 when none comes.")
    .option("--port <port>", "UDP port to listen on", "4789")
    .option("--seconds <n>", "how long to listen", "10")
    .addHelpText(
      "after",
      `
Examples:
  $ egret mirror manual --cloud azure --egress-ip 203.0.113.7
  $ egret mirror manual --listen --seconds 30`,
    )
    .action((options: ManualOptions) => {
      if (options.listen === true) return listen(Number(options.port), Number(options.seconds))
      process.stdout.write(manualInstructions(options.cloud, options.egressIp ?? []))
    })
}

async function listen(port: number, seconds: number): Promise<void> {
  const seen = await listenForVnis(port, { millis: seconds * 1_000 }).catch((error: unknown) => {
    if (!(error instanceof Error && "code" in error && error.code === "EADDRINUSE")) throw error
    throw new ConfigError({
      path: "--port",
      got: `UDP ${port}, which a sensor holds`,
      want: "a port that is free",
      hint: "ask the sensor: egret_sensor_packets_total on its /metrics, or the console's Sensors page",
    })
  })
  for (const [vni, packets] of seen) process.stdout.write(`VNI ${vni}: ${packets} packets\n`)
  if (seen.size > 0) return
  process.stdout.write(
    `No VXLAN packet on UDP ${port} in ${seconds} s. Mirrors that send packets as they are (GCP, SPAN ports) never arrive on a port: look with tcpdump on the interface.\n`,
  )
  process.exitCode = 2
}
