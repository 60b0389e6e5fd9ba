import { createHash } from "node:crypto"
import { gzipSync } from "node:zlib"
import { describe, expect, it } from "vitest"
import { createFileExtractor, type FileData } from "../../../../collectors/extract/files/extractor.ts"
import type { SkillData } from "../../../../collectors/extract/skills/bundle.ts"
import type { HttpExchange, HttpMessage } from "../../../../collectors/wire/facts.ts"
import { makeTar, makeZip } from "../../../support/archives.ts"

const SKILL =
  "---\nname: pdf-tools\ndescription: Works on PDF files.\nallowed-tools: Bash(pdftotext:*) Read\n---\n# PDF\nSee [more](references/more.md) and run scripts/go.sh.\n"

describe("the file extractor", () => {
  it("rebuilds a download with its name, its type by content and its hash", () => {
    const { files } = run({
      url: "https://dl.example/x/report?id=1",
      headers: [
        ["content-type", "text/plain"],
        ["content-disposition", 'attachment; filename="r.pdf"'],
      ],
      body: "%PDF-1.7\n…",
    })
    expect(files).toHaveLength(1)
    expect(files[0]).toMatchObject({
      name: "r.pdf",
      mediaType: "application/pdf",
      claimedMediaType: "text/plain",
      direction: "inbound",
      sha256: sha256("%PDF-1.7\n…"),
      completeness: "full",
    })
  })

  it("takes API answers and pages for no files", () => {
    expect(run({ url: "https://api.example/v1/things", headers: [["content-type", "application/json"]], body: '{"a":1}' }).files).toEqual(
      [],
    )
    expect(run({ url: "https://site.example/about", headers: [["content-type", "text/html"]], body: "<html>hi</html>" }).files).toEqual([])
    expect(run({ url: "https://api.example/stream", headers: [["content-type", "text/event-stream"]], body: "data: x\n\n" }).files).toEqual(
      [],
    )
  })

  it("finds the skills of a repository archive under their own names, with source and commit", () => {
    const zip = makeZip([
      { name: "repo-abc/README.md", data: "# repo" },
      { name: "repo-abc/skills/pdf-tools/SKILL.md", data: SKILL },
      { name: "repo-abc/skills/pdf-tools/scripts/go.sh", data: "#!/bin/sh\n", unixMode: 0o100755 },
    ])
    const { skills, files } = run({ url: "https://codeload.github.com/acme/repo/zip/abc", body: zip })
    expect(files.map((file) => file.name)).toEqual([
      "abc",
      "repo-abc/README.md",
      "repo-abc/skills/pdf-tools/SKILL.md",
      "repo-abc/skills/pdf-tools/scripts/go.sh",
    ])
    expect(skills).toHaveLength(1)
    expect(skills[0]).toMatchObject({
      name: "pdf-tools",
      route: "github-archive",
      source: "github.com/acme/repo",
      ref: "abc",
      how: "fetched",
      allowedTools: ["Bash(pdftotext:*)", "Read"],
    })
    expect(skills[0]?.files.map((file) => file.path)).toEqual(["SKILL.md", "scripts/go.sh"])
    expect(skills[0]?.references).toContain("references/more.md")
  })

  it("gives the same skill the same hash by whatever container it came", () => {
    const asZip = run({
      url: "https://clawhub.example/api/v1/download?slug=pdf-tools&version=1.2.0",
      body: makeZip([{ name: "SKILL.md", data: SKILL }]),
    }).skills[0]
    const asTar = run({
      url: "https://mirror.example/npm/pdf-tools/-/pdf-tools-1.2.0.tgz",
      body: gzipSync(makeTar([{ name: "package/SKILL.md", data: SKILL }])),
    }).skills[0]
    expect(asZip).toMatchObject({ route: "clawhub", version: "1.2.0" })
    expect(asTar).toMatchObject({ route: "npm", source: "npm:pdf-tools", version: "1.2.0" })
    expect(asZip?.hash).toBe(asTar?.hash)
  })

  it("tells a skill that is fetched file by file again when it grows", () => {
    const extractor = createFileExtractor()
    const base = "https://raw.githubusercontent.com/acme/repo/main/skills/pdf-tools"
    const first = run({ url: `${base}/SKILL.md`, body: SKILL }, extractor).skills
    const second = run({ url: `${base}/scripts/go.sh`, body: "#!/bin/sh\ncurl x | sh\n" }, extractor).skills
    expect(first[0]?.files.map((file) => file.path)).toEqual(["SKILL.md"])
    expect(second[0]?.files.map((file) => file.path)).toEqual(["SKILL.md", "scripts/go.sh"])
    expect(second[0]).toMatchObject({ route: "github-raw", source: "github.com/acme/repo", ref: "main" })
  })

  it("holds an index to the digests it promised", () => {
    const extractor = createFileExtractor()
    const index = {
      skills: [
        { name: "a", type: "skill-md", url: "a/SKILL.md", digest: `sha256:${sha256(SKILL)}` },
        { name: "b", url: "b/SKILL.md", digest: `sha256:${"0".repeat(64)}` },
      ],
    }
    run({ url: "https://tools.example/.well-known/agent-skills/index.json", body: JSON.stringify(index) }, extractor)
    const good = run({ url: "https://tools.example/.well-known/agent-skills/a/SKILL.md", body: SKILL }, extractor).skills[0]
    const bad = run({ url: "https://tools.example/.well-known/agent-skills/b/SKILL.md", body: SKILL }, extractor).skills[0]
    expect([good?.digest?.matches, bad?.digest?.matches]).toEqual([true, false])
  })

  it("reads a skill folder that is uploaded to a vendor part by part", () => {
    const boundary = "----x"
    const part = (name: string, data: string) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="files[]"; filename="${name}"\r\nContent-Type: text/plain\r\n\r\n${data}\r\n`
    const body = `${part("pdf-tools/SKILL.md", SKILL)}${part("pdf-tools/scripts/go.sh", "#!/bin/sh\n")}--${boundary}--\r\n`
    const { skills, files } = run({
      method: "POST",
      url: "https://api.anthropic.com/v1/skills",
      request: { headers: [["content-type", `multipart/form-data; boundary=${boundary}`]], body },
      body: "{}",
    })
    expect(files.map((file) => [file.name, file.direction])).toEqual([
      ["pdf-tools/SKILL.md", "outbound"],
      ["pdf-tools/scripts/go.sh", "outbound"],
    ])
    expect(skills[0]).toMatchObject({ name: "pdf-tools", route: "vendor-upload", how: "uploaded" })
  })

  it("opens a base64 archive inside a model request", () => {
    const data = makeZip([{ name: "pdf-tools/SKILL.md", data: SKILL }]).toString("base64")
    const body = JSON.stringify({
      model: "m",
      tools: [
        {
          type: "shell",
          environment: { skills: [{ type: "inline", name: "pdf-tools", source: { type: "base64", media_type: "application/zip", data } }] },
        },
      ],
    })
    const { skills } = run({
      method: "POST",
      url: "https://api.openai.com/v1/responses",
      request: { headers: [["content-type", "application/json"]], body },
      body: "{}",
    })
    expect(skills[0]).toMatchObject({ name: "pdf-tools", how: "uploaded" })
  })

  it("reads registry snapshots and the contents API", () => {
    const snapshot = {
      files: [
        { path: "SKILL.md", contents: SKILL },
        { path: "scripts/go.sh", contents: "x" },
      ],
    }
    expect(run({ url: "https://skills.example/api/download/acme/repo/pdf-tools", body: JSON.stringify(snapshot) }).skills[0]).toMatchObject(
      { route: "skills-snapshot", source: "skills.example/acme/repo/pdf-tools" },
    )
    const contents = {
      name: "SKILL.md",
      path: "skills/pdf-tools/SKILL.md",
      encoding: "base64",
      content: Buffer.from(SKILL)
        .toString("base64")
        .replace(/(.{60})/g, "$1\n"),
    }
    expect(
      run({ url: "https://api.github.com/repos/acme/repo/contents/skills/pdf-tools/SKILL.md?ref=v1", body: JSON.stringify(contents) })
        .skills[0],
    ).toMatchObject({ name: "pdf-tools", route: "github-contents", ref: "v1" })
  })

  it("finds a skill that an API or a tool gives as one string of JSON, once, and leaves what a model's transcript quotes to the transcript", () => {
    const text = JSON.stringify({ data: { repository: { object: { text: SKILL } } } })
    const { files, skills } = run({ method: "POST", url: "https://api.forge.example/graphql", body: text })
    expect(files.map((file) => [file.name, file.source.route])).toEqual([["pdf-tools/SKILL.md", "json-text"]])
    expect(skills).toMatchObject([{ name: "pdf-tools", host: "api.forge.example", how: "fetched" }])
    const tool = { jsonrpc: "2.0", id: 1, result: { content: [{ type: "text", text: SKILL }] } }
    expect(run({ method: "POST", url: "https://tools.example/mcp", body: JSON.stringify(tool) }).skills).toHaveLength(1)
    expect(run({ method: "POST", url: "https://api.openai.com/v1/responses", body: text, quotes: true })).toEqual({ files: [], skills: [] })
    const other = JSON.stringify({ text: "---\nlayout: post\ntitle: Hello\n---\nWords" })
    expect(run({ url: "https://blog.example/api", body: other })).toEqual({ files: [], skills: [] })
  })

  it("tells the wrapped file of a forge's API and not its wrapper", () => {
    const wrapped = {
      file_name: "SKILL.md",
      file_path: "skills/pdf-tools/SKILL.md",
      encoding: "base64",
      content: Buffer.from(SKILL).toString("base64"),
    }
    const url = "https://gitlab.example/api/v4/projects/12/repository/files/skills%2Fpdf-tools%2FSKILL.md?ref=v2"
    expect(run({ url, headers: [["content-type", "application/json"]], body: JSON.stringify(wrapped) }).skills).toMatchObject([
      { name: "pdf-tools", description: "Works on PDF files.", route: "gitlab-file", ref: "v2" },
    ])
  })

  it("recognises a skill text at any address by its front matter", () => {
    expect(run({ url: "https://example.net/join", headers: [["content-type", "text/markdown"]], body: SKILL }).skills[0]?.name).toBe(
      "pdf-tools",
    )
  })

  it("joins ranges to the whole file", () => {
    const extractor = createFileExtractor()
    const whole = Buffer.concat([Buffer.from("%PDF-"), Buffer.alloc(1000, 7)])
    const part = (from: number, to: number) =>
      run(
        {
          url: "https://dl.example/a.pdf",
          status: 206,
          headers: [
            ["content-range", `bytes ${from}-${to}/${whole.length}`],
            ["etag", '"1"'],
          ],
          body: whole.subarray(from, to + 1),
        },
        extractor,
      ).files
    part(0, 499)
    expect(part(500, whole.length - 1)[0]?.sha256).toBe(sha256(whole))
  })
})

interface Case {
  readonly quotes?: boolean
  readonly url: string
  readonly method?: string
  readonly status?: number
  readonly headers?: [string, string][]
  readonly body: string | Uint8Array
  readonly request?: { readonly headers: [string, string][]; readonly body: string }
}

function run(given: Case, extractor = createFileExtractor()): { files: FileData[]; skills: SkillData[] } {
  const { protocol, host, pathname, search } = new URL(given.url)
  const exchange: HttpExchange = {
    type: "exchange",
    version: "1.1",
    scheme: protocol === "https:" ? "https" : "http",
    method: given.method ?? "GET",
    authority: host,
    path: pathname + search,
    status: given.status ?? 200,
    stream: 0,
    request: message(given.request?.headers ?? [], given.request?.body ?? ""),
    response: message(given.headers ?? [], given.body),
  }
  const files: FileData[] = []
  const skills: SkillData[] = []
  const positions = new Set<string>()
  extractor.exchange(exchange, "outbound", {
    ...(given.quotes === true && { quotes: true }),
    file: (data, _bytes, position) => {
      files.push(data)
      positions.add(position)
    },
    skill: (data, position) => {
      skills.push(data)
      positions.add(position)
    },
  })
  expect(positions.size).toBe(files.length + skills.length)
  return { files, skills }
}

function message(headers: [string, string][], body: string | Uint8Array): HttpMessage {
  const bytes = Buffer.from(body as Uint8Array)
  return {
    headers,
    trailers: [],
    startedAt: 1,
    headAt: 2,
    endedAt: 3,
    body: { bytes, length: bytes.length, sha256: sha256(bytes), completeness: "full", encodedLength: bytes.length, marks: [] },
  }
}

function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex")
}
