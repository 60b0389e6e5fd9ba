// Memory for bodies under way that do not say how long they will be. It grows by doubling, so most of it is soon too small again: it is lent from a few
// free lists instead of being left to the collector of garbage, which counts every byte of it. What lies in it is copied out when a body is complete.

/** At least `length` bytes, with whatever was in them before. */
export function borrow(length: number): Buffer {
  const size = sizeClass(length)
  return free.get(size)?.pop() ?? Buffer.allocUnsafeSlow(size)
}

/** The bytes must not be used after. Only what `borrow` gave may be given back. */
export function giveBack(bytes: Buffer): void {
  const list = free.get(bytes.length)
  if (list !== undefined && list.length * bytes.length < MAX_KEPT) list.push(bytes)
}

function sizeClass(length: number): number {
  return length <= SMALLEST ? SMALLEST : 2 ** Math.ceil(Math.log2(length))
}

const SMALLEST = 2_048
// Of each size, and above the last size nothing: some 8 MB in all.
const MAX_KEPT = 1024 * 1024
const free = new Map(Array.from({ length: 10 }, (_, power): [number, Buffer[]] => [SMALLEST * 2 ** power, []]))
