// From contracts to rows. Every table a thing touches is named here; what is content (prompts, bodies, headers, URL queries) goes to `content` only.
import type { Envelope } from "../contracts/envelope.ts"
import { activityRow } from "./rows/activity-row.ts"
import { contentRow } from "./rows/content-row.ts"
import { flowRow } from "./rows/flow-row.ts"
import { inventoryRows } from "./rows/inventory-rows.ts"
import type { TableRow } from "./rows/table-row.ts"

export function rowsOfActivity(envelope: Envelope): TableRow[] {
  const content = contentRow(envelope)
  return [
    envelope.kind === "flow" ? { table: "flow", row: flowRow(envelope) } : { table: "activity", row: activityRow(envelope) },
    ...(content === undefined ? [] : [{ table: "content", row: content }]),
    ...inventoryRows(envelope),
  ]
}

export { rowOfEvent, rowOfVerdict, rowsOfFinding } from "./rows/judgement-rows.ts"
export type { TableRow } from "./rows/table-row.ts"
