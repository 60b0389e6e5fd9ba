// Every adapter against its vendor as documented: known hashes, uploads, states on the way, verdicts on its own scale, quotas, failures, a crash in between.
import { createHash } from "node:crypto"
import { afterEach, describe, expect, it } from "vitest"
import { type SandboxEngineConfig, sandboxConfig } from "../../../services/contracts/config/sandbox.ts"
import { Secret } from "../../../services/contracts/config/secret.ts"
import { type Engine, type EngineAnswer, EngineError, type Sample } from "../../../services/sandbox/engine.ts"
import { openEngine } from "../../../services/sandbox/open-engines.ts"
import {
  assemblylineVendor,
  type Behaviour,
  capeVendor,
  cuckoo3Vendor,
  hybridVendor,
  joeVendor,
  openVendor,
  type Vendor,
  virusTotalVendor,
} from "../../support/sandbox/vendors.ts"

const never = new AbortController().signal
const open: Vendor[] = []
afterEach(() => Promise.all(open.splice(0).map((vendor) => vendor.close())))

interface Kind {
  readonly vendor: (behaviour: Behaviour) => Promise<Vendor>
  readonly settings: Readonly<Record<string, unknown>>
  /** The vendor's own word or number for each of ours. */
  readonly words: Readonly<Partial<Record<"malicious" | "suspicious" | "clean" | "unsupported", string | number>>>
}

const kinds: Readonly<Record<string, Kind>> = {
  cape: { vendor: capeVendor, settings: { token: "cape-token" }, words: { malicious: 8.2, suspicious: 5, clean: 0.4 } },
  cuckoo3: { vendor: cuckoo3Vendor, settings: { token: "cuckoo-key" }, words: { malicious: 9, suspicious: 4, clean: 0 } },
  assemblyline: {
    vendor: assemblylineVendor,
    settings: { user: "egret", apiKey: "al-key" },
    words: { malicious: 1_200, suspicious: 700, clean: 10 },
  },
  virustotal: {
    vendor: virusTotalVendor,
    settings: { apiKey: "vt-key", share: "sample" },
    words: { malicious: 30, suspicious: 1, clean: 0 },
  },
  joe: {
    vendor: joeVendor,
    settings: { apiKey: "joe-key", share: "sample", acceptTerms: true },
    words: { malicious: "malicious", suspicious: "suspicious", clean: "clean", unsupported: "unknown" },
  },
  "hybrid-analysis": {
    vendor: hybridVendor,
    settings: { apiKey: "ha-key", share: "sample" },
    words: { malicious: "malicious", suspicious: "suspicious", clean: "no specific threat", unsupported: "no verdict" },
  },
}

describe.each(Object.entries(kinds))("%s", (type, { vendor, settings, words }) => {
  const start = async (behaviour: Behaviour = {}, more: Readonly<Record<string, unknown>> = {}) => {
    const opened = await vendor(behaviour)
    open.push(opened)
    return { vendor: opened, engine: engineOf({ type, name: "it", url: opened.url, ...settings, ...more }) }
  }

  it.each(Object.entries(words))("takes a file, runs for a while and says %s in its own words", async (result, verdict) => {
    const { engine, vendor } = await start({ verdict, polls: 2 })
    const one = sample("echo hello")
    if (engine.lookup !== undefined) expect(await engine.lookup(one, never)).toEqual({ state: "unknown" })
    const { answer, polls } = await finish(engine, one)
    expect([answer.state === "done" && answer.opinion.result, polls]).toEqual([result, 3])
    if (answer.state === "done" && result !== "unsupported") {
      const { score } = answer.opinion
      const expected: Record<string, boolean> = { malicious: score >= 70, suspicious: score >= 40 && score < 100, clean: score < 40 }
      expect([score, expected[result]]).toEqual([score, true])
    }
    const upload = vendor.asked.find(({ file }) => file !== undefined)
    expect([upload?.file?.sha256, upload?.file?.name]).toEqual([one.sha256, "run.sh"])
  })

  it("asks nobody to forget its manners: 429 waits as long as it was told, 500 and 503 come again, a refused key waits for a person", async () => {
    const { engine, vendor } = await start()
    vendor.next.push({ status: 429, headers: { "retry-after": "17" } }, { status: 500 }, { status: 401 }, { status: 422, body: "{}" })
    const errors: unknown[] = []
    for (let n = 0; n < 4; n++) await engine.submit(sample("x"), never).catch((error: unknown) => errors.push(error))
    expect(errors.map((error) => (error instanceof EngineError ? [error.quota, error.final, error.after] : error))).toEqual([
      [true, false, 17_000],
      [false, false, undefined],
      [false, false, 600_000],
      [false, true, undefined],
    ])
  })

  it("gives an answer that is no answer no meaning", async () => {
    const { engine, vendor } = await start()
    for (const body of ["<html>proxy error</html>", "[]", "null", '{"data":7}', ""]) {
      vendor.next.push({ body })
      const answer = await engine.submit(sample("y"), never).catch((error: unknown) => error)
      expect(
        answer instanceof EngineError || (answer as EngineAnswer).state === "running" || resultOf(answer as EngineAnswer) !== "clean",
      ).toBe(true)
    }
  })

  it("whose word is missing, of another type or none that we know is never clean", async () => {
    for (const verdict of [null, "", "banana", {}, [], true, "NaN", [0], "-", "0x"]) {
      const { engine } = await start({ verdict: verdict as never })
      const answer = await finish(engine, sample(`junk ${JSON.stringify(verdict)}`)).then(
        ({ answer }) => (answer.state === "done" ? answer.opinion.result : answer.state),
        (error: unknown) => (error instanceof EngineError ? "error" : String(error)),
      )
      expect([verdict, answer]).toEqual([verdict, expect.stringMatching(/^(?:error|unsupported|partial|timeout|lost|unknown|running)$/)])
    }
  })

  it("gives up a request that takes too long", async () => {
    const { engine, vendor } = await start({}, { timeout: "200ms" })
    vendor.next.push({ slow: 2_000 })
    await expect(engine.submit(sample("z"), never)).rejects.toMatchObject({ message: "no answer in time", final: false })
  })

  it("answers a test of its configuration, and says so when the key is wrong", async () => {
    const known =
      type === "virustotal" ? { known: { "275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f": { malicious: 60 } } } : {}
    const { engine } = await start(known as Behaviour)
    expect(await engine.test(never)).toContain("answers")
    const wrong = await start({}, { [("token" in settings ? "token" : "apiKey") as string]: "other" })
    await expect(wrong.engine.test(never)).rejects.toThrow(/key|401|403/)
  })

  it("knows a file again by its hash when it can, so that a crash submits nothing twice", async () => {
    const { engine } = await start({ verdict: words.malicious ?? 0 })
    const one = sample("crash")
    await engine.submit(one, never)
    if (type === "virustotal" || type === "joe" || type === "hybrid-analysis") return
    if (engine.lookup === undefined) return expect(type).toBe("cuckoo3")
    const found = await engine.lookup(one, never)
    expect(found.state).toBe("running")
  })
})

describe("what is known by hash alone", () => {
  it("is told by VirusTotal without a byte of the file, and asked again when nobody detects it yet", async () => {
    const bad = sample("bad")
    const fine = sample("fine")
    const empty = sample("empty")
    const vendor = await virusTotalVendor({
      known: {
        [bad.sha256]: { malicious: 41, suspicious: 1, undetected: 20, harmless: 0 },
        [fine.sha256]: { malicious: 0, suspicious: 0, undetected: 60, harmless: 1 },
        [empty.sha256]: { malicious: 0, undetected: 0, timeout: 12, "type-unsupported": 50 },
      },
    })
    open.push(vendor)
    const engine = engineOf({ type: "virustotal", name: "vt", url: vendor.url, apiKey: "vt-key" })
    expect(engine.accepts(bad)).toMatchObject({ asked: true, upload: false })
    expect(await engine.lookup?.(bad, never)).toMatchObject({
      opinion: { result: "malicious", labels: ["trojan.testware"], reportUrl: `https://www.virustotal.com/gui/file/${bad.sha256}` },
    })
    expect(await engine.lookup?.(fine, never)).toMatchObject({ opinion: { result: "clean", again: true } })
    expect(await engine.lookup?.(empty, never)).toMatchObject({ opinion: { result: "unsupported", again: true } })
    expect(vendor.asked.every(({ file, method }) => file === undefined && method === "GET")).toBe(true)
  })

  it("is told by Hybrid Analysis and by Joe Sandbox", async () => {
    const bad = sample("bad too")
    const hybrid = await hybridVendor({ known: { [bad.sha256]: "malicious" } })
    const joe = await joeVendor({ known: [bad.sha256], verdict: "malicious" })
    open.push(hybrid, joe)
    const first = engineOf({ type: "hybrid-analysis", name: "ha", url: hybrid.url, apiKey: "ha-key" })
    const second = engineOf({ type: "joe", name: "joe", url: joe.url, apiKey: "joe-key" })
    expect(await first.lookup?.(bad, never)).toMatchObject({ opinion: { result: "malicious", score: 90 } })
    expect(await second.lookup?.(bad, never)).toMatchObject({ opinion: { result: "malicious", score: 96 } })
    expect(await first.lookup?.(sample("new"), never)).toEqual({ state: "unknown" })
  })

  it("is not asked about files that travel outward or are too large, where the file itself would have to go", () => {
    const engine = engineOf({ type: "cuckoo3", name: "c", url: "http://127.0.0.1:1", token: "t", maxSize: "1KB" })
    expect(engine.accepts({ ...sample("a"), direction: "outbound" })).toEqual({ asked: false, reason: expect.stringContaining("outbound") })
    expect(engine.accepts({ ...sample("a"), bytes: 2_000 })).toEqual({ asked: false, reason: expect.stringContaining("maxSize") })
    expect(engine.accepts({ ...sample("a"), kind: "text" })).toEqual({ asked: false, reason: expect.stringContaining("kind text") })
  })
})

describe("an analysis that ends badly", () => {
  it("is an error of CAPE, of Cuckoo and of Assemblyline, and unsupported where they say that they cannot run it", async () => {
    const results: (string | undefined)[] = []
    for (const [vendor, settings] of [
      [await capeVendor({ failed: "failed_analysis", polls: 0 }), { type: "cape", token: "cape-token" }],
      [await cuckoo3Vendor({ failed: "fatal_error", polls: 0 }), { type: "cuckoo3", token: "cuckoo-key" }],
      [await cuckoo3Vendor({ failed: "no_selected", polls: 0 }), { type: "cuckoo3", token: "cuckoo-key" }],
      [await assemblylineVendor({ failed: "failed", polls: 0 }), { type: "assemblyline", user: "egret", apiKey: "al-key" }],
      [await hybridVendor({ failed: "FILE_TYPE_BAD_ERROR", polls: 0 }), { type: "hybrid-analysis", apiKey: "ha-key", share: "sample" }],
    ] as const) {
      open.push(vendor)
      const { answer } = await finish(engineOf({ name: "it", url: vendor.url, ...settings }), sample("w"))
      results.push(resultOf(answer))
    }
    expect(results).toEqual(["error", "error", "unsupported", "error", "unsupported"])
  })

  it("that was forgotten is unknown, not clean", async () => {
    for (const [type, { vendor, settings }] of Object.entries(kinds)) {
      const opened = await vendor({})
      open.push(opened)
      const engine = engineOf({ type, name: "it", url: opened.url, ...settings })
      const ref = type === "joe" ? "submission:999" : "999"
      const answer = await engine.poll?.(ref, sample("v"), never).catch((error: unknown) => error)
      expect([type, answer instanceof EngineError ? "error" : (answer as EngineAnswer).state]).toEqual([
        type,
        type === "joe" ? "error" : "unknown",
      ])
    }
  })
})

describe("any engine with an HTTP interface", () => {
  it("is described by the configuration: raw bytes, own words, thresholds, an answer at once", async () => {
    const vendor = await openVendor(({ path, headers }) => {
      if (path === "/scan")
        return {
          body: {
            result: {
              class: headers["content-type"] === "application/octet-stream" ? "TROJAN" : "other",
              points: 71,
              names: [{ name: "a.b" }],
            },
          },
        }
      return { status: 404 }
    })
    open.push(vendor)
    const engine = engineOf({
      type: "http",
      name: "own",
      url: vendor.url,
      lookup: "/hash/{sha256}",
      submit: { path: "/scan", as: "raw", id: "none" },
      verdict: {
        field: "result.class",
        malicious: ["virus"],
        score: "result.points",
        maliciousFrom: 90,
        suspiciousFrom: 50,
        labels: "result.names",
      },
    })
    const one = sample("raw")
    expect(await engine.lookup?.(one, never)).toEqual({ state: "unknown" })
    expect(await engine.submit(one, never)).toMatchObject({ state: "done", opinion: { result: "suspicious", score: 71, labels: ["a.b"] } })
  })

  it("whose answer holds neither a known word nor a number gave an error, not a clean bill", async () => {
    const vendor = await openVendor(() => ({ body: { verdict: "gut" } }))
    open.push(vendor)
    const engine = engineOf({ type: "http", name: "own", url: vendor.url })
    expect(await engine.submit(sample("q"), never)).toMatchObject({ opinion: { result: "error" } })
  })
})

it("a skill is sent as a ZIP that is the same every time", async () => {
  const vendor = await capeVendor()
  open.push(vendor)
  const engine = engineOf({ type: "cape", name: "c", url: vendor.url, token: "cape-token" })
  const { zipOf } = await import("../../../services/sandbox/zip.ts")
  const files = [
    { path: "b/run.sh", bytes: Buffer.from("echo"), executable: true },
    { path: "SKILL.md", bytes: Buffer.from("# x"), executable: false },
  ]
  const { unpackAll } = await import("../../../collectors/extract/archive/open.ts")
  const zip = zipOf(files)
  expect(zipOf([...files].reverse())).toEqual(zip)
  expect(unpackAll("x.zip", zip)?.entries.map(({ path, bytes, executable }) => [path, Buffer.from(bytes).toString(), executable])).toEqual([
    ["SKILL.md", "# x", false],
    ["b/run.sh", "echo", true],
  ])
  expect(unpackAll("x.zip", zip)?.problems).toEqual([])
  await engine.submit({ ...sample("skill"), upload: async () => ({ name: "x.zip", bytes: zip }) }, never)
  expect(vendor.asked[0]?.file?.sha256).toBe(createHash("sha256").update(zip).digest("hex"))
})

async function finish(engine: Engine, one: Sample): Promise<{ answer: EngineAnswer; polls: number }> {
  let answer = await engine.submit(one, never)
  let polls = 0
  while (answer.state === "running" && polls < 20) {
    polls++
    answer = (await engine.poll?.(answer.ref, one, never)) ?? { state: "unknown" }
  }
  return { answer, polls }
}

function resultOf(answer: EngineAnswer): string | undefined {
  return answer.state === "done" ? answer.opinion.result : undefined
}

/** Keys as an operator's loader would have fetched them. */
function engineOf(settings: Readonly<Record<string, unknown>>): Engine {
  const secrets = ["token", "apiKey"].filter((name) => typeof settings[name] === "string")
  const referenced = { ...settings, ...Object.fromEntries(secrets.map((name) => [name, `env:${name.toUpperCase()}`])) }
  const [config] = sandboxConfig.parse({ engines: [referenced] }).engines
  if (config === undefined) throw new Error("no engine")
  for (const name of secrets) {
    const held = (config as unknown as Record<string, unknown>)[name]
    if (held instanceof Secret) held.fill(String(settings[name]))
  }
  return openEngine(config as SandboxEngineConfig)
}

function sample(text: string): Sample {
  const bytes = Buffer.from(text)
  return {
    subject: "file",
    sha256: createHash("sha256").update(bytes).digest("hex"),
    name: "run.sh",
    kind: "script",
    mediaType: "text/x-shellscript",
    bytes: bytes.length,
    direction: "inbound",
    whole: true,
    files: async () => [{ path: "run.sh", bytes, executable: false }],
    upload: async () => ({ name: "run.sh", bytes }),
  }
}
