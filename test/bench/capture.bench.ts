import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { readCaptureFile } from "../../collectors/capture/capture-file.ts"
import { Wire } from "../../collectors/wire/wire.ts"
import { type TimedPacket, tcpPacket, writePcap } from "../support/packets.ts"
import { requires } from "../support/requires.ts"
import type { Benchmark } from "./benchmark.ts"
import { perCpuSecond, perCpuSecondOf } from "./cpu.ts"

const FLOWS = 10_000

export const benchmarks: readonly Benchmark[] = [
  captureRow({ name: "capture-small", size: 100, packets: 1_000_000 }),
  captureRow({ name: "capture-large", size: 1_400, packets: 200_000 }),
]

interface Shape {
  readonly name: string
  readonly size: number
  readonly packets: number
}

function captureRow({ name, size, packets }: Shape): Benchmark {
  return {
    name,
    title: `${packets} packets of ${size} B in ${FLOWS} flows: file to ordered bytes of every flow, against tcpdump -r F -w /dev/null; CPU time of both`,
    unit: "packets/s",
    better: "higher",
    goal: 1.2,
    floor: 0.8,
    setup: () => {
      const tcpdump = requires("tcpdump")
      if (tcpdump.missing) return Promise.resolve({ unavailable: tcpdump.reason })
      const folder = mkdtempSync(join(tmpdir(), "egret-bench-"))
      const file = join(folder, "traffic.pcap")
      writePcap(file, opaqueTraffic({ packets, size, flows: FLOWS }))
      return Promise.resolve({
        ours: () => perCpuSecond(packets, () => orderedFlows(file, packets)),
        yardstick: () => perCpuSecondOf(packets, "tcpdump", ["-r", file, "-w", "/dev/null"]),
        close: () => rmSync(folder, { recursive: true }),
      })
    },
  }
}

async function orderedFlows(file: string, packets: number): Promise<void> {
  const wire = new Wire({ keys: { find: () => undefined, generation: 0 }, sink: { fact() {}, closed() {}, problem() {} } })
  for await (const batch of readCaptureFile(file)) wire.read(batch)
  if (wire.counters.tcp !== packets) throw new Error(`read ${wire.counters.tcp} of ${packets} packets`)
}

interface Traffic {
  readonly packets: number
  readonly size: number
  readonly flows: number
}

/** Connections opened one after the other, then segments of all of them in turn; bytes that no layer wants. */
export function* opaqueTraffic({ packets, size, flows }: Traffic): Generator<TimedPacket> {
  const payload = new Uint8Array(size - 54).fill(0xee)
  let made = 0
  const ends = (flow: number) => ({
    from: `10.${flow >> 16}.${(flow >> 8) & 255}.${flow & 255}`,
    to: "10.200.0.1",
    sport: 20_000 + (flow % 30_000),
    dport: 9_999,
  })
  for (let flow = 0; flow < flows; flow += 1) yield { at: 1e15 + made++, bytes: tcpPacket({ ...ends(flow), seq: 0, flags: "S" }) }
  for (let round = 0; made < packets; round += 1) {
    for (let flow = 0; flow < flows && made < packets; flow += 1) {
      yield { at: 1e15 + made++, bytes: tcpPacket({ ...ends(flow), seq: 1 + round * payload.length, ack: 1, flags: "A", payload }) }
    }
  }
}
