// The switch on the Runtime page against an EC2 that behaves: nothing is made before its plan was shown, and it is undone from the same place.
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { axeScript, builtConsole, type Demo, openDemo, violations, visit, watch } from "../support/console.ts"
import { FakeEc2 } from "../support/ec2/fake.ts"
import { ips, sensorInterface, smallWorld } from "../support/ec2/world.ts"
import { missing, requires } from "../support/requires.ts"

const unbuilt = builtConsole()
const need = [requires("chromium", "chdb"), ...(unbuilt === undefined ? [] : [missing("built console", unbuilt)])]

describe.skipIf(need.some((one) => one.missing))("mirroring in the console", () => {
  const cloud = new FakeEc2(smallWorld())
  const stateDir = mkdtempSync(join(tmpdir(), "egret-mirror-console-"))
  let demo: Demo
  let page: Page
  let problems: string[]
  beforeAll(async () => {
    demo = await openDemo({
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      EGRET__MIRROR__REGION: "eu-central-1",
      EGRET__MIRROR__ENDPOINT: await cloud.start(),
      EGRET__MIRROR__STATE_DIR: stateDir,
      EGRET__MIRROR__TARGET__NETWORK_INTERFACE: sensorInterface,
    })
    page = await demo.admin.newPage()
    await page.addInitScript({ content: axeScript() })
    page.setDefaultTimeout(20_000)
    problems = watch(page)
  })
  afterAll(async () => {
    await demo?.close()
    await cloud.stop()
    rmSync(stateDir, { recursive: true, force: true })
  })
  const press = (name: string) => page.getByRole("button", { name, exact: true }).click()

  it("protects an egress IP after showing its plan, checks it, and stops without a trace", async () => {
    await visit(page, demo.origin, "runtime")
    await page.getByLabel("Protect an egress IP").fill(ips.nat)
    await press("Show the plan")
    const plan = page.getByRole("region", { name: "Plan" })
    await plan.waitFor()
    expect(await plan.innerText()).toContain("eni-a1")
    expect(await plan.innerText()).toContain("left out")
    expect(cloud.everything).toEqual([])
    expect(await violations(page)).toEqual([])
    await press("Mirror now")
    await page.getByRole("button", { name: "Stop mirroring", exact: true }).waitFor()
    expect(cloud.sessions.size).toBe(2)
    await press("Check for missing packets")
    await page.getByText("is mirrored with VNI").first().waitFor()
    await press("Stop mirroring")
    await press(`Stop mirroring ${ips.nat}`)
    await page.locator("strong", { hasText: ips.nat }).waitFor({ state: "detached" })
    expect(cloud.everything).toEqual([])
    expect(problems).toEqual([])
  })

  it("says why an address cannot be mirrored, and offers nothing to press", async () => {
    await visit(page, demo.origin, "runtime")
    await page.getByLabel("Protect an egress IP").fill(ips.lambda)
    await press("Show the plan")
    await page.getByText("This cannot be mirrored").waitFor()
    expect(await page.getByRole("button", { name: "Mirror now" }).count()).toBe(0)
  })
})
