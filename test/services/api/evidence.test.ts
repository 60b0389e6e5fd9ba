import { afterEach, describe, expect, it } from "vitest"
import type { PacketControl, WantedFlow } from "../../../services/api/parts.ts"
import { openTestApi, type TestApi } from "../../support/api.ts"

let api: TestApi
afterEach(() => api.close())

describe("evidence", () => {
  it("of an activity as pcapng is the packets of its connection, between its first and its last", async () => {
    const asked: WantedFlow[] = []
    api = open({
      capture: async (flow) => {
        asked.push(flow)
        return { pcapng: Buffer.from([0x0a, 0x0d, 0x0d, 0x0a]), packets: 1 }
      },
    })
    const response = await api.get("/v1/activity/a1/evidence?format=pcapng", await api.token("content"))
    expect([response.status, response.headers.get("content-type"), response.headers.get("content-disposition")]).toEqual([
      200,
      "application/x-pcapng",
      'attachment; filename="egret-a1.pcapng"',
    ])
    expect(Buffer.from(await response.arrayBuffer()).toString("hex")).toBe("0a0d0d0a")
    expect(asked).toEqual([
      {
        id: "f1",
        vni: 7,
        client: { ip: "10.0.0.1", port: 40_000 },
        server: { ip: "203.0.113.9", port: 443 },
        at: 5,
        start: 1,
        end: 9,
      },
    ])
  })

  it.each([
    ["no packets are kept at all", undefined, "sensor.spool.size"],
    ["its packets were overwritten", { capture: async () => undefined }, "overwritten"],
  ])("says what to do when %s", async (_, packets, told) => {
    api = open(packets)
    const response = await api.get("/v1/activity/a1/evidence?format=pcapng", await api.token("content"))
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ detail: expect.stringContaining(told) })
  })

  it("of a connection holds every exchange that crossed it", async () => {
    api = open(undefined)
    const response = await api.get("/v1/flows/f1/evidence?format=har", await api.token("content"))
    const { log } = (await response.json()) as { log: { entries: { request: { url: string } }[] } }
    expect(log.entries.map(({ request }) => request.url)).toEqual(["https://api.example/first", "https://api.example/second"])
  })

  it("of a model call as HAR is the exchange that carried it, and none is made up where none did", async () => {
    const http = {
      id: "h1",
      kind: "http",
      at: 5,
      flow_id: "f1",
      server_address: "api.example",
      url_scheme: "https",
      url_path: "/v1/messages",
    }
    const answer = (named: string) => (sql: string, params: Readonly<Record<string, unknown>>) => {
      if (sql.includes("FROM content"))
        return [
          {
            id: "h1",
            body: params["id"] === "h1" ? JSON.stringify({ path: "/v1/messages?beta=1", named: [{ kind: "llm", id: named }] }) : "{}",
          },
        ]
      return sql.includes("ORDER BY activity.at DESC") ? [http] : [{ ...http, id: "l1", kind: "llm" }]
    }
    api = openTestApi(answer("l1"))
    const found = await api.get("/v1/activity/l1/evidence?format=har", await api.token("content"))
    const { log } = (await found.json()) as { log: { entries: { request: { url: string } }[] } }
    expect(log.entries.map(({ request }) => request.url)).toEqual(["https://api.example/v1/messages?beta=1"])
    api.close()
    api = openTestApi(answer("another"))
    const none = await api.get("/v1/activity/l1/evidence?format=har", await api.token("content"))
    expect([none.status, await none.json()]).toEqual([404, expect.objectContaining({ detail: expect.stringContaining("format=json") })])
  })

  it("is written to the audit trail before it is given, whatever its form", async () => {
    api = open(undefined)
    const token = await api.token("content")
    for (const format of ["pcapng", "har", "json"]) await api.get(`/v1/activity/a1/evidence?format=${format}`, token)
    await api.get("/v1/flows/f1/evidence", token)
    expect(api.parts.audit.latest(10).map(({ who, action, object, detail }) => [who, action, object, detail])).toEqual([
      ["content", "download-evidence", "f1", "json"],
      ["content", "download-evidence", "a1", "json"],
      ["content", "download-evidence", "a1", "har"],
      ["content", "download-evidence", "a1", "pcapng"],
    ])
  })

  it("cannot be made to write another file name by the id it is asked for", async () => {
    api = open(undefined)
    const response = await api.get(`/v1/activity/${encodeURIComponent('a"; filename="x.exe')}/evidence`, await api.token("content"))
    expect(response.headers.get("content-disposition")).toBe('attachment; filename="egret-a___filename__x_exe.json"')
  })
})

function open(packets: PacketControl | undefined): TestApi {
  const activity = (id: string, path: string) => ({
    id,
    kind: "http",
    at: 5,
    flow_id: "f1",
    vni: 7,
    client_ip: "10.0.0.1",
    client_port: 40_000,
    server_ip: "203.0.113.9",
    server_port: 443,
    server_address: "api.example",
    url_scheme: "https",
    url_path: path,
  })
  return openTestApi(
    (sql) => {
      if (sql.includes("FROM content")) return [{ id: "a1", body: "{}" }]
      if (sql.includes("FROM flow ")) return [{ flow_id: "f1", start: 1, end: 9 }]
      return sql.includes("ORDER BY activity.at DESC") ? [activity("a2", "/second"), activity("a1", "/first")] : [activity("a1", "/first")]
    },
    packets === undefined ? {} : { packets },
  )
}
