// HAR as its specification has it, of every HTTP exchange that recorded clients made and of rows of which little is known. A browser reads it in
// test/e2e/console.
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { harOf } from "../../../services/api/har.ts"
import { rowsOfActivity } from "../../../services/store/rows.ts"
import { replayed } from "../../collectors/extract/golden.ts"
import { har } from "../../support/har-schema.ts"

interface Entry {
  readonly request: Record<string, unknown>
  readonly response: Record<string, unknown>
  readonly comment?: string
}

describe("HAR", () => {
  it.each(["anthropic", "openai-responses-ws", "mcp-2026", "git", "npm"])(
    "of every exchange in %s is what the format demands",
    async (name) => {
      const exchanges = (await replayed(name)).flatMap((activity) => {
        const rows = rowsOfActivity(activity)
        const row = rows.find(({ table }) => table === "activity")?.row
        return activity.kind === "http" && row !== undefined
          ? [{ activity: { ...row, at: activity.at } as Record<string, unknown>, body: activity.data }]
          : []
      })
      expect(exchanges.length).toBeGreaterThan(0)
      const made = har.parse(JSON.parse(JSON.stringify(harOf(exchanges, "1.0.0"))))
      expect(made.log.entries.length).toBe(exchanges.length)
      for (const [at, { request, response }] of made.log.entries.entries()) {
        const body = exchanges[at]?.body as { authority: string; path: string; status: number }
        expect(request.url).toBe(new URL(`${String(exchanges[at]?.activity["url_scheme"])}://${body.authority}${body.path}`).href)
        expect(response.status).toBe(body.status)
      }
    },
  )

  it("holds cookies as both sides wrote them, where a redirect leads, and what a form asked", () => {
    const { request, response } = one(
      { server_address: "shop.example", server_port: 8443, server_ip: "2001:db8::9", http_response_status_code: 302 },
      {
        path: "/find?q=a%20b&q=c",
        request: {
          headers: [
            ["cookie", "a=1; b=x=y"],
            ["cookie", "c=3"],
          ],
          contentType: "text/plain",
          text: "hello",
        },
        response: {
          headers: [
            ["set-cookie", "id=7; Path=/; Domain=shop.example; Secure; HttpOnly; Expires=Wed, 09 Jun 2027 10:18:14 GMT"],
            ["location", "/next"],
          ],
        },
      },
    )
    expect(request).toMatchObject({
      url: "https://shop.example:8443/find?q=a%20b&q=c",
      queryString: [
        { name: "q", value: "a b" },
        { name: "q", value: "c" },
      ],
      cookies: [
        { name: "a", value: "1" },
        { name: "b", value: "x=y" },
        { name: "c", value: "3" },
      ],
      postData: { mimeType: "text/plain", text: "hello" },
    })
    expect(response).toMatchObject({
      redirectURL: "/next",
      statusText: "Found",
      cookies: [
        { name: "id", value: "7", path: "/", domain: "shop.example", secure: true, httpOnly: true, expires: "2027-06-09T10:18:14.000Z" },
      ],
    })
  })

  it("gives no size on the wire of what was decoded, and says what is missing", () => {
    const { response, comment } = one(
      { response_bytes: 900 },
      {
        response: { headers: [], contentEncoding: "gzip", completeness: "truncated" },
        named: [{ kind: "llm", id: "l1" }],
      },
    )
    expect(response).toMatchObject({ bodySize: -1, content: { size: 900 } })
    expect(comment).toContain("llm activity l1")
    expect(comment).toContain("The response was seen in part (truncated).")
  })

  it("is one that readers take, whatever a client wrote for a host, a path, a cookie", () => {
    const text = fc.oneof(fc.string(), fc.constantFrom("*", "host:443", "http://x/", "//", "[::1", "\u0000", "%", "a b", "..", "?#"))
    const headers = fc.array(fc.tuple(fc.constantFrom("cookie", "set-cookie", "location", "x"), fc.string()))
    fc.assert(
      fc.property(text, text, headers, fc.oneof(fc.constant(undefined), fc.nat(), fc.string()), (authority, path, list, number) => {
        one(
          {
            server_address: authority,
            server_port: number,
            duration_us: number,
            time_to_first_byte_us: number,
            http_response_status_code: 200,
          },
          { authority, path, request: { headers: list }, response: { headers: list } },
        )
      }),
      { numRuns: 200 },
    )
  })
})

function one(activity: Record<string, unknown>, body: object): Entry {
  const made = harOf(
    [
      {
        activity: {
          at: 1_792_454_400_000_000,
          url_scheme: "https",
          http_version: "1.1",
          server_ip: "203.0.113.9",
          flow_id: "f",
          ...activity,
        },
        body,
      },
    ],
    "1.0.0",
  )
  const [entry] = har.parse(JSON.parse(JSON.stringify(made))).log.entries
  if (entry === undefined) throw new Error("no entry")
  return entry as unknown as Entry
}
