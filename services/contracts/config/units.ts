// How operators write amounts: "30s", "64MB", "127.0.0.1:9464". The parsed configuration holds milliseconds, bytes and {host, port}.
import { z } from "zod"

/** Milliseconds, written "250ms", "30s", "5m", "12h", "7d". A bare number is refused: nobody can tell its unit. */
export const duration = z
  .string()
  .regex(/^\d{1,9}(?:ms|s|m|h|d)$/, 'a number with its unit: ms, s, m, h or d, for example "30s"')
  .transform((text) => Number.parseInt(text, 10) * (MILLIS[text.replace(/^\d+/, "")] ?? 1))
  .meta({ examples: ["30s", "5m", "7d"] })

/** Bytes, written "512KB", "64MB", "2GB" (powers of 1024) or as a number of bytes. */
export const byteSize = z
  .union([z.number().int().nonnegative(), z.string().regex(/^\d{1,9}(?:B|KB|MB|GB)$/)], {
    error: 'a size with its unit: B, KB, MB or GB, for example "64MB"',
  })
  .transform((size) => (typeof size === "number" ? size : Number.parseInt(size, 10) * (BYTES[size.replace(/^\d+/, "")] ?? 1)))
  .meta({ examples: ["512KB", "64MB"] })

export interface Address {
  readonly host: string
  readonly port: number
}

/** Where to listen or connect: "host:port", IPv6 as "[::1]:port". Port 0 lets the system choose. */
export const address = z
  .string()
  .regex(/^(?:\[[0-9a-fA-F:.]+\]|[^:\s[\]]+):\d{1,5}$/, 'host:port, for example "127.0.0.1:9464"')
  .transform((text): Address => {
    const at = text.lastIndexOf(":")
    return { host: text.slice(0, at).replace(/^\[|\]$/g, ""), port: Number(text.slice(at + 1)) }
  })
  .refine(({ port }) => port <= 65_535, "a port from 0 to 65535")
  .meta({ examples: ["127.0.0.1:9464", "[::1]:9464"] })

const MILLIS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const BYTES: Readonly<Record<string, number>> = { B: 1, KB: 1_024, MB: 1_048_576, GB: 1_073_741_824 }
