import dnsPacket from "dns-packet"
import { describe, expect, it } from "vitest"
import { canaryPacket, listenForVnis, sendCanary } from "../../../services/mirroring/canary.ts"

describe("the canary", () => {
  it("is a DNS question in VXLAN with the session's VNI", () => {
    const packet = canaryPacket(0xf00123, "canary.egret.invalid")
    expect(packet.readUIntBE(4, 3)).toBe(0xf00123)
    expect(dnsPacket.decode(packet.subarray(8 + 14 + 20 + 8)).questions?.[0]).toMatchObject({ name: "canary.egret.invalid", type: "A" })
  })

  it("is heard where nothing else listens, by its VNI", async () => {
    const port = 20_000 + (process.pid % 20_000)
    const send = () => sendCanary(canaryPacket(77, "a.egret.invalid"), { host: "127.0.0.1", port })
    expect(await listenForVnis(port, { millis: 200, send })).toEqual(new Map([[77, 1]]))
  })
})
