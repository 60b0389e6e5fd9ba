import type { Row } from "../contracts/store.ts"
import type { Column } from "./row-binary.ts"

/** How rows reach an engine: the part that differs between the embedded one and a server. */
export interface Inserter {
  /** Which of these rows' identities (as `identityOf` writes them) the table holds. */
  stored(table: string, identity: readonly Column[], rows: readonly Row[]): Promise<Set<string>>
  insert(table: string, columns: readonly Column[], rows: readonly Row[]): Promise<void>
}
