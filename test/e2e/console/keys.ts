// Work by keys alone.
import { describe, expect, it } from "vitest"
import { settled } from "../../support/console.ts"
import { Desk, PATIENT, type World } from "./world.ts"

export function keys(world: () => World): void {
  describe("by keys alone", () => {
    const desk = new Desk(world)
    const focused = () => desk.page.evaluate<string>("document.activeElement?.textContent ?? ''")
    const press = (key: string) => desk.page.keyboard.press(key)
    const heading = () => desk.page.locator("main h1").innerText()

    it("goes through the queue, opens, takes over, goes on to the next event and back to the list", async () => {
      await desk.open("")
      await press("2")
      await desk.page.waitForURL(/#\/events/)
      await settled(desk.page)
      await heldStill(desk)
      const titles = await desk.page.locator("tbody a.row-link").allInnerTexts()
      await press("j")
      await press("j")
      await press("k")
      await expect.poll(focused, PATIENT).toBe(titles[0])
      await press("j")
      await expect.poll(focused, PATIENT).toBe(titles[1])
      expect(await desk.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")).not.toBe("none")
      await press("Enter")
      await desk.page.waitForURL(/#\/event\//)
      await desk.page.getByText("Take over").waitFor()
      expect(await heading()).toBe(titles[1])
      await press("t")
      await desk.page.locator(".head .badge", { hasText: "in-progress" }).waitFor()
      await desk.page.locator("dl.facts", { hasText: "first start" }).first().waitFor()
      await press("j")
      await expect.poll(heading, PATIENT).toBe(titles[2])
      await press("k")
      await expect.poll(heading, PATIENT).toBe(titles[1])
      await press("u")
      await desk.page.waitForURL(/#\/events/)
    })

    it("chooses several events and handles them at once", async () => {
      await desk.open("events?status=new")
      await heldStill(desk)
      const before = await desk.rows().count()
      await press("j")
      await press("x")
      await press("j")
      await press("x")
      await desk.page.getByText("2 chosen").waitFor()
      await desk.page.getByRole("region", { name: "Handle" }).getByRole("button", { name: "False positive" }).press("Enter")
      await expect.poll(() => desk.rows().count(), PATIENT).toBe(before - 2)
    })

    it("keeps the focus inside a dialog, gives it back, and does nothing behind it", async () => {
      await desk.open("events")
      await desk.page.locator("tbody a.row-link").first().press("Enter")
      const button = desk.page.getByRole("button", { name: "Suppress" })
      await button.focus()
      await press("Enter")
      await desk.page.locator("dialog[open]").waitFor()
      for (let step = 0; step < 12; step += 1) {
        await press("Tab")
        expect(
          await desk.page.evaluate("document.activeElement === document.body || document.activeElement.closest('dialog') !== null"),
        ).toBe(true)
      }
      await desk.page.locator("dialog input[name=reason]").focus()
      await press("r")
      expect(await desk.page.locator("dialog input[name=reason]").inputValue()).toBe("r")
      await press("Escape")
      await desk.page.locator("dialog").waitFor({ state: "detached" })
      await expect.poll(focused, PATIENT).toBe("Suppress")
    })

    it("lists the keys, lets nobody's typing act, and can be switched off", async () => {
      await desk.open("audit")
      await press("?")
      await desk.page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor()
      await press("Escape")
      await press("/")
      await desk.page.keyboard.type("2j9")
      expect(await desk.page.getByRole("searchbox").inputValue()).toBe("2j9")
      expect(await hash(desk)).toBe("#/audit")
      await desk.open("settings")
      await desk.page.getByLabel(/Single-key shortcuts/).uncheck()
      await desk.page.locator("main h1").click()
      await press("2")
      expect(await hash(desk)).toBe("#/settings")
      await desk.page.getByLabel(/Single-key shortcuts/).check()
    })

    it("reaches everything on the first page by Tab, each with a visible focus", async () => {
      await desk.open("")
      await desk.rows().first().waitFor()
      const reachable = await desk.page.locator("a[href], button, select, input").count()
      const seen = new Set<string>()
      for (let step = 0; step < reachable + 10; step += 1) {
        await press("Tab")
        seen.add(await desk.page.evaluate<string>(FOCUSED))
      }
      expect([...seen].filter((one) => one.endsWith("none 0px"))).toEqual([])
      expect(seen.size).toBeGreaterThan(reachable * 0.8)
    })
  })
}

/** The queue of the day, held still: new events must not move the rows that a test counts. */
export async function heldStill(desk: Desk): Promise<void> {
  await expect.poll(() => desk.rows().count(), PATIENT).toBeGreaterThan(6)
  if ((await desk.page.locator("button.live.paused").count()) === 0) await desk.page.keyboard.press("p")
  await desk.page.getByRole("button", { name: "Paused" }).waitFor()
}

/** As the page has it now: what the keys did is done when they have been sent. */
function hash({ page }: Desk): Promise<string> {
  return page.evaluate<string>("location.hash")
}

/** What has the focus, and how it is shown. */
const FOCUSED = `(() => { const one = document.activeElement; const style = getComputedStyle(one);
  return (one.outerHTML.slice(0, 120)) + " " + (one === document.body ? "body 1px" : style.outlineStyle + " " + style.outlineWidth) })()`
