import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { cef, leef } from "../../../services/soc/formats/lines.ts"
import { syslogMessage } from "../../../services/soc/formats/syslog.ts"
import { eventRecord } from "../../support/soc.ts"

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc
    .array(fc.constantFrom("|", "\\", "=", "\n", "\r", "\t", " ", "a", "msg=", "src=1.2.3.4", "CEF:0|", "\u0085", "\u2028"), {
      maxLength: 20,
    })
    .map((parts) => parts.join("")),
)
const hostile = fc.record({
  title: text,
  summary: text.map((value) => value.slice(0, 200)),
  destination: text,
  rules: fc.array(text, { minLength: 1, maxLength: 1 }),
  evidence: fc.array(fc.record({ masked: text, place: text, path: text }), { maxLength: 1 }),
})

/** As a receiver reads it: the header's fields and the extension's, unescaped; undefined when it is no CEF line. */
function readCef(line: string): { readonly header: string[]; readonly fields: Map<string, string> } | undefined {
  const parts = line.split(/(?<=(?:^|[^\\])(?:\\\\)*)\|/)
  if (parts.length < 8) return undefined
  const header = parts.slice(0, 7).map((part) => part.replaceAll(/\\([|\\])/g, "$1"))
  const extension = parts.slice(7).join("|")
  const fields = new Map<string, string>()
  const keys = [...extension.matchAll(/(?:^| )([A-Za-z0-9]+)(?<!\\)=/g)]
  for (const [index, match] of keys.entries()) {
    const value = extension.slice(match.index + match[0].length, keys[index + 1]?.index ?? extension.length)
    fields.set(
      match[1] ?? "",
      value.replaceAll(/\\([\\=nr])/g, (_whole, escaped: string) => (escaped === "n" ? "\n" : escaped === "r" ? "\r" : escaped)),
    )
  }
  return { header, fields }
}

describe("lines of text from the wire", () => {
  it("are one CEF line whose fields a reader gets back as they were, and no others", () => {
    fc.assert(
      fc.property(hostile, (more) => {
        const line = cef(eventRecord("e1", more), "1.0")
        expect(line).not.toMatch(/[\r\n]/)
        const read = readCef(line)
        expect(read?.header[5]).toBe(more.title.replaceAll(/[\r\n]+/g, " "))
        expect(read?.header[4]).toBe((more.rules[0] ?? "").replaceAll(/[\r\n]+/g, " "))
        expect(read?.fields.get("externalId")).toBe("e1")
        expect(read?.fields.get("act")).toBe("alert")
        expect(read?.fields.get("msg") ?? "").toBe(more.summary)
        expect(read?.fields.get("dhost") ?? "").toBe(more.destination)
        expect([...(read?.fields.keys() ?? [])].filter((key) => key === "src" || key === "dst")).toEqual([])
      }),
      { numRuns: 300 },
    )
  })

  it("are one LEEF line whose fields are ours alone", () => {
    fc.assert(
      fc.property(hostile, (more) => {
        const line = leef(eventRecord("e1", more), "1.0")
        expect(line).not.toMatch(/[\r\n]/)
        const [header = "", ...rest] = line.split("|")
        expect(header).toBe("LEEF:2.0")
        const fields = rest
          .slice(5)
          .join("|")
          .split("\t")
          .map((field) => field.split("=")[0])
        const known = [
          "devTime",
          "devTimeFormat",
          "cat",
          "sev",
          "resource",
          "policy",
          "externalId",
          "title",
          "msg",
          "evidence",
          "action",
          "revokeAt",
        ]
        expect(fields.filter((field) => !known.includes(field ?? ""))).toEqual([])
        expect(new Set(fields).size).toBe(fields.length)
      }),
      { numRuns: 300 },
    )
  })

  it("stay inside one syslog message without control characters", () => {
    fc.assert(
      fc.property(hostile, fc.string({ unit: "binary", maxLength: 20 }), (more, hostname) => {
        const record = eventRecord("e1", more)
        const message = syslogMessage(record, cef(record, "1.0"), { hostname, pid: 7 }).toString("utf8")
        expect(message).toMatch(/^<131>1 \S+ \S+ egret 7 event - \ufeffCEF:0/)
        // biome-ignore lint/suspicious/noControlCharactersInRegex: their absence is what is tested
        expect(message).not.toMatch(/[\u0000-\u0008\u000a-\u001f\u007f]/)
      }),
      { numRuns: 200 },
    )
  })
})
