import { readFileSync } from "node:fs"

/** Datagrams the kernel dropped for our UDP ports because the socket's buffer was full: the last column of /proc/net/udp and udp6. 0 elsewhere. */
export function kernelUdpDrops(ports: readonly number[]): number {
  return [...parseUdpTable(read("/proc/net/udp")), ...parseUdpTable(read("/proc/net/udp6"))]
    .filter(({ port }) => ports.includes(port))
    .reduce((sum, { drops }) => sum + drops, 0)
}

/** Lines of "sl local:port remote:port st tx:rx … drops". */
export function parseUdpTable(text: string): { readonly port: number; readonly drops: number }[] {
  return text
    .split("\n")
    .slice(1)
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const fields = line.trim().split(/ +/)
      const port = Number.parseInt(fields[1]?.split(":").at(-1) ?? "", 16)
      return { port: Number.isNaN(port) ? -1 : port, drops: Number(fields.at(-1)) || 0 }
    })
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8")
  } catch {
    return ""
  }
}
