// The whole configuration: one file a section, each field with its default and its one-line description. The type is the documentation:
// docs/schemas/config.json, `egret check` and every error message are made from it.
import { z } from "zod"
import { apiConfig } from "./api.ts"
import { busConfig } from "./bus.ts"
import { detectConfig } from "./detect.ts"
import { gatewayConfig } from "./gateway.ts"
import { keysConfig } from "./keys.ts"
import { logConfig } from "./log.ts"
import { metricsConfig } from "./metrics.ts"
import { mirrorConfig } from "./mirror.ts"
import { policyConfig } from "./policy.ts"
import { respondConfig } from "./respond.ts"
import { sandboxConfig } from "./sandbox.ts"
import { sensorConfig } from "./sensor.ts"
import { socConfig } from "./soc.ts"
import { storeConfig } from "./store.ts"

export const config = z.strictObject({
  log: logConfig.prefault({}).describe("Our own log lines."),
  metrics: metricsConfig.prefault({}).describe("Prometheus metrics and health."),
  sensor: sensorConfig.prefault({}).describe("Where packets come from and how they are rebuilt."),
  keys: keysConfig.prefault({}).describe("Where the agents' TLS secrets come from."),
  gateway: gatewayConfig.prefault({}).describe("The in-path proxy."),
  bus: busConfig.prefault({}).describe("How the roles pass events on."),
  detect: detectConfig.prefault({}).describe("The detectors and their worker pool."),
  policy: policyConfig.prefault({}).describe("What is done about a finding."),
  store: storeConfig.prefault({}).describe("Where audit rows, findings and events are kept."),
  api: apiConfig.prefault({}).describe("The HTTP API and the console."),
  mirror: mirrorConfig.prefault({}).describe("Turning mirroring on in a cloud."),
  soc: socConfig.prefault({}).describe("Where findings and events are sent."),
  sandbox: sandboxConfig.prefault({}).describe("Who examines reconstructed files."),
  respond: respondConfig.prefault({}).describe("Actions taken on an event; all off by default."),
})
export type Config = z.infer<typeof config>
