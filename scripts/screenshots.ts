// npm run screenshots: the pictures of docs/screenshots and the README, from the built product with the sample day in it. Look at them before committing.
import { join } from "node:path"
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
  ["skill", "skills", "youtube"],
  ["tool", "skills?tab=tools", "tickets"],
  ["destinations", "destinations"],
  ["sensors", "sensors"],
  ["settings", "settings"],
]

// At the pace of `npm start`, so that the bars of the histogram are those that a person sees.
const demo = await openDemo({}, "15")
try {
  const page = await demo.admin.newPage()
  await page.setViewportSize({ width: 1280, height: 850 })
  for (const [name, place, row] of pictures) {
    await visit(page, demo.origin, place)
    if (row !== undefined) {
      await page.locator("main tbody tr", { hasText: row }).first().locator("a.row-link").click()
      await page.locator("main .crumbs").waitFor()
      await settled(page)
    }
    await page.waitForTimeout(1_000)
    await page.screenshot({ path: join(root, "docs/screenshots", `${name}.png`) })
  }
} finally {
  await demo.close()
}
process.exit(0)
