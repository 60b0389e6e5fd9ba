// The flows of an analyst's work: a leak from the queue to its suppression, a rule from the draft to the roll-back, a prompt found by a word.
import { describe, expect, it } from "vitest"
import { settled, visit, watch } from "../../support/console.ts"
import { Desk, PATIENT, type World } from "./world.ts"

export function flows(world: () => World): void {
  describe("flows of work", () => {
    const desk = new Desk(world)

    describe("a skill", () => {
      it("shows its files, what was found in it, and the sandbox's verdict with its reasons", async () => {
        await expect
          .poll(async () => (await desk.follow("skills", "youtube-summarize-pro"), desk.main()), PATIENT)
          .toContain("All engines together")
        const shown = await desk.main()
        for (const text of [
          "SKILL.md",
          "hub.skills.example",
          "A skill that does what its description does not say",
          "A download run without being read",
        ])
          expect(shown).toContain(text)
        const verdict = desk.page.locator(".verdicts > li").first()
        expect(await verdict.innerText()).toMatch(/^(malicious|suspicious) All engines together/)
        expect(await verdict.locator("details[open] li").count()).toBeGreaterThan(0)
        await desk.page.locator("main a", { hasText: "Skills and tools" }).first().click()
        const listed = desk.rows().filter({ hasText: "youtube-summarize-pro" })
        await listed.getByText(/malicious|suspicious/).waitFor()
        await desk
          .rows()
          .filter({ hasText: "changelog-writer" })
          .getByText(/clean|unknown/)
          .waitFor()
      })

      it("says so where no sandbox has judged it", async () => {
        await desk.page.route(/\/v1\/verdicts\//, (route) => route.fulfill({ json: { items: [] } }))
        await desk.follow("skills", "changelog-writer")
        await desk.page.getByText("No sandbox has judged it").first().waitFor()
        expect(await desk.main()).toContain("SKILL.md")
        await desk.page.unrouteAll({ behavior: "wait" })
      })
    })

    describe("the audit log", () => {
      it("finds a word of a prompt and leads to the conversation with its tool calls", async () => {
        await desk.open("audit?kind=llm")
        const before = await desk.rows().count()
        await desk.page.getByLabel("Search in prompts and bodies").check()
        await desk.page.getByRole("searchbox").fill("deployment")
        await desk.page.getByRole("searchbox").press("Enter")
        await expect.poll(() => desk.rows().count(), PATIENT).toBeLessThan(before)
        await desk.rows().first().locator("a").first().click()
        await desk.page.locator(".messages").first().waitFor()
        await desk.page.locator("dl.facts a[href^='#/conversation/']").click()
        await desk.page.waitForURL(/#\/conversation\//)
        await desk.page.locator(".message.user", { hasText: "The deployment fails since yesterday" }).first().waitFor()
        await expect.poll(() => desk.main(), PATIENT).toContain("Read")
        expect(await desk.page.locator("section.card h2").first().innerText()).toMatch(/^claude-sonnet-4-5\n/)
      })
    })

    describe("a leaked key", () => {
      it("is shown masked and marked, is taken over, noted and suppressed with a reason, and the clear key is nowhere in the page", async () => {
        await desk.follow("events", "AWS access key id in a body")
        const { page } = desk
        await page.locator("main mark").first().waitFor()
        const marks = await page.locator("main mark").allInnerTexts()
        expect([...new Set(marks)].sort()).toEqual(["AK…[20]…PD", "k8Zr…[40]…TiK5"])
        // It was sent as base64: the decoded text stands marked in its place, and the place is named.
        expect(await page.locator("pre.context").filter({ hasText: "AK…" }).first().innerText()).toContain("⟦base64: ")
        expect(await desk.main()).toMatch(/body · request\.text · characters \d+–\d+ · read through base64/)
        const everything = await page.content()
        for (const secret of SECRETS) expect(everything).not.toContain(secret)
        const status = page.locator(".head .badge").nth(1)
        expect(await status.allInnerTexts()).toEqual(["new"])
        await desk.press("Take over")
        await page.locator(".head .badge", { hasText: "in-progress" }).waitFor()
        await page.getByLabel("Note").fill("Key was <b>revoked</b> at noon")
        await desk.press("Add note")
        await page.getByText("Key was <b>revoked</b> at noon").waitFor()
        await desk.press("Suppress")
        await page.getByLabel("Reason (kept in the record)").fill("a key of the test bench")
        await page.locator("dialog button.primary").click()
        await page.locator(".head .badge", { hasText: "suppressed" }).waitFor()
        await desk.open("events?status=suppressed")
        expect(await desk.rows().allInnerTexts()).toEqual([expect.stringContaining("AWS access key id in a body")])
      })
    })

    describe("the policy", () => {
      const text = () => desk.page.getByLabel("Policy (YAML)")
      const answer = async (role: "status" | "alert") => (await desk.page.locator(`main [role=${role}]`).allInnerTexts()).join()
      it("is checked before it counts, tested against the day, applied, and rolled back", async () => {
        await desk.open("behaviour")
        const before = await text().inputValue()
        await text().fill(`${before}surprise: 1\n`)
        await desk.press("Check")
        await desk.page.locator("main [role=alert]").waitFor()
        expect(await answer("alert")).toMatch(new RegExp(`\\b${before.split("\n").length}:1\\b`))
        const changed = before.replace(
          "rules: []",
          'rules:\n  - { id: quiet-hook, when: { destination: "collect.hook-inbox.example" }, action: allow }',
        )
        expect(changed).not.toBe(before)
        await text().fill(changed)
        await desk.press("Check")
        await desk.page.getByText("This is a valid policy.").waitFor()
        await desk.press("Test against history")
        await desk.page.getByText("It would have decided otherwise:").waitFor()
        expect(await answer("status")).toContain("collect.hook-inbox.example")
        await desk.press("Apply")
        await desk.page.locator("dialog button.primary").click()
        await desk.page.locator("main td", { hasText: "quiet-hook" }).waitFor()
        await expect.poll(() => text().inputValue(), PATIENT).toBe(changed)
        await desk.page.getByRole("button", { name: "Roll back", exact: true }).last().click()
        await desk.page.locator("dialog button.primary").click()
        await expect.poll(() => text().inputValue(), PATIENT).toBe(before)
      })

      it("starts a rule from an example, which is valid as it comes", async () => {
        await desk.open("behaviour")
        await desk.page.getByLabel("Add a rule like …").selectOption({ label: "Block a destination" })
        expect(await text().inputValue()).toContain("- { id: block-host,")
        await desk.press("Check")
        await desk.page.getByText("This is a valid policy.").waitFor()
      })
    })

    describe("a viewer", () => {
      it("sees what happened but no prompt and no way to handle or change anything, and reads which role it would take", async () => {
        await desk.open("settings")
        const name = desk.page.locator("section", { has: desk.page.getByRole("heading", { name: "Users" }) })
        await name.getByLabel("Name").fill("vera")
        await name.getByLabel("Password").fill(PASSWORD)
        await name.getByLabel("Role").selectOption("viewer")
        await name.getByRole("button", { name: "Add" }).click()
        await name.getByText("vera").waitFor()
        const { demo } = world()
        const context = await demo.browser.newContext()
        const viewer = await context.newPage()
        const complaints = watch(viewer)
        viewer.setDefaultTimeout(PATIENT.timeout)
        await viewer.goto(demo.origin)
        await viewer.getByLabel("Name").fill("vera")
        await viewer.getByLabel("Password").fill(PASSWORD)
        await viewer.getByRole("button", { name: "Sign in", exact: true }).click()
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
        await settled(viewer)
        expect(await viewer.getByRole("heading").allInnerTexts()).toEqual(["Settings", "Appearance", "Retention"])
        // Nobody is signed in at first: the question whether somebody is gets 401, which the browser reports.
        expect(complaints.filter((line) => !line.includes("401"))).toEqual([])
        await context.close()
      })
    })
  })
}

/** The demo day's leaked pair, put together so that no scanner takes it for live. */
const SECRETS = [
  ["AK", "IA", "QX3Z", "T7WN", "5KJH", "2LPD"].join(""),
  ["k8Zr", "Vt0pQ/", "b2Lm9Xe", "S4wNc7Yf", "U1hGd6Aj3", "RoTiK5"].join(""),
]
const PASSWORD = ["a long", "phrase", "for tests"].join(" ")
