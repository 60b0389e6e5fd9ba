import type { Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { visit } from "../../support/console.ts"
import type { World } from "./world.ts"

export function inChinese(world: () => World): void {
  describe("in Chinese", () => {
    let chinese: Page
    beforeAll(async () => {
      const { demo } = world()
      // A browser of its own: the language is remembered in the browser.
      const context = await demo.browser.newContext({ storageState: await demo.admin.storageState() })
      chinese = await context.newPage()
      await chinese.addInitScript("localStorage.setItem('egret-locale', 'zh-CN')")
    })
    afterAll(async () => chinese?.context().close())

    it.each(PLACES)("says nothing of its own in English at #/%s", async (place) => {
      await visit(chinese, world().demo.origin, place)
      expect(await chinese.locator("html").getAttribute("lang")).toBe("zh-CN")
      const own = await chinese.evaluate<string[]>(OWN_TEXTS)
      expect(own.length).toBeGreaterThan(10)
      expect(own.filter((text) => /[A-Za-z]{3,}/.test(text.replaceAll(NAMES, "")))).toEqual([])
    })
  })
}

const PLACES = ["", "events", "audit", "runtime", "behaviour", "skills", "skills?tab=tools", "destinations", "sensors", "settings"]

/** Headings, labels, buttons, columns, chips, badges, hints: what the console itself says, not what traffic said. */
const OWN_TEXTS = `[...document.querySelectorAll("header nav a, main h1, main h2, main h3, main label > span, main button, main th, main option, main .badge, main .figure .label, main .label, main .hint, main .empty, main summary, main dt, main p.muted")]
  .map((one) => one.textContent.trim()).filter((text) => text !== "")`
/** Names of things, commands and settings, which have no translation. */
const NAMES =
  /Egret|SOC|MCP|HTTP|TLS|VPC|SHA-256|YAML|CSV|NDJSON|pcapng|HAR|JSON|SQL|English|WebSocket|A2A|DNS|balanced|strict|observe|store\.retention|egret audit verify|egret mirror apply --egress-ip IP --target eni-…|mirror\.target|allow_only|\d+(\.\d+)?\s?(B|kB|MB|GB)|\(\d.*?\)|[a-z]+\.[a-z-]+/g
