import { type ChildProcess, spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { expect, it } from "vitest"
import { Secret } from "../../services/contracts/config/secret.ts"
import { requires } from "../support/requires.ts"
import { type OpenKind, socKinds } from "../support/soc-kinds.ts"

const openssl = requires("openssl")
const COUNT = 120
const KILLS = 4
const ids = Array.from({ length: COUNT }, (_, index) => `e${index}`)

it.skipIf(openssl.missing)(
  "kill -9 at any moment loses no alert at any destination, and none arrives twice where the protocol knows it",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "egret-soc-crash-"))
    const kinds = await Promise.all(socKinds.map(async (kind) => ({ kind, receiver: await kind.open() })))
    const given = kinds.map(({ receiver }, index) => ({ ...plain(receiver), name: `d${index}`, batch: 20 }))
    let finished = false
    let kills = 0
    while (!finished) {
      const child = start([folder, String(COUNT), JSON.stringify(given)])
      const kill = kills < KILLS
      finished = await new Promise<boolean>((done) => {
        let output = ""
        child.stdout?.on("data", (chunk) => {
          output += String(chunk)
          // From its first moment of work on.
          if (kill && output === "ready\n") setTimeout(() => child.kill("SIGKILL"), Math.random() * 700)
        })
        child.once("exit", () => done(output.includes("done")))
      })
      if (!finished) kills += 1
    }
    expect(kills).toBeGreaterThan(1)
    await sleep(200)
    for (const { kind, receiver } of kinds) {
      const arrived = receiver.arrived()
      const lost = ids.filter((id) => !arrived.includes(id))
      // Nobody hears of a datagram that the receiver's buffer had no room for.
      if (kind.tellsOutages) expect([kind.name, lost]).toEqual([kind.name, []])
      if (kind.knowsRepetitions) expect([kind.name, arrived.length]).toEqual([kind.name, COUNT])
      // One message at most is repeated by a kill where each is a request of its own, a batch at most elsewhere.
      expect(arrived.length - COUNT).toBeLessThanOrEqual(kills * (kind.name === "slack" || kind.name === "teams" ? 1 : 20))
      await receiver.close()
    }
    rmSync(folder, { recursive: true, force: true })
  },
)

function start(args: readonly string[]): ChildProcess {
  const loader = resolve(import.meta.dirname, "../../node_modules/tsx/dist/loader.mjs")
  return spawn(process.execPath, ["--import", loader, resolve(import.meta.dirname, "../support/soc-child.ts"), ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  })
}

/** Secrets by word, for the child. */
function plain({ given }: OpenKind): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(given).map(([key, value]) => [key, value instanceof Secret ? `secret:${value.reveal()}` : value]),
  )
}
