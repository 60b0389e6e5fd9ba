import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { inspect } from "node:util"
import { describe, expect, it } from "vitest"
import { ConfigError } from "../../../../services/contracts/errors.ts"
import { examineConfig, loadConfig } from "../../../../services/runtime/config/load.ts"
import { printConfig } from "../../../../services/runtime/config/print.ts"

const folder = mkdtempSync(join(tmpdir(), "egret-config-"))
let count = 0

function written(text: string): string {
  const file = join(folder, `${count++}.yaml`)
  writeFileSync(file, text)
  return file
}

function problemsOf(text: string, env: Record<string, string> = {}): string[] {
  const file = written(text)
  return examineConfig({ file, env }).problems.map((problem) => problem.message.replaceAll(file, "egret.yaml"))
}

describe("loadConfig", () => {
  it("runs on defaults when nothing is written", () => {
    const { config } = loadConfig({ file: written(""), env: {} })
    expect(config.bus.kind).toBe("embedded")
    expect(config.bus.embedded.maxBytes).toBe(64 * 1024 * 1024)
    expect(config.metrics.listen).toEqual({ host: "127.0.0.1", port: 9464 })
    expect(config.bus.kafka.sessionTimeout).toBe(30_000)
  })

  it("lets an environment variable win over the file", () => {
    const file = written("log:\n  level: warn\nbus:\n  kafka:\n    brokers: [one:9092]\n")
    const { config } = loadConfig({
      file,
      env: { EGRET__LOG__LEVEL: "debug", EGRET__BUS__KAFKA__CLIENT_ID: "me", EGRET__BUS__KAFKA__BROKERS: "[a:1, b:2]" },
    })
    expect(config.log.level).toBe("debug")
    expect(config.bus.kafka.clientId).toBe("me")
    expect(config.bus.kafka.brokers).toEqual(["a:1", "b:2"])
  })

  it("reaches into a list by number", () => {
    const { config } = loadConfig({ file: written("bus: { kafka: { brokers: [a:1] } }"), env: { EGRET__BUS__KAFKA__BROKERS__1: "b:2" } })
    expect(config.bus.kafka.brokers).toEqual(["a:1", "b:2"])
  })

  it("names place, path, got, wanted and the near miss of an unknown key", () => {
    expect(problemsOf("log:\n  levle: info\n")).toEqual([
      "egret.yaml:2:3 log.levle: got an unknown key, want one of level, format; did you mean level?",
    ])
  })

  it("names the variable when the mistake is in the environment", () => {
    expect(problemsOf("", { EGRET__LOG__LEVEL: "loud" })[0]).toMatch(
      /^EGRET__LOG__LEVEL log\.level: got "loud", want one of "trace", "debug"/,
    )
    expect(problemsOf("", { EGRET__LOGG__LEVEL: "info" })[0]).toMatch(/^EGRET__LOGG__LEVEL logg: got an unknown key, .*did you mean log\?$/)
  })

  it("gives an example of what was wanted", () => {
    expect(problemsOf("bus:\n  kafka:\n    brokers: kafka-1:9092\n")).toEqual([
      'egret.yaml:3:5 bus.kafka.brokers: got "kafka-1:9092", want a list; First brokers to ask; example: brokers: ["kafka-1:9092","kafka-2:9092"]',
    ])
    expect(problemsOf("bus:\n  kafka:\n    sessionTimeout: 30\n")[0]).toMatch(/got 30, want a text; .*example: sessionTimeout: "30s"/)
    expect(problemsOf("bus:\n  kafka:\n    sessionTimeout: 30x\n")[0]).toContain(
      'want a number with its unit: ms, s, m, h or d, for example "30s"',
    )
  })

  it("tells all problems at once to `egret check` and the first, with the count, to a command", () => {
    const file = written("log: { level: loud, format: xml }\nnothing: 1\n")
    expect(examineConfig({ file, env: {} }).problems).toHaveLength(3)
    expect(() => loadConfig({ file, env: {} })).toThrow(/2 more: run `egret check`/)
  })

  it("never repeats a clear-text secret written where a reference belongs", () => {
    const clear = ["hunter", "2"].join("")
    const [problem = ""] = problemsOf(`bus:\n  kafka:\n    sasl: { mechanism: plain, username: u, password: ${clear} }\n`)
    expect(problem).toContain("bus.kafka.sasl.password: got something that is not a reference (not shown), want a reference")
    expect(problem).not.toContain(clear)
  })

  it("fetches secrets from a file beside the configuration and from the environment, and prints them as [secret]", () => {
    const clear = ["open", "sesame"].join("-")
    writeFileSync(join(folder, "password"), `${clear}\n`)
    for (const [reference, env] of [
      ["file:password", {}],
      ["env:THE_PASSWORD", { THE_PASSWORD: clear }],
    ] as const) {
      const { config } = loadConfig({ file: written(`store: { server: { password: "${reference}" } }`), env })
      expect(config.store.server.password?.reveal()).toBe(clear)
      for (const shown of [printConfig(config), JSON.stringify(config), inspect(config, { depth: 9 }), `${config.store.server.password}`])
        expect(shown).not.toContain(clear)
      expect(printConfig(config)).toContain('password: "[secret]"')
    }
  })

  it("says at start that a secret cannot be fetched", () => {
    expect(problemsOf("store: { server: { password: 'env:NOT_THERE' } }")[0]).toContain(
      "store.server.password: got env:NOT_THERE: the variable is not set",
    )
    expect(problemsOf("store: { server: { password: 'file:not-there' } }")[0]).toContain("no such file")
  })

  it.each([
    ["a list", "- a\n", "egret.yaml:1:1 YAML: got a list, want sections"],
    ["a text", "hello\n", "egret.yaml:1:1 YAML: got string, want sections"],
    ["broken YAML", "log: [\n", "egret.yaml:2:1 YAML: got"],
    ["a key twice", "log: {}\nlog: {}\n", "egret.yaml:2:1 YAML: got Map keys must be unique"],
    ["binary", "\u0000\u0001\u0002", "want sections"],
    ["aliases that explode", bomb(), "want valid YAML"],
  ])("refuses %s with one line", (_, text, expected) => {
    const problems = problemsOf(text)
    expect(problems[0]).toContain(expected)
    expect(problems[0]).not.toContain("\n")
  })

  it("refuses a directory and a file that is not there", () => {
    mkdirSync(join(folder, "directory"))
    expect(() => loadConfig({ file: join(folder, "directory"), env: {} })).toThrow(/got a directory, want a readable YAML file/)
    expect(() => loadConfig({ file: join(folder, "absent.yaml"), env: {} })).toThrow(ConfigError)
    expect(() => loadConfig({ env: { EGRET_CONFIG: join(folder, "absent.yaml") } })).toThrow(/no such file/)
  })

  it("cannot be changed after loading", () => {
    const { config } = loadConfig({ file: written(""), env: {} })
    expect(Object.isFrozen(config.bus.kafka.brokers)).toBe(true)
  })
})

function bomb(): string {
  const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
  for (let i = 1; i < 9; i++) lines.push(`a${i}: &a${i} [${Array.from({ length: 10 }, () => `*a${i - 1}`).join(", ")}]`)
  return lines.join("\n")
}
