// Every page shows what the demo day holds, is light, and reads well for everybody.
import { beforeAll, describe, expect, it } from "vitest"
import { axeScript, overflow, violations, visit } from "../../support/console.ts"
import { Desk, PATIENT, type World } from "./world.ts"

export function pages(world: () => World): void {
  describe("pages", () => {
    let bytes = 0
    const desk = new Desk(world, {
      before: async (page) => {
        const network = await page.context().newCDPSession(page)
        await network.send("Network.enable")
        // As for somebody who has never been here.
        await network.send("Network.setCacheDisabled", { cacheDisabled: true })
        network.on("Network.loadingFinished", ({ encodedDataLength }) => {
          bytes += encodedDataLength
        })
      },
    })

    describe.each(PAGES)("$heading at #/$place", ({ place, heading, holds }) => {
      let brought = 0
      beforeAll(async () => {
        bytes = 0
        await desk.open(place)
        brought = bytes
      })

      it("shows what the demo day holds", async () => {
        expect(await desk.page.locator("main h1").allInnerTexts()).toEqual([heading])
        expect(await desk.page.title()).toBe(`${heading} · Egret`)
        const shown = await desk.main()
        for (const text of holds) expect(shown).toContain(text)
        expect(await desk.rows().count()).toBeGreaterThan(place.startsWith("behaviour") ? -1 : 0)
        expect(await desk.page.locator(".problem").allInnerTexts()).toEqual([])
      })

      it("brings no more than 300 kB, with its data, to a browser that has nothing yet", () => {
        expect(brought).toBeGreaterThan(20_000)
        expect(brought).toBeLessThanOrEqual(300_000)
      })

      it("breaks no serious rule of WCAG AA, light and dark, wide and narrow, and never scrolls sideways", () => expectReadable(desk))
    })

    it.each([
      ["an event", "events", "AWS access key id in a body"],
      ["a model call", "audit?kind=llm", "claude"],
      ["an agent", "runtime", "Claude Code"],
      ["a skill", "skills", "youtube-summarize-pro"],
      ["a tool", "skills?tab=tools", ""],
    ])("breaks none on %s either", async (_, list, text) => {
      await desk.follow(list, text)
      expect(await desk.page.locator(".problem").allInnerTexts()).toEqual([])
      await expectReadable(desk)
    })

    it("breaks none on a conversation, nor in a dialog", async () => {
      await desk.open("audit?kind=llm")
      await desk.rows().filter({ hasText: "claude" }).first().locator("a.row-link").click()
      await desk.page.locator("dl.facts a[href^='#/conversation/']").click()
      await desk.page.waitForURL(/#\/conversation\//)
      await desk.page.locator(".message.user").first().waitFor()
      await expectReadable(desk)
      await desk.page.setViewportSize({ width: 390, height: 900 })
      await desk.page.keyboard.press("?")
      await desk.page.locator("dialog[open]").waitFor()
      expect(await violations(desk.page)).toEqual([])
      expect(await overflow(desk.page)).toBe(0)
      await desk.page.keyboard.press("Escape")
      await desk.page.setViewportSize({ width: 1280, height: 900 })
    })

    it("reads well before anybody has signed in", async () => {
      const context = await world().demo.browser.newContext()
      const stranger = await context.newPage()
      await stranger.addInitScript({ content: axeScript() })
      await stranger.goto(world().demo.origin)
      await stranger.getByRole("button", { name: "Sign in" }).waitFor()
      for (const colorScheme of ["light", "dark"] as const) {
        await stranger.emulateMedia({ colorScheme })
        expect(await violations(stranger)).toEqual([])
      }
      await stranger.setViewportSize({ width: 390, height: 800 })
      expect(await overflow(stranger)).toBe(0)
      await context.close()
    })

    it("tells times in the viewer's zone, and the exact one on hover", async () => {
      const { demo } = world()
      const seen: string[] = []
      for (const timezoneId of ["Asia/Tokyo", "America/St_Johns"]) {
        const context = await demo.browser.newContext({ storageState: await demo.admin.storageState(), timezoneId })
        const page = await context.newPage()
        await visit(page, demo.origin, "audit?kind=llm")
        await page.locator("main tbody tr").last().waitFor()
        const times = await page.evaluate<[string, string][]>(TIMES)
        const [shown = "", exact = ""] = times.find(([text]) => /\d\d:\d\d:\d\d/.test(text)) ?? []
        expect(exact).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/)
        const there = new Intl.DateTimeFormat("en", { timeZone: timezoneId, timeStyle: "medium", hourCycle: "h23" }).format(new Date(exact))
        expect(shown).toContain(there)
        seen.push(there)
        await context.close()
      }
      expect(seen[0]).not.toBe(seen[1])
    })

    it("says so where an address names no page, or a thing that is not there, and leads on", async () => {
      await desk.open("no/such/page")
      expect(await desk.page.locator("main h1").innerText()).toBe("No such page")
      await desk.page.locator("main").getByRole("link", { name: "Overview" }).click()
      await desk.page.locator("main h1", { hasText: "Overview" }).waitFor()
      await desk.open(`event/${"0".repeat(32)}`)
      expect(await desk.page.locator("main .problem").innerText()).toContain("It never existed, or its retention has passed.")
      expect(await desk.page.locator("main h1").innerText()).toBe("Event")
      for (const line of desk.problems.splice(0)) expect(line).toContain("404")
    })

    describe("what a number counts", () => {
      it("is behind it: the same agent's model calls, as many as it says", async () => {
        await desk.open("runtime")
        const number = desk.rows().filter({ hasText: "Claude Code" }).first().locator("td a[href*='kind=llm']")
        const said = Number(await number.innerText())
        await number.click()
        await desk.page.locator("main h1", { hasText: "Audit log" }).waitFor()
        await expect.poll(() => desk.rows().count(), PATIENT).toBe(said)
        expect(await desk.rows().filter({ hasText: "Claude Code" }).count()).toBe(said)
      })

      it("puts the worst open events first", async () => {
        await desk.open("")
        const badges = await desk.page.locator("table").first().locator("tbody .badge").allInnerTexts()
        const ranks = badges.map((word) => ["critical", "high", "medium", "low"].indexOf(word))
        expect(ranks).toEqual([...ranks].sort((a, b) => a - b))
        expect(ranks[0]).toBe(0)
      })
    })
  })
}

/** Layout depends on the width and colours on the scheme: each of both once is all there is to see, and a look takes a second. */
async function expectReadable({ page }: Desk): Promise<void> {
  const found: string[] = []
  for (const [width, colorScheme] of [
    [390, "dark"],
    [1280, "light"],
  ] as const) {
    await page.setViewportSize({ width, height: 900 })
    await page.emulateMedia({ colorScheme })
    for (const violation of await violations(page)) found.push(`${width} ${colorScheme}: ${violation}`)
    const wide = await overflow(page)
    if (wide > 0) found.push(`${width}: ${wide} px wider than the window`)
  }
  await page.setViewportSize({ width: 1280, height: 900 })
  await page.emulateMedia({ colorScheme: "light" })
  expect(found).toEqual([])
}

/** Text and tooltip of each. */
const TIMES = "[...document.querySelectorAll('main tbody time')].map((one) => [one.textContent, one.title])"

const PAGES = [
  { place: "", heading: "Overview", holds: ["Top risks", "Traffic by provider", "anthropic", "critical", "Claude Code"] },
  { place: "events", heading: "Security events", holds: ["AWS access key id in a body", "collect.hook-inbox.example", "critical"] },
  { place: "audit", heading: "Audit log", holds: ["chat · claude-sonnet-4-5", "Claude Code"] },
  {
    place: "runtime",
    heading: "Runtime environment",
    holds: ["198.51.100.10", "Claude Code", "gpt-5.2-codex", "mcp.tickets.example", "10.20.1.11"],
  },
  { place: "behaviour", heading: "Behaviour control", holds: ["Policy (YAML)", "balanced.block-high", "floor.canary", "Allow lists"] },
  { place: "skills", heading: "Skills and tools", holds: ["youtube-summarize-pro", "changelog-writer", "hub.skills.example"] },
  { place: "skills?tab=tools", heading: "Skills and tools", holds: ["mcp.tickets.example"] },
  { place: "destinations", heading: "Destinations", holds: ["api.anthropic.com", "llm.cheap-tokens.example"] },
  { place: "sensors", heading: "Sensors", holds: ["demo", "ready", "Dropped", "Records behind"] },
  { place: "settings", heading: "Settings", holds: ["Retention", "Prompts, bodies and headers", "sign-in", "first start"] },
] as const
