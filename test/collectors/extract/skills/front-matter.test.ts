import { describe, expect, it } from "vitest"
import { readFrontMatter } from "../../../../collectors/extract/skills/front-matter.ts"

describe("readFrontMatter", () => {
  it("reads what a strict reader reads", () => {
    const { fields, body, problems } = readFrontMatter("---\nname: a\nmetadata:\n  version: '1.0'\n---\n# Body\n")
    expect(fields).toEqual({ name: "a", metadata: { version: "1.0" } })
    expect(body).toBe("# Body\n")
    expect(problems).toEqual([])
  })

  it("reads unquoted colons as lenient clients repair them, and says so", () => {
    const { fields, problems } = readFrontMatter("---\nname: a\ndescription: Use when: always: now\n---\n")
    expect(fields).toEqual({ name: "a", description: "Use when: always: now" })
    expect(problems).toContain("invalid-yaml")
  })

  it("tolerates a byte order mark, CRLF and tabs", () => {
    const { fields, problems } = readFrontMatter("\ufeff---\r\nname: a\r\nmetadata:\r\n\tauthor: me\r\n---\r\nx")
    expect(fields["name"]).toBe("a")
    expect(problems).toContain("bom")
  })

  it("names duplicate keys, which different readers resolve differently", () => {
    expect(readFrontMatter("---\nname: good\nname: evil\n---\n").problems).toContain("duplicate-key")
  })

  it("survives an alias bomb", () => {
    const bomb = `---\na: &a [x,x,x,x,x,x,x,x,x,x]\n${"bcdefghij"
      .split("")
      .map(
        (key, index) =>
          `${key}: &${key} [${Array(10)
            .fill(`*${index === 0 ? "a" : "abcdefghij"[index]}`)
            .join(",")}]`,
      )
      .join("\n")}\n---\n`
    expect(readFrontMatter(bomb).problems).toContain("invalid-yaml")
  })

  it("reads a text without front matter as all body", () => {
    expect(readFrontMatter("# Just text")).toEqual({ fields: {}, body: "# Just text", problems: ["no-front-matter"] })
  })
})
