// npm run screenshots: the pictures of docs/screenshots and the README, from the built product with the sample day in it. Look at them before committing.
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Page } from "playwright-core"
import { openDemo, settled, visit } from "../test/support/console.ts"
import { root } from "../test/support/egret.ts"

/** Name of the file, place, and the row to follow from there. */
const pictures: readonly (readonly [name: string, place: string, row?: string])[] = [
  ["overview", ""],
  ["events", "events"],
  ["event", "events", "AWS"],
  ["audit", "audit?kind=llm&kind=mcp"],
  ["activity", "audit?kind=llm", "calls Bash"],
  ["exchange", "audit?kind=http", "collect.hook-inbox.example"],
  ["runtime", "runtime"],
  ["agent", "runtime", "Claude Code"],
  ["behaviour", "behaviour"],
  ["skills", "skills"],
  ["tools", "skills?tab=tools"],
  ["skill", "skills", "youtube"],
  ["tool", "skills?tab=tools", "tickets"],
  ["destinations", "destinations"],
  ["sensors", "sensors"],
  ["settings", "settings"],
]

const folder = mkdtempSync(join(tmpdir(), "egret-screenshots-"))
// At the pace of `npm start`, so that the bars of the histogram are those that a person sees; with what a site would have beside.
const demo = await openDemo(
  {
    EGRET__RESPOND__ENABLED: "true",
    EGRET__RESPOND__STATE_DIR: join(folder, "respond"),
    EGRET__RESPOND__ACTIONS: JSON.stringify([{ name: "gateways", type: "deny-list" }]),
    EGRET__SOC__STATE_DIR: join(folder, "soc"),
    EGRET__SOC__DESTINATIONS: JSON.stringify([{ name: "archive", type: "file", path: join(folder, "events.jsonl") }]),
    EGRET__API__OIDC__ISSUER: "https://login.example.com",
    EGRET__API__OIDC__AUDIENCE: "egret",
  },
  "15",
)
try {
  const page = await demo.admin.newPage()
  await page.setViewportSize({ width: 1280, height: 850 })
  for (const [name, place, row] of pictures) {
    await visit(page, demo.origin, place)
    if (row !== undefined) await follow(page, row)
    await take(page, name)
  }
  await follow(page, "calls Bash", "audit?kind=llm")
  await page.locator("dl.facts a[href^='#/conversation/']").click()
  await page.waitForURL(/#\/conversation\//)
  await settled(page)
  await take(page, "conversation")
  await planResponse(page)
  await take(page, "responses")
  await signIn()
} finally {
  await demo.close()
  rmSync(folder, { recursive: true, force: true })
}
process.exit(0)

async function follow(page: Page, row: string, place?: string): Promise<void> {
  if (place !== undefined) await visit(page, demo.origin, place)
  await page.locator("main tbody tr", { hasText: row }).first().locator("a.row-link").click()
  await page.locator("main .crumbs").waitFor()
  await settled(page)
}

async function planResponse(page: Page): Promise<void> {
  await visit(page, demo.origin, "events?host=collect.hook-inbox.example")
  await page.locator("tbody a.row-link").first().click()
  await page.getByRole("button", { name: "Plan a response" }).click()
  await page.getByRole("dialog").getByRole("button", { name: "Show the plan" }).click()
  await page.getByText("planned").first().waitFor()
  await visit(page, demo.origin, "events?tab=responses")
}

async function signIn(): Promise<void> {
  const stranger = await (await demo.browser.newContext({ viewport: { width: 1280, height: 850 } })).newPage()
  await stranger.goto(demo.origin)
  await stranger.getByRole("link", { name: "login.example.com" }).waitFor()
  await take(stranger, "sign-in")
}

async function take(page: Page, name: string): Promise<void> {
  // Bars and figures come a moment after the page stands.
  await page.waitForTimeout(1_000)
  await page.screenshot({ path: join(root, "docs/screenshots", `${name}.png`) })
}
