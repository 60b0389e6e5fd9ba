import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { type SocConfig, socConfig } from "../../../services/contracts/config/soc.ts"
import type { Envelope } from "../../../services/contracts/envelope.ts"
import { Courier } from "../../../services/soc/courier.ts"
import { openSocHub } from "../../../services/soc/hub.ts"
import type { SocRecord } from "../../../services/soc/record.ts"
import { requires } from "../../support/requires.ts"
import { sampleEnvelope, sampleLlm, sampleMcp } from "../../support/sample-activities.ts"
import { eventRecord, findingRecord, until, verdictRecord } from "../../support/soc.ts"
import { destinationOf, senderOf } from "../../support/soc-destination.ts"
import { socKinds } from "../../support/soc-kinds.ts"

const openssl = requires("openssl")
const kinds = socKinds.filter(({ name }) => !(openssl.missing && name.endsWith("tls")))
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "egret-soc-all-"))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const many = (count: number) => Array.from({ length: count }, (_, index) => eventRecord(`e${index}`))
const ids = (count: number) => Array.from({ length: count }, (_, index) => `e${index}`)

describe.each(kinds)("destination $name", (kind) => {
  it.skipIf(!kind.tellsOutages)("loses nothing in an outage of an hour, and gets everything once and in order after it", async () => {
    const receiver = await kind.open()
    await receiver.fail(503)
    let clock = 0
    let down = true
    const courier = new Courier({
      name: "d",
      folder,
      batch: 10,
      limit: 1e9,
      sender: senderOf({ ...receiver.given, timeout: "2s" }),
      wait: async (millis) => {
        clock += millis
        await new Promise((resolve) => setImmediate(resolve))
        if (down && clock >= 3_600_000) {
          down = false
          await receiver.fail(undefined)
        }
        return true
      },
    })
    courier.accept(many(10))
    courier.start()
    await until(() => courier.health().failing > 2)
    courier.accept(many(25))
    await until(() => courier.health().waiting === 0, 20_000)
    await until(() => receiver.arrived().length >= 25)
    expect(receiver.arrived()).toEqual(ids(25))
    expect([courier.health().dead, clock >= 3_600_000]).toEqual([0, true])
    await courier.close()
    await receiver.close()
  })

  it.skipIf(!kind.tellsOutages)("waits for a receiver that takes and does not answer, and never takes that for arrival", async () => {
    const receiver = await kind.open()
    await receiver.fail(0)
    const sender = senderOf({ ...receiver.given, timeout: "150ms" })
    expect(await sender.send(many(1))).toMatchObject({ outcome: "retry" })
    await sender.close()
    await receiver.close()
  })

  it.skipIf(!kind.tellsOutages || /syslog|file/.test(kind.name))("waits as long as it is asked to when throttled", async () => {
    const receiver = await kind.open()
    await receiver.fail(429, { "retry-after": "7" })
    const sender = senderOf(receiver.given)
    expect(await sender.send(many(1))).toMatchObject({ outcome: "retry", after: 7_000 })
    await sender.close()
    await receiver.close()
  })

  it("gets no byte of a secret unless it is granted content, and then only of activity", async () => {
    const clear = ["AK", "IA", "Q7ZLM2XWV", "P4TEST9"].join("")
    const password = ["hunter2", "correct-horse-battery"].join("-")
    const receiver = await kind.open()
    const config: SocConfig = {
      ...socConfig.parse({ stateDir: folder }),
      destinations: [destinationOf({ ...receiver.given, kinds: ["event", "finding", "verdict", "activity"], minSeverity: "info" })],
    }
    const hub = openSocHub(config, "1")
    const records: SocRecord[] = [eventRecord("e1"), findingRecord("f1"), verdictRecord("v1")]
    hub.accept(records)
    hub.acceptActivity(leaky(clear, password))
    await until(() => hub.health().every(({ waiting, delivered }) => waiting === 0 && delivered === 6), 10_000)
    await until(() => receiver.arrived().length >= 6)
    for (const text of [receiver.bytes(), queueOf(folder)]) {
      expect(text.includes(clear)).toBe(false)
      expect(text.includes(password)).toBe(false)
    }
    expect(receiver.bytes()).toContain("AKIA")
    await hub.close()
    await receiver.close()
  })
})

/** Activity that holds a secret wherever one can be. */
function leaky(clear: string, password: string): Envelope[] {
  const message = {
    headers: [
      ["authorization", `Bearer ${clear}`],
      ["user-agent", `agent/1 ${clear}`],
    ],
    bytes: 1,
    sha256: "00",
    completeness: "full",
    text: clear,
  }
  return [
    sampleLlm({
      systemInstructions: [password],
      inputMessages: [{ role: "user", parts: [{ type: "text", text: clear }] }],
      outputMessages: [{ role: "assistant", parts: [{ type: "text", text: clear }] }],
    }),
    sampleMcp({ arguments: JSON.stringify({ key: clear }), result: password, sessionId: clear }),
    sampleEnvelope("http", {
      version: "1.1",
      scheme: "https",
      method: "POST",
      authority: "paste.example",
      path: `/bot${clear}/send?key=${password}`,
      status: 200,
      request: message,
      response: message,
      completeness: "full",
      stream: 0,
    }),
  ]
}

function queueOf(place: string): string {
  return readFileSync(join(place, "d", "0000000001.ndjson"), "utf8")
}
