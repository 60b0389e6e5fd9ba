// The console as a person meets it: the built product with the demo day in it, opened in a real browser.
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core"
import { root } from "./egret.ts"
import { freePort } from "./ports.ts"
import { chromiumPath } from "./requires.ts"

export interface Demo {
  readonly origin: string
  /** Signed in as administrator by the printed link. */
  readonly admin: BrowserContext
  readonly browser: Browser
  close(): Promise<void>
}

export const builtCommand = resolve(root, "dist/services/cli/egret.js")

export function builtConsole(): string | undefined {
  return existsSync(builtCommand) && existsSync(resolve(root, "dist/console/index.html")) ? undefined : "not built: npm run build"
}

/** The day in a second unless told. */
export async function openDemo(more: Readonly<Record<string, string>> = {}, pace = "1"): Promise<Demo> {
  const folder = mkdtempSync(join(tmpdir(), "egret-console-"))
  const child = spawn(process.execPath, [builtCommand, "up", "--demo", pace], {
    cwd: folder,
    env: {
      ...process.env,
      EGRET__API__LISTEN: `127.0.0.1:${await freePort("tcp")}`,
      EGRET__SENSOR__CAPTURE__UDP__LISTEN: `127.0.0.1:${await freePort("udp")}`,
      EGRET__SENSOR__CAPTURE__UDP__GENEVE_PORT: "-1",
      EGRET__METRICS__ENABLED: "false",
      ...more,
    },
    stdio: ["ignore", "pipe", "pipe"],
  })
  try {
    const link = await printedLink(child)
    const browser = await chromium.launch({ executablePath: chromiumPath() ?? "", args: BROWSER_FLAGS })
    const admin = await browser.newContext()
    const page = await admin.newPage()
    await page.goto(link)
    await page.waitForSelector("header .who")
    await page.close()
    const close = async () => {
      await browser.close()
      await stop(child)
      rmSync(folder, { recursive: true, force: true })
    }
    return { origin: new URL(link).origin, admin, browser, close }
  } catch (error) {
    await stop(child)
    rmSync(folder, { recursive: true, force: true })
    throw error
  }
}

/** What went wrong in the browser: a test that shows a page looks here last. */
export function watch(page: Page, problems: string[] = []): string[] {
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") problems.push(`console ${message.type()}: ${message.text()}`)
  })
  page.on("pageerror", (error) => problems.push(`page error: ${error.message}`))
  page.on("dialog", (dialog) => {
    problems.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  return problems
}

/** A whole new document each time: a deep link must work by itself, and nothing of the page before is left to be taken for this one. */
export async function visit(page: Page, origin: string, place: string): Promise<void> {
  visits += 1
  await page.goto(`${origin}/?visit=${visits}#/${place}`)
  await settled(page)
}

export async function settled(page: Page): Promise<void> {
  await page.locator("main:not(:has(.loading)) h1").first().waitFor()
}

/** Serious and critical violations of WCAG 2 A and AA, one line each. The page needs `axeScript` as init script: the CSP lets none in later. */
export async function violations(page: Page): Promise<string[]> {
  // As text: the types of a browser are not those of this project's Node code.
  const found = await page.evaluate<readonly Violation[]>(
    `axe.run(document, ${JSON.stringify({ resultTypes: ["violations"], runOnly: WCAG_AA })}).then(({ violations }) => violations)`,
  )
  return found
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html, any }) => `${html.slice(0, 120)} ${any[0]?.message ?? ""}`).join(" | ")}`)
}

/** How far the page can be scrolled sideways. */
export async function overflow(page: Page): Promise<number> {
  return page.evaluate<number>("document.documentElement.scrollWidth - document.documentElement.clientWidth")
}

interface Violation {
  readonly id: string
  readonly impact: string
  readonly nodes: readonly { readonly html: string; readonly any: readonly { readonly message: string }[] }[]
}

export function axeScript(): string {
  return readFileSync(resolve(root, "node_modules/axe-core/axe.min.js"), "utf8")
}

async function printedLink(child: ChildProcess): Promise<string> {
  let said = ""
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => {
      said += text
    })
  // "Look further" comes when the whole day is in the store.
  for (const last = Date.now() + START_LIMIT_MS; !said.includes("Look further"); await sleep(50))
    if (child.exitCode !== null || Date.now() > last) throw new Error(`the demo did not start: ${said}`)
  const link = /^Console: (\S+)$/m.exec(said)?.[1]
  if (link === undefined) throw new Error(`no link was printed: ${said}`)
  return link
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const exited = once(child, "exit")
  child.kill("SIGTERM")
  const late = setTimeout(() => child.kill("SIGKILL"), 15_000)
  await exited
  clearTimeout(late)
}

let visits = 0
const WCAG_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
const START_LIMIT_MS = 240_000
const BROWSER_FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
]
