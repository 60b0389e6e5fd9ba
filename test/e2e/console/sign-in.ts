// Signing in by an OpenID provider as a person does it: from a deep link to the provider's own page and back to where the link pointed.
import type { Page } from "playwright-core"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { axeScript, violations, visit, watch } from "../../support/console.ts"
import { PATIENT, type World } from "./world.ts"

export function signIn(world: () => World): void {
  describe("signing in by an OpenID provider", () => {
    let page: Page
    let problems: string[]
    beforeEach(async () => {
      page = await (await world().demo.browser.newContext()).newPage()
      await page.addInitScript({ content: axeScript() })
      page.setDefaultTimeout(PATIENT.timeout)
      problems = watch(page)
    })
    afterEach(async () => {
      await page.context().close()
      // Nobody is signed in at first: the question whether somebody is gets 401, which the browser reports.
      expect(problems.filter((line) => !line.includes("401"))).toEqual([])
    })
    const way = () => page.getByRole("link", { name: `Sign in by ${new URL(world().provider.issuer).host}` })

    it("leads from a deep link through the provider to that page, with the role of the person's groups, and stays over a reload", async () => {
      await page.goto(`${world().demo.origin}/#/events?severity=critical`)
      await way().waitFor()
      expect(await violations(page)).toEqual([])
      await way().click()
      await page.getByRole("link", { name: "ann" }).click()
      await page.locator("header .who", { hasText: "ann@example.com" }).waitFor()
      await page.waitForURL(/#\/events\?severity=critical$/)
      await page.locator("main h1", { hasText: "Security events" }).waitFor()
      await page.locator("header .name[title=analyst]").waitFor()
      expect(await page.content()).not.toContain("code=")
      await visit(page, world().demo.origin, "settings")
      expect(await page.getByRole("heading", { name: "Users" }).count()).toBe(0)
      await page.getByRole("button", { name: "Sign out" }).click()
      await way().waitFor()
    })

    it.each([
      ["eve", "have no role in Egret"],
      ["nobody", "The provider refused the sign-in."],
    ])("says why %s does not get in, and lets one try again", async (person, words) => {
      await page.goto(world().demo.origin)
      await way().click()
      await page.getByRole("link", { name: person }).click()
      await page.locator(".problem", { hasText: words }).waitFor()
      expect(page.url().endsWith("#/")).toBe(true)
      await way().click()
      await page.getByRole("link", { name: "ann" }).click()
      await page.locator("header .who", { hasText: "ann@example.com" }).waitFor()
    })
  })
}
