// Plays the sample day into our own VXLAN port, as a cloud's mirror would send it: faster, in order, one VNI for each machine of the story.
import { createSocket } from "node:dgram"
import { join } from "node:path"
import { readCaptureFile } from "../../../collectors/capture/capture-file.ts"
import type { WorkloadMap } from "../../contracts/workload-map.ts"

export const demoCapture = join(import.meta.dirname, "day.pcap.gz")
export const demoKeys = join(import.meta.dirname, "day.keys")

/** What mirroring would know of the machines in the story. */
export const demoWorkloads: WorkloadMap = {
  v: 1,
  entries: [11, 12, 13, 14].map((last) => ({
    vni: vniFor(last),
    account: "111122223333",
    vpc: "vpc-demo",
    networkInterface: `eni-demo${last}`,
    instance: `i-demo${last}`,
    addresses: [{ ip: `10.20.1.${last}`, egressIp: last === 14 ? "198.51.100.20" : "198.51.100.10" }],
  })),
}

/** In the recording's own rhythm, so that durations are those of the endpoints; the minutes between its scenes are pressed into the time given. */
export async function playDemo({ port, seconds }: { port: number; seconds: number }): Promise<number> {
  const socket = createSocket("udp4")
  const began = performance.now()
  let sent = 0
  let last: number | undefined
  let due = 0
  try {
    for await (const batch of readCaptureFile(demoCapture)) {
      for (let at = 0; at < batch.count; at++) {
        const time = (batch.at[at] ?? 0) / 1_000
        due += pause(time - (last ?? time), seconds)
        last = time
        const early = due - (performance.now() - began)
        if (early > 1) await new Promise((done) => setTimeout(done, early))
        // A machine that falls behind plays late. Making up for it would be a flood, and the buffers of small machines are small.
        else due -= early
        const start = batch.offset[at] ?? 0
        const frame = batch.bytes.subarray(start, start + (batch.captured[at] ?? 0))
        await send(socket, Buffer.concat([header(vniOf(frame)), frame]), port)
        sent += 1
      }
    }
    return sent
  } finally {
    socket.close()
  }
}

/** Milliseconds. What lies close together belongs to one exchange. */
function pause(gap: number, seconds: number): number {
  return gap <= WITHIN_EXCHANGE_MS ? Math.max(0, gap) : (gap / RECORDED_SECONDS) * seconds
}

function send(socket: ReturnType<typeof createSocket>, packet: Buffer, port: number): Promise<void> {
  return new Promise((resolve, reject) => socket.send(packet, port, "127.0.0.1", (error) => (error === null ? resolve() : reject(error))))
}

function header(vni: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes[0] = 0x08
  bytes.writeUIntBE(vni, 4, 3)
  return bytes
}

/** The machine of the story is the side in 10.20.1.0/24. Frames are plain Ethernet and IPv4. */
function vniOf(frame: Uint8Array): number {
  const own = frame[26] === 10 && frame[28] === 1 ? frame[29] : frame[33]
  return vniFor(own ?? 0)
}

function vniFor(last: number): number {
  return 7_700 + last
}

const RECORDED_SECONDS = 84
const WITHIN_EXCHANGE_MS = 20
