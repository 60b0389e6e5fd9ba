import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { linesOf } from "../../../../services/cli/scan/lines.ts"

describe("linesOf", () => {
  it("gives the same lines however the bytes are cut", async () => {
    const text = 'première\r\n\n{"text":"日本語 \u{1f600}"}\nlast'
    const bytes = Buffer.from(`\ufeff${text}`)
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }), async (sizes) => {
        expect((await collect(cut(bytes, sizes))).map(({ text }) => text)).toEqual(["première", "", '{"text":"日本語 \u{1f600}"}', "last"])
      }),
      { numRuns: 50 },
    )
  })
  it("holds no more of an endless line than it may, says so, and goes on with the next", async () => {
    const chunks = [...Array.from({ length: 1_000 }, () => Buffer.alloc(1_000, 97)), Buffer.from("\nshort\n")]
    const lines = await collect(chunks, 5_000)
    expect(lines.map(({ text, cut }) => [text.length, cut])).toEqual([
      [5_000, true],
      [5, false],
    ])
  })
})

function* cut(bytes: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  for (let from = 0, n = 0; from < bytes.length; n++) {
    const to = from + (sizes[n % sizes.length] ?? 1)
    yield bytes.subarray(from, to)
    from = to
  }
}

async function collect(chunks: Iterable<Uint8Array>, longest?: number): Promise<{ text: string; cut: boolean }[]> {
  async function* input(): AsyncGenerator<Uint8Array> {
    yield* chunks
  }
  const lines: { text: string; cut: boolean }[] = []
  for await (const line of linesOf(input(), longest)) lines.push({ ...line })
  return lines
}
