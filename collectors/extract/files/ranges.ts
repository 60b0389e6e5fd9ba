// Ranged downloads (RFC 9110 §14): several 206 answers of one address are one file, when their validators agree.
import { LimitedMap } from "../limited-map.ts"

interface Pieces {
  readonly total: number
  readonly validator: string
  readonly parts: Map<number, Uint8Array>
  bytes: number
}

export class RangeJoiner {
  readonly #pieces = new LimitedMap<string, Pieces>(MAX_FILES)

  /** The whole file once its last byte is known; undefined before. `contentRange` as in the header. */
  add(
    url: string,
    part: { readonly contentRange: string; readonly validator: string; readonly bytes: Uint8Array },
  ): Uint8Array | undefined {
    const match = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/.exec(part.contentRange)
    if (match === null) return undefined
    const [start, end, total] = [Number(match[1]), Number(match[2]), Number(match[3])]
    if (total > MAX_BYTES || end < start || end >= total || part.bytes.length !== end - start + 1) return undefined
    let pieces = this.#pieces.get(url)
    if (pieces === undefined || pieces.total !== total || pieces.validator !== part.validator) {
      pieces = { total, validator: part.validator, parts: new Map(), bytes: 0 }
      this.#pieces.set(url, pieces)
    }
    const known = pieces.parts.get(start)
    if (known === undefined || known.length < part.bytes.length) {
      pieces.bytes += part.bytes.length - (known?.length ?? 0)
      if (pieces.bytes > MAX_BYTES || pieces.parts.size > MAX_PARTS) {
        this.#pieces.delete(url)
        return undefined
      }
      pieces.parts.set(start, part.bytes.slice())
    }
    const whole = join(pieces)
    if (whole !== undefined) this.#pieces.delete(url)
    return whole
  }
}

function join({ total, parts }: Pieces): Uint8Array | undefined {
  const out = new Uint8Array(total)
  let filled = 0
  for (const [start, bytes] of [...parts].sort(([a], [b]) => a - b)) {
    if (start > filled) return undefined
    if (start + bytes.length <= filled) continue
    out.set(bytes, start)
    filled = start + bytes.length
  }
  return filled === total ? out : undefined
}

const MAX_FILES = 64
const MAX_PARTS = 4_096
// Larger downloads are model weights; their parts are still reported one by one as http activities.
const MAX_BYTES = 64 * 1024 * 1024
