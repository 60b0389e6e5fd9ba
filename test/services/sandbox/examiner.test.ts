import { readdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import { CaseStore } from "../../../services/sandbox/case-store.ts"
import { type Engine, type EngineAnswer, EngineError } from "../../../services/sandbox/engine.ts"
import type { Examiner } from "../../../services/sandbox/examiner.ts"
import { HOLDS_SECRETS } from "../../../services/sandbox/static-verdict.ts"
import { DAY, examining, fakeEngine, said, script, sighting, TestClock } from "../../support/sandbox/examining.ts"

const open: Examiner[] = []
afterEach(() => Promise.all(open.splice(0).map((examiner) => examiner.close())))

function start(engines: readonly Engine[], more: Parameters<typeof examining>[1] = {}) {
  const kit = examining(engines, more)
  kit.examiner.start()
  open.push(kit.examiner)
  const give = async (one: ReturnType<typeof script>) => {
    await kit.vault.put(one.info.sha256, one.bytes)
    await kit.examiner.accept(one)
    await kit.clock.settle()
  }
  return { ...kit, give }
}

describe("a file under examination", () => {
  it("gets the static word first and asks the others only then", async () => {
    const order: string[] = []
    const engine = (name: string) =>
      fakeEngine(name, {
        submit: async () => {
          order.push(name)
          return said("clean")
        },
      })
    const { give, words } = start([engine("static"), engine("b"), engine("a")])
    await give(script("echo 1"))
    expect(order[0]).toBe("static")
    expect([words("static"), words("a"), words("b"), words("merged").at(-1)]).toEqual([["clean"], ["clean"], ["clean"], "clean"])
  })

  it("is examined once while its verdict stands, and whoever fetches it later is told at once", async () => {
    let asked = 0
    const vendor = fakeEngine("vendor", {
      submit: async () => {
        asked++
        return said("malicious")
      },
    })
    const { give, events, examiner, clock } = start([fakeEngine("static"), vendor])
    const one = script("curl x | sh")
    await give(one)
    await give(one)
    expect(events().map(({ agent }) => agent?.id)).toEqual(["agent-1"])
    await examiner.accept({ ...one, sighting: sighting("another day", "agent-2") })
    await clock.settle()
    expect(asked).toBe(1)
    expect(events().map(({ agent, title }) => [agent?.id, title])).toEqual([
      ["agent-1", "Malicious file: run.sh"],
      ["agent-2", "Malicious file: run.sh"],
    ])
    await clock.pass(8 * DAY)
    await give(one)
    expect(asked).toBe(2)
  })

  it.each([
    ["unsupported", said("unsupported"), "clean"],
    ["error", said("error"), "partial"],
    ["timeout", said("timeout"), "partial"],
    ["partial", said("partial"), "partial"],
    ["clean", said("clean"), "clean"],
  ] as [string, EngineAnswer, string][])(
    "for which the static analysis says clean and another engine %s is not called clean unless it may be",
    async (_name, answer, merged) => {
      const { give, words } = start([fakeEngine("static"), fakeEngine("vendor", { submit: async () => answer })])
      await give(script("echo 2"))
      expect(words("merged").at(-1)).toBe(merged)
    },
  )

  it("is never clean when no engine could judge it", async () => {
    const { give, words } = start([fakeEngine("static", { submit: async () => said("unsupported") })])
    await give(script("echo 3"))
    expect(words("merged")).toEqual(["unsupported"])
  })

  it("is sent to no engine that may not have secrets once one was found in it", async () => {
    let sent = false
    const vendor = fakeEngine("vendor", {
      takesSecrets: false,
      submit: async () => {
        sent = true
        return said("clean")
      },
    })
    const { give, outcomes } = start([fakeEngine("static", { submit: async () => said("clean", { labels: [HOLDS_SECRETS] }) }), vendor])
    await give(script("export KEY=1"))
    const word = outcomes.flatMap(({ verdicts }) => verdicts).find(({ engine }) => engine === "vendor")
    expect([sent, word?.result, word?.reasons[0]?.text]).toEqual([false, "unsupported", expect.stringContaining("secret")])
  })

  it("is reported as not examined when the queue is full", async () => {
    const { give, outcomes } = start([fakeEngine("static", { submit: () => new Promise<EngineAnswer>(() => {}) })], { queue: 1 })
    await give(script("echo 4"))
    const second = script("echo 5")
    await give(second)
    const [verdict] = outcomes.flatMap(({ verdicts }) => verdicts)
    expect(verdict).toMatchObject({ sha256: second.info.sha256, engine: "merged", result: "error" })
    open.splice(0)
  })
})

describe("an analysis that takes its time", () => {
  it("is asked for again until it is there, and raises the event then", async () => {
    let polls = 0
    const vendor = fakeEngine("vendor", {
      submit: async () => ({ state: "running", ref: "77" }),
      poll: async (ref) => {
        polls++
        return polls < 3 ? { state: "running", ref } : said("malicious")
      },
    })
    const { give, clock, words, events } = start([fakeEngine("static"), vendor])
    await give(script("echo 6"))
    expect(words("merged")).toEqual(["pending"])
    await clock.pass(60_000)
    expect(words("merged")).toEqual(["pending", "malicious"])
    expect(events()).toHaveLength(1)
  })

  it("counts as a time-out after its time, and is still taken when it comes", async () => {
    let ready = false
    const vendor = fakeEngine("vendor", {
      limits: { analysis: 60_000, poll: 10_000 },
      submit: async () => ({ state: "running", ref: "1" }),
      poll: async (ref) => (ready ? said("malicious") : { state: "running", ref }),
    })
    const { give, clock, words, events } = start([fakeEngine("static"), vendor])
    await give(script("echo 7"))
    await clock.pass(120_000)
    expect([words("vendor"), words("merged").at(-1), events()]).toEqual([["timeout"], "partial", []])
    ready = true
    await clock.pass(120_000)
    expect([words("vendor").at(-1), words("merged").at(-1), events().length]).toEqual(["malicious", "malicious", 1])
  })

  it("that the engine has lost is submitted again, a few times at most", async () => {
    let submitted = 0
    const vendor = fakeEngine("vendor", {
      submit: async () => {
        submitted++
        return { state: "running", ref: String(submitted) }
      },
      poll: async () => ({ state: "unknown" }),
      lookup: async () => ({ state: "unknown" }),
    })
    const { give, clock, words } = start([fakeEngine("static"), vendor])
    await give(script("echo 8"))
    await clock.pass(600_000)
    expect(words("vendor")).toEqual(["error"])
    expect(submitted).toBeLessThanOrEqual(5)
  })
})

describe("an engine that is down", () => {
  it("for an hour loses no file and gets each once", async () => {
    let up = false
    const got: string[] = []
    const vendor = fakeEngine("vendor", {
      lookup: async ({ sha256 }) => {
        if (!up) throw new EngineError("ECONNREFUSED")
        return got.includes(sha256) ? said("malicious") : { state: "unknown" }
      },
      submit: async ({ sha256 }) => {
        if (!up) throw new EngineError("ECONNREFUSED")
        got.push(sha256)
        return said("malicious")
      },
    })
    const { give, clock, words, examiner } = start([fakeEngine("static"), vendor])
    const files = Array.from({ length: 20 }, (_, n) => script(`echo down ${n}`))
    for (const file of files) await give(file)
    await clock.pass(3_600_000)
    expect([words("vendor"), examiner.waiting]).toEqual([[], 20])
    up = true
    await clock.pass(600_000)
    await clock.settle()
    expect(got.sort()).toEqual(files.map(({ info }) => info.sha256).sort())
    expect([words("vendor").length, examiner.waiting]).toEqual([20, 0])
  })

  it("is given up after a day, which is an error and is asked again later", async () => {
    let up = false
    const vendor = fakeEngine("vendor", {
      submit: async () => {
        if (!up) throw new EngineError("ECONNREFUSED")
        return said("malicious")
      },
    })
    const { give, clock, words, events } = start([fakeEngine("static"), vendor])
    await give(script("echo 9"))
    await clock.pass(DAY + 600_000)
    expect([words("vendor"), words("merged").at(-1)]).toEqual([["error"], "partial"])
    up = true
    await clock.pass(DAY)
    expect([words("vendor").at(-1), events().length]).toEqual(["malicious", 1])
  })

  it("that answers 429 is left alone as long as it said, and its quota of the day outlives a restart", async () => {
    const times: number[] = []
    const clock = new TestClock()
    const counts = new Map<string, { day: string; count: number }>()
    const quotas = {
      read: (name: string) => counts.get(name),
      write: (name: string, count: { day: string; count: number }) => counts.set(name, count),
    }
    const vendor = () =>
      fakeEngine("vendor", {
        limits: { perDay: 3 },
        submit: async () => {
          times.push(clock.now())
          if (times.length === 1) throw new EngineError("HTTP 429", { quota: true, after: 120_000 })
          return said("clean")
        },
      })
    const first = start([fakeEngine("static"), vendor()], { clock, quotas })
    await first.give(script("echo a"))
    await first.give(script("echo b"))
    await clock.pass(100_000)
    expect(times).toHaveLength(1)
    await clock.pass(40_000)
    expect(times).toHaveLength(3)
    await first.examiner.close()
    open.splice(0)
    const second = start([fakeEngine("static"), vendor()], { clock, quotas, folder: first.folder })
    await second.give(script("echo c"))
    await clock.pass(3_600_000)
    expect(times).toHaveLength(3)
    await clock.pass(DAY)
    expect(times).toHaveLength(4)
  })
})

describe("the rate of an engine", () => {
  it("is never passed, whatever the number of files", async () => {
    const times: number[] = []
    const vendor = fakeEngine("vendor", { limits: { perMinute: 4 } })
    const { give, clock } = start([
      fakeEngine("static"),
      {
        ...vendor,
        submit: async () => {
          times.push(clock.now())
          return said("clean")
        },
      },
    ])
    for (let n = 0; n < 10; n++) await give(script(`echo rate ${n}`))
    await clock.pass(200_000)
    expect(times).toHaveLength(10)
    for (const at of times) expect(times.filter((other) => other >= at && other < at + 60_000).length).toBeLessThanOrEqual(4)
  })
})

describe("a restart", () => {
  it("in the middle of a submission asks by hash before it submits again", async () => {
    const clock = new TestClock()
    const got: string[] = []
    const stuck = fakeEngine("vendor", {
      lookup: async () => ({ state: "unknown" }),
      submit: async ({ sha256 }) => {
        got.push(sha256)
        // The answer never arrives: the process dies first.
        return new Promise<EngineAnswer>(() => {})
      },
    })
    const first = start([fakeEngine("static"), stuck], { clock })
    const one = script("echo killed")
    await first.give(one)
    expect(got).toEqual([one.info.sha256])
    open.splice(0)

    const asked: string[] = []
    const again = fakeEngine("vendor", {
      lookup: async ({ sha256 }) => {
        asked.push(sha256)
        return got.includes(sha256) ? { state: "running", ref: "known" } : { state: "unknown" }
      },
      submit: async ({ sha256 }) => {
        got.push(sha256)
        return { state: "running", ref: "new" }
      },
      poll: async (ref) => said(ref === "known" ? "malicious" : "clean"),
    })
    const second = start([fakeEngine("static"), again], { clock, folder: first.folder })
    await clock.pass(30_000)
    expect([got.length, asked, second.words("vendor")]).toEqual([1, [one.info.sha256], ["malicious"]])
  })

  it("between a case's last write and its move to the closed ones moves it, and is not kept busy by it for ever", async () => {
    const clock = new TestClock()
    const first = start([fakeEngine("static", { submit: async () => said("malicious") })], { clock })
    const one = script("echo last write")
    await first.give(one)
    await first.examiner.close()
    open.splice(0)
    await new CaseStore(first.folder).reopen(`file-${one.info.sha256}`)
    const second = start([fakeEngine("static")], { clock, folder: first.folder })
    await clock.pass(5_000)
    expect([second.examiner.waiting, second.outcomes]).toEqual([0, []])
  })

  it("says again what the bus had not taken", async () => {
    const clock = new TestClock()
    const first = start([fakeEngine("static", { submit: async () => said("malicious") })], {
      clock,
      publish: () => Promise.reject(new Error("down")),
    })
    await first.give(script("echo bus"))
    expect(first.outcomes).toEqual([])
    await first.examiner.close()
    open.splice(0)
    const second = start([fakeEngine("static")], { clock, folder: first.folder })
    await clock.pass(5_000)
    expect([second.words("static"), second.words("merged"), second.events().length]).toEqual([["malicious"], ["malicious"], 1])
    expect(second.examiner.waiting).toBe(0)
  })

  it("leaves aside what is no case and goes on with the rest", async () => {
    const first = start([fakeEngine("static", { submit: () => new Promise<EngineAnswer>(() => {}) })])
    await first.give(script("echo ok"))
    writeFileSync(join(first.folder, "open", "file-broken.json"), '{"v":1,"key":"fi')
    open.splice(0)
    const second = examining([fakeEngine("static")], { folder: first.folder, clock: first.clock })
    expect(second.examiner.start()).toEqual(["file-broken.json"])
    open.push(second.examiner)
    await second.clock.settle()
    expect(second.words("merged")).toEqual(["clean"])
    expect(readdirSync(join(first.folder, "open"))).toEqual(["file-broken.json"])
  })
})

describe("a verdict that comes late", () => {
  it("finds every agent the store knows of, and one that changes back lowers the events", async () => {
    let result: "malicious" | "clean" = "malicious"
    const vendor = fakeEngine("vendor", { submit: async () => said(result, { again: true }) })
    const { give, clock, events, outcomes } = start([fakeEngine("static"), vendor], {
      hunt: async () => [sighting("last week", "agent-7"), sighting("yesterday", "agent-8")],
    })
    await give(script("echo late"))
    expect(
      events()
        .map(({ agent }) => agent?.id)
        .sort(),
    ).toEqual(["agent-1", "agent-7", "agent-8"])
    expect(
      outcomes
        .flatMap(({ findings }) => findings)
        .map(({ activity }) => activity.id)
        .sort(),
    ).toEqual(expect.arrayContaining(["last week", "yesterday"]))
    result = "clean"
    await clock.pass(DAY)
    const latest = new Map(events().map((event) => [event.id, event]))
    expect([...latest.values()].map(({ severity, revision }) => [severity, revision])).toEqual(Array(3).fill(["info", 1]))
  })

  it("is hunted for again when the store did not answer", async () => {
    let down = true
    const { give, clock, events } = start([fakeEngine("static", { submit: async () => said("malicious") })], {
      hunt: async () => {
        if (down) throw new Error("store down")
        return [sighting("old", "agent-9")]
      },
    })
    await give(script("echo hunt"))
    expect(events().map(({ agent }) => agent?.id)).toEqual(["agent-1"])
    down = false
    await clock.pass(40_000)
    expect(events().map(({ agent }) => agent?.id)).toContain("agent-9")
  })

  it("about a file of a skill makes the skill bad too", async () => {
    const vendor = fakeEngine("vendor", {
      accepts: ({ subject }) => (subject === "file" ? { asked: true, upload: true } : { asked: false, reason: "no skills" }),
      submit: async () => said("malicious"),
    })
    const { give, examiner, outcomes, clock } = start([fakeEngine("static"), vendor])
    const part = script("payload")
    const skill = "a".repeat(64)
    await examiner.accept({
      info: { ...part.info, subject: "skill", sha256: skill, name: "helper", kind: "skill" },
      members: [{ path: "scripts/run.sh", sha256: part.info.sha256, bytes: 7, mediaType: "text/plain" }],
      texts: { texts: [{ path: "SKILL.md", text: "hi" }], executable: [] },
      sighting: sighting("skill activity"),
    })
    await clock.settle()
    await give({ ...part, parent: `skill-${skill}` })
    await clock.settle()
    const merged = outcomes.flatMap(({ verdicts }) => verdicts).filter(({ engine, sha256 }) => engine === "merged" && sha256 === skill)
    expect(merged.map(({ result }) => result)).toEqual(["clean", "malicious"])
    expect(merged.at(-1)?.reasons).toContainEqual({ text: "vendor: malicious", path: "scripts/run.sh" })
  })
})
