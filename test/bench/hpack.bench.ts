import { HpackDecoder } from "../../collectors/wire/http2/hpack.ts"
import { HUFFMAN_LENGTHS } from "../../collectors/wire/http2/huffman.ts"
import { STATIC_TABLE } from "../../collectors/wire/http2/static-table.ts"
import type { Benchmark } from "./benchmark.ts"
import { perCpuSecond } from "./cpu.ts"

const BLOCKS = 40_000
const FIELDS: readonly (readonly [string, string])[] = [
  [":method", "POST"],
  [":scheme", "https"],
  [":authority", "api.example.test"],
  [":path", "/v1/messages?beta=true"],
  ["content-type", "application/json"],
  ["accept", "application/json"],
  ["user-agent", "agent/1.4.2 (linux; x64) node/20.20.2"],
  ["authorization", "Bearer 0123456789abcdefABCDEF0123456789"],
  ["x-request-id", "7d7c6a7e-8d3a-4c60-9b1f-1a2b3c4d5e6f"],
  ["accept-encoding", "gzip, deflate, br"],
  ["content-length", "18231"],
  ["x-stainless-lang", "js"],
  ["cookie", "session=YWJjZGVmZ2hpamtsbW5vcA"],
]

export const benchmarks: readonly Benchmark[] = [
  {
    name: "hpack",
    title: `header blocks of ${FIELDS.length} fields, literals in Huffman code, against a decoder that walks the code bit by bit; CPU time of both`,
    unit: "fields/s",
    better: "higher",
    goal: 5,
    floor: 4,
    setup: () => {
      const block = encodeBlock()
      const tree = buildTree()
      return Promise.resolve({
        ours: () => perCpuSecond(BLOCKS * FIELDS.length, () => ours(block)),
        yardstick: () => perCpuSecond(BLOCKS * FIELDS.length, () => bitwise(block, tree)),
      })
    },
  },
]

function ours(block: Buffer): void {
  const decoder = new HpackDecoder()
  let fields = 0
  for (let index = 0; index < BLOCKS; index++) fields += decoder.decode(block).headers.length
  if (fields !== BLOCKS * FIELDS.length) throw new Error(`${fields} fields`)
}

type Tree = [Tree | number | undefined, Tree | number | undefined]

/** What a straightforward decoder does: a tree of arrays, a string that grows by one character. No dynamic table is needed for this block. */
function bitwise(block: Buffer, tree: Tree): void {
  let fields = 0
  for (let index = 0; index < BLOCKS; index++) {
    const headers: { name: string; value: string }[] = []
    let at = 0
    while (at < block.length) {
      const byte = block[at++] ?? 0
      const reference = byte & 0x0f
      const name = reference === 0 ? readString() : (STATIC_TABLE[reference]?.[0] ?? "")
      headers.push({ name, value: readString() })
    }
    fields += headers.length

    function readString(): string {
      const length = (block[at++] ?? 0) & 0x7f
      let text = ""
      let node: Tree = tree
      for (const byte of block.subarray(at, at + length)) {
        for (let bit = 7; bit >= 0; bit--) {
          const next: Tree | number | undefined = node[((byte >> bit) & 1) as 0 | 1]
          if (typeof next === "number") {
            text += String.fromCharCode(next)
            node = tree
          } else if (next !== undefined) node = next
        }
      }
      at += length
      return text
    }
  }
  if (fields !== BLOCKS * FIELDS.length) throw new Error(`${fields} fields`)
}

/** Literals without indexing: 0000 name(4) value; names of the first 15 static entries by reference. */
function encodeBlock(): Buffer {
  const codes = codesOf()
  const huffman = (text: string) => {
    let bits = Array.from(text, (char) => codes[char.charCodeAt(0)] ?? "").join("")
    bits = bits.padEnd(Math.ceil(bits.length / 8) * 8, "1")
    const bytes = bits.match(/.{8}/g)?.map((byte) => Number.parseInt(byte, 2)) ?? []
    return Buffer.from([0x80 | bytes.length, ...bytes])
  }
  return Buffer.concat(
    FIELDS.flatMap(([name, value]) => {
      const index = STATIC_TABLE.findIndex(([known]) => known === name)
      return index > 0 && index < 15 ? [Buffer.from([index]), huffman(value)] : [Buffer.from([0]), huffman(name), huffman(value)]
    }),
  )
}

function codesOf(): string[] {
  const sorted = HUFFMAN_LENGTHS.map((length, symbol) => ({ length, symbol })).sort((a, b) => a.length - b.length || a.symbol - b.symbol)
  const codes: string[] = []
  let code = -1
  let before = sorted[0]?.length ?? 0
  for (const { length, symbol } of sorted) {
    code = (code + 1) * 2 ** (length - before)
    before = length
    codes[symbol] = code.toString(2).padStart(length, "0")
  }
  return codes
}

function buildTree(): Tree {
  const root: Tree = [undefined, undefined]
  for (const [symbol, code] of codesOf().entries()) {
    let node = root
    for (const [index, bit] of [...code].entries()) {
      const slot = bit === "1" ? 1 : 0
      if (index === code.length - 1) node[slot] = symbol
      else {
        const next = node[slot]
        const child: Tree = Array.isArray(next) ? next : [undefined, undefined]
        node[slot] = child
        node = child
      }
    }
  }
  return root
}
