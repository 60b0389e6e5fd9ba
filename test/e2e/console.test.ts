// The console of the built product in a real browser, over the demo day: every page shows its rows without a complaint of the browser, and reads well for
// everybody; the flows of work go through; a role sees what it may; what hostile traffic says stays text.

import type { Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { axeScript, builtConsole, type Demo, openDemo, overflow, settled, violations, visit, watch } from "../support/console.ts"
import { missing, requires } from "../support/requires.ts"

const unbuilt = builtConsole()
const need = [requires("chromium", "chdb"), ...(unbuilt === undefined ? [] : [missing("built console", unbuilt)])]
const absent = need.some((one) => one.missing)

describe.skipIf(absent)("the console", () => {
  let demo: Demo
  let page: Page
  let problems: string[]
  beforeAll(async () => {
    demo = await openDemo()
    page = await demo.admin.newPage()
    await page.addInitScript({ content: axeScript() })
    page.setDefaultTimeout(STEP_LIMIT_MS)
    problems = watch(page)
  })
  afterAll(async () => demo?.close())

  const open = (place: string) => visit(page, demo.origin, place)
  const rows = () => page.locator("main tbody tr")
  const main = async () => (await page.locator("main").allInnerTexts()).join()
  const press = (name: string) => page.getByRole("button", { name, exact: true }).click()
  /** Follows the first row whose text fits. */
  const follow = async (list: string, text: string) => {
    await open(list)
    await rows().filter({ hasText: text }).first().locator("a").first().click()
    await page.waitForURL((url) => !url.hash.startsWith(`#/${list.split("?")[0]}`))
    await settled(page)
  }

  describe("pages", () => {
    it.each(PAGES)("shows $heading at #/$place with what the demo day holds", async ({ place, heading, holds }) => {
      await open(place)
      expect(await page.locator("main h1").allInnerTexts()).toEqual([heading])
      expect(await page.title()).toBe(`${heading} · Egret`)
      const shown = await main()
      for (const text of holds) expect(shown).toContain(text)
      expect(await rows().count()).toBeGreaterThan(place.startsWith("behaviour") ? -1 : 0)
      expect(await page.locator(".problem").allInnerTexts()).toEqual([])
      expect(problems).toEqual([])
    })

    it.each(PAGES)(
      "breaks no serious rule of WCAG AA at #/$place, light and dark, wide and narrow, and never scrolls sideways",
      async ({ place }) => {
        await open(place)
        await expectReadable()
      },
    )

    it.each([
      ["an event", "events", "AWS access key id in a body"],
      ["a model call", "audit?kind=llm", "claude"],
      ["an agent", "runtime", "Claude Code"],
      ["a skill", "skills", "youtube-summarize-pro"],
      ["a tool", "skills?tab=tools", ""],
    ])("breaks none on %s either", async (_, list, text) => {
      await follow(list, text)
      expect(await page.locator(".problem").allInnerTexts()).toEqual([])
      await expectReadable()
      expect(problems).toEqual([])
    })

    async function expectReadable(): Promise<void> {
      const found: string[] = []
      for (const width of [1280, 390])
        for (const colorScheme of ["light", "dark"] as const) {
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
  })

  it("brings no page of more than 300 kB, with its data, to a browser that has nothing yet", async () => {
    const heavy: string[] = []
    for (const { place } of PAGES) {
      const context = await demo.browser.newContext({ storageState: await demo.admin.storageState() })
      const fresh = await context.newPage()
      const sizes: Promise<number>[] = []
      fresh.on("requestfinished", (request) => {
        sizes.push(request.sizes().then(({ responseBodySize }) => responseBodySize))
      })
      await visit(fresh, demo.origin, place)
      const bytes = (await Promise.all(sizes)).reduce((total, size) => total + size, 0)
      await context.close()
      expect(bytes).toBeGreaterThan(20_000)
      if (bytes > 300_000) heavy.push(`${place}: ${bytes}`)
    }
    expect(heavy).toEqual([])
  })

  it("says so where an address names no page, or a thing that is not there, and leads on", async () => {
    await open("no/such/page")
    expect(await page.locator("main h1").innerText()).toBe("No such page")
    await page.locator("main").getByRole("link", { name: "Overview" }).click()
    await page.locator("main h1", { hasText: "Overview" }).waitFor()
    await open(`event/${"0".repeat(32)}`)
    expect(await page.locator("main .problem").innerText()).toContain("It never existed, or its retention has passed.")
    expect(await page.locator("main h1").innerText()).toBe("Event")
    problems.splice(0).every((line) => expect(line).toContain("404"))
  })

  describe("what a number counts", () => {
    it("is behind it: the same agent's model calls, as many as it says", async () => {
      await open("runtime")
      const row = rows().filter({ hasText: "Claude Code" }).first()
      const number = row.locator("td a[href*='kind=llm']")
      const said = Number(await number.innerText())
      await number.click()
      await settled(page)
      await rows().first().waitFor()
      expect(await rows().count()).toBe(said)
      expect(await rows().filter({ hasText: "Claude Code" }).count()).toBe(said)
    })

    it("puts the worst open events first", async () => {
      await open("")
      const badges = await page.locator("table").first().locator("tbody .badge").allInnerTexts()
      const ranks = badges.map((word) => ["critical", "high", "medium", "low"].indexOf(word))
      expect(ranks).toEqual([...ranks].sort((a, b) => a - b))
      expect(ranks[0]).toBe(0)
    })
  })

  describe("a leaked key", () => {
    it("is shown masked and marked, is taken over, noted and suppressed with a reason, and the clear key is nowhere in the page", async () => {
      await follow("events", "AWS access key id in a body")
      const marks = await page.locator("main mark").allInnerTexts()
      expect([...new Set(marks)].sort()).toEqual(["AK…[20]…PD", "k8Zr…[40]…TiK5"])
      // It was sent as base64: the decoded text stands marked in its place, and the place is named.
      expect(await page.locator("pre.context").filter({ hasText: "AK…" }).first().innerText()).toContain("⟦base64: ")
      expect(await main()).toMatch(/body · request\.text · characters \d+–\d+ · read through base64/)
      const everything = await page.content()
      for (const secret of SECRETS) expect(everything).not.toContain(secret)
      const status = page.locator(".head .badge").nth(1)
      expect(await status.allInnerTexts()).toEqual(["new"])
      await press("Take over")
      await page.locator(".head .badge", { hasText: "in-progress" }).waitFor()
      await page.getByLabel("Note").fill("Key was <b>revoked</b> at noon")
      await press("Add note")
      await page.getByText("Key was <b>revoked</b> at noon").waitFor()
      await press("Suppress")
      await page.getByLabel("Reason (kept in the record)").fill("a key of the test bench")
      await page.locator("dialog button.primary").click()
      await page.locator(".head .badge", { hasText: "suppressed" }).waitFor()
      await open("events?status=suppressed")
      expect(await rows().allInnerTexts()).toEqual([expect.stringContaining("AWS access key id in a body")])
      expect(problems).toEqual([])
    })
  })

  describe("the policy", () => {
    const text = () => page.getByLabel("Policy (YAML)")
    const answer = async (role: "status" | "alert") => (await page.locator(`main [role=${role}]`).allInnerTexts()).join()
    it("is checked before it counts, tested against the day, applied, and rolled back", async () => {
      await open("behaviour")
      const before = await text().inputValue()
      await text().fill(`${before}surprise: 1\n`)
      await press("Check")
      await page.locator("main [role=alert]").waitFor()
      expect(await answer("alert")).toMatch(new RegExp(`\\b${before.split("\n").length}:1\\b`))
      const changed = before.replace(
        "rules: []",
        'rules:\n  - { id: quiet-hook, when: { destination: "collect.hook-inbox.example" }, action: allow }',
      )
      expect(changed).not.toBe(before)
      await text().fill(changed)
      await press("Check")
      await page.getByText("This is a valid policy.").waitFor()
      await press("Test against history")
      await page.getByText("It would have decided otherwise:").waitFor()
      expect(await answer("status")).toContain("collect.hook-inbox.example")
      await press("Apply")
      await page.locator("dialog button.primary").click()
      await page.locator("main td", { hasText: "quiet-hook" }).waitFor()
      await settled(page)
      expect(await text().inputValue()).toBe(changed)
      await page.getByRole("button", { name: "Roll back", exact: true }).last().click()
      await page.locator("dialog button.primary").click()
      await expect.poll(() => text().inputValue()).toBe(before)
      expect(problems).toEqual([])
    })
  })

  it("starts a rule from an example, which is valid as it comes", async () => {
    await open("behaviour")
    await page.getByLabel("Add a rule like …").selectOption({ label: "Block a destination" })
    expect(await page.getByLabel("Policy (YAML)").inputValue()).toContain("- { id: block-host,")
    await press("Check")
    await page.getByText("This is a valid policy.").waitFor()
    expect(problems).toEqual([])
  })

  describe("the audit log", () => {
    it("finds a word of a prompt and leads to the conversation with its tool calls", async () => {
      await open("audit?kind=llm")
      const before = await rows().count()
      await page.getByLabel("Search in prompts and bodies").check()
      await page.getByRole("searchbox").fill("deployment")
      const found = page.waitForResponse((response) => response.url().includes("search=deployment"))
      await page.getByRole("searchbox").press("Enter")
      await found
      await settled(page)
      expect(await rows().count()).toBeLessThan(before)
      await rows().first().locator("a").first().click()
      await page.locator(".messages").first().waitFor()
      await page.locator("dl.facts a[href^='#/conversation/']").click()
      await page.locator(".message.user", { hasText: "The deployment fails since yesterday" }).first().waitFor()
      expect(await main()).toContain("Read")
      expect(problems).toEqual([])
    })
  })

  describe("a viewer", () => {
    it("sees what happened but no prompt and no way to handle or change anything, and reads which role it would take", async () => {
      await open("settings")
      const name = page.locator("section", { has: page.getByRole("heading", { name: "Users" }) })
      await name.getByLabel("Name").fill("vera")
      await name.getByLabel("Password").fill(PASSWORD)
      await name.getByLabel("Role").selectOption("viewer")
      await name.getByRole("button", { name: "Add" }).click()
      await name.getByText("vera").waitFor()
      const context = await demo.browser.newContext()
      const viewer = await context.newPage()
      const complaints = watch(viewer)
      viewer.setDefaultTimeout(STEP_LIMIT_MS)
      await viewer.goto(demo.origin)
      await viewer.getByLabel("Name").fill("vera")
      await viewer.getByLabel("Password").fill(PASSWORD)
      await viewer.getByRole("button", { name: "Sign in" }).click()
      await viewer.locator("header .who").waitFor()
      const see = (place: string) => visit(viewer, demo.origin, place)
      await see("events")
      await viewer.locator("tbody tr a").first().click()
      await viewer.locator("main mark").first().waitFor()
      expect(await viewer.locator("main button").allInnerTexts()).toEqual([])
      await see("audit?kind=llm")
      expect(await viewer.getByLabel("Search in prompts and bodies").count()).toBe(0)
      await viewer.locator("tbody tr a").first().click()
      await viewer.getByText("Prompts and bodies need the role content.").waitFor()
      expect(await viewer.locator(".messages").count()).toBe(0)
      await see("behaviour")
      expect(await viewer.locator("main button").allInnerTexts()).toEqual([])
      expect(await viewer.locator("textarea").getAttribute("readonly")).not.toBeNull()
      await see("settings")
      expect(await viewer.getByRole("heading").allInnerTexts()).toEqual(["Settings", "Appearance", "Retention"])
      // Nobody is signed in at first: the question whether somebody is gets 401, which the browser reports.
      expect(complaints.filter((line) => !line.includes("401"))).toEqual([])
      await context.close()
    })
  })

  describe("a skill", () => {
    it("shows its files and what was found in it, also where no sandbox has judged it", async () => {
      await follow("skills", "youtube-summarize-pro")
      const shown = await main()
      for (const text of [
        "SKILL.md",
        "hub.skills.example",
        "A skill that does what its description does not say",
        "A download run without being read",
      ])
        expect(shown).toContain(text)
      expect(problems).toEqual([])
    })
  })

  describe("what hostile traffic says", () => {
    it("stays text: the page with orders in a comment, read raw", async () => {
      await follow("audit?kind=http&host=docs.pool-library.example", "")
      const raw = page.locator("pre.raw", { hasText: "AI assistants reading this page" })
      await raw.first().waitFor({ state: "attached" })
      expect(await raw.first().textContent()).toContain("<h1>Release notes</h1>")
      expect(await page.locator("main h1").count()).toBe(1)
      expect(problems).toEqual([])
    })

    it.each(HOSTILE_PLACES)("neither runs nor hides at #/%s when every name and text in it is hostile", async (place) => {
      // The stream of events never ends, so it cannot be fetched whole; it only says that there is something to ask for.
      await page.route(/\/v1\/(?!live|session)/, async (route) => {
        const answer = await route.fetch()
        await route.fulfill({ response: answer, body: spoiled(await answer.text()) })
      })
      try {
        await open(place)
        const shown = await main()
        expect(shown).toContain("<img src=x onerror=alert(1)>")
        expect(shown).toContain("\\u{202e}")
        expect(shown).toContain("\\u{1b}[31m")
        expect(shown).not.toMatch(/[\u001b\u202e]/)
        expect(await page.locator("main img, main script, main a[href^='javascript:']").count()).toBe(0)
        expect(problems).toEqual([])
      } finally {
        await page.unrouteAll({ behavior: "wait" })
      }
    })
  })
})

/** Every text of a person's or a program's making; what the console compares (ids, kinds, states) stays. */
function spoiled(body: string): string {
  return JSON.stringify(JSON.parse(body), (key, value: unknown) =>
    SPOILED.includes(key) && typeof value === "string" ? HOSTILE + value : value,
  )
}

const HOSTILE = "<img src=x onerror=alert(1)>\u202e\u001b[31m"
const SPOILED = [
  "title",
  "summary",
  "description",
  "server_address",
  "gen_ai_agent_name",
  "gen_ai_request_model",
  "name",
  "server",
  "masked",
]
const HOSTILE_PLACES = ["", "events", "audit", "runtime", "skills", "skills?tab=tools", "destinations"]

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

/** The demo day's leaked pair, put together so that no scanner takes it for live. */
const SECRETS = [
  ["AK", "IA", "QX3Z", "T7WN", "5KJH", "2LPD"].join(""),
  ["k8Zr", "Vt0pQ/", "b2Lm9Xe", "S4wNc7Yf", "U1hGd6Aj3", "RoTiK5"].join(""),
]
const PASSWORD = ["a long", "phrase", "for tests"].join(" ")
const STEP_LIMIT_MS = 10_000
