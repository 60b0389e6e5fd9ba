import type { Command } from "commander"

type Add = (program: Command) => void

/** In the order of `egret --help`. Each is loaded when it is asked for: all of them together take seconds to read. */
const commands: ReadonlyMap<string, () => Promise<Add>> = new Map([
  ["up", () => import("./up.ts").then(({ addUp }) => addUp)],
  ["replay", () => import("./replay.ts").then(({ addReplay }) => addReplay)],
  ["sensor", () => import("./sensor.ts").then(({ addSensor }) => addSensor)],
  ["scan", () => import("./scan.ts").then(({ addScan }) => addScan)],
  ["explain", () => import("./explain.ts").then(({ addExplain }) => addExplain)],
  ["policy", () => import("./policy.ts").then(({ addPolicy }) => addPolicy)],
  ["values", () => import("./values.ts").then(({ addValues }) => addValues)],
  ["check", () => import("./check.ts").then(({ addCheck }) => addCheck)],
  ["mirror", () => import("./mirror.ts").then(({ addMirror }) => addMirror)],
  ["keys", () => import("./keys.ts").then(({ addKeys }) => addKeys)],
  ["query", () => import("./query.ts").then(({ addQuery }) => addQuery)],
  ["sandbox", () => import("./sandbox.ts").then(({ addSandbox }) => addSandbox)],
  ["soc", () => import("./soc.ts").then(({ addSoc }) => addSoc)],
  ["respond", () => import("./respond.ts").then(({ addRespond }) => addRespond)],
  ["user", () => import("./user.ts").then(({ addUser }) => addUser)],
  ["token", () => import("./user.ts").then(({ addToken }) => addToken)],
  ["audit", () => import("./audit.ts").then(({ addAudit }) => addAudit)],
  ["api", () => import("./api.ts").then(({ addApi }) => addApi)],
  ["detect", () => import("./detect.ts").then(({ addDetect }) => addDetect)],
  ["store", () => import("./store.ts").then(({ addStore }) => addStore)],
])

/** The one that is named, or all of them: for help, and for names that nobody knows. */
export async function commandsFor(name: string | undefined): Promise<readonly Add[]> {
  const named = name === undefined ? undefined : commands.get(name)
  return Promise.all(named === undefined ? [...commands.values()].map((load) => load()) : [named()])
}
