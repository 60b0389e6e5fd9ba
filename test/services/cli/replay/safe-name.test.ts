import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { folded, safeName, safePath } from "../../../../services/cli/replay/safe-name.ts"

describe("safeName", () => {
  it.each([
    ["report.pdf", "report.pdf", "an ordinary name stays"],
    ["Zusammenfassung für März.txt", "Zusammenfassung für März.txt", "other alphabets stay"],
    ["CON", "_CON", "a device of Windows"],
    ["nul.txt", "_nul.txt", "a device whatever its ending"],
    ["com1", "_com1", "a serial port"],
    ["a.txt:hidden", "a.txt_hidden", "an alternate stream"],
    [".bashrc", "_.bashrc", "a hidden file"],
    [".git", "_.git", "a folder that git would read"],
    ["-rf", "_-rf", "an option of whatever command comes"],
    ["invoice\u202Efdp.exe", "invoice_fdp.exe", "a name that reads backwards"],
    ["a\nb\u0000c", "a_b_c", "control characters"],
    ["name. . ", "name", "endings that Windows drops"],
    ["$(id)`id`;&", "_(id)_id___", "what a shell would run"],
    ["", "_", "nothing"],
    ["...", "_", "only dots"],
  ])("turns %j into %j: %s", (raw, safe) => {
    expect(safeName(raw)).toBe(safe)
  })

  it("never yields a component that climbs, hides, or is empty or long, whatever comes", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (raw) => {
        for (const part of safePath(raw)) {
          expect(part).toMatch(/^[^.\-/\\:\0][^/\\:\0]*$/)
          expect(part.length).toBeLessThanOrEqual(101)
          expect(part).not.toMatch(/[. ]$/)
        }
      }),
      { numRuns: 300 },
    )
  })
})

describe("safePath", () => {
  it("keeps the folders and drops what climbs out", () => {
    expect(safePath("../../etc/./passwd")).toEqual(["etc", "passwd"])
    expect(safePath("C:\\Windows\\system32\\x.dll")).toEqual(["C_", "Windows", "system32", "x.dll"])
    expect(safePath("/")).toEqual(["_"])
  })
})

describe("folded", () => {
  it("is equal for names that are one file on Windows or macOS", () => {
    expect(folded("README.md")).toBe(folded("readme.MD"))
    expect(folded("caf\u00e9")).toBe(folded("cafe\u0301"))
    expect(folded("\uFB01le")).toBe(folded("file"))
  })
})
