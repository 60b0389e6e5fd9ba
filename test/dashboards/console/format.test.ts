import { beforeAll, describe, expect, it, vi } from "vitest"

describe("inert", () => {
  let inert: (value: unknown) => string
  beforeAll(async () => {
    // The texts' language is read from the browser when the module loads.
    vi.stubGlobal("localStorage", { getItem: () => "en", setItem: () => undefined })
    vi.stubGlobal("navigator", { language: "en" })
    vi.stubGlobal("document", { documentElement: { lang: "" } })
    inert = (await import("../../../dashboards/console/src/format.ts")).inert
  })

  it.each([
    ["a bidirectional override that turns a file name around", "invoice\u202efdp.exe", "invoice\\u{202e}fdp.exe"],
    ["an isolate", "a\u2066b\u2069", "a\\u{2066}b\\u{2069}"],
    ["an ANSI escape", "\u001b[31mred", "\\u{1b}[31mred"],
    ["a C1 control that starts an escape of its own", "\u009b2J", "\\u{9b}2J"],
    ["a carriage return that would overwrite a line", "safe\revil", "safe\\u{d}evil"],
    ["a NUL", "a\u0000b", "a\\u{0}b"],
    ["a zero-width space inside of a name", "pay\u200bpal", "pay\\u{200b}pal"],
    ["a soft hyphen", "pass\u00adword", "pass\\u{ad}word"],
    ["letters of the tag block, which a model reads and a person does not see", "hi\u{e0041}\u{e007f}", "hi\\u{e0041}\\u{e007f}"],
    ["a byte order mark", "\ufeffkey", "\\u{feff}key"],
  ])("shows %s", (_, given, shown) => {
    expect(inert(given)).toBe(shown)
  })

  it("leaves line breaks, tabs, markup and the writing of people as they are", () => {
    for (const plain of ["a\n\tb", "<script>alert(1)</script>", "鹭 égret 🪶", "שלום"]) expect(inert(plain)).toBe(plain)
  })
})
