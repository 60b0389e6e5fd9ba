import { createHash } from "node:crypto"

export function facts(bytes) {
  return { length: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") }
}
