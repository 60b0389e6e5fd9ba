import { describe, expect, it } from "vitest"
import { addressOf, isMetadataName, rangeOf } from "../../../detectors/destinations/addresses.ts"
import { destinationsDetector } from "../../../detectors/destinations/detector.ts"
import type { RawFinding, Subject } from "../../../services/contracts/inspection.ts"

describe("destinationsDetector", () => {
  it.each(wrong)("raises %s", (text) => {
    expect(raised({ texts: [{ place: "url", direction: "outbound", path: "url", text }] })).not.toEqual([])
  })
  it.each(ordinary)("is quiet about %s", (text) => {
    expect(raised({ texts: [{ place: "url", direction: "outbound", path: "url", text }] })).toEqual([])
  })
  it("raises a public name that answers with the metadata address", () => {
    const data = { answers: [{ name: "a.attacker.test", type: "A", ttl: 1, value: "169.254.169.254" }] }
    const rules = raised({
      kind: "dns",
      data,
      texts: [{ place: "dns", direction: "outbound", path: "name", text: "a.attacker.test" }],
    }).map(({ rule }) => rule)
    expect(rules).toEqual(["destination/private-answer"])
  })
  it("raises a model API at a host that no catalogue has", () => {
    const destination = { host: "llm.shadow.test", port: 443, class: "unknown" as const }
    expect(raised({ kind: "llm", destination, data: { family: "openai.chat" }, texts: [] }).map(({ rule }) => rule)).toEqual([
      "destination/unknown-model-api",
    ])
  })
  it("is quiet about the developer's own machine in a tool's manual and in a command, and tells of a service inside that is called", () => {
    const rules = (place: "tool-definition" | "command" | "url", text: string) =>
      raised({ texts: [{ place, direction: "outbound", path: "p", text }] }).map(({ rule }) => rule)
    expect(rules("tool-definition", "poll with curl -s http://localhost:8080/health")).toEqual([])
    expect(rules("command", "curl -s http://localhost:8080/health")).toEqual([])
    expect(rules("url", "http://localhost:8080/health")).toEqual(["destination/internal-name"])
    expect(rules("command", "curl -s http://vault.corp.internal:8200/v1/secret")).toEqual(["destination/internal-name"])
  })
  it("does not take an address in a fetched page for a visit", () => {
    expect(raised({ texts: [{ place: "tool-result", direction: "inbound", path: "t", text: "see http://169.254.169.254/" }] })).toEqual([])
  })
})

describe("addressOf", () => {
  it.each([
    ["2130706433", "127.0.0.1", "numeric"],
    ["0x7f.1", "127.0.0.1", "numeric"],
    ["017700000001", "127.0.0.1", "numeric"],
    ["[::ffff:10.0.0.1]", "10.0.0.1", "mapped"],
    ["64:ff9b::a9fe:a9fe", "169.254.169.254", "mapped"],
    ["10-0-0-1.sslip.io", "10.0.0.1", "wildcard-dns"],
    ["%31%30.0.0.1", "10.0.0.1", "encoded"],
    ["8.8.8.8", "8.8.8.8", "plain"],
  ])("reads %s as %s", (host, address, spelling) => {
    expect(addressOf(host)).toMatchObject({ address, spelling })
  })
  it.each(["example.com", "1.2.3.4.5", "0x", "256.1.1.1", "12345678901"])("takes %s for a name", (host) => {
    expect(addressOf(host)).toBeUndefined()
  })
  it("knows the metadata services of the clouds", () => {
    expect(["169.254.169.254", "100.100.100.200", "fd00:ec2::254", "168.63.129.16"].map(rangeOf)).toEqual([
      "metadata",
      "metadata",
      "metadata",
      "metadata",
    ])
    expect(isMetadataName("metadata.google.internal.")).toBe(true)
  })
})

function raised(subject: Partial<Subject>): RawFinding[] {
  const findings: RawFinding[] = []
  destinationsDetector.inspect({ id: "s", kind: "scan", direction: "outbound", texts: [], ...subject }, (finding) => findings.push(finding))
  return findings.filter(({ severity, confidence }) => severity !== "low" && confidence >= 0.5)
}

const wrong: readonly string[] = [
  "http://169.254.169.254/latest/meta-data/",
  "http://2852039166/",
  "http://0xA9FEA9FE/",
  "http://0251.0376.0251.0376/",
  "http://[::ffff:169.254.169.254]/",
  "http://metadata.google.internal/computeMetadata/v1/",
  "http://100.100.100.200/",
  "http://127.1/",
  "http://0/",
  "http://10.0.0.1/admin",
  "http://localhost:8080/",
  "http://169.254.169.254.nip.io/",
  "http://[fd00:ec2::254]/",
  "http://１６９.254.169.254/",
  "gopher://127.0.0.1:6379/_x",
  "file:///etc/passwd",
  "https://webhook.site/abc",
  "https://abc.ngrok-free.app/x",
  "https://api.openai.com.evil.xyz/v1",
  "https://xn--pple-43d.com/",
  "https://0penai.com/",
  "https://githuub.com/x",
  "https://paypal.com@evil.com/",
  "http://qzxkvwprtlmbnd.com/",
  "http://%31%32%37.0.0.1/",
  "http://openai-login.com/x",
  "http://192.168.1.1",
]
const ordinary: readonly string[] = [
  "https://api.openai.com/v1/chat/completions",
  "https://github.com/a/b",
  "https://example.com/path?x=1",
  "https://www.nytimes.com/2024/a.html",
  "https://stackoverflow.com/questions/1",
  "https://d111111abcdef8.cloudfront.net/x.js",
  "https://blog.rust-lang.org/",
  "https://mozilla.org",
  "https://shopify.com/x",
  "https://wordpress.org",
  "https://googletagmanager.com/gtm.js",
  "https://strapi.io",
  "https://swagger.io",
  "https://zalando.de",
  "https://krzysztof.dev/x",
  "https://fonts.gstatic.com/s",
  "https://huggingface.co/models",
  "https://www.bundesregierung.de/",
  "https://xn--bcher-kva.example/",
  "https://user:pass@git.example.com/x.git",
  "https://bytedance.com",
  "https://schwarzwaldklinik.de",
  "https://thinkwithgoogle.com",
  "https://openapi-generator.tech",
  "https://httpbin.org/get",
]
