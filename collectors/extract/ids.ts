// Deterministic ids: a replay, a redelivered message and a retried insert must name the same activity the same way.
import { createHash } from "node:crypto"

export interface ActivityPlace {
  readonly sensor: string
  /** FlowRef.id. */
  readonly flow: string
  readonly kind: string
  /** Where in the flow: a stream and message position, never a counter that depends on what else was seen. */
  readonly position: string
}

export function activityId({ sensor, flow, kind, position }: ActivityPlace): string {
  return stableId(sensor, flow, kind, position)
}

/** Hash of the parts in order. NUL between parts, so that ("ab", "c") and ("a", "bc") differ. */
export function stableId(...parts: readonly string[]): string {
  return createHash("sha256").update(parts.join("\u0000")).digest("hex").slice(0, ID_HEX)
}

export function sha256Hex(bytes: Uint8Array | string): string {
  return createHash("sha256").update(bytes).digest("hex")
}

// 128 bits: no collision among the rows of one store (2^64 rows for an even chance), half the bytes of a full digest.
const ID_HEX = 32
