// Huffman strings of HPACK and QPACK (RFC 7541 §5.2), a byte at a time.
//
// The code is canonical, so its lengths say it all. From them a machine is made: a state is an inner node of the tree (256 of them), an input is a whole
// byte, and one 32-bit word says what happens: next state (bits 0-7), first symbol (8-15), second symbol (16-23), number of symbols (24-25; a byte
// ends at most two, since the shortest code has 5 bits), and whether the input is no code at all (26).
import { latin1 } from "../bytes.ts"

/** The text as Latin-1, or undefined when the input is not a Huffman string. */
export function decodeHuffman(bytes: Uint8Array, from: number, to: number): string | undefined {
  // The shortest code has 5 bits: at most 8 symbols for 5 bytes; and one beyond, since two are always written and the count says how many were meant.
  const most = Math.ceil(((to - from) * 8) / 5) + 2
  const output = most <= scratch.length ? scratch : Buffer.allocUnsafe(most)
  let word = 0
  let seen = 0
  let length = 0
  for (let at = from; at < to; at++) {
    word = machine[((word & 0xff) << 8) | (bytes[at] ?? 0)] ?? 0
    output[length] = word >>> 8
    output[length + 1] = word >>> 16
    length += (word >>> 24) & 3
    seen |= word
  }
  return (seen & FAIL) === 0 && accepting[word & 0xff] === 1 ? latin1(output, 0, length) : undefined
}

interface Tree {
  /** Two children for each node: below 256 an inner node, from 256 on a symbol plus 256; -1 where no code goes. */
  readonly children: Int32Array
  /** Bits from the root when all of them were ones, else -1: padding is the beginning of EOS (§5.2), shorter than a byte. */
  readonly ones: Int32Array
}

function buildTree(): Tree {
  const children = new Int32Array(512).fill(-1)
  const ones = new Int32Array(256).fill(-1)
  ones[0] = 0
  let nodes = 1
  for (const { code, length, symbol } of codes()) {
    let node = 0
    for (let bit = length - 1; bit >= 0; bit--) {
      const branch = Math.floor(code / 2 ** bit) % 2
      const slot = node * 2 + branch
      if (bit === 0) children[slot] = 256 + symbol
      else {
        if (children[slot] === -1) {
          ones[nodes] = branch === 1 && (ones[node] ?? -1) >= 0 ? (ones[node] ?? 0) + 1 : -1
          children[slot] = nodes++
        }
        node = children[slot] ?? 0
      }
    }
  }
  return { children, ones }
}

/** Canonical: by length, then by symbol; each code is the one before it plus one, shifted to its length. */
function codes(): { code: number; length: number; symbol: number }[] {
  const sorted = HUFFMAN_LENGTHS.map((length, symbol) => ({ code: 0, symbol, length }))
  sorted.sort((a, b) => a.length - b.length || a.symbol - b.symbol)
  let code = -1
  let length = sorted[0]?.length ?? 0
  for (const entry of sorted) {
    code = (code + 1) * 2 ** (entry.length - length)
    length = entry.length
    entry.code = code
  }
  return sorted
}

function buildMachine({ children }: Tree): Int32Array {
  const words = new Int32Array(256 * 256)
  for (let state = 0; state < 256; state++) for (let byte = 0; byte < 256; byte++) words[(state << 8) | byte] = step(children, state, byte)
  return words
}

function step(children: Int32Array, state: number, byte: number): number {
  let node = state
  let symbols = 0
  let count = 0
  for (let bit = 7; bit >= 0; bit--) {
    const next = children[node * 2 + ((byte >> bit) & 1)] ?? -1
    // EOS inside a string is an error (§5.2).
    if (next === -1 || next === 256 + EOS) return FAIL
    if (next < 256) node = next
    else {
      symbols |= (next - 256) << (8 * count)
      count++
      node = 0
    }
  }
  return node | (symbols << 8) | (count << 24)
}

const EOS = 256
const FAIL = 1 << 26
// Code lengths of the symbols 0 to 256 (RFC 7541 appendix B), one digit to the base 36 each. By Kraft's equality they fill the tree exactly.
const DIGITS =
  "dnsssssssoussussssssssusssssssss6aacd68baa8b8666555666666678f6cad67777777777777777777777878djde6f56565666577666567655677777fbeds" +
  "kmkkmmmnmnnnnnonoomnonnnnlmnmnnomlkmmnnlnmmolmnnllmlnmnnkmmmnmmnqqkjmnmpqqqrrqopjlqrrqrollqqsrrrkoklmllnmmppooqnqrqqrrrrrsrrrrrqu"
export const HUFFMAN_LENGTHS: readonly number[] = Array.from(DIGITS, (digit) => Number.parseInt(digit, 36))
const tree = buildTree()
const machine = buildMachine(tree)
const accepting = Uint8Array.from(tree.ones, (ones) => (ones >= 0 && ones < 8 ? 1 : 0))
const scratch = Buffer.allocUnsafeSlow(16_384)
