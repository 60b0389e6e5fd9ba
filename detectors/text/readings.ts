// The readings of a text item, made once and shared by every detector that looks at the same item.
import type { TextItem } from "../../services/contracts/inspection.ts"
import { unfold } from "./ladder.ts"
import { rawView, type View } from "./view.ts"

/** All readings of the item, the text as it came first. */
export function viewsOf(item: TextItem): readonly View[] {
  const known = memory.get(item)
  if (known !== undefined) return known
  const views = unfold(item.text)
  memory.set(item, views)
  return views
}

/** The item, to be read as it stands and never decoded: for texts that were put together to be searched. */
export function asItIs(item: TextItem): TextItem {
  memory.set(item, [rawView(item.text)])
  return item
}

// Lives as long as the item does.
const memory = new WeakMap<TextItem, readonly View[]>()
