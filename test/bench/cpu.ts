// CPU time, for rows whose yardstick is a program of its own: on a machine that does other work at the same time it says more than the clock, and both
// sides are measured alike. Ours counts all threads of this process, those of the garbage collector and the compiler too.
import { execFileSync } from "node:child_process"

/** Work done in a second of CPU time of this process. */
export async function perCpuSecond(count: number, work: () => Promise<unknown> | unknown): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return count / ((user + system) / 1e6)
}

/** Milliseconds of CPU time that work takes which waits for nothing. */
export function cpuMillis(work: () => unknown): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e3
}

/** The same as perCpuSecond for a program; its output is thrown away. */
export function perCpuSecondOf(count: number, command: string, args: readonly string[]): number {
  // The last line of `times` is what children of the shell used: "0m4.020s 0m0.310s".
  const told = execFileSync("sh", ["-c", '"$@" >/dev/null 2>&1; times', "sh", command, ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  })
  const seconds = [
    ...told
      .trim()
      .split("\n")
      .slice(-1)
      .join("")
      .matchAll(/(\d+)m([\d.]+)s/g),
  ].map(([, minutes, rest]) => Number(minutes) * 60 + Number(rest))
  if (seconds.length !== 2) throw new Error(`times said ${told}`)
  return count / seconds.reduce((sum, one) => sum + one, 0)
}
