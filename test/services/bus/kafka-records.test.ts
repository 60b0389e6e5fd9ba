import { randomBytes } from "node:crypto"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { compress, decompress } from "../../../services/bus/kafka/compression.ts"
import { PartJoiner } from "../../../services/bus/kafka/parts.ts"
import { PartitionProgress } from "../../../services/bus/kafka/progress.ts"
import { type KafkaRecord, pack, unpack } from "../../../services/bus/kafka/records.ts"
import type { BusEvent } from "../../../services/contracts/bus.ts"

const events = fc.array(
  fc.record(
    {
      key: fc.constantFrom("a", "b", "c"),
      value: fc.oneof(fc.uint8Array({ maxLength: 60 }), fc.uint8Array({ minLength: 3_000, maxLength: 6_000, size: "max" })),
      headers: fc.dictionary(fc.constantFrom("name", "part"), fc.string({ maxLength: 8 }), { maxKeys: 2 }),
    },
    { requiredKeys: ["key", "value"] },
  ),
  { maxLength: 30 },
)

describe("pack and unpack", () => {
  it("give every key its events back in order, byte for byte, within the limit of a send, whatever the events", () => {
    fc.assert(
      fc.property(events, (published) => {
        const loads = pack(published, LIMIT)
        for (const load of loads) expect(load.reduce((sum, record) => sum + sizeOf(record), 0)).toBeLessThanOrEqual(LIMIT)
        for (const key of ["a", "b", "c"]) expect(readAll(loads.flat(), key)).toEqual(published.filter((it) => it.key === key).map(shown))
      }),
      { numRuns: 200 },
    )
  })

  it("put many JSON lines of one key into one record", () => {
    const [load = []] = pack(
      Array.from({ length: 50 }, (_, n) => ({ key: "k", value: Buffer.from(`{"n":${n}}`) })),
      900_000,
    )
    expect(load).toHaveLength(1)
    expect(
      Buffer.from(load[0]?.value ?? [])
        .toString()
        .split("\n"),
    ).toHaveLength(50)
  })

  it("read a record that another program wrote as JSON lines", () => {
    expect(unpack({ key: "k", value: Buffer.from('{"a":1}\n\n{"a":2}\n'), headers: {} })).toEqual({
      events: [
        { key: "k", value: Buffer.from('{"a":1}') },
        { key: "k", value: Buffer.from('{"a":2}') },
      ],
    })
  })

  it.each([
    [{ "egret-format": "zip" }, "unknown format zip"],
    [{ "egret-format": "part" }, "a part without a valid egret-part header"],
    [{ "egret-format": "part", "egret-part": `${"0".repeat(24)}/2/2` }, "a part without a valid egret-part header"],
    [{ "egret-format": "part", "egret-part": `${"0".repeat(24)}/0/2`, "egret-of": "{" }, "a part whose egret-of header is not JSON"],
  ])("say what is wrong with %o instead of throwing", (headers, problem) => {
    expect(unpack({ key: "k", value: Buffer.from("x"), headers: headers as unknown as Record<string, string> })).toEqual({ problem })
  })
})

describe("compress and decompress", () => {
  it("give the record back, and leave alone what does not shrink", async () => {
    const prose = {
      key: "k",
      value: Buffer.from('{"text":"the same words again and again"}\n'.repeat(200)),
      headers: { "egret-format": "lines" },
    }
    const small = await compress(prose)
    expect(small.value.length).toBeLessThan(prose.value.length / 5)
    expect(await decompress(small)).toEqual(prose)
    const noise = { key: "k", value: randomBytes(4_000), headers: {} }
    expect(await compress(noise)).toBe(noise)
  })

  it("refuse what is not brotli, what unfolds without end, and encodings we do not know", async () => {
    const headers = { "egret-encoding": "br" }
    expect(await decompress({ key: "k", value: Buffer.from("not brotli"), headers })).toHaveProperty("problem")
    const bomb = await compress({ key: "k", value: Buffer.alloc(32_000_000), headers: {} })
    expect(await decompress(bomb)).toHaveProperty("problem")
    expect(await decompress({ key: "k", value: Buffer.from("x"), headers: { "egret-encoding": "rot13" } })).toEqual({
      problem: "unknown encoding rot13",
    })
  })
})

describe("PartJoiner", () => {
  const part = (id: string, index: number, count = 3): Parameters<PartJoiner["add"]>[0] => ({
    id,
    index,
    count,
    slice: Buffer.from(`${id}${index}`),
    headers: undefined,
  })

  it("finishes the records of all parts only when the whole event is finished", () => {
    const joiner = new PartJoiner(() => {})
    const done: number[] = []
    expect(joiner.add(part("a", 0), () => done.push(0))).toBeUndefined()
    expect(joiner.add(part("a", 0), () => done.push(99))).toBeUndefined()
    expect(joiner.add(part("a", 1), () => done.push(1))).toBeUndefined()
    const whole = joiner.add(part("a", 2), () => done.push(2))
    expect(done).toEqual([99])
    if (whole === undefined || "problem" in whole) throw new Error("not joined")
    expect(Buffer.from(whole.value).toString()).toBe("a0a1a2")
    whole.finish(1)
    expect(done).toEqual([99, 0, 1, 2])
    expect(joiner.add(part("a", 2), () => done.push(3))).toBeUndefined()
  })

  it("gives up a stump whose producer died, so that it does not hold the commit for ever", () => {
    const reasons: string[] = []
    const joiner = new PartJoiner((reason) => reasons.push(reason))
    let finished = false
    joiner.add(part("dead", 0), () => {
      finished = true
    })
    for (let n = 0; n < 2_000; n++) joiner.add(part(`id${n}`, 0, 1), () => {})
    joiner.add(part("next", 0), () => {})
    expect(finished).toBe(true)
    expect(reasons).toEqual(["1 of 3 parts came, then no more"])
  })

  it("says that the beginning of an event is missing", () => {
    expect(new PartJoiner(() => {}).add(part("a", 1), () => {})).toEqual({ problem: "part 2 of 3 without those before it" })
  })
})

describe("PartitionProgress", () => {
  it("lets only the finished prefix be committed, in whatever order events finish", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 30 }),
        fc.infiniteStream(fc.nat()),
        (counts, picks) => {
          const progress = new PartitionProgress()
          const open = counts.flatMap((count, offset) => {
            const finish = progress.begin(BigInt(offset * 2), count)
            return Array.from({ length: count }, () => ({ offset, finish }))
          })
          const left = [...counts]
          let committed = 0n
          const check = (): void => {
            committed = progress.takeCommittable() ?? committed
            const first = left.findIndex((count) => count > 0)
            const prefix = first < 0 ? counts.length : first
            expect(committed).toBe(prefix === 0 ? 0n : BigInt((prefix - 1) * 2 + 1))
          }
          check()
          while (open.length > 0) {
            const [{ offset, finish } = { offset: 0, finish: () => {} }] = open.splice((picks.next().value as number) % open.length, 1)
            left[offset] = (left[offset] ?? 0) - 1
            finish(1)
            check()
          }
          expect(progress.oldestOpen()).toBeUndefined()
        },
      ),
      { numRuns: 100 },
    )
  })
})

function readAll(records: readonly KafkaRecord[], key: string): unknown[] {
  const joiner = new PartJoiner(() => {})
  return records
    .filter((record) => record.key === key)
    .flatMap((record) => {
      const found = unpack(record)
      if ("events" in found) return found.events.map(shown)
      if ("problem" in found) throw new Error(found.problem)
      const joined = joiner.add(found.part, () => {})
      if (joined === undefined) return []
      if ("problem" in joined) throw new Error(joined.problem)
      return [shown({ key, value: joined.value, ...(joined.headers === undefined ? {} : { headers: joined.headers }) })]
    })
}

function shown({ value, headers }: BusEvent): unknown {
  return {
    value: Buffer.from(value).toString("hex"),
    headers: headers !== undefined && Object.keys(headers).length > 0 ? { ...headers } : undefined,
  }
}

function sizeOf({ key, value, headers }: KafkaRecord): number {
  return (
    value.length +
    Buffer.byteLength(key) +
    Object.entries(headers).reduce((sum, [name, text]) => sum + name.length + Buffer.byteLength(text) + 4, 0) +
    35
  )
}

const LIMIT = 2_500
