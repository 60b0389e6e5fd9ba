import { inspect } from "node:util"
import { describe, expect, it } from "vitest"
import { KeyStore } from "../../../collectors/keys/key-store.ts"

const LABEL = "CLIENT_TRAFFIC_SECRET_0"
const id = (n: number) => n.toString(16).padStart(64, "0")
const entry = (n: number, fill = 7) => ({ label: LABEL, id: id(n), secret: new Uint8Array(32).fill(fill) }) as const

describe("KeyStore", () => {
  it("finds what was added and raises its generation only for news", () => {
    const store = new KeyStore()
    store.add(entry(1))
    const generation = store.generation
    store.add(entry(1))
    expect(store.generation).toBe(generation)
    expect(store.find(LABEL, id(1))).toEqual(new Uint8Array(32).fill(7))
    expect(store.find("SERVER_TRAFFIC_SECRET_0", id(1))).toBeUndefined()
    expect(store.counts).toMatchObject({ added: 1, duplicates: 1, sessions: 1 })
  })

  it("keeps the first secret when another comes under the same name", () => {
    const store = new KeyStore()
    store.add(entry(1, 1))
    store.add(entry(1, 2))
    expect(store.find(LABEL, id(1))?.[0]).toBe(1)
    expect(store.counts.conflicts).toBe(1)
  })

  it("drops the longest unused when full and wipes it", () => {
    const store = new KeyStore({ sessions: 2 })
    const first = entry(1)
    const second = entry(2)
    store.add(first)
    store.add(second)
    store.find(LABEL, id(1))
    store.add(entry(3))
    expect(store.find(LABEL, id(2))).toBeUndefined()
    expect(second.secret.every((byte) => byte === 0)).toBe(true)
    expect(first.secret.every((byte) => byte === 7)).toBe(true)
    expect(store.counts).toMatchObject({ evicted: 1, sessions: 2 })
  })

  it("forgets sessions by idle time, counted from the last question, and wipes them", () => {
    const store = new KeyStore({ idleMicros: 100 })
    const early = entry(1)
    store.add(early)
    store.add(entry(2))
    store.advance(1_000)
    store.advance(1_050)
    store.find(LABEL, id(2))
    store.advance(1_120)
    expect(store.find(LABEL, id(1))).toBeUndefined()
    expect(early.secret.every((byte) => byte === 0)).toBe(true)
    expect(store.find(LABEL, id(2))).toBeDefined()
    expect(store.counts.expired).toBe(1)
  })

  it("shows no secret when printed or serialised", () => {
    const store = new KeyStore()
    store.add(entry(1, 0x5a))
    expect(JSON.stringify(store)).toBe('{"sessions":1}')
    expect(inspect(store, { depth: 10 })).not.toMatch(/90|5a/)
  })
})
