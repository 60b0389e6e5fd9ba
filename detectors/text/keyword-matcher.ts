// Finds many keywords in one pass (Aho-Corasick as a byte-class DFA).
//
// Theory of operation
//  - The text is read as one byte per UTF-16 unit (its low byte), so an offset in the bytes is an offset in the text. A unit above U+00FF
//    can look like another byte: that only makes a false candidate, which the caller's pattern rejects, and never hides a true one,
//    because keywords are folded the same way.
//  - ASCII letters match in either case: both cases share one class.
//  - State ids are premultiplied by the number of classes (a power of two) and accepting states come last, so that one step is one load and
//    one compare. Four lanes read four quarters of the text at once: the loads of one lane hide the latency of the others.
//  - A lane starts `longest - 1` bytes before its quarter with the start state and is silent until it reaches it: then its state is what a
//    single pass would have had, as far as any keyword can tell.
// Time is linear in the text, whatever the text is.

export class KeywordMatcher {
  readonly #classes = new Uint8Array(256)
  readonly #transitions: Int32Array
  readonly #accepting: number
  readonly #shift: number
  readonly #outputs: readonly (readonly number[])[]
  readonly #lengths: readonly number[]
  readonly #longest: number

  /** Hits are reported by the position of the keyword in this list; the same keyword may be listed once only. */
  constructor(keywords: readonly string[]) {
    const folded = keywords.map(fold)
    const built = build(folded, this.#classes)
    this.#transitions = built.transitions
    this.#accepting = built.accepting
    this.#shift = built.shift
    this.#outputs = built.outputs
    this.#lengths = folded.map((bytes) => bytes.length)
    this.#longest = Math.max(1, ...this.#lengths)
  }

  /** Calls back for every occurrence. The order is not by position: four lanes report as they go. */
  scan(bytes: Uint8Array, hit: (keyword: number, start: number) => void): void {
    if (bytes.length < LANES_FROM || bytes.length < this.#longest * 8) this.#oneLane(bytes, 0, bytes.length, 0, hit)
    else this.#fourLanes(bytes, hit)
  }

  #oneLane(bytes: Uint8Array, from: number, to: number, silentUntil: number, hit: (keyword: number, start: number) => void): void {
    const table = this.#transitions
    const classes = this.#classes
    const accepting = this.#accepting
    let state = 0
    for (let i = from; i < to; i++) {
      state = table[state | (classes[bytes[i] as number] as number)] as number
      if (state >= accepting && i >= silentUntil) this.#report(state, i, hit)
    }
  }

  #fourLanes(bytes: Uint8Array, hit: (keyword: number, start: number) => void): void {
    const table = this.#transitions
    const classes = this.#classes
    const accepting = this.#accepting
    const overlap = this.#longest - 1
    const quarter = bytes.length >> 2
    const second = quarter - overlap
    const third = 2 * quarter - overlap
    const fourth = 3 * quarter - overlap
    let a = 0
    let b = 0
    let c = 0
    let d = 0
    for (let i = 0; i < quarter; i++) {
      a = table[a | (classes[bytes[i] as number] as number)] as number
      b = table[b | (classes[bytes[second + i] as number] as number)] as number
      c = table[c | (classes[bytes[third + i] as number] as number)] as number
      d = table[d | (classes[bytes[fourth + i] as number] as number)] as number
      if (a >= accepting) this.#report(a, i, hit)
      if (b >= accepting && i >= overlap) this.#report(b, second + i, hit)
      if (c >= accepting && i >= overlap) this.#report(c, third + i, hit)
      if (d >= accepting && i >= overlap) this.#report(d, fourth + i, hit)
    }
    // Each later lane ended `overlap` bytes before its quarter does: finish the three short tails, warmed up again, and the last bytes.
    this.#oneLane(bytes, Math.max(0, second + quarter - overlap), 2 * quarter, second + quarter, hit)
    this.#oneLane(bytes, Math.max(0, third + quarter - overlap), 3 * quarter, third + quarter, hit)
    this.#oneLane(bytes, Math.max(0, fourth + quarter - overlap), bytes.length, fourth + quarter, hit)
  }

  #report(state: number, at: number, hit: (keyword: number, start: number) => void): void {
    const outputs = this.#outputs[state >> this.#shift] as readonly number[]
    for (const keyword of outputs) hit(keyword, at - (this.#lengths[keyword] as number) + 1)
  }
}

/** The low byte of every UTF-16 unit: what the matcher reads. */
export function lowBytes(text: string): Uint8Array {
  return Buffer.from(text, "latin1")
}

function fold(keyword: string): Uint8Array {
  if (keyword.length === 0) throw new Error("an empty keyword matches everywhere")
  return lowBytes(keyword.toLowerCase())
}

interface Automaton {
  readonly transitions: Int32Array
  readonly accepting: number
  readonly shift: number
  readonly outputs: readonly (readonly number[])[]
}

interface TrieNode {
  readonly next: Map<number, number>
  readonly outputs: number[]
  fail: number
}

function build(keywords: readonly Uint8Array[], classes: Uint8Array): Automaton {
  const classCount = assignClasses(keywords, classes)
  const shift = Math.max(1, 32 - Math.clz32(classCount - 1))
  const trie = buildTrie(keywords, classes)
  const order = linkFailures(trie)
  // Quiet states first, accepting states last; the root stays 0.
  const sorted = [
    ...order.filter((id) => trieAt(trie, id).outputs.length === 0),
    ...order.filter((id) => trieAt(trie, id).outputs.length > 0),
  ]
  const numberOf = new Int32Array(trie.length)
  sorted.forEach((id, position) => {
    numberOf[id] = position
  })
  const transitions = new Int32Array(trie.length << shift)
  for (const id of order) {
    const node = trieAt(trie, id)
    const base = (numberOf[id] as number) << shift
    const failBase = (numberOf[node.fail] as number) << shift
    for (let symbol = 0; symbol < classCount; symbol++) {
      const target = node.next.get(symbol)
      transitions[base | symbol] =
        target !== undefined ? (numberOf[target] as number) << shift : id === 0 ? 0 : (transitions[failBase | symbol] as number)
    }
  }
  const quiet = sorted.findIndex((id) => trieAt(trie, id).outputs.length > 0)
  return {
    transitions,
    accepting: (quiet < 0 ? trie.length : quiet) << shift,
    shift,
    outputs: sorted.map((id) => trieAt(trie, id).outputs),
  }
}

/** Class 0 is every byte no keyword has. Returns how many classes there are. */
function assignClasses(keywords: readonly Uint8Array[], classes: Uint8Array): number {
  let count = 1
  for (const keyword of keywords) {
    for (const byte of keyword) if (classes[byte] === 0) classes[byte] = count++
  }
  for (let letter = 0x41; letter <= 0x5a; letter++) {
    const lower = classes[letter + 0x20] as number
    // An upper-case byte can be a keyword's own only as the low byte of a wider unit; it then shares the class of the lower-case letter.
    if (lower !== 0) classes[letter] = lower
    else if (classes[letter] !== 0) classes[letter + 0x20] = classes[letter] as number
  }
  return count
}

function buildTrie(keywords: readonly Uint8Array[], classes: Uint8Array): TrieNode[] {
  const trie: TrieNode[] = [{ next: new Map(), outputs: [], fail: 0 }]
  keywords.forEach((keyword, index) => {
    let at = 0
    for (const byte of keyword) {
      const symbol = classes[byte] as number
      const node = trieAt(trie, at)
      let child = node.next.get(symbol)
      if (child === undefined) {
        child = trie.push({ next: new Map(), outputs: [], fail: 0 }) - 1
        node.next.set(symbol, child)
      }
      at = child
    }
    trieAt(trie, at).outputs.push(index)
  })
  return trie
}

/** Breadth first: a node's failure link is the longest proper suffix that is also in the trie. Returns the nodes in that order. */
function linkFailures(trie: readonly TrieNode[]): number[] {
  const order = [0]
  for (let head = 0; head < order.length; head++) {
    const id = order[head] as number
    const node = trieAt(trie, id)
    for (const [symbol, child] of node.next) {
      let fail = node.fail
      while (id !== 0 && fail !== 0 && !trieAt(trie, fail).next.has(symbol)) fail = trieAt(trie, fail).fail
      const target = id === 0 ? 0 : (trieAt(trie, fail).next.get(symbol) ?? 0)
      trieAt(trie, child).fail = target
      trieAt(trie, child).outputs.push(...trieAt(trie, target).outputs)
      order.push(child)
    }
  }
  return order
}

function trieAt(trie: readonly TrieNode[], id: number): TrieNode {
  const node = trie[id]
  if (node === undefined) throw new Error(`no trie node ${id}`)
  return node
}

// Below this the lanes' three tails cost more than they save (measured: break-even near 600 bytes with 20-byte keywords).
const LANES_FROM = 1_024
