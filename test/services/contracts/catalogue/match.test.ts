import { describe, expect, it } from "vitest"
import { catalogue, hostOf, lookUpHost } from "../../../../services/contracts/catalogue/match.ts"
import { packageOfPath } from "../../../../services/contracts/catalogue/package-path.ts"

describe("lookUpHost", () => {
  it.each([
    ["api.openai.com", "/v1/chat/completions", "openai", "vendor"],
    ["eu.api.openai.com:443", "/v1/responses", "openai", "vendor"],
    ["API.Anthropic.com.", "/v1/messages", "anthropic", "vendor"],
    ["api.githubcopilot.com", "/chat/completions", "github.copilot", "cloud"],
    ["api.githubcopilot.com", "/mcp/", "github", "mcp"],
    ["api.openai.com", "/v1/traces/ingest", "openai", "tracing"],
    ["huggingface.co", "/mcp", "huggingface", "mcp"],
    ["huggingface.co", "/a/b/resolve/main/x", "huggingface", "code-host"],
  ])("knows %s%s as %s (%s)", (host, path, id, kind) => {
    expect(lookUpHost(host, path)?.entry).toMatchObject({ id, kind })
  })

  it("reads region, residency and tenant out of shared hosts", () => {
    expect(lookUpHost("bedrock-runtime.eu-central-1.amazonaws.com")).toMatchObject({
      region: "eu-central-1",
      residency: "eu",
      entry: { id: "aws.bedrock" },
    })
    expect(lookUpHost("bedrock-runtime-fips.us-gov-west-1.amazonaws.com")).toMatchObject({ residency: "us" })
    expect(lookUpHost("acme-prod.openai.azure.com")).toMatchObject({ tenant: "acme-prod", entry: { id: "azure.ai.openai" } })
    expect(lookUpHost("europe-west4-aiplatform.googleapis.com")).toMatchObject({ region: "europe-west4", residency: "eu" })
    expect(lookUpHost("acme--bot.modal.run")).toMatchObject({ tenant: "acme--bot" })
  })

  it.each([
    "notapi.openai.com.evil.example",
    "evilapi.openai.com.example",
    "xapi.anthropic.com",
    "openai.com",
    "fakeopenai.azure.com",
    "",
    "..",
    "[::1]:80",
  ])("does not know the look-alike %s", (host) => {
    expect(lookUpHost(host)).toBeUndefined()
  })

  it("holds at least 150 hosts, each found again as itself", () => {
    const hosts = catalogue.flatMap((entry) => entry.hosts.map((host) => ({ host: host.startsWith(".") ? `x${host}` : host, entry })))
    expect(new Set(hosts.map(({ host }) => host)).size).toBeGreaterThanOrEqual(150)
    for (const { host, entry } of hosts) expect(lookUpHost(host, entry.paths[0] ?? "/"), host).toBeDefined()
  })

  it("bounds the time of its patterns on hostile names", () => {
    const hostile = [`${"a-".repeat(60_000)}.amazonaws.com`, `${"a.".repeat(2_000)}amazonaws.com`]
    const start = performance.now()
    for (const host of hostile) lookUpHost(host)
    expect(performance.now() - start).toBeLessThan(500)
  })
})

describe("hostOf", () => {
  it("strips user, port, brackets and the root's dot", () => {
    expect([hostOf("u:p@Host.example:80"), hostOf("[2001:db8::1]:443"), hostOf("a.example."), hostOf("2001:db8::1")]).toEqual([
      "host.example",
      "2001:db8::1",
      "a.example",
      "2001:db8::1",
    ])
  })
})

describe("packageOfPath", () => {
  it.each([
    ["/left-pad/-/left-pad-1.3.0.tgz", { ecosystem: "npm", name: "left-pad", version: "1.3.0" }],
    ["/@scope/pkg/-/pkg-2.0.0-beta.1.tgz", { ecosystem: "npm", name: "@scope/pkg", version: "2.0.0-beta.1" }],
    ["/packages/ab/cd/ef0123/requests-2.32.0-py3-none-any.whl", { ecosystem: "pypi", name: "requests", version: "2.32.0" }],
    ["/github.com/a/b/@v/v1.2.3.zip", { ecosystem: "go", name: "github.com/a/b", version: "v1.2.3" }],
    ["/api/v1/crates/serde/1.0.1/download", { ecosystem: "crates", name: "serde", version: "1.0.1" }],
    ["/v2/library/alpine/manifests/latest", { ecosystem: "oci", name: "library/alpine", version: "latest" }],
  ])("reads %s", (path, want) => {
    expect(packageOfPath(path)).toEqual(want)
  })
  it.each(["/v1/chat/completions", "/v2/chat", "/index.html", "/a/-/b"])("takes %s for no package", (path) => {
    expect(packageOfPath(path)).toBeUndefined()
  })
})
