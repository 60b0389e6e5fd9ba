import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { respondConfig } from "../../../services/contracts/config/respond.ts"
import type { Actor, RespondRequest, Response, Step } from "../../../services/respond/model.ts"
import { Responder } from "../../../services/respond/responder.ts"

let folder: string
let clock: number
let audited: string[]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "egret-respond-"))
  clock = Date.UTC(2026, 10, 21, 12)
  audited = []
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const steps: Step[] = ["203.0.113.1", "203.0.113.2", "203.0.113.3"].map((value) => ({ kind: "deny-list", entry: { kind: "ip", value } }))
const request: RespondRequest = {
  action: "deny",
  target: { workload: { ip: "10.0.0.10", networkInterface: "eni-agent" }, destination: { host: "paste.example", ips: ["203.0.113.1"] } },
  reason: "a key leaves",
  by: "ann",
  key: "event-1",
}

/** What lies outside: a set of denied addresses. `fail` and `hang` choose a call ("apply 1 before", "revert 0 after") to break at. */
class Outside implements Actor {
  readonly denied = new Set<string>()
  readonly calls: string[] = []
  fail = ""
  hang = ""
  touched = ""

  async plan() {
    return { steps, warnings: [] }
  }
  async apply(step: Step) {
    await this.#call("apply", step, (value) => this.denied.add(value))
  }
  async revert(step: Step) {
    await this.#call("revert", step, (value) => this.denied.delete(value))
    return this.touched !== "" && step.kind === "deny-list" && step.entry.value === this.touched
      ? { done: "left" as const, why: `${this.touched} was changed by somebody else` }
      : { done: "restored" as const }
  }
  async #call(does: string, step: Step, effect: (value: string) => void) {
    if (step.kind !== "deny-list") return
    const name = `${does} ${steps.indexOf(step) >= 0 ? steps.indexOf(step) : steps.findIndex((each) => JSON.stringify(each) === JSON.stringify(step))}`
    this.calls.push(name)
    await this.#break(`${name} before`)
    effect(step.entry.value)
    await this.#break(`${name} after`)
  }
  async #break(point: string) {
    if (this.fail === point) throw new Error(`refused at ${point}`)
    if (this.hang === point) await new Promise(() => {})
  }
}

function open(outside: Actor, more: Record<string, unknown> = {}, stateDir = folder): Responder {
  const config = respondConfig.parse({
    enabled: true,
    dryRun: false,
    stateDir,
    actions: [{ name: "deny", type: "deny-list", lasts: "1h" }],
    ...more,
  })
  return new Responder({ config, actorOf: () => outside, now: () => clock, audit: ({ who, action }) => audited.push(`${who} ${action}`) })
}

async function planned(responder: Responder, more: Partial<RespondRequest> = {}): Promise<Response> {
  const response = await responder.plan({ ...request, ...more })
  if ("refused" in response) throw new Error(response.refused)
  return response
}

describe("responding", () => {
  it("does nothing at all while it is off, and changes nothing in a dry run", async () => {
    const outside = new Outside()
    expect(await open(outside, { enabled: false }).plan(request)).toEqual({ refused: "responding is off: set respond.enabled" })
    const dry = open(outside, { dryRun: true })
    const { id } = await planned(dry)
    await expect(dry.apply(id, "ann")).rejects.toThrow("dry run")
    expect([outside.calls, dry.list().map(({ state }) => state)]).toEqual([[], ["planned"]])
  })

  it("applies, says until when, and takes everything back when the time is over, in reverse order", async () => {
    const outside = new Outside()
    const responder = open(outside)
    const { id } = await planned(responder)
    expect(await responder.apply(id, "ann")).toMatchObject({ state: "applied", until: clock + 3_600_000, inForce: [0, 1, 2] })
    expect(outside.denied.size).toBe(3)
    clock += 3_599_999
    expect(await responder.tick()).toEqual([])
    clock += 1
    expect(await responder.tick()).toMatchObject([{ id, state: "reverted", inForce: [] }])
    expect(outside.denied.size).toBe(0)
    expect(outside.calls.slice(3)).toEqual(["revert 2", "revert 1", "revert 0"])
    expect(audited).toEqual(["ann respond-plan", "ann respond-apply", "egret respond-revert"])
  })

  it("never lasts longer than the configuration allows", async () => {
    expect(await planned(open(new Outside(), { longest: "2h" }), { lasts: 86_400_000 })).toMatchObject({ lasts: 7_200_000 })
  })

  it("is the same response for the same key", async () => {
    const responder = open(new Outside())
    const first = await planned(responder)
    expect((await planned(responder)).id).toBe(first.id)
    expect((await planned(responder, { key: "event-2" })).id).not.toBe(first.id)
  })

  it("refuses a plan that is an hour old, an unknown action, and more than may be in force", async () => {
    const responder = open(new Outside(), { maxActive: 1 })
    const [first, second, old] = [await planned(responder), await planned(responder, { key: "2" }), await planned(responder, { key: "3" })]
    await responder.apply(first.id, "ann")
    await expect(responder.apply(second.id, "ann")).rejects.toThrow("respond.maxActive allows 1")
    clock += 3_600_001
    await expect(responder.apply(old.id, "ann")).rejects.toThrow("plan it again")
    expect(await responder.plan({ ...request, action: "nuke", key: "4" })).toEqual({ refused: "no action named nuke; there are: deny" })
  })

  it.each([["10.0.0.0/24"], ["10.0.0.10"], ["203.0.113.1"], ["example"], ["paste.example"], ["eni-agent"]])(
    "never touches what %s protects",
    async (never) => {
      expect(await open(new Outside(), { never: [never] }).plan(request)).toMatchObject({
        refused: expect.stringContaining("respond.never protects"),
      })
    },
  )

  it("takes back what it did when a later step is refused, and says why", async () => {
    const outside = new Outside()
    outside.fail = "apply 2 before"
    const responder = open(outside)
    const { id } = await planned(responder)
    expect(await responder.apply(id, "ann")).toMatchObject({
      state: "failed",
      problem: "could not be applied: refused at apply 2 before",
      inForce: [],
    })
    expect(outside.denied.size).toBe(0)
  })

  it("goes on trying to take back what cannot be taken back now", async () => {
    const outside = new Outside()
    const responder = open(outside)
    const { id } = await planned(responder)
    await responder.apply(id, "ann")
    outside.fail = "revert 1 before"
    expect(await responder.revert(id, "a mistake", "bob")).toMatchObject({
      state: "reverting",
      problem: expect.stringContaining("tried again"),
    })
    expect([...outside.denied]).toEqual(["203.0.113.1", "203.0.113.2"])
    outside.fail = ""
    expect(await responder.tick()).toMatchObject([{ state: "reverted", inForce: [] }])
    expect(outside.denied.size).toBe(0)
  })

  it("leaves what somebody else has changed, and tells", async () => {
    const outside = new Outside()
    const responder = open(outside)
    const { id } = await planned(responder)
    await responder.apply(id, "ann")
    outside.touched = "203.0.113.2"
    expect(await responder.revert(id, "over", "bob")).toMatchObject({
      state: "reverted",
      problem: "203.0.113.2 was changed by somebody else",
    })
  })

  it("does not take back twice, nor what was never applied", async () => {
    const responder = open(new Outside())
    const { id } = await planned(responder)
    await expect(responder.revert(id, "over", "bob")).rejects.toThrow("nothing to take back")
    await expect(responder.revert("r-0", "over", "bob")).rejects.toThrow("no response r-0")
  })

  it("keeps two processes apart", async () => {
    const outside = new Outside()
    const [one, two] = [open(outside), open(outside)]
    const { id } = await planned(one)
    const results = await Promise.allSettled([one.apply(id, "ann"), two.apply(id, "bob"), one.tick(), two.tick()])
    expect(results.every(({ status }) => status === "fulfilled")).toBe(true)
    expect(outside.calls).toEqual(["apply 0", "apply 1", "apply 2"])
    expect(two.list()).toMatchObject([{ state: "applied" }])
  })
})

describe("a kill at any point", () => {
  const points = ["apply", "revert"].flatMap((does) =>
    [0, 1, 2].flatMap((step) => ["before", "after"].map((when) => `${does} ${step} ${when}`)),
  )

  it.each(points)("%s: the next process goes on, and at the end nothing is left in force", async (point) => {
    const outside = new Outside()
    outside.hang = point
    const responder = open(outside)
    const { id } = await planned(responder)
    const applying = responder.apply(id, "ann")
    if (point.startsWith("revert")) {
      await applying
      void responder.revert(id, "over", "bob")
    }
    while (outside.calls.at(-1) !== point.split(" ").slice(0, 2).join(" ")) await new Promise((resolve) => setImmediate(resolve))
    await new Promise((resolve) => setImmediate(resolve))
    const after = mkdtempSync(join(tmpdir(), "egret-respond-"))
    cpSync(join(folder, "journal.ndjson"), join(after, "journal.ndjson"))
    outside.hang = ""
    const next = open(outside, {}, after)
    await next.tick()
    expect(next.list()).toMatchObject([{ id, state: point.startsWith("apply") ? "applied" : "reverted" }])
    expect(outside.denied.size).toBe(point.startsWith("apply") ? 3 : 0)
    clock += 3_600_000
    await next.tick()
    expect([next.list()[0]?.state, outside.denied.size]).toEqual(["reverted", 0])
    rmSync(after, { recursive: true, force: true })
  })

  it("in the middle of a journal line forgets that line and nothing else", async () => {
    const responder = open(new Outside())
    await planned(responder)
    const whole = readFileSync(join(folder, "journal.ndjson"), "utf8")
    const cut = mkdtempSync(join(tmpdir(), "egret-respond-"))
    const { writeFileSync } = await import("node:fs")
    writeFileSync(join(cut, "journal.ndjson"), `${whole}{"at":1,"id":"r-`)
    expect(open(new Outside(), {}, cut).list()).toMatchObject([{ state: "planned" }])
    expect(readFileSync(join(cut, "journal.ndjson"), "utf8")).toBe(whole)
    rmSync(cut, { recursive: true, force: true })
  })
})
