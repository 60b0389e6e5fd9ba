// While things happen. The page's clock is the test's: what a page does every ten seconds takes no ten seconds here.
import { describe, expect, it } from "vitest"
import { heldStill } from "./keys.ts"
import { Desk, PATIENT, type World } from "./world.ts"

export function live(world: () => World): void {
  describe("while things happen", () => {
    const desk = new Desk(world, { before: (page) => page.clock.install() })
    const count = () => desk.rows().count()

    it("shows a change that somebody else made without being asked, and nothing while paused", async () => {
      await desk.open("events?status=new")
      await heldStill(desk)
      const before = await count()
      await desk.page.keyboard.press("p")
      await desk.page.locator("button.live.live").waitFor()
      await handle(0)
      await desk.page.clock.runFor(11_000)
      await expect.poll(count, PATIENT).toBe(before - 1)
      await desk.page.getByRole("button", { name: "Live" }).click()
      await desk.page.getByRole("button", { name: "Paused" }).waitFor()
      await handle(0)
      const asked: string[] = []
      desk.page.on("request", (request) => asked.push(request.url()))
      await desk.page.clock.runFor(60_000)
      // What the timers asked for comes before this.
      await desk.page.evaluate("fetch('/v1/session')")
      expect(asked.filter((url) => !url.endsWith("/v1/session"))).toEqual([])
      expect(await count()).toBe(before - 1)
      await desk.page.getByRole("button", { name: "Paused" }).click()
      await expect.poll(count, PATIENT).toBe(before - 2)
    })

    it("looks again by itself now and then, for what has no event of its own", async () => {
      await desk.open("audit")
      await desk.page.locator("button.live.live").waitFor()
      const again = desk.page.waitForRequest((request) => request.url().includes("/v1/activity"))
      await desk.page.clock.runFor(11_000)
      await again
    })

    /** As another analyst's browser would. */
    async function handle(at: number): Promise<void> {
      await desk.page.evaluate(
        `(async () => {
          const { csrf } = await (await fetch("/v1/session")).json()
          const { items } = await (await fetch("/v1/events?status=new")).json()
          const answer = await fetch("/v1/events/" + items[${at}].id, { method: "PATCH", headers: { "content-type": "application/json", "x-egret-csrf": csrf }, body: JSON.stringify({ status: "resolved" }) })
          if (!answer.ok) throw new Error(await answer.text())
        })()`,
      )
    }
  })
}
