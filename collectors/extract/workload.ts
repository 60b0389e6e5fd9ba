// Which of the two ends is ours, and which machine that is.
import type { FlowRef, Workload } from "../../services/contracts/envelope.ts"
import type { Direction, Side } from "../../services/contracts/primitives.ts"

/** What mirroring knows of a private address; undefined when it knows nothing. Pure: handed in by the sensor. */
export type WorkloadLookup = (vni: number, ip: string) => Workload | undefined

export interface Placed {
  readonly workload: Workload
  /** The side of the flow that is the workload. */
  readonly side: Side
  /** Which way the flow was opened, seen from the workload. */
  readonly direction: Direction
}

/** The workload is the end that mirroring knows; else the private end; else whoever opened the connection. */
export function placeFlow(flow: FlowRef, lookup: WorkloadLookup): Placed {
  const client = lookup(flow.vni, flow.client.ip)
  if (client !== undefined) return { workload: client, side: "client", direction: "outbound" }
  const server = lookup(flow.vni, flow.server.ip)
  if (server !== undefined) return { workload: server, side: "server", direction: "inbound" }
  if (!isPrivate(flow.client.ip) && isPrivate(flow.server.ip)) {
    return { workload: unnamed(flow.vni, flow.server.ip), side: "server", direction: "inbound" }
  }
  return { workload: unnamed(flow.vni, flow.client.ip), side: "client", direction: "outbound" }
}

function unnamed(vni: number, ip: string): Workload {
  return { id: `${vni}/${ip}`, vni, ip }
}

/** RFC 1918, RFC 6598, loopback, link-local, ULA: addresses a mirrored workload has and an Internet peer has not. */
export function isPrivate(ip: string): boolean {
  if (ip.includes(":")) return /^(?:::1$|f[cd]|fe[89ab])/i.test(ip) || (/^::ffff:/i.test(ip) && isPrivate(ip.slice(7)))
  const [a = -1, b = -1] = ip.split(".").map(Number)
  return (
    a === 10 ||
    a === 127 ||
    (a === 172 && b >= 16 && b < 32) ||
    (a === 192 && b === 168) ||
    (a === 169 && b === 254) ||
    (a === 100 && b >= 64 && b < 128)
  )
}
