import { z } from "zod"

/** Packet time in microseconds since the Unix epoch. Fits a double exactly until the year 2255. */
export const micros = z.number().int().nonnegative()
export type Micros = z.infer<typeof micros>

/** Who sent it: the side that opened the connection, or the one that accepted it. */
export const side = z.enum(["client", "server"])
export type Side = z.infer<typeof side>

/** Seen from the agent: outbound leaves the agent, inbound reaches it. */
export const direction = z.enum(["outbound", "inbound"])
export type Direction = z.infer<typeof direction>

export const endpoint = z.object({ ip: z.string(), port: z.number().int().min(0).max(65_535) })
export type Endpoint = z.infer<typeof endpoint>

/** How much of the thing was seen. `truncated`: cut by one of our limits. `gapped`: bytes are missing inside. `open`: the capture ended first. */
export const completeness = z.enum(["full", "truncated", "gapped", "open"])
export type Completeness = z.infer<typeof completeness>

export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`)
}
