// What traffic says stays text, whoever wrote it.
import { describe, expect, it } from "vitest"
import { Desk, type World } from "./world.ts"

export function hostileTraffic(world: () => World): void {
  describe("what hostile traffic says", () => {
    const desk = new Desk(world)

    it("stays text: the page with orders in a comment, read raw", async () => {
      await desk.follow("audit?kind=http&host=docs.pool-library.example", "")
      const raw = desk.page.locator("pre.raw", { hasText: "AI assistants reading this page" })
      await raw.first().waitFor({ state: "attached" })
      expect(await raw.first().textContent()).toContain("<h1>Release notes</h1>")
      expect(await desk.page.locator("main h1").count()).toBe(1)
    })

    it.each(PLACES)("neither runs nor hides at #/%s when every name and text in it is hostile", async (place) => {
      // The stream of events never ends, so it cannot be fetched whole; it only says that there is something to ask for.
      await desk.page.route(/\/v1\/(?!live|session)/, async (route) => {
        const answer = await route.fetch()
        await route.fulfill({ response: answer, body: spoiled(await answer.text()) })
      })
      try {
        await desk.open(place)
        const shown = await desk.main()
        expect(shown).toContain("<img src=x onerror=alert(1)>")
        expect(shown).toContain("\\u{202e}")
        expect(shown).toContain("\\u{1b}[31m")
        expect(shown).not.toMatch(/[\u001b\u202e]/)
        expect(await desk.page.locator("main img, main script, main a[href^='javascript:']").count()).toBe(0)
      } finally {
        await desk.page.unrouteAll({ behavior: "wait" })
      }
    })
  })
}

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
const PLACES = ["", "events", "audit", "runtime", "skills", "skills?tab=tools", "destinations"]
