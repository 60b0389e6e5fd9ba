import type { Command } from "commander"
import { runRole } from "../role.ts"
import { openApiPart } from "../roles/api-role.ts"
import { demandSharedBus, openBusPart } from "../roles/bus-part.ts"
import { openMirrorPart, openMirrorSwitch } from "../roles/mirror-role.ts"
import { openRespondPart } from "../roles/respond-role.ts"
import { openSocPart } from "../roles/soc-role.ts"
import { openStorePart } from "../roles/store-role.ts"

export function addApi(program: Command): void {
  program
    .command("api")
    .description("Run the API role: the console and the REST API over a ClickHouse server, and the SOC's destinations, until stopped.")
    .option("-c, --config <file>", "configuration (default: EGRET_CONFIG, ./egret.yaml, /etc/egret/egret.yaml)")
    .addHelpText(
      "after",
      `
Policies are changed where they are decided: in egret detect's file, or in egret up.

Examples:
  $ egret api --config /etc/egret/egret.yaml
  $ EGRET__BUS__KIND=kafka EGRET__STORE__ENGINE=server EGRET__STORE__SERVER__URL=http://clickhouse:8123 egret api`,
    )
    .action(({ config }: { config?: string }) =>
      runRole({ name: "api", file: config }, async (parts) => {
        demandSharedBus(parts, "the API")
        const store = await openStorePart(parts)
        const bus = await openBusPart(parts)
        const soc = await openSocPart(parts, bus)
        const mirror = openMirrorSwitch(parts)
        await openApiPart(parts, {
          store,
          bus,
          ...(mirror !== undefined && { mirror }),
          respond: { ...(await openRespondPart(parts, { bus, store })), ...soc },
        })
        if (mirror !== undefined) await openMirrorPart(parts, { bus, mirror })
      }),
    )
}
