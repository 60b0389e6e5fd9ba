import { createSocket } from "node:dgram"
import { once } from "node:events"
import { setTimeout as sleep } from "node:timers/promises"
import { MessageChannel, type Worker } from "node:worker_threads"
import { afterEach, describe, expect, it } from "vitest"
import type { PackedBatch } from "../../../collectors/sensor/packed-batch.ts"
import { type FromCapture, startThread } from "../../../collectors/sensor/threads.ts"

const threads: Worker[] = []
afterEach(async () => {
  await Promise.all(threads.splice(0).map((thread) => thread.terminate()))
})

describe("the capture thread", () => {
  it("keeps what trickles in while a sensor thread stands still, and hands it over when that goes on", async () => {
    const { sensor, port, told } = await capture()
    const batches: PackedBatch[] = []
    sensor.on("message", (batch: PackedBatch | undefined) => batch !== undefined && batches.push(batch))
    const sender = createSocket("udp4")
    // More pauses of a batch's waiting time than a lane has credit for batches.
    for (let n = 0; n < PACKETS; n++) {
      sender.send(Uint8Array.of(8, 0, 0, 0, 0, 0, n, 0), port, "127.0.0.1")
      await sleep(12)
    }
    await sleep(1_200)
    for (let given = 0; packetsIn(batches) < PACKETS && given < PACKETS; given++) {
      const batch = batches[given]
      if (batch !== undefined) sensor.postMessage({ bytes: batch.bytes, index: batch.index }, [batch.bytes, batch.index])
      await sleep(20)
    }
    sender.close()
    expect(packetsIn(batches)).toBe(PACKETS)
    expect(told.findLast((message) => message.type === "drops")).toMatchObject({ received: PACKETS, drops: { sensorBusy: 0 } })
    expect(batches.length).toBeLessThan(PACKETS / 2)
  })
})

async function capture(): Promise<{ sensor: MessageChannel["port1"]; port: number; told: FromCapture[] }> {
  const { port1, port2 } = new MessageChannel()
  const settings = { kind: "udp", host: "127.0.0.1", vxlanPort: 0, genevePort: -1, receiveBuffer: 65_536 } as const
  const thread = startThread("capture-thread", { role: "capture", capture: settings, sensors: [port2] }, [port2])
  threads.push(thread)
  const told: FromCapture[] = []
  thread.on("message", (message: FromCapture) => told.push(message))
  while (told.length === 0) await once(thread, "message")
  const ready = told[0]
  if (ready?.type !== "ready" || ready.ports[0] === undefined) throw new Error(`not ready: ${JSON.stringify(ready)}`)
  return { sensor: port1, port: ready.ports[0], told }
}

function packetsIn(batches: readonly PackedBatch[]): number {
  return batches.reduce((total, { count }) => total + count, 0)
}

const PACKETS = 90
