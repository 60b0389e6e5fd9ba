import { z } from "zod"
import { completeness, direction } from "../primitives.ts"

/** A file that crossed the wire. Its bytes travel apart, in parts on `egret.file.v1`, by sha256. */
export const fileData = z.object({
  name: z.string(),
  bytes: z.number().int().nonnegative(),
  sha256: z.string(),
  /** By content, not by what the server claimed. */
  mediaType: z.string(),
  claimedMediaType: z.string().optional(),
  direction,
  source: z.object({
    /** How it crossed: "response", "request", "multipart", "json-base64", "git", "websocket", "mcp-resource", "ftp", "archive". */
    route: z.string(),
    url: z.string().optional(),
    /** Names of the archives it lay in, from the outside in. */
    inside: z.array(z.string()).default([]),
    ref: z.string().optional(),
  }),
  archive: z.object({ format: z.string(), entries: z.number().int(), problems: z.array(z.string()) }).optional(),
  /** What an index or a package registry promised of it before, and whether the bytes keep it. */
  digest: z.object({ claimed: z.string(), matches: z.boolean() }).optional(),
  completeness,
})
