import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { parse } from "yaml"
import { egret } from "../../support/egret.ts"

const folder = mkdtempSync(join(tmpdir(), "egret-check-"))

describe("egret check", () => {
  it("prints the effective configuration without secrets", async () => {
    const file = join(folder, "good.yaml")
    writeFileSync(file, "bus: { kind: kafka, kafka: { sasl: { mechanism: plain, username: me, password: 'env:BUS_PASSWORD' } } }\n")
    const clear = ["not", "shown"].join("-")
    const { code, stdout } = await egret(["check", "--config", file], { env: { BUS_PASSWORD: clear, EGRET__LOG__LEVEL: "debug" } })
    expect(code).toBe(0)
    expect(stdout).not.toContain(clear)
    expect(parse(stdout)).toMatchObject({ log: { level: "debug" }, bus: { kind: "kafka", kafka: { sasl: { password: "[secret]" } } } })
  })

  it("prints every problem on its own line, no stack, and ends with code 2", async () => {
    const file = join(folder, "bad.yaml")
    writeFileSync(file, "log: { level: loud }\nbuss: {}\n")
    const { code, stdout, stderr } = await egret(["check", "--config", file])
    expect(code).toBe(2)
    expect(stdout).toBe("")
    expect(stderr.trim().split("\n")).toHaveLength(2)
    expect(stderr).toContain("bad.yaml:1:8 log.level")
    expect(stderr).not.toMatch(/\n\s+at /)
  })

  it("refuses an unknown option with code 2 and a way to the help", async () => {
    const { code, stderr } = await egret(["check", "--confg", "x"])
    expect(code).toBe(2)
    expect(stderr).toContain("--help")
  })
})
