// `egret mirror doctor`: every known cause of "no packets", checked one by one; then packets themselves.
import { randomBytes } from "node:crypto"
import type { Command } from "commander"
import { canaryPacket, listenForVnis, sendCanary } from "../../mirroring/canary.ts"
import type { Check } from "../../mirroring/doctor.ts"
import type { MirrorPlan } from "../../mirroring/model.ts"
import { type MirrorOptions, openMirroring, requestOf, withOptions } from "./mirror-options.ts"

type DoctorOptions = MirrorOptions & { readonly canary?: boolean; readonly seconds: string }

export function addMirrorDoctor(mirror: Command): void {
  withOptions(
    mirror
      .command("doctor")
      .description("Check every known cause of missing packets, with the fix for each. Exit code 2 when there is a problem."),
    true,
  )
    .option(
      "--canary",
      "send a test packet of every session to the sensor's port; when no sensor listens there, listen for packets ourselves",
    )
    .option("--seconds <n>", "how long to listen for mirrored packets", "10")
    .addHelpText(
      "after",
      `
Examples:
  $ egret mirror doctor --egress-ip 203.0.113.7 --target eni-0123456789abcdef0
  $ egret mirror doctor --canary --seconds 30`,
    )
    .action(runDoctor)
}

async function runDoctor(options: DoctorOptions): Promise<void> {
  const mirroring = openMirroring(options)
  const plan = await mirroring.plan(requestOf(mirroring, options))
  const checks = await mirroring.examine(plan)
  if (options.canary === true) checks.push(...(await canaryChecks(plan, mirroring.config.sensor, Number(options.seconds) * 1_000)))
  process.stdout.write(options.json === true ? `${JSON.stringify(checks, null, 2)}\n` : checks.map(line).join(""))
  if (checks.some((check) => check.state === "problem")) process.exitCode = 2
}

async function canaryChecks(plan: MirrorPlan, sensor: string, millis: number): Promise<Check[]> {
  const at = sensor.lastIndexOf(":")
  const place = { host: sensor.slice(0, at), port: Number(sensor.slice(at + 1)) }
  const name = `canary-${randomBytes(6).toString("hex")}.egret.invalid`
  const send = async () => {
    for (const session of plan.sessions) await sendCanary(canaryPacket(session.vni, name), place)
  }
  let seen: Map<number, number>
  try {
    seen = await listenForVnis(place.port, { millis, send })
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EADDRINUSE")) throw error
    await send()
    return [
      {
        id: "canary",
        state: "ok",
        what: `a look-up of ${name} was sent to the sensor on ${sensor}, once a session; find it with: egret query "SELECT name, at FROM dns WHERE name = '${name}'"`,
      },
    ]
  }
  // One packet a session is our own.
  return plan.sessions.map((session) => {
    const mirrored = (seen.get(session.vni) ?? 0) - 1
    return mirrored > 0
      ? { id: "packets", state: "ok", what: `${session.networkInterface}: ${mirrored} mirrored packets with VNI ${session.vni}` }
      : {
          id: "packets",
          state: "problem",
          what: `${session.networkInterface}: no packet with VNI ${session.vni} in ${millis / 1_000} s`,
          fix: "make the agent send something, then see the checks above",
        }
  })
}

function line(check: Check): string {
  const mark = { ok: "ok      ", warning: "warning ", problem: "PROBLEM " }[check.state]
  return `${mark}${check.what}${check.fix === undefined ? "" : `\n        fix: ${check.fix}`}\n`
}
