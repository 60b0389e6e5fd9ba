// The capture thread only copies: packets into batches, batches to the sensor threads. Whatever works longer in here loses packets in the kernel.
import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads"
import { ConfigError } from "../../services/contracts/errors.ts"
import type { LivePacket, LiveSource } from "../capture/live-source.ts"
import { openPcapSource } from "../capture/pcap-source.ts"
import { openStdinSource } from "../capture/stdin-source.ts"
import { openUdpSource } from "../capture/udp-source.ts"
import { BatchPacker } from "./packed-batch.ts"
import { Sharder } from "./shard.ts"
import type { CaptureThreadData, FromCapture, GivenBack, ToCapture } from "./threads.ts"

// 64 batches of 512 KB a lane: a second of four gigabits while a sensor thread collects garbage or looks for keys.
const MAX_UNDER_WAY = 64
// A sensor thread this far behind gets full batches only: else a pause of a second at a low rate would use up the credit with batches of one packet.
const BEHIND = 8
// Milliseconds a packet waits at most for its batch to fill, while the sensor thread keeps up.
const SHIP_EVERY = 10
const TELL_EVERY = 1_000

const data = workerData as CaptureThreadData
const lanes = data.sensors.map((port) => ({ port, packer: new BatchPacker(), underWay: 0 }))
const sharder = new Sharder(lanes.length)
let received = 0
let busy = 0

for (const lane of lanes) lane.port.on("message", (message: GivenBack) => giveBack(lane, message))

function giveBack(lane: (typeof lanes)[number], { bytes, index }: GivenBack): void {
  lane.underWay -= 1
  lane.packer.giveBack(bytes, index)
}

function take(packet: LivePacket): void {
  received += 1
  const lane = lanes[sharder.of(packet)]
  if (lane === undefined || lane.packer.add(packet)) return
  ship(lane)
  lane.packer.add(packet)
}

function ship(lane: (typeof lanes)[number]): void {
  if (lane.packer.count === 0) return
  // A ring that is emptied in one go lets no event in between: what was given back meanwhile is asked for.
  while (lane.underWay >= MAX_UNDER_WAY) {
    const given = receiveMessageOnPort(lane.port)
    if (given === undefined) break
    giveBack(lane, given.message as GivenBack)
  }
  if (lane.underWay >= MAX_UNDER_WAY) {
    busy += lane.packer.discard()
    return
  }
  const batch = lane.packer.ship()
  lane.underWay += 1
  lane.port.postMessage(batch, [batch.bytes, batch.index])
}

function shipWhatWaits(lane: (typeof lanes)[number]): void {
  if (lane.underWay < BEHIND) ship(lane)
}

function openSource(ended: (problem?: string) => void): Promise<LiveSource & { readonly ports?: readonly number[] }> {
  const { capture } = data
  switch (capture.kind) {
    case "udp":
      return openUdpSource(capture, take)
    case "pcap":
      return openPcapSource(capture, take)
    case "stdin":
      // A pipe waits: no packet is dropped while a lane is full.
      return openStdinSource({ take, ended, mayTake: () => lanes.every((lane) => lane.underWay < MAX_UNDER_WAY) })
  }
}

function tell(message: FromCapture): void {
  parentPort?.postMessage(message)
}

try {
  const source = await openSource((problem) => tell({ type: "ended", problem }))
  const tellDrops = (): void => tell({ type: "drops", received, drops: { ...source.drops(), sensorBusy: busy } })
  const shipping = setInterval(() => lanes.forEach(shipWhatWaits), SHIP_EVERY)
  const telling = setInterval(tellDrops, TELL_EVERY)
  parentPort?.on("message", async (_stop: ToCapture) => {
    await source.close()
    clearInterval(shipping)
    clearInterval(telling)
    lanes.forEach(ship)
    for (const { port } of lanes) port.postMessage(undefined)
    tellDrops()
    tell({ type: "closed" })
    parentPort?.close()
    for (const { port } of lanes) port.close()
  })
  tell({ type: "ready", notes: source.notes, ports: source.ports ?? [] })
} catch (error) {
  tell({ type: "failed", message: error instanceof Error ? error.message : String(error), operator: error instanceof ConfigError })
  parentPort?.close()
}
