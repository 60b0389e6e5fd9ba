import { BlockList, isIP } from "node:net"
import type { Target } from "./model.ts"

/** What of the target must not be acted on; undefined when it may. */
export function protectedBy(never: readonly string[], target: Target): string | undefined {
  const networks = new BlockList()
  const names = new Set<string>()
  for (const entry of never) {
    const [address = "", bits] = entry.split("/")
    const family = isIP(address)
    if (family === 0) names.add(entry.toLowerCase())
    else networks.addSubnet(address, bits === undefined ? (family === 4 ? 32 : 128) : Number(bits), family === 4 ? "ipv4" : "ipv6")
  }
  const { workload = {}, destination = {} } = target
  const ips = [workload.ip, ...(destination.ips ?? []), destination.host].filter((ip): ip is string => ip !== undefined && isIP(ip) !== 0)
  const ip = ips.find((each) => networks.check(each, isIP(each) === 4 ? "ipv4" : "ipv6"))
  if (ip !== undefined) return ip
  const things = [workload.networkInterface, workload.instance, ...parents(destination.host ?? "")]
  return things.find((each) => each !== undefined && names.has(each))
}

function parents(host: string): string[] {
  const labels = host.toLowerCase().replace(/\.$/, "").split(".")
  return labels.map((_, index) => labels.slice(index).join("."))
}
