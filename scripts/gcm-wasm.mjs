// Assembles the WebAssembly module of collectors/wire/tls/gcm.ts and writes it to gcm-wasm.ts: `node scripts/gcm-wasm.mjs`.
// A test assembles it again and compares.
//
//   open(table, aad, aadLength, text, length, stream, out) -> 1 when the tag fits
//     GHASH over aad and text (NIST SP 800-38D section 6.4), text XOR key stream to out, tag at text + length compared.
//     `stream` holds the encrypted counter blocks, the one for the tag first. `aad` is padded with zeros to 16 bytes; `text` needs 16 readable bytes
//     after its end, `out` as many writable ones.
//
// GHASH multiplies by H with one table of 16 entries for each of the 32 nibbles of a block (8 KB a key): 32 loads and XORs, no shifting, no reduction.
// The first 32 bytes of memory are 16 times 0xff and 16 times 0: read at 16 - n they are a mask for the first n bytes.
import { writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

const I32 = 0x7f
const V128 = 0x7b
const SIMD = 0xfd

const get = (index) => [0x20, ...unsigned(index)]
const set = (index) => [0x21, ...unsigned(index)]
const i32 = (value) => [0x41, ...signed(value)]
const add = [0x6a]
const sub = [0x6b]
const and = [0x71]
const shl = [0x74]
const shr = [0x76]
const lessOrEqual = [0x4d]
const eqz = [0x45]
const extend = [0xad]
const i64 = (value) => [0x42, ...signed(value)]
const shl64 = [0x86]
const load = (offset = 0) => [SIMD, 0x00, 0x00, ...unsigned(offset)]
const store = [SIMD, 0x0b, 0x00, 0x00]
const zero = [SIMD, 0x0c, ...new Array(16).fill(0)]
const reverseBytes = [SIMD, 0x0d, 7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8]
const splat64 = [SIMD, 0x12]
const lane32 = (lane) => [SIMD, 0x1b, lane]
const replace64 = (lane) => [SIMD, 0x1e, lane]
const vand = [SIMD, 0x4e]
const vxor = [SIMD, 0x51]
const anyTrue = [SIMD, 0x53]
const end = [0x0b]

/** acc (a local) becomes acc times H. */
function multiply({ acc, table, word }) {
  const code = []
  for (let lane = 0; lane < 4; lane++) {
    code.push(...get(acc), ...lane32(lane), ...set(word))
    for (let byte = 0; byte < 4; byte++) {
      for (const half of [0, 1]) {
        const shift = byte * 8 - half * 4
        const moved = shift === 0 ? [] : shift < 0 ? [...i32(4), ...shl] : [...i32(shift), ...shr]
        code.push(...get(word), ...moved, ...i32(0xf0), ...and, ...get(table), ...add, ...load(((lane * 4 + byte) * 2 + half) * 256))
        // Sums of eight and then of four: one chain of 32 would wait for each of its links.
        if (byte + half > 0) code.push(...vxor)
      }
    }
    if (lane > 0) code.push(...vxor)
  }
  return [...code, ...set(acc)]
}

function openBody() {
  const [table, aad, aadLength, text, length, stream, out, word, last, acc, block] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
  const absorb = multiply({ acc, table, word })
  const advance = (local) => [...get(local), ...i32(16), ...add, ...set(local)]
  const loopWhileRoom = (pointer, limit, body) => [
    ...[0x02, 0x40, 0x03, 0x40],
    ...[...get(pointer), ...i32(16), ...add, ...get(limit), ...lessOrEqual, ...eqz, 0x0d, 1],
    ...[...body, 0x0c, 0, ...end, ...end],
  ]
  const lengths = [
    ...get(aadLength),
    ...extend,
    ...i64(3),
    ...shl64,
    ...splat64,
    ...get(length),
    ...extend,
    ...i64(3),
    ...shl64,
    ...replace64(1),
    ...set(block),
    ...get(block),
    ...get(block),
    ...reverseBytes,
  ]
  return [
    ...[...zero, ...set(acc)],
    // Additional data, padded: last = aad + ((aadLength + 15) & ~15)
    ...[...get(aad), ...get(aadLength), ...i32(15), ...add, ...i32(-16), ...and, ...add, ...set(last)],
    ...loopWhileRoom(aad, last, [...get(acc), ...get(aad), ...load(), ...vxor, ...set(acc), ...absorb, ...advance(aad)]),
    // Whole blocks of text; the key stream's first block is the tag's.
    ...[...get(text), ...get(length), ...add, ...set(last)],
    ...[...get(stream), ...load(), ...set(block + 1)],
    ...advance(stream),
    ...loopWhileRoom(text, last, [
      ...[...get(text), ...load(), ...set(block)],
      ...[...get(out), ...get(block), ...get(stream), ...load(), ...vxor, ...store],
      ...[...get(acc), ...get(block), ...vxor, ...set(acc)],
      ...absorb,
      ...[...advance(text), ...advance(stream), ...advance(out)],
    ]),
    // The unfinished last block.
    ...[...get(last), ...get(text), ...sub, 0x04, 0x40],
    ...[...get(text), ...load(), ...i32(16), ...get(last), ...get(text), ...sub, ...sub, ...load(), ...vand, ...set(block)],
    ...[...get(out), ...get(block), ...get(stream), ...load(), ...vxor, ...store],
    ...[...get(acc), ...get(block), ...vxor, ...set(acc)],
    ...[...absorb, ...end],
    ...[...get(acc), ...lengths, ...vxor, ...set(acc)],
    ...absorb,
    ...[...get(acc), ...get(block + 1), ...vxor, ...get(last), ...load(), ...vxor, ...anyTrue, ...eqz],
    ...end,
  ]
}

export function assemble() {
  const body = [2, 2, I32, 3, V128, ...openBody()]
  const section = (id, content) => [id, ...unsigned(content.length), ...content]
  const name = (text) => [text.length, ...Buffer.from(text)]
  return Buffer.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 7, ...new Array(7).fill(I32), 1, I32]),
    ...section(2, [1, ...name("egret"), ...name("memory"), 2, 0, ...unsigned(1)]),
    ...section(3, [1, 0]),
    ...section(7, [1, ...name("open"), 0, 0]),
    ...section(10, [1, ...unsigned(body.length), ...body]),
  ])
}

function unsigned(value) {
  const bytes = []
  let rest = value
  do {
    bytes.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0))
    rest >>>= 7
  } while (rest > 0)
  return bytes
}

function signed(value) {
  const bytes = []
  for (let rest = value; ; rest >>= 7) {
    const done = rest >= -64 && rest <= 63
    bytes.push((rest & 0x7f) | (done ? 0 : 0x80))
    if (done) return bytes
  }
}

export function source() {
  const lines =
    assemble()
      .toString("base64")
      .match(/.{1,120}/g) ?? []
  return `// Made by scripts/gcm-wasm.mjs, which is its source. Do not edit.\nexport const GCM_WASM = \`\n${lines.join("\n")}\n\`\n`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(new URL("../collectors/wire/tls/gcm-wasm.ts", import.meta.url), source())
}
