import type { Command } from "commander"
import { runRole } from "../role.ts"
import { demandSharedBus, openBusPart } from "../roles/bus-part.ts"
import { openIngestPart, openStorePart } from "../roles/store-role.ts"

export function addStore(program: Command): void {
  program
    .command("store")
    .description("Run the store role: activities, findings, events, verdicts and files from Kafka to ClickHouse, until stopped.")
    .option("-c, --config <file>", "configuration (default: EGRET_CONFIG, ./egret.yaml, /etc/egret/egret.yaml)")
    .addHelpText(
      "after",
      `
Run as many as you like: partitions are shared among them. Tables are made and migrated at start. SIGTERM stores what was read and ends.

Examples:
  $ egret store --config /etc/egret/egret.yaml
  $ EGRET__BUS__KIND=kafka EGRET__STORE__ENGINE=server EGRET__STORE__SERVER__URL=http://clickhouse:8123 egret store`,
    )
    .action(({ config }: { config?: string }) =>
      runRole({ name: "store", file: config }, async (parts) => {
        demandSharedBus(parts, "store")
        const store = await openStorePart(parts)
        const bus = await openBusPart(parts)
        await openIngestPart(parts, { bus, store })
      }),
    )
}
