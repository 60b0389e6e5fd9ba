import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { secretRules } from "../../../detectors/secrets/rules/index.ts"
import { runRules } from "../../../detectors/secrets/runs.ts"
import { findSecrets } from "../../../detectors/secrets/scan.ts"
import { unfold } from "../../../detectors/text/ladder.ts"
import { rot13 } from "../../../detectors/text/loosen.ts"
import { ascii85, base32, base58, encodeQuotedPrintable, fullWidth, inTags, inVariationSelectors } from "../../support/encodings.ts"
import { hitsOf, sampleFrom } from "../../support/secret-samples.ts"

const bytes = (text: string) => Buffer.from(text, "utf8")
const spelled = (text: string, join: (hex: string[]) => string) => join([...bytes(text)].map((byte) => byte.toString(16).padStart(2, "0")))

/** How a secret may travel; each takes a text to a text. */
const encodings: Readonly<Record<string, (text: string) => string>> = {
  base64: (t) => bytes(t).toString("base64"),
  "base64 for URLs, no padding": (t) => bytes(t).toString("base64url"),
  "base64, one byte off": (t) => bytes(`lead ${t}`).toString("base64").slice(1),
  "base64, two bytes off": (t) => bytes(`lead: ${t}`).toString("base64").slice(2),
  "base64 after a path": (t) => `v1/${bytes(t).toString("base64")}`,
  "base64 in lines of 76": (t) =>
    bytes(`${"padding in front of it ".repeat(4)}${t}`)
      .toString("base64")
      .replace(/.{76}/g, "$&\n"),
  "base64 twice": (t) => bytes(bytes(t).toString("base64")).toString("base64"),
  "base64 of UTF-16": (t) => Buffer.from(t, "utf16le").toString("base64"),
  "base64 of gzip": (t) => gzipSync(bytes(t)).toString("base64"),
  "base64 of zlib": (t) => deflateSync(bytes(t)).toString("base64"),
  "base64 of raw deflate": (t) => deflateRawSync(bytes(t)).toString("base64"),
  "base64 of brotli": (t) => brotliCompressSync(bytes(t)).toString("base64"),
  "hex of gzip": (t) => gzipSync(bytes(t)).toString("hex"),
  base32: (t) => base32(bytes(t)),
  "base32 in lower case": (t) => base32(bytes(t)).toLowerCase().replace(/=+$/, ""),
  base58: (t) => base58(bytes(t)),
  ASCII85: (t) => ascii85(bytes(t)),
  "ASCII85 with marks": (t) => `<~${ascii85(bytes(t))}~>`,
  hex: (t) => spelled(t, (hex) => hex.join("")),
  HEX: (t) => spelled(t, (hex) => hex.join("").toUpperCase()),
  "hex with \\x": (t) => spelled(t, (hex) => hex.map((h) => `\\x${h}`).join("")),
  "hex with spaces": (t) => spelled(t, (hex) => hex.join(" ")),
  "hex with colons": (t) => spelled(t, (hex) => hex.join(":")),
  "hex with 0x and commas": (t) => spelled(t, (hex) => hex.map((h) => `0x${h}`).join(", ")),
  URL: (t) => spelled(t, (hex) => hex.map((h) => `%${h}`).join("")),
  "URL three times": (t) => encodeURIComponent(encodeURIComponent(spelled(t, (hex) => hex.map((h) => `%${h}`).join("")))),
  "HTML references": (t) => [...t].map((c) => `&#${c.codePointAt(0)};`).join(""),
  "HTML references in hex": (t) => [...t].map((c) => `&#x${c.codePointAt(0)?.toString(16)};`).join(""),
  "\\u escapes": (t) => [...t].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`).join(""),
  "octal escapes": (t) => [...t].map((c) => `\\${c.charCodeAt(0).toString(8).padStart(3, "0")}`).join(""),
  "JSON in JSON in JSON": (t) => JSON.stringify({ a: JSON.stringify({ b: JSON.stringify({ c: t }) }) }),
  "quoted-printable": (t) => encodeQuotedPrintable(t),
  "decimal codes": (t) => [...bytes(t)].join(", "),
  "chr() calls": (t) => [...bytes(t)].map((b) => `chr(${b})`).join("+"),
  "UTF-16 read as bytes": (t) => Buffer.from(t, "utf16le").toString("latin1"),
  "full-width letters": fullWidth,
  "tag characters": (t) => `hello${inTags(t)}`,
  "variation selectors": (t) => `hello${inVariationSelectors(t)}`,
  "zero-width spaces between": (t) => [...t].join("\u200b"),
  "soft hyphens between": (t) => [...t].join("\u00ad"),
  "URL of base64": (t) => encodeURIComponent(bytes(t).toString("base64")),
  "gzip of hex in base64": (t) => gzipSync(Buffer.from(bytes(t).toString("hex"))).toString("base64"),
}

const samples = [
  ...secretRules.flatMap((rule) => hitsOf(rule, 11).map((hit) => [rule.id, hit] as const)),
  ...runRules.flatMap((rule) => rule.hits(sampleFrom(11)).map((hit) => [rule.id, hit] as const)),
].filter(([, hit]) => !hit.includes("\n") || hit.length < 1_500)

describe("the decoding ladder", () => {
  it.each(Object.entries(encodings))("uncovers every credential format in %s", (name, encode) => {
    const within = name === "base58" ? samples.filter(([, secret]) => secret.length < 350) : samples
    const missed = within.filter(([, secret]) => findSecrets(unfold(`value: ${encode(secret)} end`)).length === 0).map(([id]) => id)
    expect(missed.join(" ")).toBe("")
  })

  it.each([
    ["reversed", (t: string) => [...t].reverse().join("")],
    ["rot13", rot13],
  ] as const)("finds the unmistakable prefixes %s", (step, turn) => {
    const prefixed = secretRules.filter((rule) => rule.shape !== undefined && rule.ambiguous !== true && rule.ceiling === undefined)
    const long = prefixed.filter(
      (rule) => rule.keywords.every((keyword) => keyword.length >= 4 && turn(keyword) !== keyword) && rule.hits === undefined,
    )
    expect(long.length).toBeGreaterThan(90)
    const missed = long.filter((rule) =>
      hitsOf(rule, 4).some((hit) => !findSecrets(unfold(`so: ${turn(hit)} .`), { all: true }).some((one) => one.steps.includes(step))),
    )
    expect(missed.map(({ id }) => id)).toEqual([])
  })

  it("points at the encoded text in the original", () => {
    const secret = `gh${"p_"}${sampleFrom(2).an(36)}`
    const encoded = Buffer.from(`the token is ${secret} today`).toString("base64")
    const text = `note: ${encoded} bye`
    const [found] = findSecrets(unfold(text))
    const [start, end] = found?.span ?? [0, 0]
    expect(Buffer.from(text.slice(start - ((start - 6) % 4), end + 4), "base64").toString("latin1")).toContain(secret.slice(2, -2))
  })

  it("ends within its bounds on any text, and every reading leads back into it", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 400 }), fc.constantFrom("", "%", "\\u", "=", "&#", "eyJ"), (text, seed) => {
        const whole = `${seed}${text}${seed}`
        const views = unfold(whole)
        expect(views.length).toBeLessThanOrEqual(32)
        for (const view of views) {
          const [start, end] = view.locate(0, view.text.length)
          expect(start).toBeGreaterThanOrEqual(0)
          expect(end).toBeLessThanOrEqual(whole.length)
          expect(start).toBeLessThanOrEqual(end)
        }
      }),
      { numRuns: 200 },
    )
  })

  it("opens no bomb", () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, 0x41)).toString("base64")
    const views = unfold(bomb)
    expect(views.reduce((total, view) => total + view.text.length, 0)).toBeLessThan(5_000_000)
  })
})
