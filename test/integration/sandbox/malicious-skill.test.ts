// A malicious skill all the way, through `egret up` as a user runs it: mirrored packets, the rebuilt skill, the static verdict, an engine that is asked over
// HTTP and answers late, one merged verdict, an event for every agent that has it, rows in the store.
import type { ChildProcess } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { afterAll, describe, expect, it } from "vitest"
import { egret, startEgret } from "../../support/egret.ts"
import { freePort } from "../../support/ports.ts"
import { requires } from "../../support/requires.ts"
import { download, mirror, skillName } from "../../support/sandbox/malicious-skill.ts"
import { openReceiver } from "../../support/soc.ts"

const chdb = requires("chdb")
const folder = mkdtempSync(join(tmpdir(), "egret-skill-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.skipIf(chdb.missing)("a malicious skill", () => {
  it("goes from packets to a static verdict, an engine's verdict, one merged verdict and an event for every agent that has it", async () => {
    let ready = false
    const vendor = await openReceiver(({ path }) => {
      if (path === "/submit") return { status: 200, body: JSON.stringify({ id: "job-1" }) }
      if (!path.startsWith("/report/")) return { status: 404, body: "{}" }
      return {
        status: 200,
        body: JSON.stringify(ready ? { state: "done", verdict: "Malware", names: ["Trojan.Skill"] } : { state: "running" }),
      }
    })
    const port = await freePort("udp")
    writeFileSync(join(folder, "egret.yaml"), config(port, vendor.url))
    const child = startEgret(["up"], { cwd: folder })
    let log = ""
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      log += text
    })
    try {
      await until(() => log.includes('"msg":"running"'), { child, what: () => log })
      await mirror(port, [...download("10.2.0.11", 42_001), ...download("10.2.0.12", 42_002)])
      // The engine has it, and still works on it, when the static verdict has raised the event.
      await until(() => vendor.got.some(({ path }) => path === "/report/job-1"), { child, what: () => log })
      await sleep(500)
      ready = true
      await sleep(3_000)
      child.kill("SIGTERM")
      expect(await once(child, "exit")).toEqual([0, null])
    } finally {
      child.kill("SIGKILL")
      await vendor.close()
    }
    const submitted = vendor.got.filter(({ path, body }) => path === "/submit" && body.includes("SKILL.md"))
    expect(submitted).toHaveLength(1)
    expect(submitted[0]?.body).toContain(`filename="${skillName}.zip"`)

    expect(await ask("SELECT engine, result FROM verdicts WHERE subject = 'skill' ORDER BY engine")).toEqual([
      { engine: "merged", result: "malicious" },
      { engine: "static", result: "malicious" },
      { engine: "vendor", result: "malicious" },
    ])
    const events = await ask(
      "SELECT workload_id, title, severity, class, revision, summary FROM events WHERE has(rules, 'sandbox/malicious-skill') ORDER BY workload_id",
    )
    expect(events.map(({ title, severity, class: kind }) => [title, severity, kind])).toEqual(
      Array(2).fill([`Malicious skill: ${skillName}`, "critical", "supply-chain"]),
    )
    // First raised by the static verdict, then by the engine's: the same event, a later revision.
    for (const event of events) {
      expect(Number(event["revision"])).toBeGreaterThanOrEqual(1)
      expect(event["summary"]).toMatch(/static: malicious.*vendor: malicious/)
    }
    const findings = await ask(
      "SELECT workload_id, rule, activity_kind FROM findings WHERE family = 'sandbox' AND rule = 'sandbox/malicious-skill'",
    )
    expect(new Set(findings.map(({ workload_id }) => workload_id)).size).toBe(2)
  })
})

function config(port: number, url: string): string {
  return `
log: {format: json}
metrics: {listen: "127.0.0.1:0"}
api: {enabled: false}
sensor: {capture: {udp: {listen: "127.0.0.1:${port}", genevePort: -1}}}
store: {writer: {delay: 200ms}}
sandbox:
  engines:
    - type: http
      name: vendor
      url: ${url}
      kinds: [skill]
      poll: 300ms
      submit: {path: /submit}
      report: /report/{id}
      running: {field: state, values: [running]}
      verdict: {malicious: [malware], labels: names}
`
}

async function until(condition: () => boolean, { child, what }: { child: ChildProcess; what: () => string }): Promise<void> {
  for (const last = Date.now() + 90_000; !condition(); await sleep(50))
    if (child.exitCode !== null || Date.now() > last) throw new Error(`it did not happen: ${what()}`)
}

async function ask(sql: string): Promise<Record<string, unknown>[]> {
  const { stdout, stderr, code } = await egret(["query", sql, "--format", "ndjson", "--data", join(folder, ".egret/store")])
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}
