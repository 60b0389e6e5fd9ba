// A small generator with a seed, so that a find can be run again.
export class Random {
  #state: number
  constructor(seed: number) {
    this.#state = seed >>> 0
  }
  /** 0 to below `limit`. */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let t = this.#state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) % limit
  }
  chance(one: number): boolean {
    return this.below(one) === 0
  }
  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.below(items.length)]
    if (item === undefined) throw new Error("nothing to pick from")
    return item
  }
  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.below(256)))
  }
}

/** Cuts, repeats, changes and inserts; sometimes numbers that parsers trip over. */
export function mutate(bytes: Buffer, random: Random): Buffer {
  let result: Buffer = Buffer.from(bytes)
  for (let rounds = random.below(6); rounds > 0; rounds--) {
    const at = random.below(result.length + 1)
    const end = Math.min(result.length, at + random.below(24))
    const parts = [result.subarray(0, at), result.subarray(at, end), result.subarray(end)] as const
    switch (random.below(6)) {
      case 0:
        result = Buffer.concat([parts[0], parts[2]])
        break
      case 1:
        result = Buffer.concat([parts[0], parts[1], parts[1], parts[2]])
        break
      case 2:
        result = Buffer.concat([parts[0], random.bytes(random.below(9)), parts[2]])
        break
      case 3:
        result = Buffer.concat([parts[0], random.pick(NASTY), parts[1], parts[2]])
        break
      case 4:
        result[random.below(Math.max(1, result.length))] = random.pick([0, 0x7f, 0x80, 0xff, 0x0a, 0x0d, 0x20])
        break
      default:
        result = Buffer.concat([parts[2], parts[0], parts[1]])
    }
    if (result.length > MAX_LENGTH) result = result.subarray(0, MAX_LENGTH)
  }
  return result
}

const MAX_LENGTH = 65_536
const NASTY = [
  "\r\n",
  "\n",
  "\r\n\r\n",
  "\0",
  "-1",
  "0x1",
  "99999999999999999999",
  "chunked",
  "Content-Length: 5\r\n",
  "Transfer-Encoding: chunked\r\n",
  " HTTP/1.1\r\n",
  "0\r\n\r\n",
  "data: ",
  "\u{1f9a9}",
]
  .map((text) => Buffer.from(text))
  .concat([
    Buffer.from([0xff, 0xff, 0xff, 0xff]),
    Buffer.from([0, 0, 0xff, 0xff]),
    Buffer.from([0x1f, 0x8b, 8, 0]),
    Buffer.from([0x28, 0xb5, 0x2f, 0xfd]),
  ])
