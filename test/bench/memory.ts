import { execFileSync } from "node:child_process"

/** The most memory (MB resident) that a program held at any time, as the kernel counts it; its output is thrown away. */
export function peakMegabytesOf(command: string, args: readonly string[]): number {
  const told = execFileSync("python3", ["-c", MEASURE, command, ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] })
  const kilobytes = Number(told)
  if (!(kilobytes > 0)) throw new Error(`peak memory of ${command}: ${told}`)
  return kilobytes / 1024
}

const MEASURE = `
import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
`
