import { z } from "zod"
import { completeness, micros } from "../primitives.ts"
import { principal, wallet } from "./principal.ts"

export const headerList = z.array(z.tuple([z.string(), z.string()]))

export const httpMessage = z.object({
  /** Names in lower case, order and repetitions kept. */
  headers: headerList,
  trailers: headerList.optional(),
  /** Of the body after transfer and content decoding. */
  bytes: z.number().int().nonnegative(),
  sha256: z.string(),
  contentType: z.string().optional(),
  contentEncoding: z.string().optional(),
  /** The decoded body as text when it is text and within the limit; stored apart from the row, with its own grant. */
  text: z.string().optional(),
  completeness,
})

/** One request and its response. A side that was not seen has no headers and status 0. */
export const httpData = z.object({
  version: z.enum(["0.9", "1.0", "1.1", "2", "3"]),
  scheme: z.enum(["http", "https"]),
  method: z.string(),
  authority: z.string(),
  path: z.string(),
  status: z.number().int().nonnegative(),
  request: httpMessage,
  response: httpMessage,
  /** The worse of the two messages. */
  completeness,
  /** Position of the exchange in its flow: 0 is the first; for HTTP/2 and 3 the stream id. */
  stream: z.number().int().nonnegative(),
  /** Activities that this exchange was named as. Where one is an llm or mcp activity, that holds the content and `text` is left out here. */
  named: z.array(z.object({ kind: z.string(), id: z.string() })).optional(),
  /** Who tokens in the exchange say is behind it. */
  principals: z.array(principal).optional(),
  /** Payment addresses in it. */
  wallets: z.array(wallet).optional(),
  timeToFirstByteMicros: micros.optional(),
  durationMicros: micros.optional(),
})
