import { z } from "zod"
import { completeness, direction } from "../primitives.ts"

/** One message, fragments joined and decompressed; control frames too. */
export const websocketData = z.object({
  direction,
  opcode: z.enum(["text", "binary", "close", "ping", "pong"]),
  bytes: z.number().int().nonnegative(),
  sha256: z.string(),
  text: z.string().optional(),
  subprotocol: z.string().optional(),
  /** Path of the request that opened the socket. */
  authority: z.string().optional(),
  path: z.string().optional(),
  completeness,
})
