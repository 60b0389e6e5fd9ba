import { createHash, randomBytes } from "node:crypto"
import fc from "fast-check"
import { afterEach, describe, expect, it } from "vitest"
import { sandboxConfig } from "../../../services/contracts/config/sandbox.ts"
import { type EngineAnswer, EngineError, type Sample } from "../../../services/sandbox/engine.ts"
import { chunk, dechunk, encapsulated, readHead, readPayload } from "../../../services/sandbox/engines/icap-message.ts"
import { openEngine } from "../../../services/sandbox/open-engines.ts"
import { type IcapDay, openIcap } from "../../support/sandbox/icap-server.ts"

const never = new AbortController().signal
const open: { close(): Promise<void> }[] = []
afterEach(() => Promise.all(open.splice(0).map((server) => server.close())))

async function start(day: IcapDay = {}, more: Readonly<Record<string, unknown>> = {}) {
  const server = await openIcap(day)
  open.push(server)
  const [config] = sandboxConfig.parse({
    engines: [{ type: "icap", name: "av", host: "127.0.0.1", port: server.port, timeout: "2s", ...more }],
  }).engines
  if (config === undefined) throw new Error("no engine")
  return { server, engine: openEngine(config) }
}

describe("an ICAP server", () => {
  it.each([
    ["a harmless file", "clean", 0],
    ["a virus", "malicious", 100],
    ["against policy", "suspicious", 70],
    ["with a macro", "suspicious", 60],
  ])("judges %s: %s", async (text, result, score) => {
    for (const day of [{}, { preview: 4 }, { preview: 1_024 }, { allow204: false, preview: 0 }, { slice: 7, preview: 4 }]) {
      const { server, engine } = await start(day)
      const answer = await engine.submit(sample(text), never)
      expect([day, resultOf(answer), answer.state === "done" && answer.opinion.score]).toEqual([day, result, score])
      expect(server.got[0]?.body.toString()).toBe(text)
    }
  })

  it("is sent no more than its preview until it asks, and all of a large file then", async () => {
    const bytes = randomBytes(3_000_000)
    const { server, engine } = await start({ preview: 512, allow204: false })
    const answer = await engine.submit({ ...sample("x"), bytes: bytes.length, upload: async () => ({ name: "big.bin", bytes }) }, never)
    expect(resultOf(answer)).toBe("clean")
    expect([server.got[0]?.continued, sha(server.got[0]?.body ?? Buffer.alloc(0))]).toEqual([true, sha(bytes)])
  })

  it("keeps with its verdict the version of its signatures, and is asked for its options once while they hold", async () => {
    const { server, engine } = await start({ preview: 64 })
    const first = await engine.submit(sample("one"), never)
    await engine.submit(sample("two"), never)
    expect([first.state === "done" && first.opinion.labels, server.options()]).toEqual([["istag:sigs-2026-11-21"], 1])
  })

  it.each([
    [{ status: 404 }, true],
    [{ status: 405 }, true],
    [{ status: 500 }, false],
    [{ status: 503 }, false],
    [{ breakOff: true }, false],
  ] as [IcapDay, boolean][])("on its bad day %j gives no verdict", async (day, final) => {
    const { engine } = await start(day)
    const error = await engine.submit(sample("x"), never).catch((caught: unknown) => caught)
    expect(error instanceof EngineError && error.final).toBe(final)
    expect(error).toBeInstanceOf(EngineError)
  })

  it("that only modifies responses is unsupported", async () => {
    const { engine } = await start({ methods: "RESPMOD" })
    expect(resultOf(await engine.submit(sample("x"), never))).toBe("unsupported")
  })

  it("that is something else entirely is an error", async () => {
    const { engine } = await start({}, { port: 1 })
    await expect(engine.submit(sample("x"), never)).rejects.toThrow("ECONNREFUSED")
  })
})

describe("ICAP messages", () => {
  it("read any bytes without throwing, and never call half an answer whole", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.string({ maxLength: 60 }), (bytes, header) => {
        readHead(Buffer.from(bytes))
        encapsulated(header)
        readPayload(Buffer.from(bytes), header)
      }),
    )
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.integer({ min: 0, max: 400 }), (bytes, cut) => {
        const whole = Buffer.concat([chunk(bytes), Buffer.from("0\r\n\r\n")])
        expect(dechunk(whole)).toEqual(Buffer.from(bytes))
        if (cut < whole.length) expect(dechunk(whole.subarray(0, cut))).toBeUndefined()
      }),
    )
  })

  it("knows encapsulated parts by their offsets, whatever their order and spaces", () => {
    expect(encapsulated(" res-body = 40 ,res-hdr=0,nonsense")).toEqual([
      { name: "res-hdr", offset: 0 },
      { name: "res-body", offset: 40 },
    ])
  })
})

function resultOf(answer: EngineAnswer): string | undefined {
  return answer.state === "done" ? answer.opinion.result : undefined
}

function sha(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex")
}

function sample(text: string): Sample {
  const bytes = Buffer.from(text)
  return {
    subject: "file",
    sha256: sha(bytes),
    name: "a b.txt",
    kind: "script",
    mediaType: "text/plain",
    bytes: bytes.length,
    direction: "inbound",
    whole: true,
    files: async () => [],
    upload: async () => ({ name: "a b.txt", bytes }),
  }
}
