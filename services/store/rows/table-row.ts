import type { Row } from "../../contracts/store.ts"

export interface TableRow {
  readonly table: string
  readonly row: Row
}
