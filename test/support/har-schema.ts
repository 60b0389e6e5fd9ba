// HAR 1.2 as its specification has it: every field that it demands, with its type and range. Written down from the format's description, which never
// became a schema of its own.
import { z } from "zod"

const comment = z.string().optional()
const pair = z.strictObject({ name: z.string(), value: z.string(), comment })
const isoTime = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/)
/** Bytes; -1: not known. */
const size = z.number().int().min(-1)
/** Milliseconds that every exchange has. */
const spent = z.number().min(0)
/** Milliseconds; -1: does not apply. */
const perhapsSpent = z.number().min(-1).optional()

const cookie = z.strictObject({
  name: z.string(),
  value: z.string(),
  path: z.string().optional(),
  domain: z.string().optional(),
  expires: isoTime.optional(),
  httpOnly: z.boolean().optional(),
  secure: z.boolean().optional(),
  comment,
})

const request = z.strictObject({
  method: z.string().min(1),
  url: z.url(),
  httpVersion: z.string(),
  cookies: z.array(cookie),
  headers: z.array(pair),
  queryString: z.array(pair),
  postData: z
    .strictObject({
      mimeType: z.string(),
      params: z.array(z.looseObject({ name: z.string() })).optional(),
      text: z.string().optional(),
      comment,
    })
    .optional(),
  headersSize: size,
  bodySize: size,
  comment,
})

const response = z.strictObject({
  status: z.number().int().min(0).max(999),
  statusText: z.string(),
  httpVersion: z.string(),
  cookies: z.array(cookie),
  headers: z.array(pair),
  content: z.strictObject({
    size: z.number().int().min(0),
    compression: z.number().int().optional(),
    mimeType: z.string(),
    text: z.string().optional(),
    encoding: z.string().optional(),
    comment,
  }),
  redirectURL: z.string(),
  headersSize: size,
  bodySize: size,
  comment,
})

const timings = z.strictObject({
  blocked: perhapsSpent,
  dns: perhapsSpent,
  connect: perhapsSpent,
  send: spent,
  wait: spent,
  receive: spent,
  ssl: perhapsSpent,
  comment,
})

const entry = z
  .strictObject({
    pageref: z.string().optional(),
    startedDateTime: isoTime,
    time: spent,
    request,
    response,
    cache: z.strictObject({ beforeRequest: z.unknown().optional(), afterRequest: z.unknown().optional(), comment }),
    timings,
    serverIPAddress: z.union([z.ipv4(), z.ipv6()]).optional(),
    connection: z.string().optional(),
    comment,
  })
  // "time" is the sum of all timings that apply; ssl is part of connect.
  .refine(({ time, timings: { blocked, dns, connect, send, wait, receive } }) => {
    const sum = [blocked, dns, connect, send, wait, receive].reduce<number>((total, one) => total + Math.max(0, one ?? 0), 0)
    return Math.abs(time - sum) < 0.001
  }, "time is not the sum of the timings")

export const har = z.strictObject({
  log: z.strictObject({
    version: z.literal("1.2"),
    creator: z.strictObject({ name: z.string(), version: z.string(), comment }),
    browser: z.strictObject({ name: z.string(), version: z.string(), comment }).optional(),
    pages: z.array(z.unknown()).optional(),
    entries: z.array(entry),
    comment,
  }),
})
