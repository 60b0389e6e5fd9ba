// What every Bus promises. Run by test/services/bus/memory-bus.test.ts and test/integration/kafka-bus.test.ts.
import { setTimeout as sleep } from "node:timers/promises"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { type Bus, type BusBatch, type BusEvent, deadHeaders } from "../../../services/contracts/bus.ts"
import { type Topic, topics } from "../../../services/contracts/topics.ts"

export interface BusMaker {
  /** A bus of its own: no other test's topics or groups. `maxBytes` bounds what it holds for slow readers, `maxAttempts` is 3. */
  open(): Promise<Bus>
}

export function describeBus(name: string, maker: () => BusMaker): void {
  describe(`${name} keeps the Bus contract`, () => {
    let bus: Bus
    beforeEach(async () => {
      bus = await maker().open()
    })
    afterEach(() => bus.close())

    it("delivers the events of one key in order, whatever the other keys do", async () => {
      const seen = new Collected()
      await bus.subscribe(topics.activity, "detect", async (batch) => {
        await sleep(Math.random() * 5)
        seen.add(batch)
      })
      for (let n = 0; n < 300; n++) await publishLater(bus, event(`key-${n % 7}`, { n }))
      await settled(bus)
      await seen.until(300)
      for (let key = 0; key < 7; key++) expect(seen.numbersOf(`key-${key}`)).toEqual(range(300).filter((n) => n % 7 === key))
    })

    it("never runs two handlers of a group on one key at the same time, and runs keys beside each other", async () => {
      const seen = new Collected()
      const running = new Map<string, number>()
      let most = 0
      await bus.subscribe(topics.activity, "detect", async (batch) => {
        running.set(batch.key, (running.get(batch.key) ?? 0) + 1)
        expect(running.get(batch.key)).toBe(1)
        most = Math.max(most, running.size)
        await sleep(20)
        running.delete(batch.key)
        seen.add(batch)
      })
      await bus.publish(
        topics.activity,
        range(60).map((n) => event(`key-${n % 6}`, { n })),
      )
      await seen.until(60)
      expect(most).toBeGreaterThan(1)
    })

    it("lets one group read several topics, each with its own handler", async () => {
      const seen = { [topics.activity]: new Collected(), [topics.finding]: new Collected(), [topics.event]: new Collected() }
      for (const [topic, { handler }] of Object.entries(seen)) await bus.subscribe(topic as Topic, "store", handler)
      for (const topic of Object.keys(seen))
        await bus.publish(
          topic as Topic,
          range(30).map((n) => event(`key-${n}`, { n, topic })),
        )
      for (const [topic, collected] of Object.entries(seen)) {
        await collected.until(30)
        expect(collected.distinct().every((text) => text.includes(topic))).toBe(true)
      }
    })

    it("mixes keys in large batches for a reader to whom order means nothing, and still loses nothing", async () => {
      const seen = new Set<number>()
      let most = 0
      await bus.subscribe(
        topics.activity,
        "store",
        async (batch) => {
          expect(batch.key).toBe("")
          most = Math.max(most, batch.events.length)
          await sleep(20)
          for (const it of batch.events) seen.add(parse(it).n)
        },
        { ordered: false },
      )
      await bus.publish(
        topics.activity,
        range(900).map((n) => event(`key-${n % 90}`, { n })),
      )
      for (const end = Date.now() + 20_000; seen.size < 900 && Date.now() < end; ) await sleep(5)
      expect(seen.size).toBe(900)
      expect(most).toBeGreaterThan(50)
    })

    it("gives every group all events", async () => {
      const [detect, store] = [new Collected(), new Collected()]
      await bus.subscribe(topics.activity, "detect", detect.handler)
      await bus.subscribe(topics.activity, "store", store.handler)
      await bus.publish(
        topics.activity,
        range(20).map((n) => event("k", { n })),
      )
      await Promise.all([detect.until(20), store.until(20)])
      expect(detect.numbersOf("k")).toEqual(range(20))
      expect(store.numbersOf("k")).toEqual(range(20))
    })

    it("keeps bytes, headers, empty values and line breaks as they were", async () => {
      const seen = new Collected()
      await bus.subscribe(topics.file, "sandbox", seen.handler)
      const events: BusEvent[] = [
        { key: "f", value: Uint8Array.of(0, 10, 255, 10), headers: { name: "héllo.bin", part: "1/2" } },
        { key: "f", value: new Uint8Array(0) },
        { key: "f", value: Buffer.from("two\nlines") },
        { key: "f", value: Buffer.from('{"a":1}') },
        { key: "g", value: Buffer.from("other") },
      ]
      await bus.publish(topics.file, events)
      await seen.until(5)
      expect(seen.of("f").map((it) => ({ value: Buffer.from(it.value).toString("hex"), headers: it.headers }))).toEqual(
        events.slice(0, 4).map((it) => ({ value: Buffer.from(it.value).toString("hex"), headers: it.headers })),
      )
      expect(seen.of("g")).toHaveLength(1)
    })

    it("carries an event much larger than a record, in order with its neighbours", async () => {
      const seen = new Collected()
      await bus.subscribe(topics.file, "sandbox", seen.handler)
      const large = Buffer.alloc(3_500_000, "0123456789")
      await bus.publish(topics.file, [
        { key: "k", value: Buffer.from("before") },
        { key: "k", value: large, headers: { name: "large" } },
        { key: "k", value: Buffer.from("after") },
      ])
      await seen.until(3)
      expect(seen.of("k").map((it) => it.value.length)).toEqual([6, large.length, 5])
      expect(Buffer.compare(seen.of("k")[1]?.value ?? new Uint8Array(0), large)).toBe(0)
      expect(seen.of("k")[1]?.headers).toEqual({ name: "large" })
    })

    it("redelivers a batch whose handler failed, and the later events of its key wait for it", async () => {
      const seen = new Collected()
      let failures = 0
      await bus.subscribe(topics.activity, "detect", async (batch) => {
        if (failures < 2 && batch.events.some((it) => parse(it).n === 0)) {
          failures += 1
          throw new Error("not yet")
        }
        seen.add(batch)
      })
      await bus.publish(
        topics.activity,
        range(10).map((n) => event("k", { n })),
      )
      await seen.until(10)
      expect(failures).toBe(2)
      expect(seen.numbersOf("k")).toEqual(range(10))
    })

    it("dead-letters only the event that fails every time, with the reason, and handles its neighbours", async () => {
      const [seen, dead] = [new Collected(), new Collected()]
      await bus.subscribe(topics.dead, "watch", dead.handler)
      await bus.subscribe(topics.activity, "detect", async (batch) => {
        if (batch.events.some((it) => parse(it).n === 3)) throw new Error("three is poison")
        seen.add(batch)
      })
      await bus.publish(
        topics.activity,
        range(6).map((n) => event("k", { n })),
      )
      await Promise.all([seen.until(5), dead.until(1)])
      expect(seen.numbersOf("k")).toEqual([0, 1, 2, 4, 5])
      const [poison] = dead.of("k")
      expect(poison === undefined ? undefined : parse(poison)).toEqual({ n: 3 })
      expect(poison?.headers?.[deadHeaders.topic]).toBe(topics.activity)
      expect(poison?.headers?.[deadHeaders.reason]).toContain("three is poison")
    })

    it("takes a dead letter from a handler that goes on with the rest", async () => {
      const dead = new Collected()
      await bus.subscribe(topics.dead, "watch", dead.handler)
      await bus.deadLetter(topics.event, event("k", { n: 1 }), "does not parse")
      await dead.until(1)
      expect(dead.of("k")[0]?.headers).toMatchObject({ [deadHeaders.topic]: topics.event, [deadHeaders.reason]: "does not parse" })
    })

    it("finishes what was handed out on close, and gives the rest to the group's next subscription", async () => {
      const seen = new Collected()
      const first = await bus.subscribe(topics.activity, "detect", async (batch) => {
        await sleep(30)
        seen.add(batch)
      })
      for (let n = 0; n < 40; n++) await publishLater(bus, event(`key-${n}`, { n }))
      await settled(bus)
      await seen.until(1)
      await first.close()
      const handled = seen.count
      await sleep(100)
      expect(seen.count).toBe(handled)
      await bus.subscribe(topics.activity, "detect", seen.handler)
      await seen.until(40)
      expect(seen.distinct()).toHaveLength(40)
    })

    it("refuses to publish after close", async () => {
      await bus.close()
      await expect(bus.publish(topics.activity, [event("k", { n: 1 })])).rejects.toThrow("closed")
    })
  })
}

export class Collected {
  readonly #byKey = new Map<string, BusEvent[]>()
  count = 0
  readonly handler = (batch: BusBatch): Promise<void> => {
    this.add(batch)
    return Promise.resolve()
  }

  add({ key, events }: BusBatch): void {
    const list = this.#byKey.get(key) ?? []
    this.#byKey.set(key, list)
    for (const it of events) {
      expect(it.key).toBe(key)
      list.push(it)
    }
    this.count += events.length
  }

  of(key: string): readonly BusEvent[] {
    return this.#byKey.get(key) ?? []
  }

  numbersOf(key: string): number[] {
    return this.of(key).map((it) => parse(it).n)
  }

  distinct(): string[] {
    return [...new Set([...this.#byKey.values()].flat().map((it) => Buffer.from(it.value).toString()))]
  }

  async until(count: number, millis = 30_000): Promise<void> {
    for (const end = Date.now() + millis; this.count < count; await sleep(5))
      if (Date.now() > end) throw new Error(`${this.count} of ${count} events came`)
  }
}

export function event(key: string, data: unknown): BusEvent {
  return { key, value: Buffer.from(JSON.stringify(data)) }
}

export function parse(it: BusEvent): { n: number } {
  return JSON.parse(Buffer.from(it.value).toString("utf8")) as { n: number }
}

export function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index)
}

/** Publishes without waiting for the acknowledgement, as a sensor does; `settled` waits for all of them. */
const underway = new WeakMap<Bus, Promise<void>[]>()
function publishLater(bus: Bus, it: BusEvent): Promise<void> {
  const list = underway.get(bus) ?? []
  underway.set(bus, list)
  list.push(bus.publish(topics.activity, [it]))
  return Promise.resolve()
}

async function settled(bus: Bus): Promise<void> {
  await Promise.all(underway.get(bus) ?? [])
}
