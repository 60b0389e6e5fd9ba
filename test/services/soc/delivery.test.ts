import { createHmac } from "node:crypto"
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { type AddressInfo, createServer, type Socket } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { Secret } from "../../../services/contracts/config/secret.ts"
import { socConfig } from "../../../services/contracts/config/soc.ts"
import { Courier } from "../../../services/soc/courier.ts"
import { DeadLetters } from "../../../services/soc/dead-letters.ts"
import { openSocHub } from "../../../services/soc/hub.ts"
import { essenceOf, type SocRecord } from "../../../services/soc/record.ts"
import type { Sender, Sent } from "../../../services/soc/sender.ts"
import { openSender } from "../../../services/soc/senders/open-sender.ts"
import { eventRecord, openReceiver, until } from "../../support/soc.ts"

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "egret-soc-"))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const many = (count: number) => Array.from({ length: count }, (_, index) => eventRecord(`e${index}`))
const ids = (records: readonly SocRecord[]) => records.map((record) => essenceOf(record).id)

describe("the courier", () => {
  const run = (answers: (batch: readonly SocRecord[], call: number) => Sent, batch = 10) => {
    const calls: string[][] = []
    const waits: number[] = []
    const sender: Sender = {
      send: async (records) => {
        calls.push(ids(records))
        return answers(records, calls.length)
      },
      close: async () => {},
    }
    const courier = new Courier({
      name: "d",
      folder,
      batch,
      limit: 1e9,
      sender,
      wait: async (millis) => {
        waits.push(millis)
        await new Promise((resolve) => setImmediate(resolve))
        return true
      },
    })
    return { courier, calls, waits }
  }

  it("outlasts an outage of an hour and then delivers everything once, in order", async () => {
    let clock = 0
    const { courier, calls, waits } = run(() => {
      clock = waits.reduce((total, wait) => total + wait, 0)
      return clock < 3_600_000 ? { outcome: "retry", reason: "connect ECONNREFUSED" } : { outcome: "delivered" }
    })
    courier.accept(many(25))
    courier.start()
    await until(() => courier.health().delivered === 25)
    expect(Math.max(...waits)).toBeLessThanOrEqual(60_000)
    expect(calls.slice(-3).flat()).toEqual(ids(many(25)))
    expect(courier.health()).toMatchObject({ waiting: 0, dead: 0, failing: 0 })
    await courier.close()
  })

  it("waits as long as the receiver asked", async () => {
    const { courier, waits } = run((_batch, call) =>
      call === 1 ? { outcome: "retry", reason: "429", after: 7_000 } : { outcome: "delivered" },
    )
    courier.accept(many(1))
    courier.start()
    await until(() => courier.health().delivered === 1)
    expect(waits).toEqual([7_000])
    await courier.close()
  })

  it("buries the one bad record of a refused batch with its reason, and delivers the others", async () => {
    const { courier } = run((batch) => (ids(batch).includes("e3") ? { outcome: "refused", reason: "bad field" } : { outcome: "delivered" }))
    courier.accept(many(6))
    courier.start()
    await until(() => courier.health().waiting === 0)
    expect(courier.health()).toMatchObject({ delivered: 5, dead: 1 })
    const letter = JSON.parse(readFileSync(join(folder, "d.dead.ndjson"), "utf8")) as { reason: string; record: SocRecord }
    expect([letter.reason, essenceOf(letter.record).id]).toEqual(["bad field", "e3"])
    await courier.close()
  })

  it("sends again only what a partly failed batch left over", async () => {
    const { courier, calls } = run((_batch, call) =>
      call === 1 ? { outcome: "delivered", again: [1], dead: [{ index: 2, reason: "no" }] } : { outcome: "delivered" },
    )
    courier.accept(many(4))
    courier.start()
    await until(() => courier.health().delivered === 3)
    expect(calls).toEqual([["e0", "e1", "e2", "e3"], ["e1"]])
    await courier.close()
  })

  it("goes on after a restart with what was not acknowledged", async () => {
    const first = run(() => ({ outcome: "retry", reason: "down" }))
    first.courier.accept(many(3))
    first.courier.start()
    await until(() => first.calls.length > 0)
    await first.courier.close()
    const second = run(() => ({ outcome: "delivered" }))
    second.courier.start()
    await until(() => second.courier.health().delivered === 3)
    await second.courier.close()
  })
})

describe("dead letters", () => {
  it("go out again when an operator sends them, and are gone from the letters", async () => {
    let mended = false
    const sender: Sender = {
      send: async () => (mended ? { outcome: "delivered" } : { outcome: "refused", reason: "no such field" }),
      close: async () => {},
    }
    const open = () => new Courier({ name: "d", folder, batch: 10, limit: 1e9, sender })
    const first = open()
    first.accept(many(3))
    first.start()
    await until(() => first.health().dead === 3)
    await first.close()
    mended = true
    const letters = new DeadLetters(folder, "d")
    expect([letters.count(), letters.sendAgain(1), letters.count()]).toEqual([3, 3, 0])
    const second = open()
    second.start()
    await until(() => second.health().delivered === 3)
    await second.close()
  })

  it("take what a receiver that takes everything else has refused for ever so long", async () => {
    const sender: Sender = {
      send: async (records) => ({ outcome: "delivered", again: ids(records).flatMap((id, index) => (id === "e1" ? [index] : [])) }),
      close: async () => {},
    }
    const courier = new Courier({ name: "d", folder, batch: 10, limit: 1e9, sender, wait: async () => true })
    courier.accept(many(3))
    courier.start()
    await until(() => courier.health().waiting === 0)
    expect(courier.health()).toMatchObject({ delivered: 2, dead: 1 })
    await courier.close()
  })
})

describe("destinations", () => {
  const options = { version: "1", now: Date.now }
  const secret = (value: string) => new Secret("env:TEST", value)
  const configured = (given: Record<string, unknown>) => {
    const fields = Object.fromEntries(Object.entries(given).map(([key, value]) => [key, value instanceof Secret ? "env:TEST" : value]))
    const [parsed] = socConfig.parse({ destinations: [{ name: "d", ...fields }] }).destinations
    if (parsed === undefined) throw new Error("no destination")
    for (const [key, value] of Object.entries(given)) if (value instanceof Secret) Object.assign(parsed, { [key]: value })
    return parsed
  }

  it("Splunk: one request of many events with the token", async () => {
    const receiver = await openReceiver()
    expect(await openSender(configured({ type: "splunk", url: receiver.url, token: secret("t0k") }), options).send(many(3))).toEqual({
      outcome: "delivered",
    })
    expect(receiver.got[0]).toMatchObject({ path: "/services/collector/event", headers: { authorization: "Splunk t0k" } })
    expect(
      receiver.got[0]?.body
        .split("\n")
        .map((line) => (JSON.parse(line) as { event: { finding_info: { uid: string } } }).event.finding_info.uid),
    ).toEqual(["e0", "e1", "e2"])
    await receiver.close()
  })

  it("Elastic: reads each item's own answer", async () => {
    const items = [
      { create: { status: 201 } },
      { create: { status: 409 } },
      { create: { status: 429 } },
      { create: { status: 400, error: { reason: "mapping" } } },
    ]
    const receiver = await openReceiver(() => ({ status: 200, body: JSON.stringify({ errors: true, items }) }))
    const sent = await openSender(configured({ type: "elastic", url: receiver.url, apiKey: secret("k") }), options).send(many(4))
    expect(sent).toEqual({ outcome: "delivered", again: [2], dead: [{ index: 3, reason: "mapping" }] })
    await receiver.close()
  })

  it("webhook: signs time and body, and names the version so that a repetition can be known", async () => {
    const receiver = await openReceiver()
    await openSender(configured({ type: "webhook", url: receiver.url, signingKey: secret("s") }), options).send([
      eventRecord("e1", { revision: 2 }),
    ])
    const [got] = receiver.got
    const stamp = String(got?.headers["x-egret-timestamp"])
    expect(got?.headers["x-egret-signature"]).toBe(`sha256=${createHmac("sha256", "s").update(`${stamp}.${got?.body}`).digest("hex")}`)
    expect(got?.headers["idempotency-key"]).toBe("e1-2")
    expect(JSON.parse(got?.body ?? "{}")).toMatchObject({ specversion: "1.0", type: "io.egret.event.v1" })
    await receiver.close()
  })

  it.each([
    [503, "retry"],
    [429, "retry"],
    [401, "retry"],
    [302, "retry"],
    [400, "refused"],
    [413, "refused"],
  ])("HTTP %s means %s", async (status, outcome) => {
    const receiver = await openReceiver(() => ({ status, headers: { "retry-after": "3", location: "http://127.0.0.1:1/" } }))
    expect(await openSender(configured({ type: "otlp", url: `${receiver.url}/v1/logs` }), options).send(many(1))).toMatchObject({
      outcome,
      ...(outcome === "retry" && { after: 3_000 }),
    })
    expect(receiver.got).toHaveLength(1)
    await receiver.close()
  })

  it("a receiver that is not there is worth another try", async () => {
    expect(
      await openSender(configured({ type: "splunk", url: "http://127.0.0.1:1", token: secret("t") }), options).send(many(1)),
    ).toMatchObject({ outcome: "retry" })
  })

  it("TheHive: an alert that is there already arrived", async () => {
    const receiver = await openReceiver(() => ({ status: 400, body: '{"type":"CreateError","message":"Alert already exists"}' }))
    expect(await openSender(configured({ type: "thehive", url: receiver.url, apiKey: secret("k") }), options).send(many(1))).toEqual({
      outcome: "delivered",
    })
    await receiver.close()
  })

  it("every HTTP destination delivers to a receiver that says yes", async () => {
    const receiver = await openReceiver()
    const keys = { accessKeyId: secret("AKI"), secretAccessKey: secret("SK"), region: "eu-central-1" }
    const all = [
      { type: "slack", url: secret(receiver.url) },
      { type: "teams", url: secret(receiver.url) },
      { type: "pagerduty", url: receiver.url, routingKey: secret("r") },
      { type: "misp", url: receiver.url, apiKey: secret("k") },
      { type: "taxii", url: `${receiver.url}/collections/1/`, username: "u", password: secret("p") },
      { type: "securityhub", account: "111122223333", url: receiver.url, ...keys },
      { type: "eventbridge", url: receiver.url, ...keys },
      { type: "s3", bucket: "b", url: receiver.url, ...keys },
    ]
    for (const given of all)
      expect([given.type, await openSender(configured(given), options).send(many(1))]).toMatchObject([given.type, { outcome: "delivered" }])
    expect(receiver.got.filter((got) => got.headers.authorization?.startsWith("AWS4-HMAC-SHA256")).length).toBe(3)
    await receiver.close()
  })

  it("syslog over TCP frames by octets; only a receiver that has read to the end is one that has it", async () => {
    let received = ""
    let mood: "closes" | "ignores" | "slow" = "closes"
    const open = new Set<Socket>()
    const server = createServer((socket) => {
      open.add(socket)
      socket.on("error", () => {})
      if (mood === "closes") return socket.destroy()
      // Nothing is read, and the few bytes lie in the kernels all the same.
      if (mood === "ignores") return socket.pause()
      socket.pause()
      setTimeout(() => socket.on("data", (chunk) => (received += chunk.toString("utf8"))).resume(), 150)
      return socket
    })
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    const { port } = server.address() as AddressInfo
    const sender = openSender(configured({ type: "syslog", host: "127.0.0.1", port, transport: "tcp", timeout: "500ms" }), options)
    expect(await sender.send(many(2))).toMatchObject({ outcome: "retry", reason: expect.stringMatching(/closed|RESET|EPIPE/) })
    mood = "ignores"
    expect(await sender.send(many(2))).toMatchObject({ outcome: "retry", reason: "the receiver does not read" })
    mood = "slow"
    expect(await sender.send(many(2))).toEqual({ outcome: "delivered" })
    expect(await sender.send([eventRecord("again")])).toEqual({ outcome: "delivered" })
    expect(frames(Buffer.from(received)).map((frame) => /externalId=(\w+)/.exec(frame)?.[1])).toEqual(["e0", "e1", "again"])
    for (const socket of open) socket.destroy()
    server.close()
  })

  it("file: rotates by size and keeps so many", async () => {
    const path = join(folder, "out/egret.ndjson")
    const sender = openSender(configured({ type: "file", path, rotateAt: 500, keep: 2 }), options)
    for (const record of many(6)) await sender.send([record])
    expect(readdirSync(join(folder, "out")).sort()).toEqual(["egret.ndjson", "egret.ndjson.1", "egret.ndjson.2"])
    expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ finding_info: { uid: "e5" } })
  })

  it("the hub tells people of an event when it is new, gets worse or is handled, and machines of every version", () => {
    const config = socConfig.parse({
      stateDir: folder,
      destinations: [
        { name: "people", type: "slack", url: "env:X" },
        { name: "machines", type: "file", path: join(folder, "out") },
      ],
    })
    for (const each of config.destinations) if (each.type === "slack") Object.assign(each, { url: secret("http://127.0.0.1:1/") })
    const hub = openSocHub(config, "1")
    const version = (revision: number, more = {}) => hub.accept([eventRecord("e1", { revision, count: revision + 1, ...more })])
    version(0)
    version(1)
    version(2, { severity: "critical" })
    version(3, { severity: "critical" })
    version(4, { severity: "critical", status: "resolved" })
    const waiting = Object.fromEntries(hub.health().map(({ name, waiting, delivered }) => [name, waiting + delivered]))
    expect(waiting).toEqual({ people: 3, machines: 5 })
    return hub.close()
  })

  it("TheHive and MISP: a later version changes what is there", async () => {
    const receiver = await openReceiver(({ path }) => {
      if (path === "/api/v1/query") return { status: 200, body: '[{"_id":"~42"}]' }
      if (path === "/api/v1/alert") return { status: 400, body: '{"type":"CreateError","message":"Alert already exists"}' }
      return path === "/events/add" ? { status: 403, body: '{"message":"Event already exists"}' } : { status: 200 }
    })
    for (const type of ["thehive", "misp"])
      expect(
        await openSender(configured({ type, url: receiver.url, apiKey: secret("k") }), options).send([
          eventRecord("e1", { revision: 1, severity: "critical" }),
        ]),
      ).toEqual({
        outcome: "delivered",
      })
    expect(receiver.got.map(({ path }) => path)).toEqual([
      "/api/v1/alert",
      "/api/v1/query",
      "/api/v1/alert/~42",
      "/events/add",
      expect.stringMatching(/^\/events\/edit\/[0-9a-f-]{36}$/),
    ])
    expect(JSON.parse(receiver.got[2]?.body ?? "{}")).toMatchObject({ severity: 4 })
    await receiver.close()
  })

  it("the hub gives each destination what its filters let through, and never the clear text", async () => {
    const config = socConfig.parse({
      stateDir: join(folder, "state"),
      destinations: [
        { name: "low", type: "file", path: join(folder, "low"), minSeverity: "low", kinds: ["event"] },
        { name: "high", type: "file", path: join(folder, "high"), minSeverity: "critical" },
      ],
    })
    const hub = openSocHub(config, "1")
    hub.accept([eventRecord("e1"), eventRecord("e2", { severity: "critical" }), eventRecord("e3", { severity: "info" })])
    await until(() => existsSync(join(folder, "low")) && existsSync(join(folder, "high")))
    await until(() => hub.health().every((health) => health.waiting === 0))
    const uids = (name: string) =>
      readFileSync(join(folder, name), "utf8")
        .trim()
        .split("\n")
        .map((line) => (JSON.parse(line) as { finding_info: { uid: string } }).finding_info.uid)
    expect([uids("low"), uids("high")]).toEqual([["e1", "e2"], ["e2"]])
    await hub.close()
  })
})

function frames(bytes: Buffer): string[] {
  const found: string[] = []
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at)
    const length = Number(bytes.toString("latin1", at, space))
    found.push(bytes.toString("utf8", space + 1, space + 1 + length))
    at = space + 1 + length
  }
  return found
}
