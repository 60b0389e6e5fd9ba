import type { Context } from "hono"
import type { ApiEnv, ApiParts } from "./parts.ts"

/** Writes what the caller does into the audit trail, before it is answered. */
export function record(
  parts: Pick<ApiParts, "audit" | "now">,
  context: Context<ApiEnv>,
  { action, object, detail }: { action: string; object: string; detail?: string },
): void {
  const { name, role } = context.get("principal")
  parts.audit.write({ at: new Date(parts.now()).toISOString(), who: name, role, action, object, ...(detail !== undefined && { detail }) })
}
