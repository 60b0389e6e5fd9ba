// One built product for every suite of this folder: the demo day, and beside it what a site would have: an EC2 endpoint, two destinations of a SOC, of
// which one refuses until it is told otherwise, an OpenID provider. Starting it is most of what a suite costs on a slow machine.
import { mkdtempSync, rmSync } from "node:fs"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Page } from "playwright-core"
import { afterAll, afterEach, beforeAll, expect } from "vitest"
import { axeScript, type Demo, openDemo, settled, visit, watch } from "../../support/console.ts"
import { FakeEc2 } from "../../support/ec2/fake.ts"
import { sensorInterface, smallWorld } from "../../support/ec2/world.ts"
import { TestOidcProvider } from "../../support/oidc-provider.ts"

export interface World {
  readonly demo: Demo
  readonly folder: string
  readonly cloud: FakeEc2
  readonly hook: Hook
  readonly provider: TestOidcProvider
  close(): Promise<void>
}

export async function openWorld(): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), "egret-console-world-"))
  const cloud = new FakeEc2(smallWorld())
  const hook = await Hook.open()
  const provider = await TestOidcProvider.open({ id: "egret-console", secret: "of-the-test" }, PEOPLE)
  const destinations = [
    { name: "archive", type: "file", path: join(folder, "events.jsonl") },
    { name: "hook", type: "webhook", url: hook.url },
  ]
  const demo = await openDemo(
    {
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      // A session of a person is one browser: here it is all suites in a row.
      EGRET__API__REQUESTS_PER_MINUTE: "60000",
      EGRET__API__OIDC__ISSUER: provider.issuer,
      EGRET__API__OIDC__AUDIENCE: "egret-console",
      EGRET__API__OIDC__CLIENT_SECRET: "env:TEST_OIDC_SECRET",
      EGRET__API__OIDC__ROLE_CLAIM: "groups",
      EGRET__API__OIDC__ROLES: JSON.stringify({ soc: "analyst" }),
      TEST_OIDC_SECRET: "of-the-test",
      EGRET__MIRROR__REGION: "eu-central-1",
      EGRET__MIRROR__ENDPOINT: await cloud.start(),
      EGRET__MIRROR__TARGET__NETWORK_INTERFACE: sensorInterface,
      EGRET__RESPOND__ENABLED: "true",
      EGRET__RESPOND__DRY_RUN: "false",
      EGRET__RESPOND__STATE_DIR: join(folder, "respond"),
      EGRET__RESPOND__ACTIONS: JSON.stringify([{ name: "gateways", type: "deny-list" }]),
      EGRET__SOC__STATE_DIR: join(folder, "soc"),
      EGRET__SOC__DESTINATIONS: JSON.stringify(destinations),
    },
    // The day in so many seconds: a machine of half the speed must still take every packet.
    "4",
  )
  const close = async () => {
    await demo.close()
    await cloud.stop()
    hook.close()
    provider.close()
    rmSync(folder, { recursive: true, force: true })
  }
  return { demo, folder, cloud, hook, provider, close }
}

/** A browser tab of the suite that asks, signed in as administrator. What the browser complained about fails the test in which it did. */
export class Desk {
  readonly #world: () => World
  readonly #problems: string[] = []
  #page: Page | undefined

  constructor(world: () => World, { before = async () => {} }: { before?: (page: Page) => Promise<unknown> } = {}) {
    this.#world = world
    beforeAll(async () => {
      this.#page = await world().demo.admin.newPage()
      await this.#page.addInitScript({ content: axeScript() })
      this.#page.setDefaultTimeout(PATIENT.timeout)
      watch(this.#page, this.#problems)
      await before(this.#page)
    })
    afterEach(() => expect(this.#problems.splice(0)).toEqual([]))
    // Each open page holds a connection for what happens live, and a browser makes no more than six to one place.
    afterAll(async () => this.#page?.close())
  }

  get page(): Page {
    if (this.#page === undefined) throw new Error("the suite has not begun")
    return this.#page
  }
  /** What the browser complained about in this test. */
  get problems(): string[] {
    return this.#problems
  }
  open(place: string): Promise<void> {
    return visit(this.page, this.#world().demo.origin, place)
  }
  rows() {
    return this.page.locator("main tbody tr")
  }
  async main(): Promise<string> {
    return (await this.page.locator("main").allInnerTexts()).join()
  }
  press(name: string): Promise<void> {
    return this.page.getByRole("button", { name, exact: true }).click()
  }
  /** Follows the first row whose text fits. */
  async follow(list: string, text: string): Promise<void> {
    await this.open(list)
    await this.rows().filter({ hasText: text }).first().locator("a").first().click()
    await this.page.waitForURL((url) => !url.hash.startsWith(`#/${list.split("?")[0]}`))
    await settled(this.page)
  }
}

/** Receives events, and refuses each for good while it is told to. */
class Hook {
  readonly #server: Server
  refuses = true
  taken = 0

  static async open(): Promise<Hook> {
    const hook = new Hook()
    await new Promise<void>((done) => hook.#server.listen(0, "127.0.0.1", done))
    return hook
  }
  private constructor() {
    this.#server = createServer((request, response) => {
      request.resume().once("end", () => {
        if (!this.refuses) this.taken += 1
        response.writeHead(this.refuses ? 400 : 204).end()
      })
    })
  }
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/events`
  }
  close(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }
}

/** How long anything may take: what fails is wrong, not slow. */
export const PATIENT = { timeout: 60_000 }

/** At the provider. */
const PEOPLE = {
  ann: { email: "ann@example.com", groups: ["soc"] },
  eve: { email: "eve@example.com", groups: ["staff"] },
}
