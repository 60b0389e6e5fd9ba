// Properties every stream layer keeps, whatever its protocol: the result does not depend on how the bytes were cut, and no bytes at all make it throw,
// hold more than it may, or go on for ever.
import fc from "fast-check"
import { expect, it } from "vitest"
import type { EndEvent, Layer, Side, StreamEvent } from "../../collectors/wire/stream.ts"
import { factsOf, type MakeLayer, plain, TestContext } from "./playbook.ts"

/** Turns of a conversation, in order. */
export type Conversation = readonly (readonly [side: Side, bytes: Uint8Array])[]

/** The facts of a conversation are the same whole, byte by byte, and cut at random. Times of packets are left out: all cuts of one turn have one time. */
export function splitInvariant(make: MakeLayer, conversations: fc.Arbitrary<Conversation> | Conversation, runs = 25): void {
  const arbitrary = Array.isArray(conversations)
    ? fc.constant(conversations as Conversation)
    : (conversations as fc.Arbitrary<Conversation>)
  it("gives the same facts however the bytes are cut", () => {
    fc.assert(
      fc.property(arbitrary, fc.infiniteStream(fc.integer({ min: 1, max: 64 })), (conversation, sizes) => {
        const whole = factsOf(
          make,
          cut(conversation, () => Number.MAX_SAFE_INTEGER),
        ).map(plain)
        expect(
          factsOf(
            make,
            cut(conversation, () => sizes.next().value ?? 1),
          ).map(plain),
        ).toEqual(whole)
        expect(
          factsOf(
            make,
            cut(conversation, () => 1),
          ).map(plain),
        ).toEqual(whole)
      }),
      { numRuns: runs },
    )
  })
}

/** Any bytes, cuts, gaps and ends, also as mutations of good conversations: no throw, bounded memory. */
export function survivesGarbage(
  make: MakeLayer,
  options: { readonly maxHeld: number; readonly seeds?: readonly Conversation[]; readonly runs?: number },
): void {
  it("survives any bytes, gaps and ends without a throw and within its memory", () => {
    fc.assert(
      fc.property(fc.array(arbitraryEvent(options.seeds ?? []), { maxLength: 40 }), (pieces) => {
        const layer = make(new TestContext())
        const offset = { client: 0, server: 0 }
        for (const piece of pieces) {
          feed(layer, piece, offset)
          expect(layer.held ?? 0).toBeLessThanOrEqual(options.maxHeld)
        }
        for (const side of ["client", "server"] as const) layer.handle({ type: "end", side, at: 9, offset: offset[side], how: "open" })
      }),
      { numRuns: options.runs ?? 150 },
    )
  })
}

/** Events of a conversation, each turn cut by `size`; one packet time a turn. Both sides end. */
export function cut(conversation: Conversation, size: () => number, how: EndEvent["how"] = "fin"): StreamEvent[] {
  const offset = { client: 0, server: 0 }
  const events: StreamEvent[] = []
  let at = 1_000_000
  for (const [side, bytes] of conversation) {
    for (let from = 0; from < bytes.length; ) {
      const piece = bytes.subarray(from, Math.min(bytes.length, from + size()))
      events.push({ type: "data", side, at, offset: offset[side], bytes: piece })
      offset[side] += piece.length
      from += piece.length
    }
    at += 1000
  }
  for (const side of ["client", "server"] as const) events.push({ type: "end", side, at, offset: offset[side], how })
  return events
}

type Piece = { readonly side: Side; readonly bytes: Uint8Array } | { readonly side: Side; readonly gap: number }

function arbitraryEvent(seeds: readonly Conversation[]): fc.Arbitrary<Piece> {
  const side = fc.constantFrom<Side>("client", "server")
  const noise = fc.record({ side, bytes: fc.uint8Array({ minLength: 1, maxLength: 200 }) })
  const gap = fc.record({ side, gap: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 100_000 })) })
  const turns = seeds.flat()
  if (turns.length === 0) return fc.oneof({ weight: 8, arbitrary: noise }, { weight: 1, arbitrary: gap })
  const good = fc.constantFrom(...turns).map(([turnSide, bytes]) => ({ side: turnSide, bytes }))
  const mutated = fc
    .tuple(fc.constantFrom(...turns), fc.nat(), fc.nat(), fc.uint8Array({ maxLength: 4 }))
    .map(([[turnSide, bytes], at, drop, insert]) => {
      const from = at % (bytes.length + 1)
      return { side: turnSide, bytes: Buffer.concat([bytes.subarray(0, from), insert, bytes.subarray(from + (drop % 9))]) }
    })
  return fc.oneof(
    { weight: 6, arbitrary: good },
    { weight: 6, arbitrary: mutated },
    { weight: 2, arbitrary: noise },
    { weight: 1, arbitrary: gap },
  )
}

function feed(layer: Layer, piece: Piece, offset: Record<Side, number>): void {
  const { side } = piece
  const base = { side, at: 5, offset: offset[side] }
  if ("gap" in piece) {
    layer.handle({ type: "gap", ...base, length: piece.gap })
    offset[side] += piece.gap
    return
  }
  layer.handle({ type: "data", ...base, bytes: piece.bytes })
  offset[side] += piece.bytes.length
}
