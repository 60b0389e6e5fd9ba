// The key of the fingerprints in findings and of known values.
import { createHmac, randomBytes } from "node:crypto"
import { existsSync, mkdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import type { Config } from "../../contracts/config/config.ts"
import { ConfigError } from "../../contracts/errors.ts"
import { writeFileAtomic } from "../../runtime/atomic-file.ts"

/** Equal secrets must have equal fingerprints for as long as findings are compared, so a key that we made ourselves is kept. */
export async function fingerprintKeyOf({ detect }: Config): Promise<string> {
  const given = detect.fingerprintKey?.reveal()
  if (given !== undefined) {
    if (/^[0-9a-f]{64}$/i.test(given)) return given
    throw new ConfigError({
      path: "detect.fingerprintKey",
      got: "something else (not shown)",
      want: "64 hex digits",
      hint: "openssl rand -hex 32",
    })
  }
  const path = join(detect.stateDir, "fingerprint.key")
  if (existsSync(path)) return readFileSync(path, "utf8").trim()
  const made = randomBytes(32).toString("hex")
  mkdirSync(detect.stateDir, { recursive: true, mode: 0o700 })
  await writeFileAtomic(path, made)
  return made
}

/** Known values have a key of their own, so that a fingerprint in a finding and one in the file never compare. */
export function valuesKeyOf(fingerprintKey: string): string {
  return createHmac("sha256", Buffer.from(fingerprintKey, "hex")).update("known values").digest("hex")
}

export function keyIdOf(valuesKey: string): string {
  return createHmac("sha256", valuesKey).update("id").digest("hex").slice(0, 16)
}
