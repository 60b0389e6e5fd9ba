import { describe, expect, it } from "vitest"
import { type MemoryRecord, PartitionMemory, recordKey } from "../../../services/bus/kafka/memory-log.ts"

type Line = readonly [owner: string, kind: MemoryRecord["kind"], number: number, value: string | undefined]

function read(lines: readonly Line[], partition = 0): PartitionMemory {
  const memory = new PartitionMemory(0)
  for (const [owner, kind, number, value] of lines)
    memory.read(recordKey({ partition, owner, kind, workload: kind === "claim" ? "" : "w", number }), value)
  return memory
}

describe("PartitionMemory", () => {
  it("gives the last snapshot and the entries after it", () => {
    const lines: Line[] = [
      ["a", "claim", 0, "now"],
      ["a", "note", 0, "one"],
      ["a", "snapshot", 0, "1\nstate"],
      ["a", "note", 0, undefined],
      ["a", "note", 1, "two"],
    ]
    expect(read(lines).kept("w")).toEqual({ snapshot: "state", entries: ["two"] })
    expect(read(lines).kept("other")).toBeUndefined()
  })
  it("does not believe an owner that lost the partition and does not know it yet", () => {
    const lines: Line[] = [
      ["a", "claim", 0, "now"],
      ["a", "note", 0, "one"],
      ["b", "claim", 0, "now"],
      ["a", "note", 1, "late"],
      ["a", "snapshot", 0, "1\nlate state"],
      ["b", "note", 0, "two"],
    ]
    expect(read(lines).kept("w")).toEqual({ snapshot: undefined, entries: ["one", "two"] })
  })
  it("waits for all parts of a snapshot, and stays with what it has when its writer died in between", () => {
    const begun: Line[] = [
      ["a", "snapshot", 0, "1\nold"],
      ["a", "note", 0, "one"],
      ["a", "snapshot", 1_000, "2\nne"],
    ]
    expect(read(begun).kept("w")).toEqual({ snapshot: "old", entries: ["one"] })
    expect(read([...begun, ["a", "snapshot", 1_001, "w"]]).kept("w")).toEqual({ snapshot: "new", entries: [] })
  })
  it("reads nothing of another partition of the activity topic, and no record of others", () => {
    expect(read([["a", "note", 0, "x"]], 3).kept("w")).toBeUndefined()
    const memory = new PartitionMemory(0)
    for (const key of ["", "{}", "[1,2]", "null", '[0,"a","other","w",1]']) memory.read(key, "x")
    expect(memory.kept("w")).toBeUndefined()
  })
  it("tells which records a snapshot makes needless", () => {
    const memory = read([
      ["a", "note", 0, "one"],
      ["b", "note", 0, "two"],
    ])
    expect(memory.keysOf("w")).toEqual(['[0,"a","note","w",0]', '[0,"b","note","w",0]'])
    memory.forgetKeys("w")
    expect(memory.keysOf("w")).toEqual([])
  })
})
