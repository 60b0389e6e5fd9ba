// The console of the built product in a real browser, over the demo day: every page shows its rows without a complaint of the browser, and reads well for
// everybody; the flows of work go through; a role sees what it may; what hostile traffic says stays text. One product for all: what changes events or
// settings comes after what only reads.
import { afterAll, beforeAll, describe } from "vitest"
import { builtConsole } from "../support/console.ts"
import { missing, requires } from "../support/requires.ts"
import { inChinese } from "./console/chinese.ts"
import { flows } from "./console/flows.ts"
import { hostileTraffic } from "./console/hostile.ts"
import { keys } from "./console/keys.ts"
import { live } from "./console/live.ts"
import { operating } from "./console/operating.ts"
import { pages } from "./console/pages.ts"
import { signIn } from "./console/sign-in.ts"
import { openWorld, type World } from "./console/world.ts"

const unbuilt = builtConsole()
const need = [requires("chromium", "chdb"), ...(unbuilt === undefined ? [] : [missing("built console", unbuilt)])]

describe.skipIf(need.some((one) => one.missing))("the console", () => {
  let opened: World | undefined
  const world = (): World => {
    if (opened === undefined) throw new Error("the demo did not start")
    return opened
  }
  beforeAll(async () => {
    opened = await openWorld()
  })
  afterAll(async () => opened?.close())

  pages(world)
  hostileTraffic(world)
  inChinese(world)
  flows(world)
  keys(world)
  live(world)
  operating(world)
  signIn(world)
})
