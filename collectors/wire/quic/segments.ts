// Several datagrams that were captured as one: a host that captures its own traffic sees them before the network card cuts them apart (UDP segmentation
// offload), or after it joined them. All are of one size, the last may be shorter, and nothing says which. A short header has no length, so the size is
// found by the tag: the one known of this side, its largest datagram, then any that a path can have. Only the first search of a connection is long.

export class SegmentSizes {
  #known: number | undefined
  /** Of datagrams that came alone. */
  #largest = 0
  #searches = 0

  /** Of every datagram as it came. */
  note(length: number): void {
    if (length <= MAX_DATAGRAM && length > this.#largest) this.#largest = length
  }

  /** The sizes that `total` bytes may be made of. */
  *candidates(total: number): Generator<number> {
    if (this.#known !== undefined) yield this.#known
    if (this.#largest > 0 && this.#largest !== this.#known) yield this.#largest
    if (this.#searches >= MAX_SEARCHES) return
    this.#searches += 1
    for (let size = Math.min(MAX_DATAGRAM, total - 1); size >= MIN_DATAGRAM; size -= 1) yield size
  }

  found(size: number): void {
    this.#known = size
    this.#searches = 0
  }
}

/** Longer than what Ethernet carries: perhaps more than one. */
export const MAX_DATAGRAM = 1_472
// RFC 9000 section 14: paths carry 1,200 bytes.
const MIN_DATAGRAM = 1_200
// Each tries some 270 sizes, a millisecond: bad packets must not buy more.
const MAX_SEARCHES = 8
