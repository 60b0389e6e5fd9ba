import { describe, expect, it } from "vitest"
import { fileParts, readFilePart } from "../../../services/contracts/file-part.ts"

const sha256 = "ab".repeat(32)

describe("file parts", () => {
  it("cuts a large file into parts that fit a record, and they join to the same bytes", () => {
    const bytes = Buffer.alloc(2_000_000, "0123456789")
    const events = fileParts({ sha256, mediaType: "application/zip", bytes })
    expect(events.every(({ value, key }) => value.length <= 1_000_000 && key === sha256)).toBe(true)
    const parts = events.map(readFilePart).map((part) => ("problem" in part ? expect.fail(part.problem) : part))
    expect(parts.map(({ part, parts }) => [part, parts])).toEqual([
      [0, 3],
      [1, 3],
      [2, 3],
    ])
    expect(Buffer.concat(parts.map(({ data }) => data)).equals(bytes)).toBe(true)
    expect(parts[0]?.mediaType).toBe("application/zip")
  })

  it("sends an empty file as one empty part", () => {
    expect(fileParts({ sha256, mediaType: "text/plain", bytes: new Uint8Array() })).toHaveLength(1)
  })

  it("names what is wrong with a part that is none", () => {
    const event = { key: "k", value: new Uint8Array() }
    expect(readFilePart(event)).toEqual({ problem: "a file part without sha256" })
    expect(readFilePart({ ...event, headers: { sha256, part: "3", parts: "3" } })).toEqual({ problem: "part 3 of 3" })
  })
})
