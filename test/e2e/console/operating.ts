// What an operator does: evidence for a case file, responses, the SOC's destinations, retention, mirroring.
import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { violations } from "../../support/console.ts"
import { ips } from "../../support/ec2/world.ts"
import { requires } from "../../support/requires.ts"
import { Desk, PATIENT, type World } from "./world.ts"

const tshark = requires("tshark")

export function operating(world: () => World): void {
  describe("operating", () => {
    const desk = new Desk(world)

    describe("evidence", () => {
      it.skipIf(tshark.missing)(
        "comes from the button as pcapng that tshark opens by itself, and the download is in the audit trail",
        async () => {
          await desk.open("audit?kind=llm")
          await desk.rows().filter({ hasText: "claude" }).first().locator("a.row-link").click()
          const [download] = await Promise.all([
            desk.page.waitForEvent("download"),
            desk.page.getByRole("button", { name: "Download pcapng" }).first().click(),
          ])
          const file = join(world().folder, "evidence.pcapng")
          await download.saveAs(file)
          const fields = ["-e", "http.host", "-e", "http2.headers.authority"]
          const seen = execFileSync("tshark", ["-n", "-r", file, "-Y", "http || http2", "-T", "fields", ...fields])
          expect(seen.toString()).toContain("api.anthropic.com")
          await desk.open("settings")
          await desk.page.getByRole("cell", { name: "download-evidence" }).first().waitFor()
        },
      )

      it("comes as HAR that a browser plays back: the page as the agent got it", async () => {
        await desk.follow("audit?kind=http&host=docs.pool-library.example", "")
        const [download] = await Promise.all([
          desk.page.waitForEvent("download"),
          desk.page.getByRole("button", { name: "Download HAR" }).first().click(),
        ])
        const file = join(world().folder, "evidence.har")
        await download.saveAs(file)
        const { url } = JSON.parse(readFileSync(file, "utf8")).log.entries[0].request
        const context = await world().demo.browser.newContext({ javaScriptEnabled: false })
        await context.routeFromHAR(file, { notFound: "abort" })
        const page = await context.newPage()
        const answer = await page.goto(url)
        expect(answer?.status()).toBe(200)
        expect(await page.locator("h1").allTextContents()).toEqual(["Release notes"])
        await context.close()
      })
    })

    it("plans a response to an event, shows its steps, applies it, and takes it back", async () => {
      await desk.open("events?host=collect.hook-inbox.example")
      await desk.page.locator("tbody a.row-link").first().click()
      const card = desk.page.locator("section.card", { has: desk.page.getByRole("heading", { name: "Responses" }) })
      await card.getByRole("button", { name: "Plan a response" }).click()
      await desk.page.getByRole("dialog").getByRole("button", { name: "Show the plan" }).click()
      await card.getByText("planned").waitFor()
      await card.locator("pre", { hasText: "collect.hook-inbox.example" }).first().waitFor()
      await card.getByRole("button", { name: "Apply" }).click()
      await desk.page.locator("dialog button.primary").click()
      await card.locator(".badge", { hasText: "applied" }).waitFor()
      await desk.open("events?tab=responses")
      await desk.page.getByText("gateways").waitFor()
      expect(await violations(desk.page)).toEqual([])
      await desk.page.getByRole("button", { name: "Take back" }).click()
      await desk.page.locator("dialog button.primary").click()
      await desk.page.locator(".badge", { hasText: "reverted" }).waitFor()
    })

    describe("the SOC's destinations", () => {
      const line = (name: string) => desk.page.locator("li.soc", { hasText: name })

      it("say how they are doing, and whether a test event arrives", async () => {
        await desk.open("sensors")
        await line("archive").getByText("delivering").waitFor()
        await line("archive").getByRole("button", { name: "Send a test" }).click()
        await line("archive").getByText("The test event arrived.").waitFor()
        await line("hook").getByRole("button", { name: "Send a test" }).click()
        await line("hook").locator("p.bad-text", { hasText: "400" }).waitFor()
      })

      it("get what they had refused for good once more, when somebody has mended the cause and says so", async () => {
        const { hook } = world()
        await desk.open("sensors")
        const again = line("hook").getByRole("button", { name: "Try the refused again" })
        await again.waitFor()
        expect(await line("archive").getByRole("button", { name: "Try the refused again" }).count()).toBe(0)
        hook.refuses = false
        await again.click()
        await line("hook")
          .getByText(/put back into the queue/)
          .waitFor()
        const count = Number.parseInt(await line("hook").locator("p[role=status]").innerText(), 10)
        expect(count).toBeGreaterThan(0)
        await expect.poll(() => hook.taken, PATIENT).toBeGreaterThanOrEqual(count)
        await again.waitFor({ state: "detached" })
        await desk.open("settings")
        await desk.page.getByRole("cell", { name: "soc-retry" }).first().waitFor()
      })
    })

    it("keeps the retention that an administrator sets, and goes back to the configuration's", async () => {
      await desk.open("settings")
      const days = desk.page.getByLabel("Prompts, bodies and headers: Days")
      expect(await days.inputValue()).toBe("30")
      await days.fill("14")
      await desk.press("Save")
      await desk.page.getByText("(configured: 30)").waitFor()
      await desk.press("As configured")
      await desk.page.getByText("As the configuration says").waitFor()
      await expect.poll(() => days.inputValue(), PATIENT).toBe("30")
    })

    describe("mirroring", () => {
      it("protects an egress IP after showing its plan, checks it, and stops without a trace", async () => {
        const { cloud } = world()
        await desk.open("runtime")
        await desk.page.getByLabel("Protect an egress IP").fill(ips.nat)
        await desk.press("Show the plan")
        const plan = desk.page.getByRole("region", { name: "Plan" })
        await plan.waitFor()
        expect(await plan.innerText()).toContain("eni-a1")
        expect(await plan.innerText()).toContain("left out")
        expect(cloud.everything).toEqual([])
        expect(await violations(desk.page)).toEqual([])
        await desk.press("Mirror now")
        await desk.page.getByRole("button", { name: "Stop mirroring", exact: true }).waitFor()
        expect(cloud.sessions.size).toBe(2)
        await desk.press("Check for missing packets")
        await desk.page.getByText("is mirrored with VNI").first().waitFor()
        await desk.press("Stop mirroring")
        await desk.press(`Stop mirroring ${ips.nat}`)
        await desk.page.locator("strong", { hasText: ips.nat }).waitFor({ state: "detached" })
        expect(cloud.everything).toEqual([])
      })

      it("says why an address cannot be mirrored, and offers nothing to press", async () => {
        await desk.open("runtime")
        await desk.page.getByLabel("Protect an egress IP").fill(ips.lambda)
        await desk.press("Show the plan")
        await desk.page.getByText("This cannot be mirrored").waitFor()
        expect(await desk.page.getByRole("button", { name: "Mirror now" }).count()).toBe(0)
      })
    })
  })
}
