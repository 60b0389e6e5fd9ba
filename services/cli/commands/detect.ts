import type { Command } from "commander"
import { runRole } from "../role.ts"
import { demandSharedBus, openBusPart } from "../roles/bus-part.ts"
import { openDetectPart } from "../roles/detect-role.ts"
import { openPolicyPart } from "../roles/policy-part.ts"

export function addDetect(program: Command): void {
  program
    .command("detect")
    .description(
      "Run the detect role: activities from Kafka through detectors, correlation and policy to findings and events, until stopped.",
    )
    .option("-c, --config <file>", "configuration (default: EGRET_CONFIG, ./egret.yaml, /etc/egret/egret.yaml)")
    .addHelpText(
      "after",
      `
Run as many as you like: workloads are shared among them. SIGHUP reads the policy again, SIGTERM finishes what was read and ends.

Examples:
  $ egret detect --config /etc/egret/egret.yaml
  $ EGRET__BUS__KIND=kafka EGRET__BUS__KAFKA__BROKERS=[kafka:9092] EGRET__POLICY__PRESET=strict egret detect`,
    )
    .action(({ config }: { config?: string }) =>
      runRole({ name: "detect", file: config }, async (parts) => {
        demandSharedBus(parts, "detect")
        const bus = await openBusPart(parts)
        await openDetectPart(parts, { bus, policy: await openPolicyPart(parts) })
      }),
    )
}
