import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { basename, join, resolve } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { subjectsOf } from "../../../../services/cli/scan/files.ts"
import { judgeSubject, ndjsonLine } from "../../../../services/cli/scan/judge.ts"
import { isRecord, readRecord, textSubject } from "../../../../services/cli/scan/records.ts"
import { SarifLog } from "../../../../services/cli/scan/sarif.ts"
import { shippedPolicy } from "../../../../services/policy/decide.ts"
import { sarifProblems } from "../../../support/sarif.ts"
import { sampleFrom } from "../../../support/secret-samples.ts"

const folder = mkdtempSync(join(tmpdir(), "egret-scan-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const defaults = { direction: "outbound", place: "file" } as const
const policy = shippedPolicy("balanced")
const token = `gh${"p_"}${sampleFrom(5).an(36)}`

describe("egret scan", () => {
  it("answers one line an input, in the promised fields and no others", () => {
    const line = JSON.parse(
      ndjsonLine(judgeSubject(textSubject("7", { place: "user", direction: "outbound", path: "text", text: `use ${token}` }), policy)),
    )
    expect(Object.keys(line)).toEqual(["id", "verdict", "severity", "findings"])
    expect(line).toMatchObject({ id: "7", verdict: "block", severity: "critical" })
    expect(Object.keys(line.findings[0])).toEqual(["rule", "family", "severity", "confidence", "span"])
    expect(line.findings[0]).toMatchObject({ rule: "secret/github-token", family: "secrets", span: [4, 4 + token.length] })
  })

  it("allows an input without findings", () => {
    expect(ndjsonLine(judgeSubject(textSubject("a", { place: "body", direction: "inbound", path: "text", text: "hello" }), policy))).toBe(
      '{"id":"a","verdict":"allow","severity":"info","findings":[]}',
    )
  })

  it("gives a record without an id its line number, and says what is wrong with a broken one", () => {
    expect(readRecord('{"text":"x"}', 3, defaults)).toMatchObject({
      subject: { id: "3", texts: [{ place: "file", direction: "outbound" }] },
    })
    expect(readRecord("{", 4, defaults)).toEqual({ id: "4", line: 4, error: "line 4: not JSON" })
    expect(readRecord('{"id":"q","place":"nowhere","text":"x"}', 5, defaults)).toMatchObject({
      id: "q",
      line: 5,
      error: expect.stringContaining("line 5: place"),
    })
    // An id comes back as it was given, so that who asked finds it again.
    expect(readRecord('{"id":7,"text":"x"}', 6, defaults)).toMatchObject({ id: 7, subject: { id: "7" } })
    expect(isRecord('{"name":"package"}')).toBe(false)
  })

  it("takes a vendor's key in its own host's address for use, and at a stranger's for a leak", () => {
    const key = `AI${"za"}${sampleFrom(8).of("A-Za-z0-9_-", 35)}`
    const judge = (url: string) => judgeSubject(textSubject("u", { place: "url", direction: "outbound", path: "text", text: url }), policy)
    expect(
      judge(`https://generativelanguage.googleapis.com/v1beta/models?key=${key}`).findings.filter(({ family }) => family === "secrets"),
    ).toEqual([])
    expect(judge(`https://collect.some-host.xyz/?k=${key}`).verdict).toBe("block")
  })

  it("reads a tools/list answer tool by tool and field by field", () => {
    const path = join(folder, "tools.json")
    writeFileSync(
      path,
      JSON.stringify({ jsonrpc: "2.0", id: 1, result: { tools: [{ name: "add", description: "adds", inputSchema: { type: "object" } }] } }),
    )
    const [subject] = [...subjectsOf(path, defaults)]
    expect(subject?.texts.map(({ place, path }) => `${place} ${path}`)).toEqual([
      "tool-definition tools[0].name",
      "tool-definition tools[0].description",
      "tool-definition tools[0].inputSchema",
    ])
  })

  it("reads a folder with a SKILL.md as one skill and the rest file by file", () => {
    const skill = join(folder, "project", "my-skill")
    mkdirSync(join(skill, "scripts"), { recursive: true })
    writeFileSync(join(skill, "SKILL.md"), "---\nname: my-skill\ndescription: formats tables\n---\nRun scripts/run.sh\n")
    writeFileSync(join(skill, "scripts", "run.sh"), "echo hello\n")
    writeFileSync(join(folder, "project", "readme.txt"), "plain")
    writeFileSync(join(folder, "project", "picture.bin"), Buffer.from([0x89, 0x50, 0, 0, 0]))
    const subjects = [...subjectsOf(join(folder, "project"), defaults)]
    expect(subjects.map(({ id, kind }) => `${kind} ${id}`)).toEqual(["skill my-skill", "scan readme.txt"])
    expect(subjects[0]?.texts.map(({ name }) => name).sort()).toEqual(["SKILL.md", "scripts/run.sh"])
  })

  it("writes SARIF with a rule, a place and a level for every finding that is not allowed", () => {
    const log = new SarifLog()
    log.add(
      judgeSubject(
        textSubject("src/a.ts", { place: "file", direction: "outbound", path: "src/a.ts", text: `\nconst t = "${token}"` }),
        policy,
      ),
    )
    const written = JSON.parse(log.toString())
    expect(sarifProblems(written)).toEqual([])
    const { runs } = written
    expect(runs[0].results[0]).toMatchObject({
      ruleId: "secret/github-token",
      level: "error",
      locations: [{ physicalLocation: { artifactLocation: { uri: "src/a.ts" }, region: { startLine: 2, startColumn: 12, endLine: 2 } } }],
    })
    expect(log.toString()).not.toContain(token)
  })

  it("places a match that spans lines, and escapes a name that is no address", () => {
    const key = `-----BEGIN ${"RSA PRIVATE"} KEY-----\n${`${"MIIEow".repeat(10)}\n`.repeat(5)}-----END ${"RSA PRIVATE"} KEY-----`
    const log = new SarifLog()
    log.add(
      judgeSubject(textSubject("a b#?.pem", { place: "file", direction: "outbound", path: "a b#?.pem", text: `x\n${key}\n` }), policy),
    )
    const written = JSON.parse(log.toString())
    expect(sarifProblems(written)).toEqual([])
    expect(written.runs[0].results[0].locations[0].physicalLocation).toMatchObject({
      artifactLocation: { uri: "a%20b%23%3F.pem" },
      region: { startLine: 2, startColumn: 1, endLine: 8 },
    })
  })

  it("writes SARIF that is complete when nothing was found", () => {
    expect(sarifProblems(JSON.parse(new SarifLog().toString()))).toEqual([])
  })

  it("reads records in one JSON array like records in lines", () => {
    const path = join(folder, "records.json")
    writeFileSync(path, JSON.stringify([{ id: "a", place: "user", text: "x" }, { text: "y" }]))
    expect([...subjectsOf(path, defaults)].map(({ id, texts }) => [id, texts[0]?.place])).toEqual([
      ["a", "user"],
      ["2", "file"],
    ])
  })

  it("goes into no link, and tells of what it cannot read or does not judge", () => {
    const project = join(folder, "odd")
    mkdirSync(join(project, "a"), { recursive: true })
    symlinkSync("..", join(project, "a", "up"))
    symlinkSync("/nowhere", join(project, "gone"))
    writeFileSync(join(project, "a", "t.txt"), "hello")
    writeFileSync(join(project, "b.bin"), Buffer.from([1, 0, 2]))
    const skipped: string[] = []
    const subjects = [...subjectsOf(project, defaults, (path, _, kind) => skipped.push(`${kind} ${basename(path)}`))]
    expect(subjects.map(({ id }) => id)).toEqual(["a/t.txt"])
    expect(skipped).toEqual(["binary b.bin"])
  })

  it("reads records from standard input, prints one verdict each and exits with 1 when one blocks", () => {
    const input = `${JSON.stringify({ id: "one", direction: "outbound", place: "user", text: token })}\n\n${JSON.stringify({ id: "two", text: "fine" })}\nbroken\n`
    const { stdout, status } = run(["-", "--format", "ndjson"], input)
    const lines = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line))
    expect(lines.map(({ id, verdict, error }) => [id, verdict ?? error])).toEqual([
      ["one", "block"],
      ["two", "allow"],
      ["4", "line 4: not JSON"],
    ])
    expect(status).toBe(1)
    // What could not be read must not pass for clean.
    expect(run(["-", "--fail-on", "never"], input).status).toBe(2)
    expect(run([join(folder, "absent")], "").status).toBe(2)
  })
})

function run(args: readonly string[], input: string): { stdout: string; status: number | null } {
  const root = resolve(import.meta.dirname, "../../../..")
  return spawnSync(process.execPath, ["--import", "tsx", join(root, "services/cli/egret.ts"), "scan", ...args], {
    cwd: root,
    input,
    encoding: "utf8",
  })
}
