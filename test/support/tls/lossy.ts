import type { Side, StreamEvent } from "../../../collectors/wire/stream.ts"

/** The same stream in segments of `size` bytes, those that `isLost` names replaced by gaps, as a TCP layer tells them. */
export function withLoss(
  events: readonly StreamEvent[],
  size: number,
  isLost: (segment: number, event: { side: Side; offset: number }) => boolean,
): StreamEvent[] {
  const result: StreamEvent[] = []
  let segment = 0
  for (const event of events) {
    if (event.type !== "data") {
      result.push(event)
      continue
    }
    for (let start = 0; start < event.bytes.length; start += size) {
      const bytes = event.bytes.subarray(start, start + size)
      const { side, at } = event
      const offset = event.offset + start
      if (isLost(segment++, { side, offset })) result.push({ type: "gap", side, at, offset, length: bytes.length })
      else result.push({ type: "data", side, at, offset, bytes })
    }
  }
  return result
}

/** Random but the same in every run. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 0x1_0000_0000
  }
}
