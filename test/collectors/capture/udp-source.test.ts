import { createSocket } from "node:dgram"
import { networkInterfaces } from "node:os"
import { setTimeout as sleep } from "node:timers/promises"
import { afterEach, describe, expect, it } from "vitest"
import { parseUdpTable } from "../../../collectors/capture/kernel-drops.ts"
import { openUdpSource, type UdpSourceOptions } from "../../../collectors/capture/udp-source.ts"
import { LINK_GENEVE, LINK_VXLAN } from "../../../collectors/wire/link/link-types.ts"
import { missing } from "../../support/requires.ts"

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

const addresses = Object.values(networkInterfaces()).flatMap((list) => list?.map(({ address }) => address) ?? [])
const hasIpv6 = addresses.includes("::1") || !missing("IPv6", "no IPv6 on loopback", { avoidable: false }).missing

describe("the UDP source", () => {
  it.each([
    ["IPv4", "127.0.0.1", "udp4", "127.0.0.1"] as const,
    ...(hasIpv6
      ? ([
          ["IPv6", "::1", "udp6", "::1"],
          ["IPv4, while it listens on every address", "::", "udp4", "127.0.0.1"],
        ] as const)
      : []),
  ])("tells VXLAN from GENEVE by its socket, over %s", async (_, host, family, to) => {
    const got: string[] = []
    const source = await open({ host }, (text) => got.push(text))
    const [vxlanPort = 0, genevePort = 0] = source.ports
    const sender = createSocket(family)
    closers.push(() => new Promise((resolve) => sender.close(() => resolve())))
    const wanted = [`${LINK_GENEVE} in a GENEVE datagram`, `${LINK_VXLAN} in a VXLAN datagram`].sort()
    // A datagram may be lost even here: they are sent until they have come.
    for (const last = Date.now() + 60_000; new Set(got).size < 2 && Date.now() < last; await sleep(20)) {
      sender.send("in a VXLAN datagram", vxlanPort, to)
      sender.send("in a GENEVE datagram", genevePort, to)
    }
    expect([...new Set(got)].sort()).toEqual(wanted)
  })

  it("opens one socket where the other is not wanted", async () => {
    expect((await open({ genevePort: -1 })).ports).toHaveLength(1)
  })

  it("says how much less than asked the kernel gave it to receive into, and what raises it", async () => {
    const source = await open({ receiveBuffer: 2 ** 30 })
    expect(source.notes).toHaveLength(2)
    expect(source.notes[0]).toMatch(/^receive buffer of port \d+ is \d+ bytes, not 1073741824: .*sysctl -w net\.core\.rmem_max=1073741824$/)
    expect((await open({ receiveBuffer: 4_096 })).notes).toEqual([])
  })

  it("refuses a port that is taken in one line, and holds none of the others", async () => {
    const [vxlanPort = 0, taken = 0] = (await open({})).ports
    await expect(open({ vxlanPort: 0, genevePort: taken })).rejects.toMatchObject({
      name: "ConfigError",
      path: "sensor.capture.udp",
      got: `127.0.0.1:${taken}, EADDRINUSE`,
    })
    await closers.pop()?.()
    expect((await open({ vxlanPort, genevePort: taken })).ports).toEqual([vxlanPort, taken])
  })

  it("counts what the kernel drops while nobody reads", async () => {
    const source = await open({ receiveBuffer: 4_096 })
    const sender = createSocket("udp4")
    closers.push(() => new Promise((resolve) => sender.close(() => resolve())))
    await new Promise<void>((resolve) => sender.bind(0, "127.0.0.1", resolve))
    const full = Buffer.alloc(1_400)
    for (const last = Date.now() + 60_000; dropsOf(source) === 0 && Date.now() < last; ) {
      // Nothing is received before these have all been given to the kernel: the event loop does not turn in between.
      for (let n = 0; n < 500; n++) sender.send(full, source.ports[0] ?? 0, "127.0.0.1")
      await sleep(20)
    }
    if (process.platform === "linux") expect(dropsOf(source)).toBeGreaterThan(0)
  })

  it("reads the kernel's table of sockets over both families", () => {
    const head = "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n"
    const rest = "00:00000000 00000000     0        0 12345 2 0000000000000000"
    const four = `  991: 0100007F:12B5 00000000:0000 07 00000000:00000000 ${rest} 42\n`
    const six = `  992: 00000000000000000000000001000000:17C1 00000000000000000000000000000000:0000 07 00000000:00000000 ${rest} 7\n`
    expect(parseUdpTable(head + four + six)).toEqual([
      { port: 4789, drops: 42 },
      { port: 6081, drops: 7 },
    ])
    expect(parseUdpTable("")).toEqual([])
  })
})

async function open(options: Partial<UdpSourceOptions>, take: (text: string) => void = () => undefined) {
  const defaults = { host: "127.0.0.1", vxlanPort: 0, genevePort: 0, receiveBuffer: 65_536 }
  const source = await openUdpSource({ ...defaults, ...options }, ({ bytes, start, captured, link }) =>
    take(`${link} ${Buffer.from(bytes.subarray(start, start + captured)).toString("latin1")}`),
  )
  closers.push(() => source.close())
  return source
}

function dropsOf(source: { drops(): Readonly<Record<string, number>> }): number {
  return source.drops()["kernelSocketFull"] ?? 0
}
