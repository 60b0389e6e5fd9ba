import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { boundaryOf, parseMultipart } from "../../../collectors/wire/multipart.ts"

const FORM = 'multipart/form-data; charset=utf-8; boundary="sep x"'

function read(body: string | Buffer, type = FORM): (readonly [headers: string, text: string, complete: boolean])[] {
  return parseMultipart(Buffer.from(body), type).map(({ headers, bytes, complete }) => [
    headers.map(([name, value]) => `${name}=${value}`).join("|"),
    Buffer.from(bytes).toString("latin1"),
    complete,
  ])
}

describe("parseMultipart", () => {
  it("reads parts with and without headers, between a preamble and an epilogue", () => {
    const body =
      'before\r\n--sep x \t\r\nContent-Disposition: form-data;\r\n name="a"\r\n\r\none\r\ntwo\r\n--sep x\r\n\r\nbare\r\n--sep x--\r\nafter'
    expect(read(body)).toEqual([
      ['content-disposition=form-data; name="a"', "one\r\ntwo", true],
      ["", "bare", true],
    ])
  })

  it("reads line ends without CR", () => {
    expect(read("--sep x\nA: b\n\nbody\n--sep x--\n")).toEqual([["a=b", "body", true]])
  })

  it("marks the part that a cut body ends in", () => {
    const body = "--sep x\r\nA: 1\r\n\r\nwhole\r\n--sep x\r\nA: 2\r\n\r\nhal"
    expect(read(body)).toEqual([
      ["a=1", "whole", true],
      ["a=2", "hal", false],
    ])
  })

  it("takes the boundary inside a line for what it is: the part's own bytes", () => {
    expect(read("--sep x\r\n\r\nsay --sep x\r\n--sep x--")).toEqual([["", "say --sep x", true]])
  })

  it("keeps a form inside a part whole though its boundary begins as the outer one does", () => {
    const inner = "--abc-1\r\n\r\nsmall\r\n--abc-1--\r\n"
    const body = `--abc\r\nContent-Type: multipart/mixed; boundary=abc-1\r\n\r\n${inner}\r\n--abc--\r\n`
    const parts = read(body, "multipart/mixed; boundary=abc")
    expect(parts).toEqual([["content-type=multipart/mixed; boundary=abc-1", inner, true]])
    expect(read(inner, "multipart/mixed; boundary=abc-1")).toEqual([["", "small", true]])
  })

  it("gives nothing where no boundary is named, or the body does not hold it", () => {
    expect(read("--x\r\n\r\na\r\n--x--", "multipart/form-data")).toEqual([])
    expect(read("nothing of the kind")).toEqual([])
    expect([boundaryOf("multipart/mixed;boundary=a-b; q=1"), boundaryOf('multipart/mixed; BOUNDARY = "a b"')]).toEqual(["a-b", "a b"])
  })

  it("gives any bytes back that do not hold the boundary", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { minLength: 1, maxLength: 5 }), (list) => {
        const parts = list.flatMap((bytes) => [Buffer.from("--no such line\r\nA: b\r\n\r\n"), Buffer.from(bytes), Buffer.from("\r\n")])
        const body = Buffer.concat([...parts, Buffer.from("--no such line--\r\n")])
        const got = parseMultipart(body, 'multipart/form-data; boundary="no such line"')
        expect(got.map(({ bytes }) => Buffer.from(bytes))).toEqual(list.map((bytes) => Buffer.from(bytes)))
      }),
      { numRuns: 100 },
    )
  })

  it("gives back views into the body, and no more parts than it may", () => {
    expect(read("--sep x\r\n\r\na\r\n".repeat(12_000)).length).toBe(10_000)
  })
})
