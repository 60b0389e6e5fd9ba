// An examiner in a process of its own, to be killed: takes the same files in again after every start, as a bus does that was not acknowledged, and writes down
// what it publishes.
import { createHash } from "node:crypto"
import { appendFileSync } from "node:fs"
import { join } from "node:path"
import { sandboxConfig } from "../../../services/contracts/config/sandbox.ts"
import { Secret } from "../../../services/contracts/config/secret.ts"
import { CaseStore } from "../../../services/sandbox/case-store.ts"
import { Examiner } from "../../../services/sandbox/examiner.ts"
import { openEngine } from "../../../services/sandbox/open-engines.ts"
import { Vault } from "../../../services/sandbox/vault.ts"
import { fakeEngine, said, script } from "./examining.ts"

const [folder = "", url = "", count = "0"] = process.argv.slice(2)
const [config] = sandboxConfig.parse({ engines: [{ type: "cape", name: "cape", url, token: "env:CAPE", poll: "50ms" }] }).engines
if (config?.type !== "cape" || !(config.token instanceof Secret)) throw new Error("no engine")
config.token.fill("cape-token")
const vault = new Vault(join(folder, "files"), { maxFile: 1e6, keep: 1e8 })
const examiner = new Examiner({
  engines: [fakeEngine("static", { submit: async () => said("clean") }), openEngine(config)],
  kinds: ["script"],
  cases: new CaseStore(folder),
  vault,
  queue: 1_000,
  cache: 1e9,
  recheck: 1e9,
  recheckFor: 1e9,
  events: "suspicious",
  hunt: async () => [],
  judges: { decide: () => ({ action: "alert", enforced: true, rule: "t", reason: "" }), suppressed: () => undefined },
  publish: async ({ verdicts }) =>
    appendFileSync(join(folder, "published"), verdicts.map((verdict) => `${JSON.stringify(verdict)}\n`).join("")),
})
examiner.start()
for (let n = 0; n < Number(count); n++) {
  const one = script(`echo ${n} ${createHash("sha256").update(String(n)).digest("hex")}`)
  await vault.put(one.info.sha256, one.bytes)
  await examiner.accept(one)
}
process.stdout.write("accepted\n")
await examiner.idle()
process.stdout.write("done\n")
await examiner.close()
