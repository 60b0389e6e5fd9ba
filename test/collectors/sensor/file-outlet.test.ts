import { describe, expect, it } from "vitest"
import { FileOutlet } from "../../../collectors/sensor/file-outlet.ts"

const limits = { maxSize: 100, pending: 150, skip: ["video/"] }

describe("FileOutlet", () => {
  it("gives each file once, in a copy that stays right when the body's buffer is used again", () => {
    const outlet = new FileOutlet(limits)
    const body = Buffer.from("..file..")
    outlet.add(file("a", body.subarray(2, 6)), 0)
    outlet.add(file("a", body.subarray(2, 6)), 1_000)
    body.fill(0)
    const files = outlet.take()
    expect(files.map(({ sha256, bytes }) => [sha256, Buffer.from(bytes).toString()])).toEqual([["a", "file"]])
    expect(outlet.take()).toEqual([])
  })

  it("sends a file again after half a day, because the store forgets and an evidence of today must be there", () => {
    const outlet = new FileOutlet(limits)
    outlet.add(file("a", Buffer.from("x")), 0)
    outlet.add(file("a", Buffer.from("x")), 13 * 3_600_000)
    expect(outlet.take()).toHaveLength(2)
  })

  it("leaves out what is too large, and what comes while the bus is behind, and counts both", () => {
    const outlet = new FileOutlet(limits)
    outlet.add(file("large", Buffer.alloc(101)), 0)
    outlet.add(file("one", Buffer.alloc(100)), 0)
    outlet.add(file("two", Buffer.alloc(100)), 0)
    expect(outlet.take().map(({ sha256 }) => sha256)).toEqual(["one"])
    expect(outlet.left).toEqual({ tooLarge: 1, busy: 1 })
    outlet.published(100)
    outlet.add(file("two", Buffer.alloc(100)), 0)
    expect(outlet.take().map(({ sha256 }) => sha256)).toEqual(["two"])
  })

  it("does not send what nobody looks into, and says nothing of it", () => {
    const outlet = new FileOutlet(limits)
    outlet.add({ ...file("film", Buffer.alloc(10)), mediaType: "video/mp4" }, 0)
    expect(outlet.take()).toEqual([])
    expect(outlet.left).toEqual({})
  })
})

function file(sha256: string, bytes: Uint8Array) {
  return { sha256, mediaType: "application/zip", bytes }
}
