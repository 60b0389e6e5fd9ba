import { z } from "zod"
import { completeness } from "../primitives.ts"

/** A skill rebuilt from the wire: its file tree, what it claims, where it came from. */
export const skillData = z.object({
  name: z.string(),
  description: z.string().optional(),
  version: z.string().optional(),
  /** Canonical hash: sha256 over the sorted "path NUL sha256 LF" lines. */
  hash: z.string(),
  route: z.string(),
  source: z.string(),
  host: z.string(),
  ref: z.string().optional(),
  files: z.array(
    z.object({ path: z.string(), bytes: z.number().int(), sha256: z.string(), mediaType: z.string(), executable: z.boolean().optional() }),
  ),
  /** Text of the files that are text, within limits, for the detectors; stored apart from the row. */
  texts: z.array(z.object({ path: z.string(), text: z.string() })).default([]),
  frontMatter: z.record(z.string(), z.unknown()).default({}),
  allowedTools: z.array(z.string()).default([]),
  references: z.array(z.string()).default([]),
  /** Digest claimed by an index, and whether the bytes match it. */
  digest: z.object({ claimed: z.string(), matches: z.boolean() }).optional(),
  problems: z.array(z.string()).default([]),
  /** "fetched" over the wire, "uploaded" to a vendor, "seen" only in a transcript. */
  how: z.enum(["fetched", "uploaded", "seen"]),
  activated: z.boolean().default(false),
  completeness,
})
