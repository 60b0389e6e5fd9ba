import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { networkInterfaces, tmpdir } from "node:os"
import { join } from "node:path"
import { MessageChannel } from "node:worker_threads"
import { type CaptureSettings, type FromCapture, type GivenBack, startThread, type ToSensor } from "../../collectors/sensor/threads.ts"
import { ethernet, ipv4, tcpPacket, udpDatagram, vxlan, writePcap } from "../support/packets.ts"
import { freePort } from "../support/ports.ts"
import { requires, which } from "../support/requires.ts"
import type { Benchmark } from "./benchmark.ts"

// As in a mirror of bulk traffic: 1,450 bytes on the outer wire.
const INNER_PAYLOAD = 1_346
const IN_FILE = 20_000
const PER_SECOND = 300_000
const SECONDS = 10

/** Packets on loopback as fast as one core sends them: the two receivers see the same stream at the same rate, each in its turn. */
export const benchmarks: readonly Benchmark[] = [
  {
    name: "live-vxlan",
    title: `processor time a packet to take VXLAN packets of 1,450 B at up to ${PER_SECOND} a second from loopback into batches: libpcap against a UDP socket`,
    unit: "µs/packet",
    better: "lower",
    bound: "at-most",
    goal: 0.35,
    floor: 0.5,
    rounds: 3,
    setup: async () => {
      const need = requires("pcap", "root")
      if (need.missing) return { unavailable: need.reason }
      if (which("tcpreplay") === undefined) return { unavailable: "no command tcpreplay (apt-get install tcpreplay)" }
      const own = Object.values(networkInterfaces())
        .flat()
        .find((each) => each?.family === "IPv4" && !each.internal)?.address
      if (own === undefined)
        return { unavailable: "this machine has no address but loopback's, from which the kernel takes no replayed packets" }
      const folder = mkdtempSync(join(tmpdir(), "egret-bench-live-"))
      const port = await freePort("udp")
      const file = join(folder, "mirror.pcap")
      writePcap(file, mirrored(own, port))
      return {
        ours: () =>
          cost(file, { kind: "pcap", device: "lo", filter: `udp dst port ${port}`, snapLength: 65_535, bufferSize: 256 * 1024 * 1024 }),
        yardstick: () => cost(file, { kind: "udp", host: own, vxlanPort: port, genevePort: -1, receiveBuffer: 256 * 1024 * 1024 }),
        close: () => rmSync(folder, { recursive: true }),
      }
    },
  },
]

/** Microseconds of processor time for each packet that arrived. What was lost is told beside. */
async function cost(file: string, capture: CaptureSettings): Promise<number> {
  const { port1, port2 } = new MessageChannel()
  let taken = 0
  port1.on("message", (batch: ToSensor) => {
    if (batch === undefined) return
    taken += batch.count
    port1.postMessage({ bytes: batch.bytes, index: batch.index } satisfies GivenBack, [batch.bytes, batch.index])
  })
  const thread = startThread("capture-thread", { role: "capture", capture, sensors: [port2] }, [port2])
  try {
    await told(thread, "ready")
    const before = process.cpuUsage()
    const start = performance.now()
    const sent = await replay(file)
    const seconds = (performance.now() - start) / 1_000
    const closed = told(thread, "closed")
    thread.postMessage({ type: "stop" })
    await closed
    const { user, system } = process.cpuUsage(before)
    process.stderr.write(`  ${capture.kind}: ${Math.round(sent / seconds)} packets/s sent, ${sent - taken} of ${sent} lost\n`)
    if (taken === 0) throw new Error(`${capture.kind} took none of ${sent} packets`)
    return (user + system) / taken
  } finally {
    await thread.terminate()
    port1.close()
  }
}

async function told(thread: ReturnType<typeof startThread>, type: FromCapture["type"]): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    thread.on("message", (message: FromCapture) => {
      if (message.type === type) resolve()
      if (message.type === "failed") reject(new Error(message.message))
    })
  })
}

async function replay(file: string): Promise<number> {
  const loops = Math.ceil((PER_SECOND * SECONDS) / IN_FILE)
  const child = spawn("tcpreplay", ["-q", "-K", "-i", "lo", `--pps=${PER_SECOND}`, `--loop=${loops}`, file], {
    stdio: ["ignore", "pipe", "ignore"],
  })
  let said = ""
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text
  })
  await once(child, "close")
  const sent = Number(/Actual: (\d+) packets/.exec(said)?.[1] ?? 0)
  if (sent === 0) throw new Error(`tcpreplay sent nothing: ${said}`)
  return sent
}

/** From a stranger to this machine, though on loopback: a packet from 127.0.0.1 that did not start here is refused by the kernel. */
function* mirrored(own: string, port: number) {
  for (let n = 0; n < IN_FILE; n++) {
    const inner = tcpPacket({
      from: `10.0.${n & 255}.1`,
      to: "203.0.113.9",
      sport: 20_000 + (n % 500),
      dport: 443,
      seq: n * INNER_PAYLOAD,
      flags: "A",
      payload: new Uint8Array(INNER_PAYLOAD).fill(n & 255),
    })
    const outer = udpDatagram({ sport: 50_000 + (n % 64), dport: port, payload: vxlan(7, inner) })
    yield {
      at: 1_700_000_000_000_000 + n * 3,
      bytes: ethernet(checked(ipv4({ from: "198.51.100.7", to: own, protocol: 17, payload: outer }))),
    }
  }
}

/** With the header checksum (RFC 1071), without which the kernel hands nothing to a socket. */
function checked(packet: Uint8Array): Uint8Array {
  const header = new DataView(packet.buffer, packet.byteOffset, 20)
  let sum = 0
  for (let at = 0; at < 20; at += 2) sum += header.getUint16(at)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  header.setUint16(10, ~sum & 0xffff)
  return packet
}
