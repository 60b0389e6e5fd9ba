// A process that takes events as from a bus and sends them, for the crash tests. What it accepted it writes down afterwards, as a bus commits an offset:
// killed in between, it takes the same events again. Killed at will.
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { setTimeout as sleep } from "node:timers/promises"
import { type SocConfig, socConfig } from "../../services/contracts/config/soc.ts"
import { openSocHub } from "../../services/soc/hub.ts"
import { eventRecord } from "./soc.ts"
import { destinationOf, secret } from "./soc-destination.ts"

const [folder = "", count = "0", given = "[]"] = process.argv.slice(2)
const destinations = (JSON.parse(given) as Record<string, unknown>[]).map((each) =>
  destinationOf(
    Object.fromEntries(
      Object.entries(each).map(([key, value]) => [
        key,
        typeof value === "string" && value.startsWith("secret:") ? secret(value.slice(7)) : value,
      ]),
    ),
  ),
)
const config: SocConfig = { ...socConfig.parse({ stateDir: `${folder}/state` }), destinations }
const committed = `${folder}/offset`
const hub = openSocHub(config, "1")
let offset = existsSync(committed) ? Number(readFileSync(committed, "utf8")) : 0
process.stdout.write("ready\n")
while (offset < Number(count)) {
  const batch = Array.from({ length: Math.min(7, Number(count) - offset) }, (_, index) => eventRecord(`e${offset + index}`))
  hub.accept(batch)
  offset += batch.length
  await sleep(3)
  writeFileSync(committed, String(offset))
}
while (hub.health().some(({ waiting }) => waiting > 0)) await sleep(5)
await hub.close()
process.stdout.write("done\n")
