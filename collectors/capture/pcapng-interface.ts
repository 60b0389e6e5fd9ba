import { u16, u32 } from "./format.ts"

/** What an interface block says that matters: link type, snap length, and how its clock counts. */
export interface TimedInterface {
  readonly link: number
  readonly snaplen: number
  /** Ticks are 10^-n s: micros = ticks * multiplier / divisor. Both are 0 for clocks that need big integers. */
  readonly multiplier: number
  readonly divisor: number
  readonly ticksPerSecond: bigint
  readonly offsetMicros: number
}

export function readInterface(body: Uint8Array, little: boolean): TimedInterface {
  let resolution = 6
  let offset = 0n
  let at = 8
  while (body.length - at >= 4) {
    const code = u16(body, at, little)
    const length = u16(body, at + 2, little)
    if (code === 0 || at + 4 + length > body.length) break
    if (code === IF_TSRESOL && length >= 1) resolution = body[at + 4] ?? 6
    if (code === IF_TSOFFSET && length >= 8) offset = signed64(body, at + 4, little)
    at += 4 + ((length + 3) & ~3)
  }
  return { link: u16(body, 0, little), snaplen: u32(body, 4, little), ...clock(resolution), offsetMicros: Number(offset) * 1e6 }
}

export function toMicros(source: TimedInterface, high: number, low: number): number {
  const { divisor, multiplier } = source
  if (divisor === 1) return (high * TWO_32 + low) * multiplier + source.offsetMicros
  if (divisor > 1) {
    // Exact in doubles: 2^32 = q * divisor + r, so that ticks / divisor = high * q + (high * r + low) / divisor.
    const q = Math.floor(TWO_32 / divisor)
    return high * q + Math.floor((high * (TWO_32 - q * divisor) + low) / divisor) + source.offsetMicros
  }
  const ticks = (BigInt(high) << 32n) | BigInt(low)
  return Number((ticks * 1_000_000n) / source.ticksPerSecond) + source.offsetMicros
}

function clock(resolution: number): Pick<TimedInterface, "multiplier" | "divisor" | "ticksPerSecond"> {
  const exponent = resolution & 0x7f
  if ((resolution & 0x80) !== 0) return { multiplier: 0, divisor: 0, ticksPerSecond: 1n << BigInt(exponent) }
  const ticksPerSecond = 10n ** BigInt(exponent)
  if (exponent <= 6) return { multiplier: 10 ** (6 - exponent), divisor: 1, ticksPerSecond }
  if (exponent <= 12) return { multiplier: 1, divisor: 10 ** (exponent - 6), ticksPerSecond }
  return { multiplier: 0, divisor: 0, ticksPerSecond }
}

function signed64(bytes: Uint8Array, at: number, little: boolean): bigint {
  const [high, low] = little ? [u32(bytes, at + 4, true), u32(bytes, at, true)] : [u32(bytes, at, false), u32(bytes, at + 4, false)]
  return BigInt.asIntN(64, (BigInt(high) << 32n) | BigInt(low))
}

const IF_TSRESOL = 9
const IF_TSOFFSET = 14
const TWO_32 = 4_294_967_296
