// `npm test`: check, build, all suites.
import { spawnSync } from "node:child_process"

for (const [command, ...args] of [
  ["npm", "run", "--silent", "check"],
  ["npm", "run", "--silent", "build"],
  ["npx", "vitest", "run"],
]) {
  const { status } = spawnSync(command, args, { stdio: "inherit" })
  if (status !== 0) process.exit(status ?? 1)
}
