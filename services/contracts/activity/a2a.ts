import { z } from "zod"
import { completeness } from "../primitives.ts"
import { message } from "./genai.ts"

/** Agent-to-agent traffic: A2A of both generations, AG-UI, ACP over HTTP. */
export const a2aData = z.object({
  protocol: z.enum(["a2a", "ag-ui", "acp"]),
  version: z.string().optional(),
  host: z.string(),
  path: z.string(),
  method: z.string(),
  requestId: z.string().optional(),
  taskId: z.string().optional(),
  contextId: z.string().optional(),
  status: z.number().int().optional(),
  state: z.string().optional(),
  /** An agent card that was fetched. */
  card: z
    .object({
      name: z.string(),
      description: z.string().optional(),
      url: z.string().optional(),
      version: z.string().optional(),
      skills: z.array(z.object({ id: z.string(), name: z.string(), description: z.string().optional() })),
      hash: z.string(),
    })
    .optional(),
  messages: z.array(message).default([]),
  /** Where the server was told to push results. */
  callbackUrl: z.string().optional(),
  completeness,
  raw: z.string().optional(),
})
