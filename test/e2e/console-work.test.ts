// People at work in the console: by keys alone, in Chinese, on a phone, with what happens meanwhile, and with evidence taken away for a case file.
import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { axeScript, builtConsole, type Demo, openDemo, overflow, settled, violations, visit, watch } from "../support/console.ts"
import { missing, requires } from "../support/requires.ts"

const unbuilt = builtConsole()
const need = [requires("chromium", "chdb"), ...(unbuilt === undefined ? [] : [missing("built console", unbuilt)])]
const tshark = requires("tshark")

describe.skipIf(need.some((one) => one.missing))("work in the console", () => {
  const folder = mkdtempSync(join(tmpdir(), "egret-console-work-"))
  let demo: Demo
  let page: Page
  let problems: string[]
  beforeAll(async () => {
    demo = await openDemo({
      EGRET__RESPOND__ENABLED: "true",
      EGRET__RESPOND__DRY_RUN: "false",
      EGRET__RESPOND__STATE_DIR: join(folder, "respond"),
      EGRET__RESPOND__ACTIONS: JSON.stringify([{ name: "gateways", type: "deny-list" }]),
      EGRET__SOC__STATE_DIR: join(folder, "soc"),
      EGRET__SOC__DESTINATIONS: JSON.stringify([{ name: "archive", type: "file", path: join(folder, "events.jsonl") }]),
    })
    page = await demo.admin.newPage()
    await page.addInitScript({ content: axeScript() })
    page.setDefaultTimeout(10_000)
    problems = watch(page)
  })
  afterAll(async () => {
    await demo?.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const open = (place: string) => visit(page, demo.origin, place)
  const focused = () => page.evaluate<string>("document.activeElement?.textContent ?? ''")
  const press = (key: string) => page.keyboard.press(key)
  /** The queue of the day, held still: new events must not move the rows that a test counts. */
  const filled = async () => {
    await expect.poll(() => page.locator("tbody tr").count(), PATIENT).toBeGreaterThan(6)
    if ((await page.locator("button.live.paused").count()) === 0) await press("p")
    await page.getByRole("button", { name: "Paused" }).waitFor()
  }
  const heading = () => page.locator("main h1").innerText()

  describe("by keys alone", () => {
    it("goes through the queue, opens, takes over, goes on to the next event and back to the list", async () => {
      await open("")
      await press("2")
      await page.waitForURL(/#\/events/)
      await settled(page)
      await filled()
      const titles = await page.locator("tbody a.row-link").allInnerTexts()
      await press("j")
      await press("j")
      await press("k")
      expect(await focused()).toBe(titles[0])
      await press("j")
      expect(await focused()).toBe(titles[1])
      expect(await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")).not.toBe("none")
      await press("Enter")
      await page.waitForURL(/#\/event\//)
      await page.getByText("Take over").waitFor()
      expect(await heading()).toBe(titles[1])
      await press("t")
      await page.locator(".head .badge", { hasText: "in-progress" }).waitFor()
      expect(await page.locator("dl.facts").innerText()).toContain("first start")
      await press("j")
      await expect.poll(heading, PATIENT).toBe(titles[2])
      await press("k")
      await expect.poll(heading, PATIENT).toBe(titles[1])
      await press("u")
      await page.waitForURL(/#\/events/)
      expect(problems).toEqual([])
    })

    it("chooses several events and handles them at once", async () => {
      await open("events?status=new")
      await filled()
      const before = await page.locator("tbody tr").count()
      await press("j")
      await press("x")
      await press("j")
      await press("x")
      await page.getByText("2 chosen").waitFor()
      await page.getByRole("region", { name: "Handle" }).getByRole("button", { name: "False positive" }).press("Enter")
      await expect.poll(() => page.locator("tbody tr").count(), PATIENT).toBe(before - 2)
      expect(problems).toEqual([])
    })

    it("keeps the focus inside a dialog, gives it back, and does nothing behind it", async () => {
      await open("events")
      await page.locator("tbody a.row-link").first().press("Enter")
      const button = page.getByRole("button", { name: "Suppress" })
      await button.focus()
      await press("Enter")
      await page.locator("dialog[open]").waitFor()
      for (let step = 0; step < 12; step += 1) {
        await press("Tab")
        expect(await page.evaluate("document.activeElement === document.body || document.activeElement.closest('dialog') !== null")).toBe(
          true,
        )
      }
      await page.locator("dialog input[name=reason]").focus()
      await press("r")
      expect(await page.locator("dialog input[name=reason]").inputValue()).toBe("r")
      await press("Escape")
      await page.locator("dialog").waitFor({ state: "detached" })
      await expect.poll(focused, PATIENT).toBe("Suppress")
      expect(problems).toEqual([])
    })

    it("lists the keys, lets nobody's typing act, and can be switched off", async () => {
      await open("audit")
      await press("?")
      await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor()
      await press("Escape")
      await press("/")
      await page.keyboard.type("2j9")
      expect(await page.getByRole("searchbox").inputValue()).toBe("2j9")
      expect(new URL(page.url()).hash).toBe("#/audit")
      await open("settings")
      await page.getByLabel(/Single-key shortcuts/).uncheck()
      await page.locator("main h1").click()
      await press("2")
      await page.waitForTimeout(200)
      expect(new URL(page.url()).hash).toBe("#/settings")
      await page.getByLabel(/Single-key shortcuts/).check()
    })

    it("reaches everything on the first page by Tab, each with a visible focus", async () => {
      await open("")
      await page.locator("tbody tr").first().waitFor()
      const reachable = await page.locator("a[href], button, select, input").count()
      const seen = new Set<string>()
      for (let step = 0; step < reachable + 10; step += 1) {
        await press("Tab")
        seen.add(await page.evaluate<string>(FOCUSED))
      }
      expect([...seen].filter((one) => one.endsWith("none 0px"))).toEqual([])
      expect(seen.size).toBeGreaterThan(reachable * 0.8)
    })
  })

  describe("while things happen", () => {
    it("shows a change that somebody else made without being asked, and nothing while paused", async () => {
      await open("events?status=new")
      await filled()
      await page.waitForTimeout(2_000)
      await press("p")
      await page.locator("button.live.live").waitFor()
      const count = () => page.locator("tbody tr").count()
      const before = await count()
      await handle("resolved", 0)
      await expect.poll(count, PATIENT).toBe(before - 1)
      await page.getByRole("button", { name: "Live" }).click()
      await page.getByRole("button", { name: "Paused" }).waitFor()
      await handle("resolved", 0)
      await page.waitForTimeout(11_000)
      expect(await count()).toBe(before - 1)
      await page.getByRole("button", { name: "Paused" }).click()
      await expect.poll(count, PATIENT).toBe(before - 2)
    })

    /** As another analyst's browser would. */
    async function handle(status: string, at: number): Promise<void> {
      await page.evaluate(
        `(async () => {
          const { csrf } = await (await fetch("/v1/session")).json()
          const { items } = await (await fetch("/v1/events?status=new")).json()
          const answer = await fetch("/v1/events/" + items[${at}].id, { method: "PATCH", headers: { "content-type": "application/json", "x-egret-csrf": csrf }, body: JSON.stringify({ status: "${status}" }) })
          if (!answer.ok) throw new Error(await answer.text())
        })()`,
      )
    }
  })

  describe("in Chinese", () => {
    let chinese: Page
    beforeAll(async () => {
      // A browser of its own: the language is remembered in the browser.
      const context = await demo.browser.newContext({ storageState: await demo.admin.storageState() })
      chinese = await context.newPage()
      await chinese.addInitScript("localStorage.setItem('egret-locale', 'zh-CN')")
    })
    afterAll(async () => chinese?.context().close())

    it.each(PLACES)("says nothing of its own in English at #/%s", async (place) => {
      await visit(chinese, demo.origin, place)
      expect(await chinese.locator("html").getAttribute("lang")).toBe("zh-CN")
      const own = await chinese.evaluate<string[]>(OWN_TEXTS)
      expect(own.length).toBeGreaterThan(10)
      expect(own.filter((text) => /[A-Za-z]{3,}/.test(text.replaceAll(NAMES, "")))).toEqual([])
    })
  })

  describe("evidence", () => {
    it.skipIf(tshark.missing)(
      "comes from the button as pcapng that tshark opens by itself, and the download is in the audit trail",
      async () => {
        await open("audit?kind=llm")
        await page.locator("tbody tr", { hasText: "claude" }).first().locator("a.row-link").click()
        const [download] = await Promise.all([
          page.waitForEvent("download"),
          page.getByRole("button", { name: "Download pcapng" }).first().click(),
        ])
        const file = join(folder, "evidence.pcapng")
        await download.saveAs(file)
        const seen = execFileSync("tshark", [
          "-n",
          "-r",
          file,
          "-Y",
          "http || http2",
          "-T",
          "fields",
          "-e",
          "http.host",
          "-e",
          "http2.headers.authority",
        ])
        expect(seen.toString()).toContain("api.anthropic.com")
        await open("settings")
        await page.getByRole("cell", { name: "download-evidence" }).first().waitFor()
      },
    )
  })

  describe("for everybody", () => {
    it("reads well before anybody has signed in", async () => {
      const context = await demo.browser.newContext()
      const stranger = await context.newPage()
      await stranger.addInitScript({ content: axeScript() })
      await stranger.goto(demo.origin)
      await stranger.getByRole("button", { name: "Sign in" }).waitFor()
      for (const colorScheme of ["light", "dark"] as const) {
        await stranger.emulateMedia({ colorScheme })
        expect(await violations(stranger)).toEqual([])
      }
      await stranger.setViewportSize({ width: 390, height: 800 })
      expect(await overflow(stranger)).toBe(0)
      await context.close()
    })

    it("reads well as a conversation, wide and on a phone, and in a dialog", async () => {
      await open("audit?kind=llm")
      await page.locator("tbody tr", { hasText: "claude" }).first().locator("a.row-link").click()
      await page.locator("dl.facts a[href^='#/conversation/']").click()
      await page.locator(".message.user").first().waitFor()
      for (const width of [1280, 390]) {
        await page.setViewportSize({ width, height: 900 })
        expect(await violations(page)).toEqual([])
        expect(await overflow(page)).toBe(0)
      }
      await press("?")
      await page.locator("dialog[open]").waitFor()
      expect(await violations(page)).toEqual([])
      expect(await overflow(page)).toBe(0)
      await press("Escape")
      await page.setViewportSize({ width: 1280, height: 900 })
    })
  })

  it("plans a response to an event, shows its steps, applies it, and takes it back", async () => {
    await open("events?host=collect.hook-inbox.example")
    await page.locator("tbody a.row-link").first().click()
    const card = page.locator("section.card", { has: page.getByRole("heading", { name: "Responses" }) })
    await card.getByRole("button", { name: "Plan a response" }).click()
    await page.getByRole("dialog").getByRole("button", { name: "Show the plan" }).click()
    await card.getByText("planned").waitFor()
    expect(await card.locator("pre").innerText()).toContain("collect.hook-inbox.example")
    await card.getByRole("button", { name: "Apply" }).click()
    await page.locator("dialog button.primary").click()
    await card.locator(".badge", { hasText: "applied" }).waitFor()
    await open("events?tab=responses")
    await page.getByText("gateways").waitFor()
    expect(await violations(page)).toEqual([])
    await page.getByRole("button", { name: "Take back" }).click()
    await page.locator("dialog button.primary").click()
    await page.locator(".badge", { hasText: "reverted" }).waitFor()
    expect(problems).toEqual([])
  })

  it("says how the SOC's destinations are doing, and whether a test event arrives", async () => {
    await open("sensors")
    const line = page.locator("li.soc", { hasText: "archive" })
    await line.getByText("delivering").waitFor()
    await line.getByRole("button", { name: "Send a test" }).click()
    await line.getByText("The test event arrived.").waitFor()
    expect(problems).toEqual([])
  })

  it("keeps the retention that an administrator sets, and goes back to the configuration's", async () => {
    await open("settings")
    const days = page.getByLabel("Prompts, bodies and headers: Days")
    expect(await days.inputValue()).toBe("30")
    await days.fill("14")
    await page.getByRole("button", { name: "Save" }).click()
    await page.getByText("(configured: 30)").waitFor()
    await page.getByRole("button", { name: "As configured" }).click()
    await page.getByText("As the configuration says").waitFor()
    expect(await days.inputValue()).toBe("30")
    expect(problems).toEqual([])
  })
})

const PATIENT = { timeout: 15_000 }
const PLACES = ["", "events", "audit", "runtime", "behaviour", "skills", "skills?tab=tools", "destinations", "sensors", "settings"]

/** What has the focus, and how it is shown. */
const FOCUSED = `(() => { const one = document.activeElement; const style = getComputedStyle(one);
  return (one.outerHTML.slice(0, 120)) + " " + (one === document.body ? "body 1px" : style.outlineStyle + " " + style.outlineWidth) })()`

/** Headings, labels, buttons, columns, chips, badges, hints: what the console itself says, not what traffic said. */
const OWN_TEXTS = `[...document.querySelectorAll("header nav a, main h1, main h2, main h3, main label > span, main button, main th, main option, main .badge, main .figure .label, main .label, main .hint, main .empty, main summary, main dt, main p.muted")]
  .map((one) => one.textContent.trim()).filter((text) => text !== "")`
/** Names of things, commands and settings, which have no translation. */
const NAMES =
  /Egret|SOC|MCP|HTTP|TLS|VPC|SHA-256|YAML|CSV|NDJSON|pcapng|HAR|JSON|SQL|English|WebSocket|A2A|DNS|balanced|strict|observe|store\.retention|egret audit verify|egret mirror apply --egress-ip IP --target eni-…|mirror\.target|allow_only|\d+(\.\d+)?\s?(B|kB|MB|GB)|\(\d.*?\)|[a-z]+\.[a-z-]+/g
