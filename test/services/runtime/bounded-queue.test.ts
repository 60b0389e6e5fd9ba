import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { BoundedQueue, QueueClosedError } from "../../../services/runtime/bounded-queue.ts"

describe("BoundedQueue", () => {
  it("makes the writer wait while it is full", async () => {
    const queue = new BoundedQueue<string>(10)
    await queue.push("a", 6)
    let done = false
    const pushing = queue.push("b", 6).then(() => {
      done = true
    })
    await Promise.resolve()
    expect(done).toBe(false)
    expect(queue.tryPush("c", 1)).toBe(false)
    expect(await queue.shift()).toBe("a")
    await pushing
    expect(queue.weight).toBe(6)
  })

  it("passes an item heavier than itself alone instead of never", async () => {
    const queue = new BoundedQueue<string>(10)
    await queue.push("light", 1)
    const heavy = queue.push("heavy", 99)
    expect(await queue.shift()).toBe("light")
    await heavy
    expect(await queue.shift()).toBe("heavy")
  })

  it("gives out what was accepted after close, and refuses who waits to push", async () => {
    const queue = new BoundedQueue<number>(1)
    await queue.push(1, 1)
    const waiting = queue.push(2, 1)
    queue.close()
    await expect(waiting).rejects.toThrow(QueueClosedError)
    expect(() => queue.tryPush(3, 1)).toThrow(QueueClosedError)
    const rest: number[] = []
    for await (const item of queue) rest.push(item)
    expect(rest).toEqual([1])
  })

  it("keeps order, loses nothing and stays within its capacity, whatever the pace", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 60 }),
        fc.integer({ min: 5, max: 12 }),
        async (weights, capacity) => {
          const queue = new BoundedQueue<number>(capacity)
          const writing = Promise.all(weights.map((weight, index) => queue.push(index, weight)))
          const got: number[] = []
          while (got.length < weights.length) {
            expect(queue.weight).toBeLessThanOrEqual(capacity)
            got.push((await queue.shift()) ?? -1)
          }
          await writing
          expect(got).toEqual(weights.map((_, index) => index))
          expect(queue.weight).toBe(0)
        },
      ),
      { numRuns: 50 },
    )
  })
})
