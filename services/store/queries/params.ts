import { z } from "zod"

/** Microseconds since the epoch. `to` is not included. */
export const timeRange = z.object({ from: z.number().int().nonnegative().optional(), to: z.number().int().nonnegative().optional() })

export const limit = z.number().int().min(1).max(10_000).default(100)
export const offset = z.number().int().min(0).max(1_000_000).default(0)

/** The last row of the page before: rows after it in the order of the list. */
export const cursor = z.object({ at: z.number().int().nonnegative(), id: z.string() })

/** "at.id" as it goes into links. */
export function encodeCursor({ at, id }: z.infer<typeof cursor>): string {
  return Buffer.from(`${at}.${id}`).toString("base64url")
}

/** Undefined when it is not one of ours. */
export function decodeCursor(text: string): z.infer<typeof cursor> | undefined {
  const [, at = "", id = ""] = /^(\d{1,16})\.(.{1,200})$/s.exec(Buffer.from(text, "base64url").toString("utf8")) ?? []
  return id === "" ? undefined : { at: Number(at), id }
}
